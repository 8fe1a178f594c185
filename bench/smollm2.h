// The layout of SmolLM2-135M, after its config.json.
#pragma once

#include "model/config.h"

namespace moru::bench {

inline model::ModelConfig smollm2_135m() {
  model::ModelConfig c;
  c.model_type = "llama";
  c.vocabulary = 49152;
  c.hidden = 576;
  c.layers = 30;
  c.heads = 9;
  c.kv_heads = 3;
  c.head_dim = 64;
  c.intermediate = 1536;
  c.qk_norm = false;
  c.tied = true;
  c.full_layers_rotate = true;
  c.rope.theta = 100000;
  c.max_positions = 8192;
  c.mtp_layers = 0;
  c.sliding.assign(30, false);
  c.sparse.assign(30, false);
  return c;
}

}  // namespace moru::bench
