// RMS norm, and the norm of query and key heads with rotary position encoding.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tensor/tensor.h"

namespace moru::tensor {

/// RMS norm (Zhang and Sennrich, 2019): out := x / sqrt(mean(x²) + epsilon) * weight, mean in float.
/// x, out: [T, d] of one type; weight: f32 [d]; inverse_rms: f32 [T], kept for the way back.
void rms_norm(const Tensor& x, const Tensor& weight, float epsilon, const Tensor& out, const Tensor& inverse_rms);

/// x_gradient: overwritten, or added to if `accumulate`. weight_gradient: f32 [d], added to; may be empty.
void rms_norm_backward(const Tensor& x, const Tensor& weight, const Tensor& inverse_rms, const Tensor& out_gradient,
                       const Tensor& x_gradient, bool accumulate, const Tensor& weight_gradient);

/// Heads side by side in a row: `heads` query heads, then `kv_heads` key heads, then `kv_heads` value heads.
struct HeadLayout {
  int heads = 0, kv_heads = 0, head_dim = 0;
  int64_t width() const { return static_cast<int64_t>(heads + 2 * kv_heads) * head_dim; }
};

/// Cosines and sines of the rotary encoding (Su et al., 2021): f32 [positions, head_dim / 2] each; angle of pair i at
/// position p is p * frequencies[i], computed in double.
struct RopeTable {
  Tensor cosines, sines;
};
/// Frequencies: theta^(-2 i / head_dim) for each pair i.
std::vector<double> rope_frequencies(int head_dim, double theta);
RopeTable make_rope_table(int64_t positions, std::span<const double> frequencies);

/// Each query and key head: RMS norm over head_dim with q_weight or k_weight (f32 [head_dim]; both empty: no norm),
/// then, if `rope` is not null, rotation of the pairs (i, i + head_dim/2) by the row's position. Value heads are
/// copied. in, out: [T, layout.width()]; positions: [T]; inverse_rms: f32 [T, heads + kv_heads], or empty if there is
/// no norm.
void norm_heads(const Tensor& in, const HeadLayout& layout, std::span<const int32_t> positions, const Tensor& q_weight,
                const Tensor& k_weight, float epsilon, const RopeTable* rope, const Tensor& out,
                const Tensor& inverse_rms);

/// Overwrites in_gradient; adds to q_weight_gradient and k_weight_gradient, which may be empty.
void norm_heads_backward(const Tensor& in, const HeadLayout& layout, std::span<const int32_t> positions,
                         const Tensor& q_weight, const Tensor& k_weight, const RopeTable* rope,
                         const Tensor& inverse_rms, const Tensor& out_gradient, const Tensor& in_gradient,
                         const Tensor& q_weight_gradient, const Tensor& k_weight_gradient);

}  // namespace moru::tensor
