#include "model/grouped_codes.h"

#include <cmath>
#include <cstring>
#include <vector>

#include "model/ggml_blocks.h"
#include "model/half.h"

namespace moru::model {
namespace {

constexpr int64_t kBlock = 32;  // codes of a block of Q8_0 or Q4_0

/// The scales of a row.
bool read_scales(const GroupedCodes& codes, int64_t row, std::span<float> out) {
  const BlockFormat* format = block_format(codes.scale_dtype);
  if (format == nullptr || !format->readable || format->elements != 1) return false;
  const size_t width = out.size() * format->bytes;
  if (!dequantize(*format, codes.scales.data() + static_cast<size_t>(row) * width, out)) return false;
  for (const float scale : out)
    if (!std::isfinite(scale)) return false;
  return true;
}

}  // namespace

void read_codes(const GroupedCodes& codes, std::span<const std::byte> bytes, int64_t row, std::span<int8_t> out) {
  const size_t width = out.size() * static_cast<size_t>(codes.bits) / 8;
  const std::byte* from = bytes.data() + static_cast<size_t>(row) * width;
  if (!codes.packed) {
    std::memcpy(out.data(), from, out.size());
    return;
  }
  for (size_t i = 0; i < out.size(); ++i) {
    const auto byte = std::to_integer<int>(from[codes.bits == 8 ? i : i / 2]);
    const int code = codes.bits == 8 ? byte : i % 2 == 1 ? byte >> 4 : byte & 15;
    out[i] = static_cast<int8_t>(code - (1 << (codes.bits - 1)));
  }
}

bool read_grouped_row(const GroupedCodes& codes, std::span<const std::byte> bytes, int64_t row,
                      std::span<float> values) {
  const auto group = static_cast<size_t>(codes.group);
  std::vector<float> scales(values.size() / group);
  if (!read_scales(codes, row, scales)) return false;
  std::vector<int8_t> whole(values.size());
  read_codes(codes, bytes, row, whole);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(whole[i]) * scales[i / group];
  return true;
}

bool fits_blocks(const GroupedCodes& codes, const BlockFormat& format) {
  const int bits = format.name == "Q8_0" ? 8 : format.name == "Q4_0" ? 4 : 0;
  return codes && codes.bits <= bits && codes.group % kBlock == 0;
}

bool copy_to_blocks(const GroupedCodes& codes, std::span<const std::byte> bytes, int64_t row, int64_t cols,
                    const BlockFormat& format, std::byte* out) {
  std::vector<float> scales(static_cast<size_t>(cols / codes.group));
  if (!read_scales(codes, row, scales)) return false;
  std::vector<int8_t> whole(static_cast<size_t>(cols));
  read_codes(codes, bytes, row, whole);
  for (int64_t begin = 0; begin < cols; begin += kBlock, out += format.bytes) {
    const float scale = scales[static_cast<size_t>(begin / codes.group)];
    const uint16_t half = float_to_half(scale);
    if (half_to_float(half) != scale) return false;
    std::memcpy(out, &half, sizeof half);
    const int8_t* block = whole.data() + begin;
    if (format.name == "Q8_0") {
      std::memcpy(out + sizeof half, block, kBlock);
      continue;
    }
    // Q4_0: code + 8, the first half of the block in the low halves of the bytes.
    for (int64_t i = 0; i < kBlock / 2; ++i)
      out[static_cast<int64_t>(sizeof half) + i] =
          static_cast<std::byte>((block[i] + 8) | ((block[i + kBlock / 2] + 8) << 4));
  }
  return true;
}

}  // namespace moru::model
