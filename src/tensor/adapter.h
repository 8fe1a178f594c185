// Low-rank updates beside frozen weights.
#pragma once

#include "tensor/autograd.h"
#include "tensor/parameter.h"

namespace moru::tensor {

/// out[:, begin:end] += scale · (x aᵀ) bᵀ for each of the weight's adapters; `training`: with dropout.
void apply_adapters(const Tensor& x, const Parameter& weight, const Tensor& out, bool training);

/// Adds to the gradients of each adapter's a and b, and to `x_gradient` (of x's type and shape). `out_gradient`:
/// [T, out].
void adapters_backward(const Tensor& x, const Parameter& weight, const Tensor& out_gradient, const Tensor& x_gradient);

/// Adds scale · b a to the weight, which is no longer quantized then, and removes the adapters. In f32, rounded once.
void merge_adapters(Parameter& weight);

}  // namespace moru::tensor
