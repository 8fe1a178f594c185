// Llama 2 and 3, SmolLM2 and others of the same block: pre-norm, RoPE on every layer, no biases.
#include <nlohmann/json.hpp>

#include "model/families/families.h"

namespace moru::model {
namespace {

void read(ConfigReader& reader, ModelConfig& c) {
  CommonKeys keys;
  keys.bos = 1;
  keys.eos = 2;
  read_common(reader, c, keys);
  c.rope = read_rope(reader, 10000);
  reader.expect("rope_interleaved", false);
  reader.ignore({"pretraining_tp", "is_llama_config"});
}

void write(const ModelConfig&, Json& json) {
  json["attention_bias"] = false;
  json["mlp_bias"] = false;
}

}  // namespace

Family llama_family() {
  Family family{"llama", "LlamaForCausalLM", "llama", read, write};
  family.gguf_interleaved = true;
  return family;
}

}  // namespace moru::model
