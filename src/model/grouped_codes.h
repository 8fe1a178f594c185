// A weight in few bits as a file holds it: codes in groups that share a scale.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace moru::model {

struct BlockFormat;

/// value = code * scale of the code's group (compressed_tensors.h). The codes lie in the tensor's bytes.
struct GroupedCodes {
  int bits = 0;         ///< 4 or 8; 0: the tensor is not held so.
  bool packed = false;  ///< True: code + 2^(bits-1), of 4 bits the earlier in the low half. False: signed bytes.
  int64_t group = 0;    ///< Divides a row.
  std::string scale_dtype;
  std::span<const std::byte> scales;  ///< [rows, cols / group]

  explicit operator bool() const { return bits != 0; }
};

/// The codes of a row. A row of packed codes must be whole bytes of codes: cols * bits is a multiple of 8.
void read_codes(const GroupedCodes& codes, std::span<const std::byte> bytes, int64_t row, std::span<int8_t> out);

/// A row's values. False if a scale is not a finite number.
[[nodiscard]] bool read_grouped_row(const GroupedCodes& codes, std::span<const std::byte> bytes, int64_t row,
                                    std::span<float> values);

/// True if blocks of `format` (Q8_0 or Q4_0: 32 codes and a scale in half precision) can hold the codes as they are.
bool fits_blocks(const GroupedCodes& codes, const BlockFormat& format);

/// Writes a row's codes and scales as blocks that fit, or returns false: a scale is no number of half precision.
[[nodiscard]] bool copy_to_blocks(const GroupedCodes& codes, std::span<const std::byte> bytes, int64_t row,
                                  int64_t cols, const BlockFormat& format, std::byte* out);

}  // namespace moru::model
