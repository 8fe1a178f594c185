#include "tensor/cross_entropy.h"

#include <cmath>

#include "tensor/every_target.h"

namespace moru::tensor {
namespace {

class CrossEntropyTest : public EveryTarget {};

TEST_P(CrossEntropyTest, LossAndGradientAgainstDoubles) {
  for (const DType type : {DType::f32, DType::bf16}) {
    for (const int64_t v : {1, 7, 16, 37, 1000}) {
      const int64_t rows = 9;
      const Tensor logits = random_of(type, {rows, v}, 3, 4.0), before = logits.clone();
      std::vector<int32_t> targets;
      std::vector<float> weights;
      for (int64_t r = 0; r < rows; ++r) {
        targets.push_back(static_cast<int32_t>(r * 5 % v));
        weights.push_back(r == 4 ? 0.0F : 0.25F * static_cast<float>(r + 1));
      }
      const double loss = cross_entropy_in_place(logits, targets, weights);
      double expected = 0;
      for (int64_t r = 0; r < rows; ++r) {
        const auto at = static_cast<size_t>(r);
        double sum = 0;
        for (int64_t i = 0; i < v; ++i) sum += std::exp(static_cast<double>(element(before, r * v + i)));
        expected += weights[at] * (std::log(sum) - element(before, r * v + targets[at]));
        for (int64_t i = 0; i < v; ++i) {
          const double p = std::exp(static_cast<double>(element(before, r * v + i))) / sum;
          const double gradient = weights[at] * (p - (i == targets[at] ? 1 : 0));
          // In bf16 it is rounded twice, first as the exponential.
          ASSERT_NEAR(element(logits, r * v + i), gradient, 2 * rounding(type) * (std::abs(gradient) + 1e-3)) << v;
        }
      }
      EXPECT_NEAR(loss, expected, 1e-5 * (1 + expected));
    }
  }
}

TEST_P(CrossEntropyTest, LargeLogitsDoNotOverflow) {
  const Tensor logits = Tensor::zeros(DType::f32, {2, 20});
  logits.data<float>()[3] = 1e4F;        // row 0: certain, and right
  logits.data<float>()[20 + 3] = -1e4F;  // row 1: impossible, and asked for
  const double loss = cross_entropy_in_place(logits, std::vector<int32_t>{3, 3}, std::vector<float>{1, 1});
  EXPECT_NEAR(loss, 1e4 + std::log(19.0), 1e-2);
  for (int64_t i = 0; i < 20; ++i) {
    EXPECT_NEAR(element(logits, i), 0.0F, 1e-6);
    EXPECT_NEAR(element(logits, 20 + i), i == 3 ? -1.0F : 1.0F / 19, 1e-6);
  }
}

TEST_P(CrossEntropyTest, NoRowsNoLoss) {
  EXPECT_EQ(cross_entropy_in_place(Tensor(DType::f32, {0, 5}), {}, {}), 0.0);
}
MORU_EVERY_TARGET(CrossEntropyTest);

}  // namespace
}  // namespace moru::tensor
