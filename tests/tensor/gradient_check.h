// Gradients against finite differences.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "core/random.h"
#include "tensor/tensor.h"

namespace moru::tensor {

inline Tensor random_tensor(std::initializer_list<int64_t> shape, uint64_t seed, double scale = 1.0) {
  Tensor t(DType::f32, shape);
  Random random(seed);
  for (float& x : t.span<float>()) x = static_cast<float>(random.normal() * scale);
  return t;
}

/// Compares `gradient` with central differences of `loss` by the elements of `values`, along `directions` random
/// directions and at a few single elements. `loss` must read `values` anew at each call.
inline void expect_gradient(const Tensor& values, const Tensor& gradient, const std::function<double()>& loss,
                            const char* what, double tolerance = 2e-2, double step = 1e-2, int directions = 3,
                            int elements = 6) {
  ASSERT_TRUE(gradient) << what << ": no gradient";
  ASSERT_EQ(values.size(), gradient.size()) << what;
  const Tensor kept = values.clone();
  const auto difference_along = [&](const std::function<double(int64_t)>& direction) {
    const auto at = [&](double amount) {
      for (int64_t i = 0; i < values.size(); ++i)
        values.data<float>()[i] = static_cast<float>(kept.data<float>()[i] + amount * direction(i));
      return loss();
    };
    // Fourth order: the error falls with the step's fourth power, so that a step large enough for float suffices.
    const double slope = (8.0 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12.0 * step);
    std::memcpy(values.raw(), kept.raw(), kept.bytes());
    return slope;
  };
  double norm = 0;
  for (const float g : gradient.span<float>()) norm += static_cast<double>(g) * g;
  norm = std::sqrt(norm);
  EXPECT_GT(norm, 0) << what << ": the gradient is zero";
  Random random(99);
  for (int trial = 0; trial < directions; ++trial) {
    std::vector<double> direction(static_cast<size_t>(values.size()));
    double length = 0;
    for (double& d : direction) {
      d = random.normal();
      length += d * d;
    }
    length = std::sqrt(length);
    double expected = 0;
    for (int64_t i = 0; i < values.size(); ++i) {
      direction[static_cast<size_t>(i)] /= length;
      expected += direction[static_cast<size_t>(i)] * gradient.data<float>()[i];
    }
    const double measured = difference_along([&](int64_t i) { return direction[static_cast<size_t>(i)]; });
    EXPECT_NEAR(measured, expected, tolerance * norm / std::sqrt(static_cast<double>(values.size())) + 1e-4)
        << what << ": random direction " << trial;
  }
  for (int trial = 0; trial < elements; ++trial) {
    const auto index = static_cast<int64_t>(random.below(static_cast<uint64_t>(values.size())));
    const double measured = difference_along([&](int64_t i) { return i == index ? 1.0 : 0.0; });
    const double expected = gradient.data<float>()[index];
    EXPECT_NEAR(measured, expected,
                tolerance * std::max(std::abs(expected), norm / std::sqrt(static_cast<double>(values.size()))) + 1e-4)
        << what << ": element " << index;
  }
}

}  // namespace moru::tensor
