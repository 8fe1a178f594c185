// Weights of 4 or 8 bits in groups, and products with them.
#pragma once

#include "tensor/tensor.h"

namespace moru::tensor {

/// w[n, k] = code[n, k] * scale[n, k / group], symmetric: codes are -8 … 7 or -128 … 127, there is no zero point.
///
/// Held as the kernels read it: panels of 16 rows, whose codes plus 8 or 128 (unsigned then) lie in steps of 64 bytes.
/// At 8 bits a step has 4 columns of 16 rows, row by row; at 4 bits 8 columns, the first four in the low halves of the
/// bytes. Rows that the last panel lacks have scale 0.
struct QuantizedWeight {
  int bits = 0;   ///< 4 or 8.
  int group = 0;  ///< Divides cols; a multiple of 8.
  int64_t rows = 0, cols = 0;
  Tensor codes;   ///< i8 [panels, 16 * cols * bits / 8]
  Tensor scales;  ///< bf16 [panels, cols / group, 16]

  explicit operator bool() const { return bits != 0; }
  int64_t groups() const { return cols / group; }
  int64_t panels() const { return (rows + 15) / 16; }
  uint64_t bytes() const { return codes.bytes() + scales.bytes(); }
};

/// Codes and scales row by row, as files and calibration have them.
struct QuantizedRows {
  Tensor codes;   ///< i8 [N, K], signed.
  Tensor scales;  ///< bf16 [N, K / group].
};

constexpr int least_code(int bits) {
  return -(1 << (bits - 1));
}
constexpr int most_code(int bits) {
  return (1 << (bits - 1)) - 1;
}

/// The bf16 scale with which rounding `count` weights to codes costs least; with `importance` ([count], f32) each
/// weight's squared error counts so much. At 8 bits the largest weight fills the range; at 4 bits a few narrower and
/// wider ranges of either sign are tried (the range is longer on one side, and a scale may be negative).
Bf16 best_scale(const float* weights, const float* importance, int64_t count, int bits);

/// The code nearest to weight / scale; 0 if the scale is, and the least code if the quotient is no number.
int8_t nearest_code(float weight, float scale, int bits);

/// Round to nearest, each group with its best scale. `weight`: f32 or bf16 [N, K]; `group` divides K and by 8.
QuantizedRows round_to_nearest(const Tensor& weight, int bits, int group);

QuantizedWeight pack(const QuantizedRows& rows, int bits);
/// Rows [begin, end).
QuantizedRows unpack(const QuantizedWeight& weight, int64_t begin, int64_t end);

inline QuantizedWeight quantize(const Tensor& weight, int bits, int group) {
  return pack(round_to_nearest(weight, bits, group), bits);
}

/// Rows [begin, end) as f32 or bf16, into `out` ([end - begin, K]).
void dequantize(const QuantizedWeight& weight, int64_t begin, int64_t end, const Tensor& out);

/// out := x · wᵀ. x: [M, K] f32 or bf16; out: [M, N], f32 or bf16. The rows of x are rounded to 8 bits in groups as
/// wide as the weight's (scale max|x| / 127); sums within a group are exact integers, and groups are added in order in
/// float. A row's result therefore has the same bits whatever the other rows, the threads and the instruction set.
void matmul_quantized(const Tensor& x, const QuantizedWeight& weight, const Tensor& out);

}  // namespace moru::tensor
