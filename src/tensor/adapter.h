// Low-rank updates beside frozen weights.
#pragma once

#include "tensor/autograd.h"
#include "tensor/parameter.h"

namespace moru::tensor {

/// LoRA (Hu et al., "LoRA: Low-rank adaptation of large language models", 2021, section 4.1): to the outputs
/// [begin, end) of a weight, y += scale · (x aᵀ) bᵀ. Several may stand on one fused weight, each on rows of its own.
struct Adapter {
  Parameter a;  ///< [r, in], of the computation's type.
  Parameter b;  ///< [end - begin, r].
  int64_t begin = 0, end = 0;
  float scale = 1;            ///< alpha / r
  float dropout = 0;          ///< Share of x's elements that this path leaves out while training; the rest are scaled up.
  uint64_t dropout_seed = 0;  ///< Decides which; a new one each step.
};

/// out[:, begin:end] += scale · (x aᵀ) bᵀ for each of the weight's adapters; `training`: with dropout.
void apply_adapters(const Tensor& x, const Parameter& weight, const Tensor& out, bool training);

/// Adds to the gradients of each adapter's a and b, and to `x_gradient` (of x's type and shape). `out_gradient`:
/// [T, out].
void adapters_backward(const Tensor& x, const Parameter& weight, const Tensor& out_gradient, const Tensor& x_gradient);

/// Adds scale · b a to the weight, which is no longer quantized then, and removes the adapters. In f32, rounded once.
void merge_adapters(Parameter& weight);

}  // namespace moru::tensor
