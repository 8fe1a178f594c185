// The keys of config.json that families share.
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/language.h"
#include "model/config_reader.h"
#include "model/family.h"

namespace moru::model {
namespace {

/// A token's number, or a list of which the first is the one.
void read_eos(ConfigReader& reader, ModelConfig& c, int fallback) {
  constexpr int64_t kMost = 1 << 24;
  if (!reader.has("eos_token_id") || !reader.value("eos_token_id").is_array()) {
    c.eos = reader.integer_or("eos_token_id", -1, kMost, fallback);
    return;
  }
  c.more_eos = reader.integers("eos_token_id", 0, kMost);
  c.eos = c.more_eos.empty() ? fallback : c.more_eos.front();
  if (!c.more_eos.empty()) c.more_eos.erase(c.more_eos.begin());
}

Json token_json(int token) {
  return token < 0 ? Json() : Json(token);
}

}  // namespace

void read_common(ConfigReader& reader, ModelConfig& c, const CommonKeys& keys) {
  constexpr int64_t kMost = 1 << 18;  // so that parameters() cannot overflow
  c.vocabulary = reader.integer("vocab_size", 1, 1 << 24);
  c.hidden = reader.integer("hidden_size", 1, kMost);
  c.layers = reader.integer(keys.layers, 1, 4096);
  c.heads = reader.integer("num_attention_heads", 1, 65536);
  c.kv_heads = keys.head_dim_required ? reader.integer("num_key_value_heads", 1, 65536)
                                      : reader.integer_or("num_key_value_heads", 1, 65536, c.heads);
  if (keys.head_dim_required || reader.has("head_dim")) {
    c.head_dim = reader.integer("head_dim", 2, 4096);
  } else {
    c.head_dim = c.hidden / c.heads;
    if (c.hidden % c.heads != 0 || c.head_dim < 2 || c.head_dim > 4096)
      reader.wrong(std::string(tr("there is no \"head_dim\", and hidden_size is not a multiple of num_attention_heads",
                                  "\"head_dim\"이 없고 hidden_size가 num_attention_heads의 배수가 아닙니다")));
  }
  c.intermediate = reader.integer("intermediate_size", 1, kMost);
  c.max_positions = reader.integer("max_position_embeddings", 1, 1 << 26);
  c.norm_epsilon = reader.number_or(keys.norm_epsilon, 1e-20, 1, keys.default_norm_epsilon);
  c.initializer_range = reader.number_or("initializer_range", 0, 100, 0.02);
  c.tied = reader.flag_or("tie_word_embeddings", keys.tied);
  c.bos = reader.integer_or("bos_token_id", -1, 1 << 24, keys.bos);
  c.pad = reader.integer_or("pad_token_id", -1, 1 << 24, keys.pad);
  read_eos(reader, c, keys.eos);
  if (reader.has("torch_dtype")) c.dtype = reader.value("torch_dtype").get<std::string>();
  if (reader.has("dtype")) c.dtype = reader.value("dtype").get<std::string>();
  const char* activation = c.activation == Activation::silu ? "silu" : "gelu_pytorch_tanh";
  reader.expect(keys.activation, activation);
  for (const char* key : {"attention_bias", "mlp_bias", "qkv_bias", "use_bias"}) reader.expect(key, false);
  // The usual dense model; families say otherwise after this.
  c.mtp_layers = 0;
  c.experts = 1;
  c.experts_per_token = 1;
  c.moe_intermediate = c.intermediate;
  c.shared_experts = 0;
  c.router_bias = false;
  c.qk_norm = false;
  c.full_layers_rotate = true;
  c.sliding_window = 0;
}

Json common_json(const ModelConfig& c) {
  Json eos = token_json(c.eos);
  if (!c.more_eos.empty()) {
    eos = Json::array({c.eos});
    for (const int token : c.more_eos) eos.push_back(token);
  }
  Json json = {{"architectures", {family_of(c).architecture}},
               {"model_type", c.model_type},
               {"vocab_size", c.vocabulary},
               {"hidden_size", c.hidden},
               {"num_hidden_layers", c.layers},
               {"num_attention_heads", c.heads},
               {"num_key_value_heads", c.kv_heads},
               {"head_dim", c.head_dim},
               {"intermediate_size", c.intermediate},
               {"hidden_act", "silu"},
               {"rms_norm_eps", c.norm_epsilon},
               {"max_position_embeddings", c.max_positions},
               {"attention_dropout", 0.0},
               {"initializer_range", c.initializer_range},
               {"tie_word_embeddings", c.tied},
               {"bos_token_id", token_json(c.bos)},
               {"eos_token_id", eos},
               {"pad_token_id", token_json(c.pad)},
               {"use_cache", true},
               {"dtype", c.dtype},
               {"torch_dtype", c.dtype}};
  write_rope(c.rope, json);
  return json;
}

std::vector<bool> read_sliding(ConfigReader& reader, int layers, int default_pattern) {
  reader.ignore({"sliding_window_pattern"});
  if (reader.has("layer_types")) return reader.words("layer_types", "sliding_attention", "full_attention");
  std::vector<bool> sliding;
  if (reader.has("sliding_window_pattern") && reader.value("sliding_window_pattern").is_string()) {
    const auto pattern = reader.value("sliding_window_pattern").get<std::string>();
    for (int i = 0; i < layers && !pattern.empty(); ++i)
      sliding.push_back(pattern[static_cast<size_t>(i) % pattern.size()] == 'L');
    return sliding;
  }
  const int period = reader.integer_or("sliding_window_pattern", 0, 4096, default_pattern);
  for (int i = 0; i < layers && period > 0; ++i) sliding.push_back((i + 1) % period != 0);
  return sliding;
}

Json layer_types_json(const ModelConfig& config) {
  Json types = Json::array();
  for (const bool sliding : config.sliding) types.push_back(sliding ? "sliding_attention" : "full_attention");
  return types;
}

Json window_json(const ModelConfig& config) {
  return config.has_sliding_layers() ? Json(config.sliding_window) : Json();
}

}  // namespace moru::model
