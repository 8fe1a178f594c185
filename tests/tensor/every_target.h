// Tests that run once for every instruction set that this processor has and the kernels were compiled for.
#pragma once

#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <functional>
#include <vector>

#include "core/random.h"
#include "tensor/tensor.h"

namespace moru::tensor {

/// While a test runs, the kernels are those of the instruction set that is its parameter.
class EveryTarget : public ::testing::TestWithParam<int64_t> {
 protected:
  void SetUp() override { hwy::SetSupportedTargetsForTest(GetParam()); }
  void TearDown() override { hwy::SetSupportedTargetsForTest(0); }

  /// Runs `work` with this instruction set and with plain C++; each number of the one must be near the other's.
  void expect_as_scalar(const std::function<std::vector<float>()>& work, float tolerance) {
    hwy::SetSupportedTargetsForTest(HWY_SCALAR);
    const std::vector<float> plain = work();
    hwy::SetSupportedTargetsForTest(GetParam());
    const std::vector<float> vectors = work();
    ASSERT_EQ(plain.size(), vectors.size());
    for (size_t i = 0; i < plain.size(); ++i)
      ASSERT_NEAR(vectors[i], plain[i], tolerance * (1.0F + std::abs(plain[i]))) << i;
  }
};

/// As a program runs that nobody narrows: the best instruction set, and tiles where there are any.
constexpr int64_t kAsItComes = 0;

inline std::string target_name(const ::testing::TestParamInfo<int64_t>& info) {
  return info.param == kAsItComes ? "AsItComes" : hwy::TargetName(info.param);
}

inline std::vector<int64_t> every_target() {
  std::vector<int64_t> targets = hwy::SupportedAndGeneratedTargets();
  targets.push_back(kAsItComes);
  return targets;
}

#define MORU_EVERY_TARGET(Suite) INSTANTIATE_TEST_SUITE_P(On, Suite, ::testing::ValuesIn(every_target()), target_name)

/// Normal numbers, rounded if `type` is bf16.
inline Tensor random_of(DType type, std::initializer_list<int64_t> shape, uint64_t seed, double scale = 1.0) {
  Tensor t(type, shape);
  Random random(seed);
  for (int64_t i = 0; i < t.size(); ++i) {
    const auto value = static_cast<float>(random.normal() * scale);
    if (type == DType::f32) {
      t.data<float>()[i] = value;
    } else {
      t.data<Bf16>()[i] = to_bf16(value);
    }
  }
  return t;
}

inline float element(const Tensor& t, int64_t i) {
  return t.dtype() == DType::f32 ? t.data<float>()[i] : to_float(t.data<Bf16>()[i]);
}

inline std::vector<float> elements(const Tensor& t) {
  std::vector<float> all;
  for (int64_t i = 0; i < t.size(); ++i) all.push_back(element(t, i));
  return all;
}

/// How far a number of this type may be from the one that it stands for, as a share of it.
inline float rounding(DType type) {
  return type == DType::f32 ? 1e-5F : 1.0F / 256;
}

}  // namespace moru::tensor
