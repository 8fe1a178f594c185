#include "model/decoder.h"

#include <cmath>

#include "core/hash.h"
#include "core/random.h"
#include "model/kv_cache.h"
#include "tensor/elementwise.h"
#include "tensor/matmul.h"

namespace moru::model {
namespace {

using tensor::DType;
using tensor::Parameter;
using tensor::Tape;
using tensor::Tensor;
using tensor::Variable;

Parameter matrix(DType type, int64_t rows, int64_t cols) {
  return {"", Tensor(type, {rows, cols}), {}, {}};
}
Parameter vector_of(int64_t size) {
  return {"", Tensor(DType::f32, {size}), {}, {}};
}

tensor::HeadLayout layout_of(const ModelConfig& c) {
  return {c.heads, c.kv_heads, c.head_dim};
}

/// Keys and values of the batch's rows go behind those that the cache holds; attention then reads them all there.
Variable cached_attention(const Variable& qkv, const Batch& batch, size_t layer,
                          const tensor::AttentionSettings& settings) {
  auto& cache = dynamic_cast<LayeredKvCache&>(*batch.cache);
  const std::vector<tensor::KeySpan> keys =
      cache.append(layer, qkv.value(), batch.starts, batch.slots, settings.layout);
  const Tensor out(qkv.value().dtype(),
                   {qkv.value().rows(), static_cast<int64_t>(settings.layout.heads) * settings.layout.head_dim});
  tensor::attention(qkv.value(), batch.starts, keys, settings, out, Tensor());
  return Variable(out);
}

Variable feed_forward(Tape* tape, const Variable& x, const FeedForward& ffn, const tensor::Gate& gate) {
  return linear(tape, glu(tape, linear(tape, x, ffn.gate_up), gate), ffn.down);
}

tensor::RouterSettings router_of(const ModelConfig& c) {
  return {c.experts,
          c.experts_per_token,
          c.groups,
          c.top_groups,
          c.normalise_top,
          static_cast<float>(c.routed_scale),
          c.router_scores == RouterScores::softmax ? tensor::RouterSettings::Scores::softmax
                                                   : tensor::RouterSettings::Scores::sigmoid};
}

}  // namespace

DecoderModel::DecoderModel(const ModelConfig& config, DType type) : config_(config), type_(type) {
  rope_ = tensor::make_rope_table(config.max_positions, config.rope.frequencies(config.head_dim));
  if (config.local_rope)
    local_rope_ = tensor::make_rope_table(config.max_positions, config.local_rope->frequencies(config.head_dim));
  embedding_ = matrix(type, config.vocabulary, config.hidden);
  if (!config.tied) head_ = matrix(type, config.vocabulary, config.hidden);
  final_norm_ = vector_of(config.hidden);
  for (size_t i = 0; i < static_cast<size_t>(config.layers); ++i) layers_.push_back(make_layer(i));
  if (config.mtp_layers > 0)
    mtp_ = MtpModule{matrix(type, config.hidden, 2 * config.hidden), vector_of(config.hidden), vector_of(config.hidden),
                     vector_of(config.hidden), make_layer(static_cast<size_t>(config.layers))};
  for (const Part& part : parts()) part.parameter->name = part.name;  // of a fused parameter, its last part's
}

DecoderLayer DecoderModel::make_layer(size_t index) const {
  const ModelConfig& c = config_;
  const tensor::HeadLayout heads = layout_of(c);
  DecoderLayer l;
  l.config = c.layer(index);
  if (c.norms != NormPlacement::post) {
    l.attention_norm = vector_of(c.hidden);
    l.ffn_norm = vector_of(c.hidden);
  }
  if (c.norms != NormPlacement::pre) {
    l.post_attention_norm = vector_of(c.hidden);
    l.post_ffn_norm = vector_of(c.hidden);
  }
  l.qkv = matrix(type_, heads.width(), c.hidden);
  if (c.qk_norm) {
    l.q_norm = vector_of(c.head_dim);
    l.k_norm = vector_of(c.head_dim);
  }
  l.output = matrix(type_, c.hidden, static_cast<int64_t>(c.heads) * c.head_dim);
  const int64_t width = l.config.sparse ? static_cast<int64_t>(c.moe_intermediate) * c.shared_experts : c.intermediate;
  if (width > 0) l.dense = {matrix(type_, 2 * width, c.hidden), matrix(type_, c.hidden, width)};
  if (!l.config.sparse) return l;
  l.router = matrix(type_, c.experts, c.hidden);
  if (c.router_bias) l.router_bias = vector_of(c.experts);
  for (int e = 0; e < c.experts; ++e) {
    l.expert_gate_up.push_back(matrix(type_, int64_t{2} * c.moe_intermediate, c.hidden));
    l.expert_down.push_back(matrix(type_, c.hidden, c.moe_intermediate));
  }
  return l;
}

std::vector<Part> DecoderModel::parts() {
  std::vector<Part> all;
  const auto add = [&](TensorRole role, int layer, int expert, Parameter& p, int64_t begin, int64_t end) {
    const auto kind = is_norm(role)                                               ? Part::Kind::norm
                      : role == TensorRole::router_bias                           ? Part::Kind::bias
                      : role == TensorRole::embedding || role == TensorRole::head ? Part::Kind::embedding
                                                                                  : Part::Kind::matrix;
    all.push_back({tensor_name(config_, role, layer, expert), &p, begin, end, kind, role, layer, expert});
  };
  const auto whole = [&](TensorRole role, Parameter& p, int layer = -1, int expert = -1) {
    if (!p.quantized() && !p.value) return;  // a tensor this configuration does not have
    const bool vector = is_norm(role) || role == TensorRole::router_bias;
    add(role, layer, expert, p, 0, vector ? p.value.size() : p.rows());
  };
  const auto ffn = [&](const std::array<TensorRole, 3>& roles, Parameter& gate_up, Parameter& down, int layer,
                       int expert = -1) {
    if (!gate_up.quantized() && !gate_up.value) return;
    const int64_t half = gate_up.rows() / 2;
    add(roles[0], layer, expert, gate_up, 0, half);
    add(roles[1], layer, expert, gate_up, half, 2 * half);
    whole(roles[2], down, layer, expert);
  };
  using enum TensorRole;
  const auto layer = [&](int index, DecoderLayer& l) {
    whole(attention_norm, l.attention_norm, index);
    whole(post_attention_norm, l.post_attention_norm, index);
    whole(ffn_norm, l.ffn_norm, index);
    whole(post_ffn_norm, l.post_ffn_norm, index);
    const int64_t q = static_cast<int64_t>(config_.heads) * config_.head_dim,
                  kv = static_cast<int64_t>(config_.kv_heads) * config_.head_dim;
    add(query, index, -1, l.qkv, 0, q);
    add(key, index, -1, l.qkv, q, q + kv);
    add(value, index, -1, l.qkv, q + kv, q + 2 * kv);
    whole(attention_output, l.output, index);
    whole(query_norm, l.q_norm, index);
    whole(key_norm, l.k_norm, index);
    if (!l.config.sparse) return ffn({gate, up, down}, l.dense.gate_up, l.dense.down, index);
    whole(router, l.router, index);
    whole(router_bias, l.router_bias, index);
    for (size_t e = 0; e < l.expert_down.size(); ++e)
      ffn({expert_gate, expert_up, expert_down}, l.expert_gate_up[e], l.expert_down[e], index, static_cast<int>(e));
    ffn({shared_gate, shared_up, shared_down}, l.dense.gate_up, l.dense.down, index);
  };
  whole(embedding, embedding_);
  for (size_t i = 0; i < layers_.size(); ++i) layer(static_cast<int>(i), layers_[i]);
  whole(TensorRole::final_norm, final_norm_);
  whole(TensorRole::head, head_);
  if (mtp_) {
    whole(mtp_projection, mtp_->fc, config_.layers);
    whole(mtp_embedding_norm, mtp_->embedding_norm, config_.layers);
    whole(mtp_hidden_norm, mtp_->hidden_norm, config_.layers);
    whole(mtp_norm, mtp_->norm, config_.layers);
    layer(config_.layers, mtp_->layer);
  }
  return all;
}

void DecoderModel::initialise(uint64_t seed) {
  for (const Part& part : parts()) {
    const Tensor target = part.parameter->value.slice(part.begin, part.end);
    const Tensor values(DType::f32, {target.size()});
    Random random(hash64(part.name, seed));
    for (float& value : values.span<float>()) {
      value = part.kind == Part::Kind::norm   ? 1.0F - static_cast<float>(config_.norm_offset)
              : part.kind == Part::Kind::bias ? 0.0F
                                              : static_cast<float>(random.normal() * config_.initializer_range);
    }
    convert(values, target);
  }
}

tensor::NormSettings DecoderModel::norm_settings() const {
  return {static_cast<float>(config_.norm_epsilon), static_cast<float>(config_.norm_offset)};
}

Variable DecoderModel::embed(Tape* tape, std::span<const int32_t> tokens) const {
  auto scale = static_cast<float>(config_.embedding_scale);
  if (type_ == DType::bf16) scale = tensor::to_float(tensor::to_bf16(scale));
  return tensor::embed(tape, tokens, embedding_, type_, scale);
}

Variable DecoderModel::layer_forward(Tape* tape, const DecoderLayer& l, size_t index, const Variable& x,
                                     const Batch& batch, const TrainingPass& training,
                                     std::vector<int64_t>* load) const {
  using Positions = LayerConfig::Positions;
  const ModelConfig& c = config_;
  const tensor::NormSettings norm = norm_settings();
  const auto normed = [&](const Variable& in, const Parameter& weight) {
    return weight.value ? rms_norm(tape, in, weight, norm) : in;
  };
  const tensor::AttentionSettings settings{
      layout_of(c), l.config.window,
      c.attention_scalar > 0 ? static_cast<float>(1 / std::sqrt(c.attention_scalar)) : 0.0F};
  const tensor::RopeTable* rope = l.config.positions == Positions::rotary         ? &rope_
                                  : l.config.positions == Positions::local_rotary ? &local_rope_
                                                                                  : nullptr;
  const tensor::Gate gate{c.activation == Activation::silu ? tensor::Gate::Kind::silu : tensor::Gate::Kind::gelu_tanh,
                          static_cast<float>(l.config.swiglu_limit)};
  const Variable qkv = norm_heads(tape, linear(tape, normed(x, l.attention_norm), l.qkv), settings.layout,
                                  batch.positions, l.q_norm, l.k_norm, norm, rope);
  const Variable mixed = batch.cache != nullptr ? cached_attention(qkv, batch, index, settings)
                                                : attention(tape, qkv, batch.starts, settings);
  const Variable h = add(tape, x, normed(linear(tape, mixed, l.output), l.post_attention_norm));
  const Variable m = normed(h, l.ffn_norm);
  Variable out;
  if (l.dense.down.quantized() || l.dense.down.value) out = feed_forward(tape, m, l.dense, gate);
  if (l.config.sparse)
    out = mixture_of_experts(tape, m, out, {l.expert_gate_up, l.expert_down, l.router, l.router_bias.value},
                             {router_of(c), training.balance_loss, gate}, batch.starts, load);
  return add(tape, h, normed(out, l.post_ffn_norm));
}

Variable DecoderModel::hidden(Tape* tape, const Batch& batch, const TrainingPass& training) const {
  Variable x = embed(tape, batch.tokens);
  if (training.loads != nullptr) training.loads->resize(layers_.size());
  for (size_t i = 0; i < layers_.size(); ++i)
    x = layer_forward(tape, layers_[i], i, x, batch, training,
                      training.loads == nullptr ? nullptr : &(*training.loads)[i]);
  return x;
}

Tensor DecoderModel::layer_input(const Batch& batch) const {
  return embed(nullptr, batch.tokens).value();
}

Tensor DecoderModel::layer_output(size_t layer, const Tensor& input, const Batch& batch) const {
  return layer_forward(nullptr, layers_[layer], layer, Variable(input), batch, {}, nullptr).value();
}

Variable DecoderModel::final_norm(Tape* tape, const Variable& hidden) const {
  return rms_norm(tape, hidden, final_norm_, norm_settings());
}

Variable DecoderModel::mtp_hidden(Tape* tape, const Variable& normed, std::span<const int32_t> next_tokens,
                                  const Batch& batch) const {
  assert(batch.cache == nullptr);
  const tensor::NormSettings norm = norm_settings();
  const Variable e = rms_norm(tape, embed(tape, next_tokens), mtp_->embedding_norm, norm);
  const Variable g = rms_norm(tape, normed, mtp_->hidden_norm, norm);
  const Variable z = linear(tape, concat(tape, e, g), mtp_->fc);
  return rms_norm(tape, layer_forward(tape, mtp_->layer, layers_.size(), z, batch, {}, nullptr), mtp_->norm, norm);
}

double DecoderModel::loss(Tape* tape, const Variable& normed, std::span<const int32_t> targets,
                          std::span<const float> weights) const {
  return tensor::linear_cross_entropy(tape, normed, head(), targets, weights, static_cast<float>(config_.logit_cap));
}

std::unique_ptr<KvCache> DecoderModel::make_cache(size_t slots, size_t context) const {
  std::vector<int> windows;
  for (const DecoderLayer& layer : layers_) windows.push_back(layer.config.window);
  return std::make_unique<LayeredKvCache>(windows, slots, std::min(context, static_cast<size_t>(config_.max_positions)),
                                          static_cast<int64_t>(config_.kv_heads) * config_.head_dim, type_);
}

void DecoderModel::logits(const Batch& batch, std::span<const int32_t> rows, std::span<float> logits) const {
  assert(logits.size() == rows.size() * static_cast<size_t>(config_.vocabulary));
  const Variable x = hidden(nullptr, batch);
  if (batch.cache != nullptr) dynamic_cast<LayeredKvCache&>(*batch.cache).advance(batch.starts, batch.slots);
  if (rows.empty()) return;
  const Variable chosen = final_norm(nullptr, select_rows(nullptr, x, rows));
  const Tensor out(DType::f32, {static_cast<int64_t>(rows.size()), config_.vocabulary});
  apply(chosen.value(), head(), out);
  if (config_.logit_cap > 0) soft_cap(out, static_cast<float>(config_.logit_cap));
  std::ranges::copy(out.span<float>(), logits.begin());
}

uint64_t DecoderModel::weight_bytes() const {
  uint64_t bytes = 0;
  const Parameter* last = nullptr;
  for (const Part& part : const_cast<DecoderModel*>(this)->parts()) {
    if (part.parameter != last) bytes += part.parameter->bytes();
    last = part.parameter;
  }
  return bytes;
}

std::unique_ptr<Model> make_random_model(const ModelConfig& config, uint64_t seed) {
  auto model = std::make_unique<DecoderModel>(config, tensor::has_bf16_products() ? DType::bf16 : DType::f32);
  model->initialise(seed);
  return model;
}

}  // namespace moru::model
