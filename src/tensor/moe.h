// Mixture of experts: the router (sigmoid or softmax scores, correction bias, groups) and the rows' way to the experts
// and back.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tensor/tensor.h"

namespace moru::tensor {

struct RouterSettings {
  enum class Scores { sigmoid, softmax };
  int experts = 0, top = 0;
  int groups = 1, top_groups = 1;
  bool normalise = true;
  float scale = 1;
  Scores scores = Scores::sigmoid;
};

/// Where each token's rows go. Rows are ordered by expert, and by token within an expert. Each expert's stretch is
/// padded with zero rows to a multiple of `kExpertRows`, so that the experts' products come in few shapes.
constexpr int32_t kExpertRows = 64;

struct Routing {
  Tensor scores;                 ///< f32 [T, experts]: sigmoid or softmax of the logits.
  Tensor weights;                ///< f32 [T, top]: what each chosen expert's output is multiplied by.
  std::vector<int32_t> experts;  ///< [T * top]: chosen experts, ascending by number.
  std::vector<int32_t> slots;    ///< [T * top]: the row among the experts' rows.
  std::vector<int32_t> tokens;   ///< By row: its token; -1 in the padding.
  std::vector<int32_t> offsets;  ///< [experts + 1]: expert e has rows offsets[e] … offsets[e+1]-1, padding included.
  std::vector<int32_t> loads;    ///< [experts]: rows without padding.
  int64_t rows() const { return offsets.back(); }
};

/// Chooses `top` experts by score + bias; weights are the scores without bias, divided by their sum (+1e-20) if
/// `normalise`, times `scale`: with sigmoid scores DeepSeek-V3's router, which exaone_moe has; with softmax scores and
/// no bias Qwen's. Ties go to the lower number. logits: f32 [T, experts]; bias: f32 [experts], or empty for none.
Routing route(const Tensor& logits, const Tensor& bias, const RouterSettings& settings);

/// Gradient of the logits from that of the weights (f32 [T, top]); adds `balance_loss` times the gradient of the
/// sequence-wise balance loss  sum over experts of f_e P_e  (f_e: share of a sequence's choices times experts / top;
/// P_e: mean of its normalised scores), averaged over sequences. Returns f32 [T, experts].
Tensor route_backward(const Routing& routing, const Tensor& weights_gradient, const RouterSettings& settings,
                      float balance_loss, std::span<const int32_t> starts);

/// out[row] := x[tokens[row]], or zeros where that is -1; x: [T, d].
void gather_rows(const Tensor& x, std::span<const int32_t> tokens, const Tensor& out);
/// x_gradient[t] += sum over its rows of rows_gradient.
void gather_rows_backward(const Routing& routing, int top, const Tensor& rows_gradient, const Tensor& x_gradient);

/// out[t] := base[t] + sum over k of weights[t, k] * rows[slots[t, k]]; `base` may be empty.
void combine_rows(const Routing& routing, int top, const Tensor& rows, const Tensor& base, const Tensor& out);
/// rows_gradient[slot] := weight * out_gradient[t], zeros in the padding; returns the gradient of the weights, f32 [T,
/// top].
Tensor combine_rows_backward(const Routing& routing, int top, const Tensor& rows, const Tensor& out_gradient,
                             const Tensor& rows_gradient);

}  // namespace moru::tensor
