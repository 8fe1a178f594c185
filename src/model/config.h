// The configuration of a model: what each layer does. Families read and write it as Hugging Face's config.json
// (model/family.h); the decoder runs it (model/decoder.h).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"

namespace moru::model {

/// Rotary position encoding: its base, and how frequencies are stretched for contexts longer than the first training's.
struct Rope {
  enum class Scaling {
    none,
    linear,   ///< Frequencies divided by `factor`.
    llama3,   ///< Long wavelengths divided by `factor`, short ones kept, blended in between (Llama 3.1).
    factors,  ///< Frequency i divided by factors[i], as GGUF's rope_freqs holds it.
  };
  double theta = 1e6;
  Scaling scaling = Scaling::none;
  double factor = 1;
  double low_frequency_factor = 1, high_frequency_factor = 4;
  int original_positions = 8192;
  std::vector<float> factors;

  /// By pair: theta^(-2 i / head_dim), scaled.
  std::vector<double> frequencies(int head_dim) const;
  bool operator==(const Rope&) const = default;
};

/// Where a layer's RMS norms stand.
enum class NormPlacement {
  pre,       ///< x + f(norm(x)): Llama, Qwen, K-EXAONE.
  post,      ///< x + norm(f(x)): EXAONE 4.
  sandwich,  ///< x + norm(f(norm(x))): Gemma 3.
};

enum class Activation { silu, gelu_tanh };
enum class RouterScores { sigmoid, softmax };

/// What one layer does.
struct LayerConfig {
  enum class Positions { none, rotary, local_rotary };
  bool sliding = false;
  int window = 0;  ///< A query sees the last `window` keys, itself included; 0: all before it.
  Positions positions = Positions::rotary;
  bool sparse = false;      ///< A mixture of experts, or a dense feed-forward.
  double swiglu_limit = 0;  ///< Above 0: clamped SwiGLU.
};

/// Names follow config.json without its prefixes. The first values make a small exaone_moe model.
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
  int shared_experts = 1;  ///< 0: none.
  int groups = 1;
  int top_groups = 1;
  bool normalise_top = true;
  double routed_scale = 2.5;
  RouterScores router_scores = RouterScores::sigmoid;
  bool router_bias = true;  ///< A correction bias that chooses experts and does not weigh them.
  double norm_epsilon = 1e-5;
  double norm_offset = 0;  ///< Added to every norm's weight: 1 in Gemma.
  NormPlacement norms = NormPlacement::pre;
  bool qk_norm = true;  ///< RMS norm of every query and key head.
  Activation activation = Activation::silu;
  double embedding_scale = 1;   ///< Embeddings are multiplied by it, rounded to the weights' type.
  double attention_scalar = 0;  ///< Scores are divided by its square root; 0: head_dim.
  double logit_cap = 0;         ///< Above 0: logits become cap * tanh(logits / cap).
  bool tied = false;            ///< The embedding table is the output head too.
  Rope rope;
  std::optional<Rope> local_rope;  ///< For sliding layers, where they have their own.
  /// If not, full layers have no position encoding in a model that has sliding ones (EXAONE 4, K-EXAONE).
  bool full_layers_rotate = false;
  int max_positions = 1024;
  int sliding_window = 128;
  std::vector<int> sliding_windows;   ///< By layer, if they differ; of full layers 0.
  std::vector<bool> sliding;          ///< By layer: sliding window, or full.
  std::vector<bool> sparse;           ///< By layer: mixture of experts, or dense.
  std::vector<double> swiglu_limits;  ///< By layer, 0: none; empty: no layer has one.
  int mtp_layers = 1;                 ///< Multi-token prediction: 0 or 1.
  bool mtp_sliding = true;
  int mtp_window = 0;  ///< 0: sliding_window.
  int mtp_steps = 1;   ///< How many tokens ahead the one layer is meant to be repeated for.
  double initializer_range = 0.02;
  int bos = 1, eos = 53, pad = 0;  ///< -1: none.
  std::vector<int> more_eos;       ///< Further tokens that end an answer.
  std::string dtype = "bfloat16";

  /// What layer `index` does; index == layers: the MTP layer.
  LayerConfig layer(size_t index) const;
  bool has_sliding_layers() const;
  /// Parameters in all, and those one token passes through (without the embedding table, with the head, without MTP).
  uint64_t parameters() const;
  uint64_t active_parameters() const;
};

/// Throws Error naming `place` if a key is missing, of another type, the sizes do not fit each other, or a key asks for
/// what no forward pass here does.
ModelConfig config_from_json(const Json& json, std::string_view place);
Json to_json(const ModelConfig& config);
ModelConfig load_config(const std::filesystem::path& model_folder);

/// Throws Error naming `place` if the sizes do not fit each other. config_from_json has called it.
void check_config(const ModelConfig& config, std::string_view place);

}  // namespace moru::model
