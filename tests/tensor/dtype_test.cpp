#include "tensor/dtype.h"

#include <cmath>
#include <limits>

#include "tensor/elementwise.h"
#include "tensor/every_target.h"
#include "tensor/glu.h"

namespace moru::tensor {
namespace {

float from_bits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

TEST(Bf16, EveryValueSurvivesTheWayThereAndBack) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const float value = to_float(Bf16{static_cast<uint16_t>(bits)});
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(to_float(to_bf16(value))));
    } else {
      ASSERT_EQ(to_bf16(value).bits, bits);
    }
  }
}

TEST(Bf16, RoundsToTheNearestAndTiesToEven) {
  EXPECT_EQ(to_bf16(from_bits(0x3F808000)).bits, 0x3F80) << "a tie goes down to even";
  EXPECT_EQ(to_bf16(from_bits(0x3F818000)).bits, 0x3F82) << "a tie goes up to even";
  EXPECT_EQ(to_bf16(from_bits(0x3F808001)).bits, 0x3F81);
  EXPECT_EQ(to_bf16(from_bits(0x3F817FFF)).bits, 0x3F81);
  EXPECT_EQ(to_bf16(-1.0F).bits, 0xBF80);
  EXPECT_EQ(to_bf16(-0.0F).bits, 0x8000);
  EXPECT_EQ(to_bf16(from_bits(1)).bits, 0) << "the least float is nearer to zero";
  EXPECT_EQ(to_bf16(std::numeric_limits<float>::max()).bits, 0x7F80) << "past the largest lies infinity";
  EXPECT_EQ(to_bf16(-std::numeric_limits<float>::infinity()).bits, 0xFF80);
}

class ConversionTest : public EveryTarget {};

TEST_P(ConversionTest, VectorsRoundAsSingleNumbersDo) {
  std::vector<float> in;
  Random random(1);
  for (int i = 0; i < 20000; ++i) in.push_back(from_bits(static_cast<uint32_t>(random.below(uint64_t{1} << 32))));
  for (uint32_t high = 0; high < 0x10000; high += 3)
    for (const uint32_t low : {0x0000U, 0x7FFFU, 0x8000U, 0x8001U, 0xFFFFU}) in.push_back(from_bits(high << 16 | low));
  std::vector<Bf16> out(in.size());
  narrow(in.data(), out.data(), static_cast<int64_t>(in.size()));
  for (size_t i = 0; i < in.size(); ++i) {
    if (std::isnan(in[i])) {
      ASSERT_TRUE(std::isnan(to_float(out[i]))) << i;
    } else {
      ASSERT_EQ(out[i].bits, to_bf16(in[i]).bits) << in[i];
    }
  }
  std::vector<float> back(out.size());
  widen(out.data(), back.data(), static_cast<int64_t>(out.size()));
  for (size_t i = 0; i < out.size(); ++i) ASSERT_TRUE(std::isnan(back[i]) || back[i] == to_float(out[i]));
}

TEST_P(ConversionTest, NothingIsWrittenBehindTheLast) {
  for (int64_t count = 0; count < 40; ++count) {
    const std::vector<float> in(static_cast<size_t>(count), 1.0F);
    std::vector<Bf16> out(static_cast<size_t>(count) + 1, Bf16{77});
    narrow(in.data(), out.data(), count);
    EXPECT_EQ(out.back().bits, 77);
    for (size_t i = 0; i + 1 < out.size(); ++i) EXPECT_EQ(out[i].bits, 0x3F80);
  }
}

TEST_P(ConversionTest, ElementwiseArithmetic) {
  for (const DType type : {DType::f32, DType::bf16}) {
    const Tensor a = random_of(type, {3, 37}, 1), b = random_of(type, {3, 37}, 2), out = Tensor::empty_like(a);
    add(a, b, out);
    for (int64_t i = 0; i < out.size(); ++i)
      ASSERT_NEAR(element(out, i), element(a, i) + element(b, i), rounding(type) * 4);
    blend(a, 0.25F, b, -2.0F, out);
    for (int64_t i = 0; i < out.size(); ++i)
      ASSERT_NEAR(element(out, i), 0.25F * element(a, i) - 2.0F * element(b, i), rounding(type) * 8);
    scale(out, 0.0F);
    for (int64_t i = 0; i < out.size(); ++i) ASSERT_EQ(element(out, i), 0.0F);
    double expected = 0;
    for (const float x : elements(a)) expected += static_cast<double>(x) * x;
    if (type == DType::f32) {
      EXPECT_NEAR(sum_of_squares(a), expected, 1e-4);
    }
  }
}

TEST_P(ConversionTest, TheGeluGateTheClampAndTheSoftCap) {
  for (const DType type : {DType::f32, DType::bf16}) {
    for (const int64_t width : {1, 16, 21, 70}) {
      const Tensor in = random_of(type, {20, 2 * width}, 3, 3.0);
      const Tensor gelu(type, {20, width}), clamped(type, {20, width});
      glu(in, {Gate::Kind::gelu_tanh, 0}, gelu);
      glu(in, {Gate::Kind::silu, 1.5F}, clamped);
      const Tensor capped = in.clone();
      soft_cap(capped, 4.0F);
      for (int64_t r = 0; r < 20; ++r) {
        for (int64_t i = 0; i < width; ++i) {
          const double g = element(in, r * 2 * width + i), u = element(in, r * 2 * width + width + i);
          const auto near = [&](float got, double expected) {
            ASSERT_NEAR(got, expected, rounding(type) * (1 + std::abs(expected)));
          };
          near(element(gelu, r * width + i),
               g / 2 * (1 + std::tanh(std::sqrt(2 / M_PI) * (g + 0.044715 * g * g * g))) * u);
          const double c = std::min(g, 1.5);
          near(element(clamped, r * width + i), c / (1 + std::exp(-c)) * std::clamp(u, -1.5, 1.5));
          near(element(capped, r * 2 * width + i), 4 * std::tanh(g / 4));
        }
      }
    }
  }
}

TEST_P(ConversionTest, SwigluAndItsWayBack) {
  for (const DType type : {DType::f32, DType::bf16}) {
    for (const int64_t width : {1, 16, 21, 70}) {
      const Tensor in = random_of(type, {20, 2 * width}, 3, 3.0), dout = random_of(type, {20, width}, 4);
      const Tensor out(type, {20, width}), din = Tensor::empty_like(in);
      glu(in, {}, out);
      glu_backward(in, {}, dout, din);
      for (int64_t r = 0; r < 20; ++r) {
        for (int64_t i = 0; i < width; ++i) {
          const double g = element(in, r * 2 * width + i), u = element(in, r * 2 * width + width + i),
                       d = element(dout, r * width + i), s = 1 / (1 + std::exp(-g));
          const auto near = [&](float got, double expected) {
            ASSERT_NEAR(got, expected, rounding(type) * (1 + std::abs(expected)));
          };
          near(element(out, r * width + i), g * s * u);
          near(element(din, r * 2 * width + i), d * u * (s + g * s * (1 - s)));
          near(element(din, r * 2 * width + width + i), d * g * s);
        }
      }
    }
  }
}
MORU_EVERY_TARGET(ConversionTest);

}  // namespace
}  // namespace moru::tensor
