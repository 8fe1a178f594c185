// The configuration of a model, as Hugging Face's config.json has it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"

namespace moru::model {

/// Sizes of an exaone_moe model (../docs/formats.md). Names follow config.json without its prefixes.
struct ModelConfig {
  std::string model_type = "exaone_moe";
  int vocabulary = 8192;
  int hidden = 256;
  int layers = 4;
  int heads = 4;
  int kv_heads = 2;
  int head_dim = 64;
  int intermediate = 768;      ///< Width of the dense FFN (dense layers and MTP).
  int moe_intermediate = 192;  ///< Width of one routed or shared expert.
  int experts = 8;
  int experts_per_token = 2;
  int shared_experts = 1;
  int groups = 1;
  int top_groups = 1;
  bool normalise_top = true;
  double routed_scale = 2.5;
  double norm_epsilon = 1e-5;
  double rope_theta = 1e6;
  int max_positions = 1024;
  int sliding_window = 128;
  std::vector<bool> sliding;  ///< By layer: sliding window with RoPE, or full without position encoding.
  std::vector<bool> sparse;   ///< By layer: mixture of experts, or dense.
  int mtp_layers = 1;         ///< 0 or 1.
  double initializer_range = 0.02;
  int bos = 1, eos = 53, pad = 0;
  std::string dtype = "bfloat16";

  /// Parameters in all, and those one token passes through (without the embedding table, with lm_head, without MTP).
  uint64_t parameters() const;
  uint64_t active_parameters() const;
};

/// Throws Error naming `place` if a key is missing, of another type, or the sizes do not fit each other.
ModelConfig config_from_json(const Json& json, std::string_view place);
Json to_json(const ModelConfig& config);
ModelConfig load_config(const std::filesystem::path& model_folder);

}  // namespace moru::model
