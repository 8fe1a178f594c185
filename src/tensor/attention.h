// Causal attention over ragged sequences, with grouped queries and sliding windows, forward and backward.
#pragma once

#include <cstdint>
#include <span>

#include "tensor/norm.h"
#include "tensor/tensor.h"

namespace moru::tensor {

struct AttentionSettings {
  HeadLayout layout;
  int window = 0;   ///< A query sees the last `window` keys, itself included; 0: all before it.
  float scale = 0;  ///< Scores are multiplied by it; 0: 1 / sqrt(head_dim).
};

/// Keys and values of one sequence: row j of the sequence is at keys + j * stride (elements), all key heads side by
/// side.
struct KeySpan {
  const void* keys = nullptr;
  const void* values = nullptr;
  int64_t stride = 0;
  int64_t count = 0;  ///< Keys in all, those of the batch's own rows included; the last query sees the last key.
};

/// out := softmax(q kᵀ scale) v, softmax in float, for each sequence of the ragged batch on its own.
/// qkv: [T, layout.width()], of which the queries are read; keys[s]: where sequence s's keys lie (in qkv itself when
/// there is no cache: own_keys). out: [T, heads * head_dim]. log_sums: f32 [T, heads], the log of each softmax's sum,
/// or an empty tensor if there is no way back.
void attention(const Tensor& qkv, std::span<const int32_t> starts, std::span<const KeySpan> keys,
               const AttentionSettings& settings, const Tensor& out, const Tensor& log_sums);

/// The keys and values in the rows of qkv themselves.
std::vector<KeySpan> own_keys(const Tensor& qkv, std::span<const int32_t> starts, const HeadLayout& layout);

/// Overwrites qkv_gradient ([T, layout.width()]). Scores are computed again, block by block (Dao et al., 2022).
void attention_backward(const Tensor& qkv, std::span<const int32_t> starts, const AttentionSettings& settings,
                        const Tensor& out, const Tensor& log_sums, const Tensor& out_gradient,
                        const Tensor& qkv_gradient);

}  // namespace moru::tensor
