#include "model/ggml_blocks.h"

#include <gmock/gmock.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/file.h"
#include "core/json.h"
#include "core/random.h"
#include "model/half.h"

namespace moru::model {
namespace {

std::vector<std::byte> bytes_of(const std::string& hex) {
  std::vector<std::byte> bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes.push_back(static_cast<std::byte>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  return bytes;
}

std::vector<float> floats_of(const std::string& hex) {
  const std::vector<std::byte> bytes = bytes_of(hex);
  std::vector<float> values(bytes.size() / 4);
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

/// Made by tests/reference/ggml_blocks.py with the reference's own code.
Json reference() {
  return read_json_file(fs::path(MORU_SOURCE_DIR) / "tests/model/gguf/blocks.json");
}

/// Normal numbers, with a few large ones as trained weights have them.
std::vector<float> weights(size_t count, uint64_t seed) {
  Random random(seed);
  std::vector<float> values(count);
  for (float& v : values) {
    v = 0.02F * static_cast<float>(random.normal());
    if (random.below(100) == 0) v *= 6;
  }
  return values;
}

/// Root of the mean squared error over the root of the mean square.
double relative_error(const BlockFormat& format, const std::vector<float>& values) {
  std::vector<std::byte> blocks(values.size() / static_cast<size_t>(format.elements) * format.bytes);
  std::vector<float> back(values.size());
  EXPECT_TRUE(quantize(format, values, blocks.data()));
  EXPECT_TRUE(dequantize(format, blocks.data(), back));
  double error = 0, square = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    error += (static_cast<double>(back[i]) - values[i]) * (static_cast<double>(back[i]) - values[i]);
    square += static_cast<double>(values[i]) * values[i];
  }
  return square == 0 ? std::sqrt(error) : std::sqrt(error / square);
}

TEST(GgmlBlocksTest, DequantizesBitForBitAsTheReference) {
  const Json cases = reference();
  for (const char* name : {"F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K"}) {
    const BlockFormat* format = block_format(name);
    ASSERT_NE(format, nullptr) << name;
    const std::vector<std::byte> blocks = bytes_of(cases.at(name).at("blocks"));
    const std::vector<float> expected = floats_of(cases.at(name).at("values"));
    ASSERT_EQ(blocks.size() / format->bytes * static_cast<size_t>(format->elements), expected.size()) << name;
    std::vector<float> values(expected.size());
    // A random half may be an infinity: then only the values are compared.
    const bool finite = dequantize(*format, blocks.data(), values);
    EXPECT_TRUE(finite || format->elements == 1) << name;
    for (size_t i = 0; i < values.size(); ++i) {
      if (std::isnan(expected[i])) continue;
      EXPECT_EQ(std::bit_cast<uint32_t>(values[i] + 0.0F), std::bit_cast<uint32_t>(expected[i] + 0.0F))
          << name << " " << i << ": " << values[i] << " " << expected[i];
    }
  }
}

TEST(GgmlBlocksTest, QuantizesToQ8AsTheReference) {
  const Json reference_case = reference().at("quantize_Q8_0");
  const std::vector<float> values = floats_of(reference_case.at("values"));
  const std::vector<std::byte> expected = bytes_of(reference_case.at("blocks"));
  std::vector<std::byte> blocks(expected.size());
  ASSERT_TRUE(quantize(*block_format("Q8_0"), values, blocks.data()));
  EXPECT_EQ(blocks, expected);
}

TEST(GgmlBlocksTest, ErrorsAreAsSmallAsTheBitsAllow) {
  const std::vector<float> values = weights(size_t{256} * 256, 7);
  const auto error = [&](const char* name) { return relative_error(*block_format(name), values); };
  EXPECT_EQ(error("F32"), 0);
  EXPECT_LT(error("F16"), 3e-4);
  EXPECT_LT(error("BF16"), 2.5e-3);
  EXPECT_LT(error("Q8_0"), 8e-3);
  EXPECT_LT(error("Q5_0"), 0.06);
  EXPECT_LT(error("Q4_0"), 0.12);
  EXPECT_LT(error("Q4_K"), 0.085);
  EXPECT_LT(error("Q4_K"), error("Q4_0"));
}

TEST(GgmlBlocksTest, ImportanceMovesTheErrorToWhereItMattersLess) {
  const std::vector<float> values = weights(256, 3);
  std::vector<float> importance(256, 1e-3F);
  for (size_t i = 0; i < 256; i += 2) importance[i] = 1;
  for (const char* name : {"Q4_0", "Q4_K"}) {
    const BlockFormat& format = *block_format(name);
    std::vector<std::byte> blocks(256 / static_cast<size_t>(format.elements) * format.bytes);
    std::vector<float> back(256);
    ASSERT_TRUE(quantize(format, values, blocks.data(), importance));
    ASSERT_TRUE(dequantize(format, blocks.data(), back));
    double even = 0, odd = 0;
    for (size_t i = 0; i < 256; ++i) (i % 2 == 0 ? even : odd) += std::pow(back[i] - values[i], 2);
    EXPECT_LT(even, odd) << name;
  }
}

TEST(GgmlBlocksTest, BlocksOfOneValueAreExact) {
  for (const char* name : {"Q8_0", "Q4_0", "Q5_0", "Q4_K"}) {
    for (const float value : {0.0F, 0.5F, -0.5F, 1.0F}) {
      const std::vector<float> values(256, value);
      EXPECT_LT(relative_error(*block_format(name), values), 1e-3) << name << " " << value;
    }
  }
}

TEST(GgmlBlocksTest, ValuesWhoseScaleNoHalfHoldsBecomeZeros) {
  for (const char* name : {"Q8_0", "Q4_0", "Q5_0", "Q4_K"}) {
    const BlockFormat& format = *block_format(name);
    for (const float value : {1e-45F, -1e-42F, 5e-39F, -1e-38F, 1e-31F, 1e-20F}) {
      std::vector<float> values(256, 0.0F);
      for (size_t i = 0; i < 256; i += 3) values[i] = i % 2 == 0 ? value : -value / 2;
      std::vector<std::byte> blocks(256 / static_cast<size_t>(format.elements) * format.bytes);
      std::vector<float> back(256, 1.0F);
      ASSERT_TRUE(quantize(format, values, blocks.data())) << name << " " << value;
      ASSERT_TRUE(dequantize(format, blocks.data(), back)) << name << " " << value;
      for (const float v : back) EXPECT_EQ(v, 0.0F) << name << " " << value;
      // A zero keeps the code of zero: no quotient without a value became a code.
      if (format.ggml_type == 8) {
        EXPECT_EQ(blocks[2 + 1], std::byte{0}) << value;
      }
    }
  }
}

TEST(GgmlBlocksTest, WhatDoesNotFitIsSaidSo) {
  for (const char* name : {"F16", "Q8_0", "Q4_0", "Q4_K"}) {
    std::vector<float> values(256, 1.0F);
    std::vector<std::byte> blocks(2048);
    for (const float bad : {NAN, INFINITY, 1e30F}) {
      values[200] = bad;
      EXPECT_FALSE(quantize(*block_format(name), values, blocks.data())) << name << " " << bad;
    }
  }
  std::vector<std::byte> block(34);
  const uint16_t nan = 0x7E00;
  std::memcpy(block.data(), &nan, 2);
  std::vector<float> values(32);
  EXPECT_FALSE(dequantize(*block_format("Q8_0"), block.data(), values));
  EXPECT_EQ(block_format("Q9_Z"), nullptr);
  EXPECT_EQ(block_format_of_ggml(4), nullptr);  // removed from ggml
  EXPECT_FALSE(block_format("IQ2_XS")->readable);
}

TEST(HalfTest, EveryHalfSurvivesAndFloatsRoundToTheNearest) {
  for (uint32_t half = 0; half < 65536; ++half) {
    const float value = half_to_float(static_cast<uint16_t>(half));
    if (std::isnan(value)) continue;
    ASSERT_EQ(float_to_half(value), half);
    if ((half & 0x7FFF) >= 0x7BFF) continue;
    // Halfway to the next one goes to the even one, a hair beyond to the next.
    const float next = half_to_float(static_cast<uint16_t>(half + 1)), middle = (value + next) / 2;
    ASSERT_EQ(float_to_half(middle), half % 2 == 0 ? half : half + 1);
    ASSERT_EQ(float_to_half(std::nextafter(middle, next)), half + 1);
  }
  EXPECT_EQ(half_to_float(0x3C00), 1.0F);
  EXPECT_EQ(half_to_float(0x0001), std::ldexp(1.0F, -24));
  EXPECT_EQ(float_to_half(1e9F), 0x7C00);
  EXPECT_TRUE(std::isnan(half_to_float(float_to_half(NAN))));
}

}  // namespace
}  // namespace moru::model
