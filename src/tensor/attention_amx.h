// Attention in bf16 on the tiles of AMX: the products of scores, values and gradients; the softmax in float.
#pragma once

#include "tensor/attention_job.h"
#include "tensor/dtype.h"

namespace moru::tensor {

/// With fewer queries most of a tile would be padding.
constexpr int64_t kLeastQueriesForTiles = 16;

/// One job of attention(); the weights of the softmax are rounded to bf16 before they meet the values. Only
/// where amx_supported(). On the calling thread.
void attention_amx(const AttentionJob& job, const Bf16* q, const Bf16* k, const Bf16* v, Bf16* out, float* log_sums);

/// One job of attention_backward(): overwrites dq, dk and dv. job.keys equals job.queries.
void attention_backward_amx(const AttentionJob& job, const Bf16* q, const Bf16* k, const Bf16* v, const Bf16* out,
                            const float* log_sums, const Bf16* dout, Bf16* dq, Bf16* dk, Bf16* dv);

}  // namespace moru::tensor
