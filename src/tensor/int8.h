// Products with int8 weights in groups: w[n, k] = q[n, k] * scale[n, k / group].
#pragma once

#include "tensor/tensor.h"

namespace moru::tensor {

struct Int8Weight {
  Tensor values;  ///< i8 [N, K]
  Tensor scales;  ///< f32 [N, K / group]
  int group = 0;  ///< Divides K.
};

/// Round to nearest, symmetric: scale = max|w| / 127 in each group. `weight`: f32 or bf16 [N, K].
Int8Weight quantize_int8(const Tensor& weight, int group);

/// Rows [begin, end) as f32 or bf16, into `out` ([end - begin, K]).
void dequantize(const Int8Weight& weight, int64_t begin, int64_t end, const Tensor& out);

/// out := x · wᵀ. x: [M, K] f32 or bf16; out: [M, N], of x's type or f32. Few rows read the int8 weights directly
/// (memory is the limit); many rows go through panels of dequantized weights and the matrix product.
void matmul_int8(const Tensor& x, const Int8Weight& weight, const Tensor& out);

}  // namespace moru::tensor
