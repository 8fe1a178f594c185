#include "tensor/quantized.h"

#include <cmath>

#include "tensor/every_target.h"
#include "tensor/quantized_kernel.h"

namespace moru::tensor {
namespace {

float scale_of(const QuantizedRows& q, int64_t row, int64_t group) {
  return to_float(q.scales.data<Bf16>()[row * q.scales.cols() + group]);
}

TEST(QuantizedWeights, TheErrorIsAtMostHalfAScale) {
  for (const DType type : {DType::f32, DType::bf16}) {
    for (const int group : {8, 24, 64}) {
      const int64_t k = 3 * group;
      const Tensor w = random_of(type, {13, k}, 5, 0.1);
      const QuantizedRows q = round_to_nearest(w, 8, group);
      for (int64_t i = 0; i < w.size(); ++i) {
        const float scale = scale_of(q, i / k, i % k / group);
        // The scale is rounded to bf16: the largest weights may be cut by as much.
        ASSERT_NEAR(q.codes.data<int8_t>()[i] * scale, element(w, i), scale * 0.5001F + std::abs(element(w, i)) / 256);
      }
    }
  }
}

TEST(QuantizedWeights, FourBitsUseAllSixteenCodesAndCutLittle) {
  const int group = 32;
  const Tensor w = random_of(DType::f32, {200, 4 * group}, 6);
  const QuantizedRows q = round_to_nearest(w, 4, group);
  double error = 0, naive = 0, size = 0;
  int least = 0, most = 0;
  for (int64_t r = 0; r < w.rows(); ++r) {
    for (int64_t g = 0; g < 4; ++g) {
      float largest = 0;
      for (int64_t i = 0; i < group; ++i) largest = std::max(largest, std::abs(element(w, (r * 4 + g) * group + i)));
      for (int64_t i = 0; i < group; ++i) {
        const float weight = element(w, (r * 4 + g) * group + i);
        const int code = q.codes.data<int8_t>()[(r * 4 + g) * group + i];
        least = std::min(least, code);
        most = std::max(most, code);
        error += std::pow(code * scale_of(q, r, g) - weight, 2);
        naive += std::pow(std::nearbyint(weight * 7 / largest) * largest / 7 - weight, 2);
        size += weight * weight;
      }
    }
  }
  EXPECT_EQ(least, -8);
  EXPECT_EQ(most, 7);
  EXPECT_LT(error, 0.80 * naive) << "against the range -7 … 7 of the largest weight";
  EXPECT_LT(std::sqrt(error / size), 0.09);
}

TEST(QuantizedWeights, AGroupOfZerosStaysZero) {
  for (const int bits : {4, 8}) {
    const Tensor w = Tensor::zeros(DType::f32, {1, 32});
    w.data<float>()[20] = -3.0F;
    const QuantizedWeight q = quantize(w, bits, 16);
    const Tensor out(DType::f32, {1, 32});
    dequantize(q, 0, 1, out);
    for (int64_t i = 0; i < 32; ++i) EXPECT_NEAR(element(out, i), i == 20 ? -3.0F : 0.0F, 3.0F / 200);
    EXPECT_EQ(element(out, 0), 0.0F);
    EXPECT_EQ(element(out, 19), 0.0F);
  }
}

TEST(QuantizedWeights, WeightsThatAreNoNumbersHaveCodesAllTheSame) {
  for (const int bits : {4, 8}) {
    for (const float scale : {0.5F, -0.5F, INFINITY, NAN}) {
      for (const float weight : {NAN, INFINITY, -INFINITY, 1e38F, 1e-45F}) {
        const int code = nearest_code(weight, scale, bits);
        EXPECT_TRUE(code >= least_code(bits) && code <= most_code(bits));
      }
    }
    EXPECT_EQ(nearest_code(INFINITY, 0.5F, bits), most_code(bits));
    EXPECT_EQ(nearest_code(1e38F, -1e-30F, bits), least_code(bits));
  }
}

TEST(QuantizedWeights, PackingIsUndoneByUnpacking) {
  for (const int bits : {4, 8}) {
    for (const auto& [n, k, group] : {std::tuple{1, 8, 8}, {16, 48, 24}, {37, 64, 32}, {130, 128, 128}}) {
      const QuantizedRows q = round_to_nearest(random_of(DType::f32, {n, k}, 9), bits, group);
      const QuantizedWeight w = pack(q, bits);
      EXPECT_EQ(w.bytes(), static_cast<uint64_t>((n + 15) / 16 * 16 * (k * bits / 8 + 2 * k / group)));
      for (const auto& [begin, end] : {std::pair{0, n}, {n / 2, n}}) {
        const QuantizedRows back = unpack(w, begin, end);
        const Tensor values(DType::f32, {end - begin, k}), narrow(DType::bf16, {end - begin, k});
        dequantize(w, begin, end, values);
        dequantize(w, begin, end, narrow);
        for (int64_t i = 0; i < values.size(); ++i) {
          const int64_t r = begin + i / k;
          ASSERT_EQ(back.codes.data<int8_t>()[i], q.codes.data<int8_t>()[begin * k + i]);
          ASSERT_EQ(scale_of(back, i / k, i % k / group), scale_of(q, r, i % k / group));
          const float exact = q.codes.data<int8_t>()[begin * k + i] * scale_of(q, r, i % k / group);
          ASSERT_EQ(element(values, i), exact);
          ASSERT_EQ(element(narrow, i), to_float(to_bf16(exact)));
        }
      }
    }
  }
}

TEST(QuantizedWeights, ImportantWeightsCountMore) {
  Random random(3);
  double with = 0, without = 0;
  for (int trial = 0; trial < 50; ++trial) {
    std::vector<float> w(32), importance(32);
    for (float& x : w) x = static_cast<float>(random.normal());
    for (float& x : importance) x = static_cast<float>(std::exp(2 * random.normal()));
    const auto cost = [&](Bf16 scale) {
      double sum = 0;
      for (size_t i = 0; i < w.size(); ++i)
        sum += importance[i] *
               std::pow(static_cast<float>(nearest_code(w[i], to_float(scale), 4)) * to_float(scale) - w[i], 2);
      return sum;
    };
    const double weighed = cost(best_scale(w.data(), importance.data(), 32, 4)),
                 plain = cost(best_scale(w.data(), nullptr, 32, 4));
    EXPECT_LE(weighed, plain * 1.0001);
    with += weighed;
    without += plain;
  }
  EXPECT_LT(with, 0.9 * without);
}

class QuantizedInputTest : public EveryTarget {};

TEST_P(QuantizedInputTest, SameCodesOnEveryInstructionSet) {
  for (const DType type : {DType::f32, DType::bf16}) {
    for (const int64_t group : {8, 24, 128}) {
      const Tensor x = random_of(type, {5, 2 * group}, 21);
      x.slice(3, 4).fill_zero();
      const QuantizedInput in = quantize_input(x, group);
      for (int64_t g = 0; g < 10; ++g) {
        float most = 0;
        int32_t sum = 0;
        for (int64_t i = 0; i < group; ++i) most = std::max(most, std::abs(element(x, g * group + i)));
        ASSERT_EQ(in.scales.data<float>()[g], most / 127.0F);
        for (int64_t i = g * group; i < (g + 1) * group; ++i) {
          const float code = most == 0 ? 0 : std::nearbyint(element(x, i) * (127.0F / most));
          ASSERT_EQ(in.codes.data<int8_t>()[i], static_cast<int>(code));
          sum += in.codes.data<int8_t>()[i];
        }
        ASSERT_EQ(in.sums.data<int32_t>()[g], sum);
      }
    }
  }
}

TEST_P(QuantizedInputTest, AGroupOfTheSmallestNumbersIsZero) {
  for (const DType type : {DType::f32, DType::bf16}) {
    for (const int64_t group : {8, 24, 40}) {
      const Tensor x = Tensor::zeros(type, {1, group});
      for (const int64_t i : {int64_t{1}, group - 1}) {
        if (type == DType::f32) {
          x.data<float>()[i] = -1e-40F;
        } else {
          x.data<Bf16>()[i] = {3};
        }
      }
      const QuantizedInput in = quantize_input(x, group);
      for (const int8_t code : in.codes.span<int8_t>()) EXPECT_EQ(code, 0) << group;
      EXPECT_EQ(in.sums.data<int32_t>()[0], 0);
    }
  }
}

TEST_P(QuantizedInputTest, WhatIsNoNumberStaysNone) {
  for (const DType type : {DType::f32, DType::bf16}) {
    for (const float bad : {NAN, -NAN, INFINITY, -INFINITY}) {
      for (const int64_t at : {0, 17, 39}) {
        const int64_t group = 40;
        const Tensor x = random_of(type, {2, 2 * group}, 5);
        if (type == DType::f32) {
          x.data<float>()[group + at] = bad;
        } else {
          x.data<Bf16>()[group + at] = to_bf16(bad);
        }
        const QuantizedInput in = quantize_input(x, group);
        EXPECT_EQ(in.sums.data<int32_t>()[1], 0);
        const Tensor out(DType::f32, {2, 5});
        matmul_quantized(x, quantize(random_of(DType::f32, {5, 2 * group}, 6), 8, group), out);
        for (int64_t i = 0; i < 10; ++i) EXPECT_EQ(std::isnan(element(out, i)), i < 5) << bad << " at " << at;
      }
    }
  }
}
MORU_EVERY_TARGET(QuantizedInputTest);

class QuantizedKernelTest : public ::testing::TestWithParam<QuantizedKernel> {};

std::string kernel_name(const ::testing::TestParamInfo<QuantizedKernel>& info) {
  std::string name(name_of(info.param));
  std::erase_if(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; });
  return name;
}

/// x · wᵀ in double, from the codes.
double exact(const QuantizedInput& in, const QuantizedRows& w, int64_t r, int64_t c) {
  const int64_t k = w.codes.cols(), groups = w.scales.cols(), group = k / groups;
  double sum = 0;
  for (int64_t i = 0; i < k; ++i)
    sum += static_cast<double>(in.codes.data<int8_t>()[r * k + i]) * in.scales.data<float>()[r * groups + i / group] *
           w.codes.data<int8_t>()[c * k + i] * scale_of(w, c, i / group);
  return sum;
}

TEST_P(QuantizedKernelTest, AnyNumberOfRowsAndColumns) {
  for (const int bits : {4, 8}) {
    for (const auto& [n, group, groups] : {std::tuple{67, 24, 4}, {16, 8, 1}, {9, 32, 3}, {3, 128, 2}, {40, 64, 5}}) {
      const int64_t k = int64_t{group} * groups;
      const QuantizedRows rows = round_to_nearest(random_of(DType::f32, {n, k}, 7), bits, group);
      const QuantizedWeight w = pack(rows, bits);
      for (const int64_t m : {1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 17, 33, 70}) {
        const Tensor x = random_of(m % 2 == 0 ? DType::f32 : DType::bf16, {m, k}, 100 + static_cast<uint64_t>(m));
        const QuantizedInput in = quantize_input(x, group);
        const Tensor out(DType::f32, {m, n}), narrow(DType::bf16, {m, n}), plain(DType::f32, {m, n});
        matmul_quantized_on(GetParam(), x, w, out);
        matmul_quantized_on(GetParam(), x, w, narrow);
        matmul_quantized_on(QuantizedKernel::portable, x, w, plain);
        for (int64_t i = 0; i < out.size(); ++i) {
          const double product = exact(in, rows, i / n, i % n);
          ASSERT_NEAR(element(out, i), product, 1e-5 * (1 + std::abs(product))) << m << " x " << n << " x " << k;
          ASSERT_EQ(element(out, i), element(plain, i)) << "the same bits on every instruction set";
          ASSERT_EQ(element(narrow, i), to_float(to_bf16(element(out, i))));
        }
      }
    }
  }
}

TEST_P(QuantizedKernelTest, TheLargestCodesDoNotOverflow) {
  for (const int bits : {4, 8}) {
    for (const int code : {least_code(bits), most_code(bits)}) {
      const int64_t k = 1024;
      QuantizedRows rows{Tensor(DType::i8, {16, k}), Tensor(DType::bf16, {16, 1})};
      for (int8_t& c : rows.codes.span<int8_t>()) c = static_cast<int8_t>(code);
      for (Bf16& s : rows.scales.span<Bf16>()) s = to_bf16(1.0F);
      for (const float sign : {-127.0F, 127.0F}) {
        const Tensor x(DType::f32, {3, k}), out(DType::f32, {3, 16});
        for (float& v : x.span<float>()) v = sign;
        matmul_quantized_on(GetParam(), x, pack(rows, bits), out);
        for (const float v : out.span<float>()) ASSERT_EQ(v, sign * static_cast<float>(code) * static_cast<float>(k));
      }
    }
  }
}

TEST_P(QuantizedKernelTest, ARowsBitsDoNotDependOnItsNeighbours) {
  const QuantizedWeight w = quantize(random_of(DType::f32, {50, 256}, 31), 4, 64);
  const Tensor x = random_of(DType::f32, {70, 256}, 32), out(DType::f32, {70, 50});
  matmul_quantized_on(GetParam(), x, w, out);
  for (const int64_t row : {0, 7, 35, 69}) {
    const Tensor alone(DType::f32, {1, 50});
    matmul_quantized(x.slice(row, row + 1), w, alone);
    for (int64_t i = 0; i < 50; ++i) ASSERT_EQ(element(alone, i), element(out, row * 50 + i));
  }
}

INSTANTIATE_TEST_SUITE_P(On, QuantizedKernelTest, ::testing::ValuesIn(quantized_kernels()), kernel_name);

}  // namespace
}  // namespace moru::tensor
