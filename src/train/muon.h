// Muon (Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024): momentum made orthogonal.
#pragma once

#include "tensor/tensor.h"

namespace moru::train {

struct Muon {
  float momentum = 0.95F;
  int iterations = 5;
};

/// Five Newton–Schulz iterations X := a X + (b A + c A²) X with A = X Xᵀ, which bring all singular values near 1.
/// In and out: f32 [m, n]; products in bf16 with float sums, or f32 where the processor has no bf16 products.
tensor::Tensor orthogonalise(const tensor::Tensor& matrix, int iterations);

/// One step on a matrix: momentum := mu momentum + g; the update is orthogonalise(g + mu momentum), scaled by
/// 0.2 sqrt(max(m, n)) so that its size is that of AdamW's (Liu et al., "Muon is scalable for LLM training", 2025).
void muon_step(const Muon& settings, float learning_rate, float weight_decay, float gradient_scale,
               const tensor::Tensor& gradient, const tensor::Tensor& momentum, const tensor::Tensor& master);

}  // namespace moru::train
