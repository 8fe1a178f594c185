#include "model/ggml_blocks.h"

#include <cmath>
#include <cstring>

#include "model/half.h"
#include "tensor/dtype.h"
#include "tensor/elementwise.h"

namespace moru::model {
namespace {

constexpr BlockFormat kFormats[] = {
    {"F32", 0, 1, 4, true, true},
    {"F16", 1, 1, 2, true, true},
    {"BF16", 30, 1, 2, true, true},
    {"Q8_0", 8, 32, 34, true, true},
    {"Q4_0", 2, 32, 18, true, true},
    {"Q4_1", 3, 32, 20, true, false},
    {"Q5_0", 6, 32, 22, true, true},
    {"Q5_1", 7, 32, 24, true, false},
    {"Q4_K", 12, 256, 144, true, true},
    {"Q5_K", 13, 256, 176, true, false},
    {"Q6_K", 14, 256, 210, true, false},
    {"F64", 28, 1, 8, true, false},
    // Sizes alone: files that hold them can be listed.
    {"I8", 24, 1, 1, false, false},
    {"I16", 25, 1, 2, false, false},
    {"I32", 26, 1, 4, false, false},
    {"I64", 27, 1, 8, false, false},
    {"U8", -1, 1, 1, false, false},
    {"U16", -1, 1, 2, false, false},
    {"U32", -1, 1, 4, false, false},
    {"U64", -1, 1, 8, false, false},
    {"BOOL", -1, 1, 1, false, false},
    {"F8_E4M3", -1, 1, 1, false, false},
    {"F8_E5M2", -1, 1, 1, false, false},
    {"Q8_1", 9, 32, 40, false, false},
    {"Q2_K", 10, 256, 84, false, false},
    {"Q3_K", 11, 256, 110, false, false},
    {"Q8_K", 15, 256, 292, false, false},
    {"IQ2_XXS", 16, 256, 66, false, false},
    {"IQ2_XS", 17, 256, 74, false, false},
    {"IQ3_XXS", 18, 256, 98, false, false},
    {"IQ1_S", 19, 256, 50, false, false},
    {"IQ4_NL", 20, 32, 18, false, false},
    {"IQ3_S", 21, 256, 110, false, false},
    {"IQ2_S", 22, 256, 82, false, false},
    {"IQ4_XS", 23, 256, 136, false, false},
    {"IQ1_M", 29, 256, 56, false, false},
    {"TQ1_0", 34, 256, 54, false, false},
    {"TQ2_0", 35, 256, 66, false, false},
    {"MXFP4", 39, 32, 17, false, false},
};

float half_at(const uint8_t* p) {
  uint16_t bits = 0;
  std::memcpy(&bits, p, 2);
  return half_to_float(bits);
}

// Every decoder below takes one block and says whether its scales are finite. Of two elements that share a byte, the
// low half is the one of the first 16 (or 32) elements.

bool decode_q8_0(const uint8_t* p, float* y) {
  const float d = half_at(p);
  for (int i = 0; i < 32; ++i) y[i] = static_cast<float>(static_cast<int8_t>(p[2 + i])) * d;
  return std::isfinite(d);
}

bool decode_q4_0(const uint8_t* p, float* y) {
  const float d = half_at(p);
  for (int i = 0; i < 16; ++i) {
    y[i] = static_cast<float>((p[2 + i] & 15) - 8) * d;
    y[i + 16] = static_cast<float>((p[2 + i] >> 4) - 8) * d;
  }
  return std::isfinite(d);
}

bool decode_q4_1(const uint8_t* p, float* y) {
  const float d = half_at(p), m = half_at(p + 2);
  for (int i = 0; i < 16; ++i) {
    y[i] = static_cast<float>(p[4 + i] & 15) * d + m;
    y[i + 16] = static_cast<float>(p[4 + i] >> 4) * d + m;
  }
  return std::isfinite(d) && std::isfinite(m);
}

/// The fifth bit of element i is bit i of a 32-bit word.
int fifth(const uint8_t* high, int i) {
  return ((high[i / 8] >> (i % 8)) & 1) << 4;
}

bool decode_q5_0(const uint8_t* p, float* y) {
  const float d = half_at(p);
  for (int i = 0; i < 16; ++i) {
    y[i] = static_cast<float>(((p[6 + i] & 15) | fifth(p + 2, i)) - 16) * d;
    y[i + 16] = static_cast<float>(((p[6 + i] >> 4) | fifth(p + 2, i + 16)) - 16) * d;
  }
  return std::isfinite(d);
}

bool decode_q5_1(const uint8_t* p, float* y) {
  const float d = half_at(p), m = half_at(p + 2);
  for (int i = 0; i < 16; ++i) {
    y[i] = static_cast<float>((p[8 + i] & 15) | fifth(p + 4, i)) * d + m;
    y[i + 16] = static_cast<float>((p[8 + i] >> 4) | fifth(p + 4, i + 16)) * d + m;
  }
  return std::isfinite(d) && std::isfinite(m);
}

/// Six-bit scale and minimum of sub-block j (of 8) in 12 bytes: those of the first four in the low six bits of bytes
/// 0-3 and 4-7, those of the last four in bytes 8-11 (low halves scales, high ones minima) and the former's upper bits.
void scale_and_minimum(const uint8_t* p, int j, float& scale, float& minimum) {
  if (j < 4) {
    scale = static_cast<float>(p[j] & 63);
    minimum = static_cast<float>(p[j + 4] & 63);
  } else {
    scale = static_cast<float>((p[j + 4] & 15) | ((p[j - 4] >> 6) << 4));
    minimum = static_cast<float>((p[j + 4] >> 4) | ((p[j] >> 6) << 4));
  }
}

/// Sub-blocks 2k and 2k+1 share 32 bytes. Q5_K's fifth bits: bit j of byte i is that of element i of sub-block j.
bool decode_k(const uint8_t* p, float* y, bool five_bits) {
  const float d = half_at(p), dmin = half_at(p + 2);
  const uint8_t* high = p + 16;
  const uint8_t* low = five_bits ? p + 48 : p + 16;
  for (int j = 0; j < 8; ++j) {
    float scale = 0, minimum = 0;
    scale_and_minimum(p + 4, j, scale, minimum);
    const float s = d * scale, m = dmin * minimum;
    const uint8_t* codes = low + 32 * (j / 2);
    const int shift = j % 2 == 0 ? 0 : 4;
    if (five_bits) {
      for (int i = 0; i < 32; ++i)
        y[32 * j + i] = s * static_cast<float>(((codes[i] >> shift) & 15) | (((high[i] >> j) & 1) << 4)) - m;
    } else {
      for (int i = 0; i < 32; ++i) y[32 * j + i] = s * static_cast<float>((codes[i] >> shift) & 15) - m;
    }
  }
  return std::isfinite(d) && std::isfinite(dmin);
}

bool decode_q4_k(const uint8_t* p, float* y) {
  return decode_k(p, y, false);
}
bool decode_q5_k(const uint8_t* p, float* y) {
  return decode_k(p, y, true);
}

/// 128 low halves, 64 bytes of upper bit pairs, 16 signed scales (of 16 elements each), the block's scale.
bool decode_q6_k(const uint8_t* p, float* y) {
  const float d = half_at(p + 208);
  for (int half = 0; half < 2; ++half) {
    const uint8_t* low = p + 64 * half;
    const uint8_t* high = p + 128 + 32 * half;
    for (int quarter = 0; quarter < 4; ++quarter) {
      for (int i = 0; i < 32; ++i) {
        const int nibble = (low[32 * (quarter % 2) + i] >> (quarter < 2 ? 0 : 4)) & 15;
        const int code = (nibble | (((high[i] >> (2 * quarter)) & 3) << 4)) - 32;
        const auto scale = static_cast<int8_t>(p[192 + 8 * half + 2 * quarter + i / 16]);
        y[128 * half + 32 * quarter + i] = d * static_cast<float>(scale) * static_cast<float>(code);
      }
    }
  }
  return std::isfinite(d);
}

template <class Decode>
bool each_block(const BlockFormat& format, const uint8_t* p, std::span<float> values, Decode decode) {
  bool finite = true;
  for (size_t i = 0; i < values.size(); i += static_cast<size_t>(format.elements), p += format.bytes)
    finite = decode(p, values.data() + i) && finite;
  return finite;
}

}  // namespace

const BlockFormat* block_format(std::string_view name) {
  for (const BlockFormat& format : kFormats)
    if (format.name == name) return &format;
  return nullptr;
}

const BlockFormat* block_format_of_ggml(uint32_t ggml_type) {
  for (const BlockFormat& format : kFormats)
    if (format.ggml_type >= 0 && static_cast<uint32_t>(format.ggml_type) == ggml_type) return &format;
  return nullptr;
}

bool dequantize(const BlockFormat& format, const std::byte* blocks, std::span<float> values) {
  const auto* p = reinterpret_cast<const uint8_t*>(blocks);
  switch (format.ggml_type) {
    case 0:
      std::memcpy(values.data(), p, values.size_bytes());
      return true;
    case 1:
      for (size_t i = 0; i < values.size(); ++i) values[i] = half_at(p + 2 * i);
      return true;
    case 30:
      for (size_t i = 0; i < values.size(); ++i) {
        tensor::Bf16 value;
        std::memcpy(&value, p + 2 * i, 2);
        values[i] = tensor::to_float(value);
      }
      return true;
    case 28:
      for (size_t i = 0; i < values.size(); ++i) {
        double value = 0;
        std::memcpy(&value, p + 8 * i, 8);
        values[i] = static_cast<float>(value);
      }
      return true;
    case 8:
      return each_block(format, p, values, decode_q8_0);
    case 2:
      return each_block(format, p, values, decode_q4_0);
    case 3:
      return each_block(format, p, values, decode_q4_1);
    case 6:
      return each_block(format, p, values, decode_q5_0);
    case 7:
      return each_block(format, p, values, decode_q5_1);
    case 12:
      return each_block(format, p, values, decode_q4_k);
    case 13:
      return each_block(format, p, values, decode_q5_k);
    case 14:
      return each_block(format, p, values, decode_q6_k);
    default:
      return false;
  }
}

}  // namespace moru::model
