// What a model's tensors are, and what files call them: Hugging Face's names by family, GGUF's by role.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/config.h"

namespace moru::model {

enum class TensorRole : uint8_t {
  embedding,
  final_norm,
  head,
  attention_norm,       ///< Before attention.
  post_attention_norm,  ///< After it, before the sum.
  ffn_norm,
  post_ffn_norm,
  query,
  key,
  value,
  attention_output,
  query_norm,
  key_norm,
  gate,
  up,
  down,
  router,
  router_bias,
  expert_gate,
  expert_up,
  expert_down,
  shared_gate,
  shared_up,
  shared_down,
  mtp_projection,
  mtp_embedding_norm,
  mtp_hidden_norm,
  mtp_norm,
};

bool is_norm(TensorRole role);
bool is_expert(TensorRole role);

/// A tensor of a configuration, or of an expert's role all of a layer's.
struct TensorSpec {
  TensorRole role = TensorRole::embedding;
  int layer = -1;    ///< config.layers: the MTP layer; -1: none.
  int copies = 1;    ///< Experts: how many there are.
  int64_t rows = 0;  ///< [rows, cols], or [cols] if rows is 0.
  int64_t cols = 0;
  uint64_t elements() const { return static_cast<uint64_t>(rows == 0 ? cols : rows * cols); }
};

/// Every tensor of the configuration's files, in their order; nothing is allocated.
void for_each_tensor(const ModelConfig& config, const std::function<void(const TensorSpec&)>& visit);

/// As model.safetensors names it. `expert` if it is one's.
std::string tensor_name(const ModelConfig& config, TensorRole role, int layer, int expert = -1);
/// Other names that published files have for the same tensor: prefixes of models that see, moved router biases.
std::vector<std::string> other_tensor_names(const ModelConfig& config, std::string_view name);
/// As GGUF names it. A layer's experts are one three-dimensional tensor there, [experts, rows, cols]. The MTP layer is
/// the block behind the last.
std::string gguf_tensor_name(TensorRole role, int layer);

/// A tensor with both its names.
struct NamedSpec {
  TensorSpec spec;  ///< copies: 1
  int expert = -1;
  std::string name, gguf_name;
};
/// Every tensor on its own, experts one by one.
std::vector<NamedSpec> named_tensors(const ModelConfig& config);

/// How many tensors the safetensors files hold, and their bytes: bfloat16, router biases float32.
struct TensorTotals {
  uint64_t tensors = 0, bytes = 0;
  uint64_t gguf_tensors = 0;
};
TensorTotals tensor_totals(const ModelConfig& config);

}  // namespace moru::model
