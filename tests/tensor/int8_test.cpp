#include "tensor/int8.h"

#include <cmath>

#include "tensor/every_target.h"

namespace moru::tensor {
namespace {

class Int8Test : public EveryTarget {};

TEST_P(Int8Test, TheErrorIsAtMostHalfAScale) {
  for (const DType type : {DType::f32, DType::bf16}) {
    for (const int group : {8, 24, 64}) {
      const int64_t k = 3 * group;
      const Tensor w = random_of(type, {13, k}, 5, 0.1);
      const Int8Weight q = quantize_int8(w, group);
      EXPECT_EQ(q.group, group);
      ASSERT_EQ(q.scales.rows(), 13);
      ASSERT_EQ(q.scales.cols(), 3);
      for (int64_t i = 0; i < w.size(); ++i) {
        const float scale = q.scales.data<float>()[i / group];
        ASSERT_NEAR(q.values.data<int8_t>()[i] * scale, element(w, i), scale * 0.5001F);
      }
      for (int64_t g = 0; g < q.scales.size(); ++g) {
        int most = 0;
        for (int64_t i = g * group; i < (g + 1) * group; ++i)
          most = std::max(most, std::abs(static_cast<int>(q.values.data<int8_t>()[i])));
        ASSERT_EQ(most, 127) << "the largest weight of a group takes the whole range";
      }
    }
  }
}

TEST_P(Int8Test, AGroupOfZerosStaysZero) {
  const Tensor w = Tensor::zeros(DType::f32, {1, 32});
  w.data<float>()[20] = -3.0F;
  const Int8Weight q = quantize_int8(w, 16);
  EXPECT_EQ(q.scales.data<float>()[0], 0.0F);
  EXPECT_EQ(q.values.data<int8_t>()[20], -127);
  const Tensor out(DType::f32, {1, 32});
  dequantize(q, 0, 1, out);
  for (int64_t i = 0; i < 32; ++i) EXPECT_NEAR(element(out, i), i == 20 ? -3.0F : 0.0F, 1e-6);
}

TEST_P(Int8Test, DequantizeGivesValueTimesScale) {
  const Int8Weight q = quantize_int8(random_of(DType::f32, {40, 72}, 6), 24);
  for (const DType type : {DType::f32, DType::bf16}) {
    const Tensor out(type, {17, 72});
    dequantize(q, 5, 22, out);
    for (int64_t r = 0; r < 17; ++r) {
      for (int64_t i = 0; i < 72; ++i) {
        const float exact = static_cast<float>(q.values.data<int8_t>()[(r + 5) * 72 + i]) *
                            q.scales.data<float>()[(r + 5) * 3 + i / 24];
        ASSERT_EQ(element(out, r * 72 + i), type == DType::f32 ? exact : to_float(to_bf16(exact)));
      }
    }
  }
}

TEST_P(Int8Test, ProductsOfFewAndManyRows) {
  const int group = 24, n = 67;
  const int64_t k = 4 * group;
  const Int8Weight q = quantize_int8(random_of(DType::f32, {n, k}, 7), group);
  for (const DType type : {DType::f32, DType::bf16}) {
    for (int64_t m = 1; m <= 20; ++m) {
      const Tensor x = random_of(type, {m, k}, 100 + static_cast<uint64_t>(m));
      for (const DType out_type : {DType::f32, type}) {
        const Tensor out(out_type, {m, n});
        matmul_int8(x, q, out);
        for (int64_t r = 0; r < m; ++r) {
          for (int64_t c = 0; c < n; ++c) {
            double sum = 0, size = 0;
            for (int64_t i = 0; i < k; ++i) {
              const double product = static_cast<double>(element(x, r * k + i)) * q.values.data<int8_t>()[c * k + i] *
                                     q.scales.data<float>()[c * (k / group) + i / group];
              sum += product;
              size += product * product;
            }
            ASSERT_NEAR(element(out, r * n + c), sum, rounding(type) * (std::abs(sum) + 2 * std::sqrt(size)))
                << m << " rows, " << name_of(type) << " to " << name_of(out_type);
          }
        }
      }
    }
  }
}
MORU_EVERY_TARGET(Int8Test);

}  // namespace
}  // namespace moru::tensor
