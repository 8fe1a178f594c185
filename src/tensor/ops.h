// Differentiable ops. Without a tape they only compute. Parameters' gradients are added to, so that one batch may be
// run in several parts.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tensor/attention.h"
#include "tensor/autograd.h"
#include "tensor/glu.h"
#include "tensor/moe.h"
#include "tensor/norm.h"
#include "tensor/parameter.h"

namespace moru::tensor {

/// Rows of the table times `scale`: [T, d], of type `type`. The ids must outlive the tape.
Variable embed(Tape* tape, std::span<const int32_t> ids, const Parameter& table, DType type, float scale = 1);

/// x · wᵀ: [T, in] → [T, out].
Variable linear(Tape* tape, const Variable& x, const Parameter& weight);

/// How RMS norms are computed: the weight that multiplies is offset + weight (Gemma has an offset of one).
struct NormSettings {
  float epsilon = 1e-5F;
  float offset = 0;
};

Variable rms_norm(Tape* tape, const Variable& x, const Parameter& weight, const NormSettings& settings);

/// See norm_heads; weights without values: no norm. Positions and the table must outlive the tape.
Variable norm_heads(Tape* tape, const Variable& qkv, const HeadLayout& layout, std::span<const int32_t> positions,
                    const Parameter& q_weight, const Parameter& k_weight, const NormSettings& settings,
                    const RopeTable* rope);

/// Attention over the batch's own rows. The starts must outlive the tape.
Variable attention(Tape* tape, const Variable& qkv, std::span<const int32_t> starts, const AttentionSettings& settings);

Variable add(Tape* tape, const Variable& a, const Variable& b);

/// [T, a] and [T, b] → [T, a + b].
Variable concat(Tape* tape, const Variable& a, const Variable& b);

/// Rows of x by number: [R, d]. With a tape the numbers must differ from each other and outlive it.
Variable select_rows(Tape* tape, const Variable& x, std::span<const int32_t> rows);

/// activation(gate) * up of [T, 2 I] → [T, I].
Variable glu(Tape* tape, const Variable& gate_up, const Gate& gate = {});

/// The routed experts of one layer.
struct Experts {
  const std::vector<Parameter>& gate_up;  ///< By expert: [2 I, d], gate rows first.
  const std::vector<Parameter>& down;     ///< By expert: [d, I].
  const Parameter& router;                ///< [experts, d]
  const Tensor& bias;  ///< f32 [experts] or empty; changed by load balancing alone, never by gradient.
};

struct MoeSettings {
  RouterSettings router;
  float balance_loss = 0;
  Gate gate;
};

/// base + sum over chosen experts of weight * expert(x). `load` (if given) gets the number of rows of each expert
/// added.
Variable mixture_of_experts(Tape* tape, const Variable& x, const Variable& base, const Experts& experts,
                            const MoeSettings& settings, std::span<const int32_t> starts, std::vector<int64_t>* load);

/// Sum over rows of weight * cross entropy of hidden · headᵀ against the target, in chunks of rows, so that the logits
/// are never held whole. With a tape, the gradients of head and hidden are computed on the spot (the loss is the root).
/// `cap`: above 0, the logits are capped softly first (soft_cap).
double linear_cross_entropy(Tape* tape, const Variable& hidden, const Parameter& head, std::span<const int32_t> targets,
                            std::span<const float> weights, float cap = 0);

}  // namespace moru::tensor
