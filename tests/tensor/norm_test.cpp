#include "tensor/norm.h"

#include <cmath>

#include "tensor/every_target.h"

namespace moru::tensor {
namespace {

class NormTest : public EveryTarget {};

TEST_P(NormTest, RmsNormAgainstDoubles) {
  for (const DType type : {DType::f32, DType::bf16}) {
    for (const int64_t d : {1, 15, 64, 101}) {
      const Tensor x = random_of(type, {40, d}, 1, 3.0), weight = random_of(DType::f32, {d}, 2),
                   out = Tensor::empty_like(x), inverse(DType::f32, {40});
      rms_norm(x, weight, 1e-5F, out, inverse);
      for (int64_t r = 0; r < 40; ++r) {
        double sum = 0;
        for (int64_t i = 0; i < d; ++i) sum += std::pow(static_cast<double>(element(x, r * d + i)), 2);
        const double scale = 1 / std::sqrt(sum / static_cast<double>(d) + 1e-5);
        ASSERT_NEAR(element(inverse, r), scale, 1e-5 * scale);
        for (int64_t i = 0; i < d; ++i) {
          const double expected = element(x, r * d + i) * scale * element(weight, i);
          ASSERT_NEAR(element(out, r * d + i), expected, rounding(type) * (std::abs(expected) + 1e-3));
        }
      }
    }
  }
}

TEST_P(NormTest, ARowOfZerosStaysZero) {
  const Tensor x = Tensor::zeros(DType::f32, {1, 20}), weight = random_of(DType::f32, {20}, 2),
               out = Tensor::empty_like(x), inverse(DType::f32, {1});
  rms_norm(x, weight, 1e-5F, out, inverse);
  for (int64_t i = 0; i < 20; ++i) EXPECT_EQ(element(out, i), 0.0F);
  EXPECT_NEAR(element(inverse, 0), 316.23F, 0.01F);
}

TEST_P(NormTest, TheWayBackIsThatOfPlainCode) {
  for (const DType type : {DType::f32, DType::bf16}) {
    for (const bool accumulate : {false, true}) {
      expect_as_scalar(
          [&] {
            const Tensor x = random_of(type, {50, 37}, 1), weight = random_of(DType::f32, {37}, 2),
                         dout = random_of(type, {50, 37}, 3), out = Tensor::empty_like(x), inverse(DType::f32, {50}),
                         dx = random_of(type, {50, 37}, 4), dweight = Tensor::zeros(DType::f32, {37});
            rms_norm(x, weight, 1e-5F, out, inverse);
            rms_norm_backward(x, weight, inverse, dout, dx, accumulate, dweight);
            std::vector<float> all = elements(dx);
            for (const float w : elements(dweight)) all.push_back(w);
            return all;
          },
          2 * rounding(type));
    }
  }
}

TEST_P(NormTest, HeadsAreNormedAndRotated) {
  const int64_t rows = 21;
  for (const DType type : {DType::f32, DType::bf16}) {
    for (const int head_dim : {2, 10, 32, 64}) {
      const HeadLayout layout{3, 1, head_dim};
      const int64_t d = head_dim, half = d / 2;
      const Tensor in = random_of(type, {rows, layout.width()}, 1), q = random_of(DType::f32, {d}, 2),
                   k = random_of(DType::f32, {d}, 3), out = Tensor::empty_like(in), inverse(DType::f32, {rows, 4});
      const RopeTable rope = make_rope_table(400, rope_frequencies(head_dim, 10000.0));
      std::vector<int32_t> positions;
      for (int32_t r = 0; r < rows; ++r) positions.push_back(r * 19);
      for (const bool rotate : {false, true}) {
        norm_heads(in, layout, positions, q, k, 1e-5F, rotate ? &rope : nullptr, out, inverse);
        for (int64_t r = 0; r < rows; ++r) {
          for (int64_t h = 0; h < 5; ++h) {
            const int64_t at = r * layout.width() + h * d;
            double sum = 0;
            for (int64_t i = 0; i < d; ++i) sum += std::pow(static_cast<double>(element(in, at + i)), 2);
            const double scale = 1 / std::sqrt(sum / static_cast<double>(d) + 1e-5);
            const auto normed = [&](int64_t i) {
              return element(in, at + i) * scale * static_cast<double>(element(h < 3 ? q : k, i));
            };
            for (int64_t i = 0; i < d; ++i) {
              double expected = normed(i);
              if (rotate) {
                const int64_t pair = i % half;
                const double angle = positions[static_cast<size_t>(r)] *
                                     std::pow(10000.0, -2.0 * static_cast<double>(pair) / static_cast<double>(d));
                expected = i < half ? normed(i) * std::cos(angle) - normed(i + half) * std::sin(angle)
                                    : normed(i) * std::cos(angle) + normed(i - half) * std::sin(angle);
              }
              if (h == 4) expected = element(in, at + i);  // values are not touched
              ASSERT_NEAR(element(out, at + i), expected, rounding(type) * (std::abs(expected) + 1)) << h << " " << i;
            }
          }
        }
      }
    }
  }
}

TEST_P(NormTest, TheHeadsWayBackIsThatOfPlainCode) {
  const HeadLayout layout{3, 1, 14};
  const RopeTable rope = make_rope_table(64, rope_frequencies(14, 1000.0));
  std::vector<int32_t> positions;
  for (int32_t r = 0; r < 40; ++r) positions.push_back(r);
  for (const DType type : {DType::f32, DType::bf16}) {
    expect_as_scalar(
        [&] {
          const Tensor in = random_of(type, {40, layout.width()}, 1), q = random_of(DType::f32, {14}, 2),
                       k = random_of(DType::f32, {14}, 3), out = Tensor::empty_like(in), inverse(DType::f32, {40, 4}),
                       dout = random_of(type, {40, layout.width()}, 4), din = Tensor::empty_like(in),
                       dq = Tensor::zeros(DType::f32, {14}), dk = Tensor::zeros(DType::f32, {14});
          norm_heads(in, layout, positions, q, k, 1e-5F, &rope, out, inverse);
          norm_heads_backward(in, layout, positions, q, k, &rope, inverse, dout, din, dq, dk);
          std::vector<float> all = elements(din);
          for (const Tensor& t : {dq, dk})
            for (const float x : elements(t)) all.push_back(x);
          return all;
        },
        2 * rounding(type));
  }
}
MORU_EVERY_TARGET(NormTest);

TEST(Rope, TheTableIsThatOfTheAngles) {
  const std::vector<double> frequencies = rope_frequencies(16, 10000.0);
  for (const int64_t positions : {1, 255, 256, 257, 70'000}) {
    const RopeTable table = make_rope_table(positions, frequencies);
    for (const int64_t p : {int64_t{0}, positions / 3, positions / 2, positions - 1}) {
      for (size_t i = 0; i < frequencies.size(); ++i) {
        const double angle = static_cast<double>(p) * frequencies[i];
        const auto at = static_cast<size_t>(p) * frequencies.size() + i;
        EXPECT_NEAR(table.cosines.data<float>()[at], std::cos(angle), 1e-7) << p;
        EXPECT_NEAR(table.sines.data<float>()[at], std::sin(angle), 1e-7) << p;
      }
    }
  }
}

}  // namespace
}  // namespace moru::tensor
