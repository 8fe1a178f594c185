// Qwen3 with experts: softmax router without bias, no shared expert.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "model/families/families.h"

namespace moru::model {
namespace {

void read(ConfigReader& reader, ModelConfig& c) {
  constexpr int64_t kMost = 1 << 18;
  read_common(reader, c, {});
  c.qk_norm = true;
  c.rope = read_rope(reader, 10000);
  c.router_scores = RouterScores::softmax;
  c.routed_scale = 1;
  c.moe_intermediate = reader.integer("moe_intermediate_size", 1, kMost);
  c.experts =
      reader.has("num_experts") ? reader.integer("num_experts", 1, 4096) : reader.integer("num_local_experts", 1, 4096);
  reader.ignore({"num_local_experts", "sliding_window", "max_window_layers", "shared_expert_intermediate_size"});
  c.experts_per_token = reader.integer("num_experts_per_tok", 1, 64);
  c.normalise_top = reader.flag_or("norm_topk_prob", false);
  reader.expect("use_sliding_window", false);
  const int step = reader.integer_or("decoder_sparse_step", 1, 4096, 1);
  for (int i = 0; i < c.layers; ++i) c.sparse.push_back((i + 1) % step == 0);
  if (!reader.has("mlp_only_layers")) return;
  for (const int layer : reader.integers("mlp_only_layers", 0, c.layers - 1))
    c.sparse[static_cast<size_t>(layer)] = false;
}

void write(const ModelConfig& c, Json& json) {
  Json dense = Json::array();
  for (size_t i = 0; i < c.sparse.size(); ++i)
    if (!c.sparse[i]) dense.push_back(i);
  json.update({{"attention_bias", false},
               {"moe_intermediate_size", c.moe_intermediate},
               {"num_experts", c.experts},
               {"num_experts_per_tok", c.experts_per_token},
               {"norm_topk_prob", c.normalise_top},
               {"decoder_sparse_step", 1},
               {"mlp_only_layers", dense},
               {"use_sliding_window", false},
               {"sliding_window", nullptr}});
}

}  // namespace

Family qwen3_moe_family() {
  return {"qwen3_moe", "Qwen3MoeForCausalLM", "qwen3moe", read, write};
}

}  // namespace moru::model
