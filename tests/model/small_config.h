// Models small enough for tests, with every kind of layer: one of each family.
#pragma once

#include <nlohmann/json.hpp>

#include "model/config.h"

namespace moru::model {

inline ModelConfig small_config() {
  ModelConfig c;
  c.vocabulary = 61;
  c.hidden = 32;
  c.layers = 4;
  c.heads = 4;
  c.kv_heads = 2;
  c.head_dim = 16;
  c.intermediate = 48;
  c.moe_intermediate = 16;
  c.experts = 4;
  c.experts_per_token = 2;
  c.max_positions = 128;
  c.sliding_window = 8;
  c.sliding = {true, true, true, false};
  c.sparse = {false, true, true, true};
  c.initializer_range = 0.3;
  return c;
}

/// The other families, through their own config.json. Windows are short, so that tests go past them.
inline ModelConfig small_config(std::string_view family) {
  if (family == "exaone_moe") return small_config();
  Json json = {{"model_type", family},    {"vocab_size", 61},         {"hidden_size", 32},
               {"num_hidden_layers", 4},  {"num_attention_heads", 4}, {"num_key_value_heads", 2},
               {"head_dim", 16},          {"intermediate_size", 48},  {"max_position_embeddings", 128},
               {"initializer_range", 0.3}};
  if (family == "llama" || family == "exaone4")
    json["rope_scaling"] = {{"rope_type", "llama3"},
                            {"factor", 8.0},
                            {"low_freq_factor", 1.0},
                            {"high_freq_factor", 4.0},
                            {"original_max_position_embeddings", 64}};
  if (family == "llama") json["tie_word_embeddings"] = true;
  if (family == "exaone") json["num_layers"] = 4;
  if (family == "exaone4") json.update({{"sliding_window", 8}, {"sliding_window_pattern", "LLLG"}});
  if (family == "qwen3") json.update({{"use_sliding_window", true}, {"sliding_window", 8}, {"max_window_layers", 2}});
  if (family == "qwen3_moe")
    json.update({{"num_experts", 4},
                 {"num_experts_per_tok", 2},
                 {"moe_intermediate_size", 16},
                 {"norm_topk_prob", true},
                 {"mlp_only_layers", {1}}});
  if (family == "gemma3_text")
    json.update({{"sliding_window", 8},
                 {"sliding_window_pattern", 3},
                 {"query_pre_attn_scalar", 24},
                 {"final_logit_softcapping", 3.0},
                 {"rope_scaling", {{"rope_type", "linear"}, {"factor", 8.0}}}});
  return config_from_json(json, "test");
}

/// K-EXAONE 2.0's manners: windows and clamps by layer, an MTP layer that is repeated.
inline ModelConfig small_second_config() {
  ModelConfig c = small_config();
  c.sliding = {false, true, true, true};
  c.sliding_windows = {0, 20, 8, 8};
  c.sliding_window = 8;
  c.swiglu_limits = {0, 2, 0, 2};
  c.groups = 2;
  c.mtp_steps = 4;
  return c;
}

/// Families by model_type, and "second": K-EXAONE 2.0.
inline ModelConfig config_named(std::string_view name) {
  return name == "second" ? small_second_config() : small_config(name);
}
inline const std::vector<const char*> kConfigNames = {"exaone", "exaone4", "exaone_moe", "second",
                                                      "llama",  "qwen3",   "qwen3_moe",  "gemma3_text"};

}  // namespace moru::model
