// What a configuration amounts to: parameters, tensors, bytes and key-value cache, counted without allocating weights.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "model/config.h"

namespace moru::model {

struct Inspection {
  ModelConfig config;
  uint64_t parameters = 0;
  uint64_t mtp_parameters = 0;
  uint64_t active = 0;                 ///< One token's, without the embedding table, with the head, without MTP.
  uint64_t active_with_embedding = 0;  ///< With the table too, where it is not the head itself.
  uint64_t tensors = 0, gguf_tensors = 0;
  uint64_t bytes = 0;                ///< Of the tensors in bfloat16, router biases in float32.
  uint64_t kv_bytes_per_token = 0;   ///< In bfloat16, in the layers that hold the whole context.
  std::map<int, int> window_layers;  ///< By window: how many layers.
  uint64_t window_bytes = 0;  ///< Of one sequence in the layers with a window, in bfloat16, as this program holds it.
  uint64_t kv_bytes_at_full_context = 0;  ///< Of one sequence of max_positions tokens.
  /// Of the weights that lie beside config.json or in the GGUF file, if there are any.
  struct Files {
    uint64_t files = 0, tensors = 0, bytes = 0;
  };
  std::optional<Files> files;
};

Inspection inspect(const ModelConfig& config);
/// A config.json, a model folder or a .gguf file; of weights only the headers are read.
Inspection inspect(const std::filesystem::path& path);

Json to_json(const Inspection& inspection);
/// A table for people, in the language of the process.
std::string inspection_text(const Inspection& inspection);

}  // namespace moru::model
