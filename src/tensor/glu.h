// Gated linear units: the activation between a feed-forward's two products, forward and backward.
#pragma once

#include "tensor/tensor.h"

namespace moru::tensor {

/// What becomes of the gate before it multiplies (Shazeer, "GLU variants improve transformer", 2020).
struct Gate {
  enum class Kind { silu, gelu_tanh };  ///< gelu_tanh: x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))).
  Kind kind = Kind::silu;
  /// Above 0: gate := min(gate, limit) and up := clamp(up, -limit, limit) come first (K-EXAONE 2.0's clamped SwiGLU).
  float limit = 0;
};

/// out := activation(gate) * up. gate_up: [T, 2 I] with the gate first; out: [T, I] of its type.
void glu(const Tensor& gate_up, const Gate& gate, const Tensor& out);
/// Gradient of gate_up from that of out: overwrites gate_up_gradient ([T, 2 I]). None flows through a clamped value.
void glu_backward(const Tensor& gate_up, const Gate& gate, const Tensor& out_gradient, const Tensor& gate_up_gradient);

}  // namespace moru::tensor
