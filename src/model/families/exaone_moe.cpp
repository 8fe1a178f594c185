// K-EXAONE 1.0 (arXiv 2601.01739) and 2.0 (arXiv 2608.04505): pre-norm, QK norm, sliding and full layers with RoPE on
// the sliding ones only, sigmoid router with correction bias, shared expert, multi-token prediction. 2.0 adds windows
// and clamps by layer.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/language.h"
#include "model/families/families.h"

namespace moru::model {
namespace {

constexpr int kMostWindow = 1 << 26;

/// Which layers are sparse, by the keys in their order of priority.
std::vector<bool> sparse_layers(ConfigReader& reader, int layers) {
  reader.ignore({"is_moe_layer", "first_k_dense_replace", "first_last_k_dense_replace"});
  if (reader.has("mlp_layer_types")) return reader.words("mlp_layer_types", "sparse", "dense");
  std::vector<bool> sparse;
  if (reader.has("is_moe_layer")) {
    for (const Json& moe : reader.value("is_moe_layer")) sparse.push_back(moe.get<bool>());
    return sparse;
  }
  const int dense = reader.integer_or("first_k_dense_replace", 0, layers,
                                      reader.integer_or("first_last_k_dense_replace", 0, layers, 0));
  for (int i = 0; i < layers; ++i) sparse.push_back(i >= dense);
  return sparse;
}

/// "sliding_windows" says which layers slide and how far, before "layer_types" and "sliding_window".
void read_windows(ConfigReader& reader, ModelConfig& c) {
  c.sliding_window = reader.integer_or("sliding_window", 0, kMostWindow, 0);
  c.sliding = read_sliding(reader, c.layers, 0);
  if (!reader.has("sliding_windows")) return;
  c.sliding_windows = reader.integers("sliding_windows", 0, kMostWindow);
  c.sliding.clear();
  for (const int window : c.sliding_windows) c.sliding.push_back(window > 0);
  if (c.sliding_window > 0) return;
  for (const int window : c.sliding_windows)
    if (window > 0 && (c.sliding_window == 0 || window < c.sliding_window)) c.sliding_window = window;
}

void read_mtp(ConfigReader& reader, ModelConfig& c) {
  std::vector<bool> types;
  if (reader.has("mtp_layer_types")) types = reader.words("mtp_layer_types", "sliding_attention", "full_attention");
  std::vector<int> windows;
  if (reader.has("mtp_sliding_windows")) windows = reader.integers("mtp_sliding_windows", 0, kMostWindow);
  const bool shared = reader.flag_or("mtp_share_layers", false);
  const int told = reader.integer_or("num_nextn_predict_layers", 0, 64, static_cast<int>(types.size()));
  c.mtp_layers = shared ? std::min(1, told) : told;
  if (c.mtp_layers > 1)
    reader.wrong(
        std::string(tr("more than one layer of multi-token prediction is supported only where they share their "
                       "weights (\"mtp_share_layers\")",
                       "다중 토큰 예측 레이어는 가중치를 공유할 때(\"mtp_share_layers\")만 둘 이상 지원합니다")));
  c.mtp_steps = reader.integer_or("mtp_num_speculative_steps", 1, 64, std::max(1, told));
  if (!types.empty()) c.mtp_sliding = types.front();
  if (std::ranges::adjacent_find(types, std::not_equal_to<>()) != types.end()) reader.refuse("mtp_layer_types");
  if (std::ranges::adjacent_find(windows, std::not_equal_to<>()) != windows.end()) reader.refuse("mtp_sliding_windows");
  if (!windows.empty() && c.mtp_sliding && windows.front() != c.sliding_window) c.mtp_window = windows.front();
}

void read(ConfigReader& reader, ModelConfig& c) {
  constexpr int64_t kMost = 1 << 18;
  CommonKeys keys;
  keys.default_norm_epsilon = 1e-5;
  keys.bos = 1;
  keys.eos = 53;
  keys.pad = 0;
  keys.head_dim_required = true;
  read_common(reader, c, keys);
  if (c.tied)
    reader.wrong(
        std::string(tr("tied embeddings do not belong to this family", "이 계열은 임베딩을 공유하지 않습니다")));
  c.qk_norm = true;
  c.router_bias = true;
  c.full_layers_rotate = false;
  c.moe_intermediate = reader.integer("moe_intermediate_size", 1, kMost);
  c.experts = reader.integer("num_experts", 1, 4096);
  c.experts_per_token = reader.integer("num_experts_per_tok", 1, 64);
  c.shared_experts = reader.integer_or("num_shared_experts", 1, 64, 1);
  c.groups = reader.integer_or("n_group", 1, 4096, 1);
  c.top_groups = reader.integer_or("topk_group", 1, 4096, 1);
  c.normalise_top = reader.flag_or("norm_topk_prob", true);
  c.routed_scale = reader.number_or("routed_scaling_factor", 0, 1e6, 1.0);
  reader.expect("scoring_func", "sigmoid");
  reader.expect("topk_method", "noaux_tc");
  c.rope = read_rope(reader, 1e6);
  c.sparse = sparse_layers(reader, c.layers);
  read_windows(reader, c);
  if (reader.has("swiglu_limits")) {
    c.swiglu_limits = reader.numbers("swiglu_limits", 0, 1e6);
    if (std::ranges::all_of(c.swiglu_limits, [](double limit) { return limit == 0; })) c.swiglu_limits.clear();
  }
  read_mtp(reader, c);
}

void write(const ModelConfig& c, Json& json) {
  Json mlp_types = Json::array();
  for (const bool sparse : c.sparse) mlp_types.push_back(sparse ? "sparse" : "dense");
  json.update({{"moe_intermediate_size", c.moe_intermediate},
               {"num_experts", c.experts},
               {"num_experts_per_tok", c.experts_per_token},
               {"num_shared_experts", c.shared_experts},
               {"n_group", c.groups},
               {"topk_group", c.top_groups},
               {"norm_topk_prob", c.normalise_top},
               {"routed_scaling_factor", c.routed_scale},
               {"scoring_func", "sigmoid"},
               {"topk_method", "noaux_tc"},
               {"first_k_dense_replace", std::ranges::count(c.sparse, false)},
               // Without sliding layers there is no window: that is how readers tell that full layers rotate.
               {"sliding_window", window_json(c)},
               {"layer_types", layer_types_json(c)},
               {"mlp_layer_types", mlp_types},
               {"num_nextn_predict_layers", c.mtp_layers}});
  if (!c.sliding_windows.empty()) json["sliding_windows"] = c.sliding_windows;
  if (!c.swiglu_limits.empty()) json["swiglu_limits"] = c.swiglu_limits;
  if (c.mtp_layers == 0) return;
  if (!c.mtp_sliding || c.mtp_window > 0) {
    json["mtp_layer_types"] = {c.mtp_sliding ? "sliding_attention" : "full_attention"};
    json["mtp_sliding_windows"] = {!c.mtp_sliding ? 0 : c.mtp_window > 0 ? c.mtp_window : c.sliding_window};
  }
  if (c.mtp_steps > 1) {
    json["mtp_num_speculative_steps"] = c.mtp_steps;
    json["mtp_share_layers"] = true;
  }
}

}  // namespace

Family exaone_moe_family() {
  return {"exaone_moe", "ExaoneMoeForCausalLM", "exaone-moe", read, write};
}

}  // namespace moru::model
