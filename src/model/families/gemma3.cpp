// Gemma 3, text (arXiv 2503.19786): norms on both sides of attention and feed-forward with weights of 1 + w, GELU gate,
// scaled embeddings, five local layers to one global with a RoPE base each, tied embeddings.
#include <cmath>
#include <nlohmann/json.hpp>

#include "model/families/families.h"

namespace moru::model {
namespace {

void read_ropes(ConfigReader& reader, ModelConfig& c) {
  constexpr double kGlobal = 1e6, kLocal = 1e4;
  const double local = reader.number_or("rope_local_base_freq", 1, 1e12, kLocal);
  c.local_rope = Rope();
  c.local_rope->theta = local;
  if (reader.has("rope_parameters") && reader.value("rope_parameters").is_object() &&
      (reader.value("rope_parameters").contains("full_attention") ||
       reader.value("rope_parameters").contains("sliding_attention"))) {
    reader.ignore({"rope_theta", "rope_scaling"});
    const Json& both = reader.value("rope_parameters");
    const Json none = Json::object();
    const auto part = [&](const char* key) -> const Json& {
      return both.contains(key) && !both.at(key).is_null() ? both.at(key) : none;
    };
    c.rope = read_rope_object(reader, "rope_parameters", part("full_attention"), kGlobal);
    c.local_rope = read_rope_object(reader, "rope_parameters", part("sliding_attention"), local);
  } else {
    c.rope = read_rope(reader, kGlobal);
  }
}

void read_text(ConfigReader& reader, ModelConfig& c) {
  c.activation = Activation::gelu_tanh;
  CommonKeys keys;
  keys.activation = "hidden_activation";
  keys.tied = true;
  keys.bos = 2;
  keys.eos = 1;
  keys.pad = 0;
  read_common(reader, c, keys);
  reader.expect("hidden_act", "gelu_pytorch_tanh");
  c.norms = NormPlacement::sandwich;
  c.norm_offset = 1;
  c.qk_norm = true;
  c.embedding_scale = std::sqrt(static_cast<double>(c.hidden));
  c.attention_scalar = reader.number_or("query_pre_attn_scalar", 1e-3, 1e9, 256);
  c.logit_cap = reader.number_or("final_logit_softcapping", 0, 1e9, 0);
  // Gemma 2 capped attention's scores; Gemma 3 and its reference do not.
  if (reader.has("attn_logit_softcapping")) reader.refuse("attn_logit_softcapping");
  reader.expect("use_bidirectional_attention", false);
  read_ropes(reader, c);
  c.sliding_window = reader.integer_or("sliding_window", 0, 1 << 26, 4096);
  reader.ignore({"_sliding_window_pattern"});
  c.sliding = read_sliding(reader, c.layers, 6);
}

/// gemma3 sees too: its text part is a configuration of its own.
void read(ConfigReader& reader, ModelConfig& c) {
  if (reader.value("model_type") != "gemma3") return read_text(reader, c);
  Json text = reader.value("text_config");
  if (reader.has("tie_word_embeddings") && !text.contains("tie_word_embeddings"))
    text["tie_word_embeddings"] = reader.value("tie_word_embeddings");
  // The text part of published files leaves out what is the class's default.
  for (const auto& [key, value] : {std::pair{"vocab_size", 262208},
                                   {"num_attention_heads", 8},
                                   {"num_key_value_heads", 4},
                                   {"head_dim", 256},
                                   {"max_position_embeddings", 131072}})
    if (!text.contains(key)) text[key] = value;
  ConfigReader part(text, reader.place() + ": text_config");
  part.ignore({"model_type"});
  read_text(part, c);
  part.finish();
  reader.ignore({"vision_config", "mm_tokens_per_image", "boi_token_index", "eoi_token_index", "image_token_index"});
}

/// Other readers insist on a whole number where the class has one.
Json whole_or_not(double value) {
  return value == std::floor(value) ? Json(static_cast<int64_t>(value)) : Json(value);
}

void write(const ModelConfig& c, Json& json) {
  json.erase("hidden_act");
  json.erase("rope_theta");
  json.erase("rope_scaling");
  Json global = rope_scaling_json(c.rope), local = rope_scaling_json(*c.local_rope);
  global["rope_theta"] = c.rope.theta;
  local["rope_theta"] = c.local_rope->theta;
  json.update({{"hidden_activation", "gelu_pytorch_tanh"},
               {"attention_bias", false},
               {"query_pre_attn_scalar", whole_or_not(c.attention_scalar)},
               {"final_logit_softcapping", c.logit_cap > 0 ? Json(c.logit_cap) : Json()},
               {"attn_logit_softcapping", nullptr},
               {"rope_parameters", {{"full_attention", global}, {"sliding_attention", local}}},
               {"sliding_window", c.sliding_window},
               {"layer_types", layer_types_json(c)}});
}

std::string_view pattern(TensorRole role) {
  return role == TensorRole::ffn_norm ? "model.layers.{}.pre_feedforward_layernorm.weight" : std::string_view();
}

}  // namespace

Family gemma3_family() {
  Family family{"gemma3_text", "Gemma3ForCausalLM", "gemma3", read, write, pattern};
  family.also = {"gemma3"};
  return family;
}

}  // namespace moru::model
