// Cross entropy of rows of logits.
#pragma once

#include <cstdint>
#include <span>

#include "tensor/tensor.h"

namespace moru::tensor {

/// For each row: loss = weight * (log(sum(exp(logits))) - logits[target]); replaces the logits by the loss's gradient,
/// weight * (softmax(logits) - onehot(target)). logits: [R, V] f32 or bf16; targets, weights: [R]. Returns the sum of
/// the losses, added up in row order.
double cross_entropy_in_place(const Tensor& logits, std::span<const int32_t> targets, std::span<const float> weights);

}  // namespace moru::tensor
