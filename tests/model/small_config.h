// A model small enough for tests, with every kind of layer.
#pragma once

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

}  // namespace moru::model
