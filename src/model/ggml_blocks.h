// The block formats of GGUF: weights in blocks with a scale, as ggml lays them out. Layouts: ggml's source
// (ggml-common.h), checked against the PyPI package `gguf` (tests/reference/ggml_blocks.py).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace moru::model {

/// A type of stored elements. Safetensors' types are blocks of one element.
struct BlockFormat {
  std::string_view name;   ///< "F32", "BF16", "Q4_K", … as safetensors and ggml name them.
  int32_t ggml_type = -1;  ///< ggml's number of the type; -1: not a type of GGUF.
  int64_t elements = 1;    ///< In a block. A row holds whole blocks.
  size_t bytes = 0;        ///< Of a block.
  bool readable = false;   ///< dequantize() knows it.
  bool writable = false;   ///< quantize() knows it.
};

/// nullptr if there is no such type.
const BlockFormat* block_format(std::string_view name);
const BlockFormat* block_format_of_ggml(uint32_t ggml_type);

/// values[i] := the elements of values.size() / format.elements blocks, bit for bit as ggml's reference. False if a
/// scale is not a finite number (values are then not to be used). The format must be readable.
[[nodiscard]] bool dequantize(const BlockFormat& format, const std::byte* blocks, std::span<float> values);

/// The blocks nearest to `values`: F32, F16, BF16 rounded to nearest even, Q8_0 as ggml's reference; Q4_0, Q5_0 and
/// Q4_K by a search for the scales with the least squared error, weighted by `importance` (of each value; without it by
/// root mean square plus magnitude: large weights matter more). False if a value is not finite or beyond the format's
/// range. The format must be writable, values.size() a multiple of format.elements.
[[nodiscard]] bool quantize(const BlockFormat& format, std::span<const float> values, std::byte* blocks,
                            std::span<const float> importance = {});

}  // namespace moru::model
