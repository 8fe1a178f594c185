// The decoder that all families share: one forward pass, for training and serving, over what a configuration says each
// layer does.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/config.h"
#include "model/model.h"
#include "model/tensor_names.h"
#include "tensor/ops.h"

namespace moru::model {

/// Gated feed-forward: gate_up [2 I, d] with the gate's rows first, down [d, I].
struct FeedForward {
  tensor::Parameter gate_up, down;
};

/// A layer's weights. Those it has not are empty: norms by the configuration's placement, QK norms, experts.
struct DecoderLayer {
  LayerConfig config;
  tensor::Parameter attention_norm, post_attention_norm, ffn_norm, post_ffn_norm;  // [d]
  tensor::Parameter qkv;                                                           // [(heads + 2 kv_heads) head_dim, d]
  tensor::Parameter q_norm, k_norm;                                                // [head_dim]
  tensor::Parameter output;                                                        // [d, heads head_dim]
  FeedForward dense;                      // dense layers; in sparse ones the shared expert
  tensor::Parameter router, router_bias;  // [experts, d]; [experts] f32
  std::vector<tensor::Parameter> expert_gate_up, expert_down;
};

/// Multi-token prediction: predicts the token after next from the final hidden state and the next token.
struct MtpModule {
  tensor::Parameter fc;  // [d, 2 d]: embedding half first
  tensor::Parameter embedding_norm, hidden_norm, norm;
  DecoderLayer layer;
};

/// A tensor as files name it: rows [begin, end) of a parameter.
struct Part {
  std::string name;
  tensor::Parameter* parameter = nullptr;
  int64_t begin = 0, end = 0;
  enum class Kind { matrix, embedding, norm, bias } kind = Kind::matrix;
  TensorRole role = TensorRole::embedding;
  int layer = -1, expert = -1;
};

/// What training adds to a forward pass.
struct TrainingPass {
  float balance_loss = 0;
  std::vector<std::vector<int64_t>>* loads = nullptr;  ///< By layer: rows that each expert got, added to.
};

class DecoderModel final : public Model {
 public:
  /// All parameters allocated in `type` (f32 or bf16; norms and biases f32), uninitialised.
  DecoderModel(const ModelConfig& config, tensor::DType type);

  /// Normal with initializer_range, norms such that they change nothing, biases zero; the numbers depend on the seed
  /// and each tensor's name alone.
  void initialise(uint64_t seed);
  /// Reads the weights of a model folder. Throws Error naming file and tensor.
  void load_weights(const std::filesystem::path& folder);

  const ModelConfig& config() const override { return config_; }
  std::unique_ptr<KvCache> make_cache(size_t slots, size_t context) const override;
  void logits(const Batch& batch, std::span<const int32_t> rows, std::span<float> logits) const override;
  uint64_t weight_bytes() const override;

  /// The hidden state after the last layer, before the final norm: [T, d].
  tensor::Variable hidden(tensor::Tape* tape, const Batch& batch, const TrainingPass& training = {}) const;
  tensor::Variable final_norm(tensor::Tape* tape, const tensor::Variable& hidden) const;
  /// hidden() in steps, without a tape or a cache: what goes into the first layer, and one layer's output from its
  /// input. Calibration goes through a model so, layer by layer.
  tensor::Tensor layer_input(const Batch& batch) const;
  tensor::Tensor layer_output(size_t layer, const tensor::Tensor& input, const Batch& batch) const;
  /// The MTP module's hidden state after its norm, from the final hidden state (after the final norm) and, by row, the
  /// next token: [T, d]. Given its own result and the tokens after those, it predicts one further ahead. No cache.
  tensor::Variable mtp_hidden(tensor::Tape* tape, const tensor::Variable& normed, std::span<const int32_t> next_tokens,
                              const Batch& batch) const;
  /// linear_cross_entropy of the model's head.
  double loss(tensor::Tape* tape, const tensor::Variable& normed, std::span<const int32_t> targets,
              std::span<const float> weights) const;

  /// The embedding table itself where the configuration ties them.
  const tensor::Parameter& head() const { return config_.tied ? embedding_ : head_; }
  tensor::DType type() const { return type_; }
  /// Every tensor in the order and with the names of the files.
  std::vector<Part> parts();
  std::vector<DecoderLayer>& layers() { return layers_; }

 private:
  tensor::Variable layer_forward(tensor::Tape* tape, const DecoderLayer& layer, size_t index, const tensor::Variable& x,
                                 const Batch& batch, const TrainingPass& training, std::vector<int64_t>* load) const;
  tensor::Variable embed(tensor::Tape* tape, std::span<const int32_t> tokens) const;
  DecoderLayer make_layer(size_t index) const;
  tensor::NormSettings norm_settings() const;

  ModelConfig config_;
  tensor::DType type_;
  tensor::RopeTable rope_, local_rope_;
  tensor::Parameter embedding_, final_norm_, head_;
  std::vector<DecoderLayer> layers_;
  std::optional<MtpModule> mtp_;
};

}  // namespace moru::model
