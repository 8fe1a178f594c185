// Models between the layouts: Hugging Face folder and GGUF, both ways, and from one element type to another. Tensor by
// tensor, in pieces: a model larger than memory converts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/progress.h"
#include "model/recode.h"

namespace moru::model {

struct ConvertOptions {
  std::filesystem::path input;   ///< A model folder or a .gguf file.
  std::filesystem::path output;  ///< A folder, or a file if it ends in ".gguf". Must not be there yet.
  /// "f32", "f16", "bf16", "q8_0", "q4_0", "q4_k" (blocks in GGUF alone). Empty: the input's where it is one of float;
  /// of a quantized folder, in GGUF the blocks that hold its codes as they are, else q8_0; otherwise bf16.
  std::string type;
  uint64_t shard_size = 5'000'000'000;  ///< Most bytes of a safetensors file.
};

struct ConvertReport {
  std::string model_type, type;  ///< "llama", "BF16"
  std::string source_hash;       ///< SHA-256 of the input's weights (of several files: over "name, LF, hash, LF").
  uint64_t tensors = 0, parameters = 0;
  uint64_t input_bytes = 0, output_bytes = 0;  ///< Of the tensors.
  std::map<std::string, uint64_t> by_type;     ///< Output tensors by element type.
  size_t files = 0;                            ///< Weights files written.
  RecodeLoss loss;                             ///< Over the tensors that were written in blocks.
  uint64_t few_bits = 0;                       ///< Weights that a quantized folder held in few bits.
  std::vector<std::string> carried;            ///< Other files that went along.
};

/// Writes the output whole or not at all. A folder gets config.json, weights, generation_config.json, tokenizer files
/// and chat template; a GGUF file all of that in its metadata. A bill of materials goes along, with a note of the
/// conversion. A folder that was quantized ("moru quantize", compressed-tensors) is read by its values. Throws Error
/// naming file and tensor.
ConvertReport convert_model(const ConvertOptions& options, ProgressSink& sink);

}  // namespace moru::model
