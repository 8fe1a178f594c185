// Parameter: a weight that a model owns. Products do not care how it is held.
#pragma once

#include <string>

#include "tensor/int8.h"
#include "tensor/tensor.h"

namespace moru::tensor {

struct Parameter {
  std::string name;  ///< As in model.safetensors; fused weights are split when they are saved.
  Tensor value;      ///< [out, in] f32 or bf16, or [d] f32. Empty if held as int8.
  Int8Weight int8;
  Tensor gradient;  ///< f32, of value's shape; empty if not trained. Ops add to it.

  bool quantized() const { return static_cast<bool>(int8.values); }
  int64_t rows() const { return quantized() ? int8.values.rows() : value.rows(); }
  int64_t cols() const { return quantized() ? int8.values.cols() : value.cols(); }
  uint64_t bytes() const { return quantized() ? int8.values.bytes() + int8.scales.bytes() : value.bytes(); }
};

/// out := x · wᵀ. x: [T, in]; out: [T, out] of x's type or f32.
void apply(const Tensor& x, const Parameter& weight, const Tensor& out);

}  // namespace moru::tensor
