// A model's configuration in GGUF's metadata, both ways. Keys: ggml's docs/gguf.md and llama.cpp's conversion of the
// same families.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/config.h"
#include "model/gguf.h"
#include "model/weights.h"

namespace moru::model {

/// What the metadata of `gguf` says, and what its tensors say where the metadata is silent (tied embeddings,
/// vocabulary, sparse layers, factors of the rotary frequencies). Throws Error naming the file for an architecture that
/// no family here has, and for values that are missing or do not fit each other.
ModelConfig config_from_gguf(const WeightSource& gguf);

/// The architecture's keys. Throws Error naming `place` if a GGUF file cannot say what the configuration does.
std::vector<std::pair<std::string, GgufValue>> gguf_config_metadata(const ModelConfig& config, std::string_view place);

/// By what each rotary frequency is divided ("rope_freqs.weight"); empty if by nothing, or by one number for all.
std::vector<float> rope_factors(const Rope& rope, int head_dim);

}  // namespace moru::model
