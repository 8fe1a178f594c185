// Qwen3: pre-norm, QK norm, RoPE on every layer; layers from max_window_layers on may slide.
#include <nlohmann/json.hpp>

#include "model/families/families.h"

namespace moru::model {
namespace {

void read(ConfigReader& reader, ModelConfig& c) {
  read_common(reader, c, {});
  c.qk_norm = true;
  c.rope = read_rope(reader, 10000);
  reader.ignore({"sliding_window", "max_window_layers", "layer_types"});
  if (!reader.flag_or("use_sliding_window", false)) return;
  c.sliding_window = reader.integer_or("sliding_window", 0, 1 << 26, 0);
  const int full = reader.integer_or("max_window_layers", 0, 4096, 28);
  if (reader.has("layer_types")) {
    c.sliding = read_sliding(reader, c.layers, 0);
  } else if (c.sliding_window > 0) {
    for (int i = 0; i < c.layers; ++i) c.sliding.push_back(i >= full);
  }
}

void write(const ModelConfig& c, Json& json) {
  json["attention_bias"] = false;
  json["use_sliding_window"] = c.has_sliding_layers();
  json["sliding_window"] = window_json(c);
  json["layer_types"] = layer_types_json(c);
}

}  // namespace

Family qwen3_family() {
  return {"qwen3", "Qwen3ForCausalLM", "qwen3", read, write};
}

}  // namespace moru::model
