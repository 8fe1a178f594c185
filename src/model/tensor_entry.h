// One tensor of a weights file: where its bytes lie, what type they have, and how its values are got out of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "model/grouped_codes.h"
#include "tensor/tensor.h"

namespace moru::model {

/// One tensor of a file. Row-major: the last dimension is contiguous.
struct TensorEntry {
  std::string dtype;  ///< "F32", "BF16", "I8", "Q4_K", … (ggml_blocks.h), as the file says.
  std::vector<int64_t> shape;
  std::span<const std::byte> bytes;
  /// Above 0: each of so many heads has its rows stored as rotary pairs side by side (row 2i is row i, row 2i + 1 row
  /// i + half), as GGUF's llama architecture has its queries and keys. Rows are given out in the usual order.
  int64_t interleaved_heads = 0;
  /// Added to every value: Gemma's norms are stored one higher in GGUF.
  float shift = 0;
  /// Where `bytes` are codes of few bits: their scales. The dtype is then "INT4" or "INT8".
  GroupedCodes grouped{};

  /// Elements; rows (all dimensions but the last) and columns. A scalar is one row of one.
  int64_t count() const;
  int64_t rows() const;
  int64_t cols() const { return shape.empty() ? 1 : shape.back(); }
  uint64_t stored_bytes() const { return bytes.size() + grouped.scales.size(); }
  /// Rows [begin, end) of the first dimension, such as one expert of a stack of them (which loses that dimension where
  /// it is one).
  TensorEntry part(int64_t begin, int64_t end) const;
  TensorEntry expert(int64_t index) const;
};

/// A tensor that is going to be written.
struct PlannedTensor {
  std::string name, dtype;
  std::vector<int64_t> shape;  ///< Row-major.
  /// Throws Error if the type is unknown or a row is no whole number of blocks.
  uint64_t bytes() const;
};

/// At which row of a tensor with interleaved heads the row `row` of the usual order is stored.
int64_t stored_row(int64_t interleaved_heads, int64_t rows, int64_t row);

/// Rows [first, first + values.size() / cols) as floats, from any float or block type. Throws Error naming `place` for
/// a type that cannot be converted or a scale that is not a number.
void read_rows(const TensorEntry& entry, int64_t first, std::span<float> values, const std::string& place);

/// The elements in `target`, of the same shape: any float or block type as f32 or bf16, I8 as i8. All threads. Throws
/// Error naming `place` for another shape or a type that cannot be converted.
void copy_into(const TensorEntry& entry, const tensor::Tensor& target, const std::string& place);

/// Tells the system that these bytes are not needed soon: what was read of them counts no more as this process's
/// memory. They must be of a mapped file, from which they come back; memory of any other kind would lose them.
void release_mapped_pages(std::span<const std::byte> bytes);

}  // namespace moru::model
