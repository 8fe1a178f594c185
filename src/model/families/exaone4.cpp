// EXAONE 4.0 (arXiv 2507.11407): post-norm ("QK-Reorder-LN") with QK norm; in the large layout three sliding layers of
// four, which alone rotate.
#include <nlohmann/json.hpp>

#include "model/families/families.h"

namespace moru::model {
namespace {

void read(ConfigReader& reader, ModelConfig& c) {
  CommonKeys keys;
  keys.default_norm_epsilon = 1e-5;
  keys.bos = 1;
  keys.eos = 361;
  keys.pad = 0;
  read_common(reader, c, keys);
  c.norms = NormPlacement::post;
  c.qk_norm = true;
  c.full_layers_rotate = false;
  c.rope = read_rope(reader, 1e6);
  c.sliding_window = reader.integer_or("sliding_window", 0, 1 << 26, 0);
  c.sliding = read_sliding(reader, c.layers, 0);
}

void write(const ModelConfig& c, Json& json) {
  json["layer_types"] = layer_types_json(c);
  // Without sliding layers there is no window: that is how readers tell that full layers rotate.
  json["sliding_window"] = window_json(c);
}

}  // namespace

Family exaone4_family() {
  return {"exaone4", "Exaone4ForCausalLM", "exaone4", read, write};
}

}  // namespace moru::model
