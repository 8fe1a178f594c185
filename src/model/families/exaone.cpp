// EXAONE 3.5: pre-norm, RoPE on every layer; its config.json and its tensors have names of their own.
#include <nlohmann/json.hpp>

#include "model/families/families.h"

namespace moru::model {
namespace {

void read(ConfigReader& reader, ModelConfig& c) {
  CommonKeys keys;
  keys.layers = "num_layers";
  keys.norm_epsilon = "layer_norm_epsilon";
  keys.activation = "activation_function";
  keys.default_norm_epsilon = 1e-5;
  keys.bos = 1;
  keys.eos = 361;
  keys.pad = 0;
  read_common(reader, c, keys);
  c.rope = read_rope(reader, 1e6);
  reader.ignore({"num_hidden_layers", "hidden_act", "rms_norm_eps"});
}

void write(const ModelConfig&, Json& json) {
  for (const auto& [ours, usual] : {std::pair{"num_layers", "num_hidden_layers"},
                                    {"layer_norm_epsilon", "rms_norm_eps"},
                                    {"activation_function", "hidden_act"}}) {
    json[ours] = json.at(usual);
    json.erase(usual);
  }
  json["embed_dropout"] = 0.0;
}

std::string_view pattern(TensorRole role) {
  switch (role) {
    case TensorRole::embedding:
      return "transformer.wte.weight";
    case TensorRole::final_norm:
      return "transformer.ln_f.weight";
    case TensorRole::attention_norm:
      return "transformer.h.{}.ln_1.weight";
    case TensorRole::ffn_norm:
      return "transformer.h.{}.ln_2.weight";
    case TensorRole::query:
      return "transformer.h.{}.attn.attention.q_proj.weight";
    case TensorRole::key:
      return "transformer.h.{}.attn.attention.k_proj.weight";
    case TensorRole::value:
      return "transformer.h.{}.attn.attention.v_proj.weight";
    case TensorRole::attention_output:
      return "transformer.h.{}.attn.attention.out_proj.weight";
    case TensorRole::gate:
      return "transformer.h.{}.mlp.c_fc_0.weight";
    case TensorRole::up:
      return "transformer.h.{}.mlp.c_fc_1.weight";
    case TensorRole::down:
      return "transformer.h.{}.mlp.c_proj.weight";
    default:
      return {};
  }
}

}  // namespace

Family exaone_family() {
  return {"exaone", "ExaoneForCausalLM", "exaone", read, write, pattern};
}

}  // namespace moru::model
