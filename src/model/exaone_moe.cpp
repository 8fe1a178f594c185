#include "model/exaone_moe.h"

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

Variable feed_forward(Tape* tape, const Variable& x, const FeedForward& ffn) {
  return linear(tape, swiglu(tape, linear(tape, x, ffn.gate_up)), ffn.down);
}

}  // namespace

ExaoneMoe::ExaoneMoe(const ModelConfig& config, DType type) : config_(config), type_(type) {
  rope_ = tensor::make_rope_table(config.max_positions, config.head_dim, config.rope_theta);
  embedding_ = matrix(type, config.vocabulary, config.hidden);
  head_ = matrix(type, config.vocabulary, config.hidden);
  final_norm_ = vector_of(config.hidden);
  for (int i = 0; i < config.layers; ++i)
    layers_.push_back(make_layer(config.sliding[static_cast<size_t>(i)], config.sparse[static_cast<size_t>(i)]));
  if (config.mtp_layers > 0)
    mtp_ = MtpModule{matrix(type, config.hidden, 2 * config.hidden), vector_of(config.hidden), vector_of(config.hidden),
                     vector_of(config.hidden), make_layer(true, false)};
  for (const Part& part : parts()) part.parameter->name = part.name;  // of a fused parameter, its last part's
}

ExaoneMoeLayer ExaoneMoe::make_layer(bool sliding, bool sparse) const {
  const ModelConfig& c = config_;
  const tensor::HeadLayout heads = layout_of(c);
  ExaoneMoeLayer l;
  l.sliding = sliding;
  l.sparse = sparse;
  l.input_norm = vector_of(c.hidden);
  l.post_attention_norm = vector_of(c.hidden);
  l.qkv = matrix(type_, heads.width(), c.hidden);
  l.q_norm = vector_of(c.head_dim);
  l.k_norm = vector_of(c.head_dim);
  l.output = matrix(type_, c.hidden, static_cast<int64_t>(c.heads) * c.head_dim);
  const int64_t width = sparse ? static_cast<int64_t>(c.moe_intermediate) * c.shared_experts : c.intermediate;
  l.dense = {matrix(type_, 2 * width, c.hidden), matrix(type_, c.hidden, width)};
  if (!sparse) return l;
  l.router = matrix(type_, c.experts, c.hidden);
  l.router_bias = vector_of(c.experts);
  for (int e = 0; e < c.experts; ++e) {
    l.expert_gate_up.push_back(matrix(type_, int64_t{2} * c.moe_intermediate, c.hidden));
    l.expert_down.push_back(matrix(type_, c.hidden, c.moe_intermediate));
  }
  return l;
}

std::vector<Part> ExaoneMoe::parts() {
  std::vector<Part> all;
  const auto whole = [&](const std::string& name, Parameter& p, Part::Kind kind) {
    all.push_back({name + ".weight", &p, 0, kind == Part::Kind::norm ? p.value.size() : p.rows(), kind});
  };
  const auto ffn = [&](const std::string& prefix, Parameter& gate_up, Parameter& down) {
    const int64_t half = gate_up.rows() / 2;
    all.push_back({prefix + "gate_proj.weight", &gate_up, 0, half, Part::Kind::matrix});
    all.push_back({prefix + "up_proj.weight", &gate_up, half, 2 * half, Part::Kind::matrix});
    whole(prefix + "down_proj", down, Part::Kind::matrix);
  };
  const auto layer = [&](const std::string& prefix, ExaoneMoeLayer& l) {
    whole(prefix + "input_layernorm", l.input_norm, Part::Kind::norm);
    whole(prefix + "post_attention_layernorm", l.post_attention_norm, Part::Kind::norm);
    const int64_t q = static_cast<int64_t>(config_.heads) * config_.head_dim,
                  kv = static_cast<int64_t>(config_.kv_heads) * config_.head_dim;
    all.push_back({prefix + "self_attn.q_proj.weight", &l.qkv, 0, q, Part::Kind::matrix});
    all.push_back({prefix + "self_attn.k_proj.weight", &l.qkv, q, q + kv, Part::Kind::matrix});
    all.push_back({prefix + "self_attn.v_proj.weight", &l.qkv, q + kv, q + 2 * kv, Part::Kind::matrix});
    whole(prefix + "self_attn.o_proj", l.output, Part::Kind::matrix);
    whole(prefix + "self_attn.q_norm", l.q_norm, Part::Kind::norm);
    whole(prefix + "self_attn.k_norm", l.k_norm, Part::Kind::norm);
    if (!l.sparse) return ffn(prefix + "mlp.", l.dense.gate_up, l.dense.down);
    whole(prefix + "mlp.gate", l.router, Part::Kind::matrix);
    all.push_back(
        {prefix + "mlp.e_score_correction_bias", &l.router_bias, 0, l.router_bias.value.size(), Part::Kind::bias});
    for (size_t e = 0; e < l.expert_down.size(); ++e)
      ffn(fmt::format("{}mlp.experts.{}.", prefix, e), l.expert_gate_up[e], l.expert_down[e]);
    ffn(prefix + "mlp.shared_experts.", l.dense.gate_up, l.dense.down);
  };
  whole("model.embed_tokens", embedding_, Part::Kind::embedding);
  for (size_t i = 0; i < layers_.size(); ++i) layer(fmt::format("model.layers.{}.", i), layers_[i]);
  whole("model.norm", final_norm_, Part::Kind::norm);
  whole("lm_head", head_, Part::Kind::embedding);
  if (mtp_) {
    whole("mtp.fc", mtp_->fc, Part::Kind::matrix);
    whole("mtp.pre_fc_norm_embedding", mtp_->embedding_norm, Part::Kind::norm);
    whole("mtp.pre_fc_norm_hidden", mtp_->hidden_norm, Part::Kind::norm);
    whole("mtp.norm", mtp_->norm, Part::Kind::norm);
    layer("mtp.layers.0.", mtp_->layer);
  }
  return all;
}

void ExaoneMoe::initialise(uint64_t seed) {
  for (const Part& part : parts()) {
    const Tensor target = part.parameter->value.slice(part.begin, part.end);
    const Tensor values(DType::f32, {target.size()});
    Random random(hash64(part.name, seed));
    for (float& value : values.span<float>()) {
      value = part.kind == Part::Kind::norm   ? 1.0F
              : part.kind == Part::Kind::bias ? 0.0F
                                              : static_cast<float>(random.normal() * config_.initializer_range);
    }
    convert(values, target);
  }
}

Variable ExaoneMoe::layer_forward(Tape* tape, const ExaoneMoeLayer& l, size_t index, const Variable& x,
                                  const Batch& batch, const TrainingPass& training, std::vector<int64_t>* load) const {
  const ModelConfig& c = config_;
  const auto epsilon = static_cast<float>(c.norm_epsilon);
  const tensor::AttentionSettings settings{layout_of(c), l.sliding ? c.sliding_window : 0};
  // A model without any sliding layer rotates everywhere; otherwise full layers have no position encoding.
  const bool rotate = l.sliding || std::ranges::find(c.sliding, true) == c.sliding.end();
  const Variable a = rms_norm(tape, x, l.input_norm, epsilon);
  const Variable qkv = norm_heads(tape, linear(tape, a, l.qkv), settings.layout, batch.positions, l.q_norm, l.k_norm,
                                  epsilon, rotate ? &rope_ : nullptr);
  const Variable mixed = batch.cache != nullptr ? cached_attention(qkv, batch, index, settings)
                                                : attention(tape, qkv, batch.starts, settings);
  const Variable h = add(tape, x, linear(tape, mixed, l.output));
  const Variable m = rms_norm(tape, h, l.post_attention_norm, epsilon);
  Variable out = feed_forward(tape, m, l.dense);
  if (l.sparse) {
    const tensor::RouterSettings router{c.experts,    c.experts_per_token, c.groups,
                                        c.top_groups, c.normalise_top,     static_cast<float>(c.routed_scale)};
    out = mixture_of_experts(tape, m, out, {l.expert_gate_up, l.expert_down, l.router, l.router_bias.value},
                             {router, training.balance_loss}, batch.starts, load);
  }
  return add(tape, h, out);
}

Variable ExaoneMoe::hidden(Tape* tape, const Batch& batch, const TrainingPass& training) const {
  Variable x = embed(tape, batch.tokens, embedding_, type_);
  if (training.loads != nullptr) training.loads->resize(layers_.size());
  for (size_t i = 0; i < layers_.size(); ++i)
    x = layer_forward(tape, layers_[i], i, x, batch, training,
                      training.loads == nullptr ? nullptr : &(*training.loads)[i]);
  return x;
}

Variable ExaoneMoe::final_norm(Tape* tape, const Variable& hidden) const {
  return rms_norm(tape, hidden, final_norm_, static_cast<float>(config_.norm_epsilon));
}

Variable ExaoneMoe::mtp_hidden(Tape* tape, const Variable& normed, std::span<const int32_t> next_tokens,
                               const Batch& batch) const {
  const auto epsilon = static_cast<float>(config_.norm_epsilon);
  const Variable e = rms_norm(tape, embed(tape, next_tokens, embedding_, type_), mtp_->embedding_norm, epsilon);
  const Variable g = rms_norm(tape, normed, mtp_->hidden_norm, epsilon);
  const Variable z = linear(tape, concat(tape, e, g), mtp_->fc);
  return rms_norm(tape, layer_forward(tape, mtp_->layer, layers_.size(), z, batch, {}, nullptr), mtp_->norm, epsilon);
}

std::unique_ptr<KvCache> ExaoneMoe::make_cache(size_t slots, size_t context) const {
  return std::make_unique<LayeredKvCache>(layers_.size(), slots,
                                          std::min(context, static_cast<size_t>(config_.max_positions)),
                                          static_cast<int64_t>(config_.kv_heads) * config_.head_dim, type_);
}

void ExaoneMoe::logits(const Batch& batch, std::span<const int32_t> rows, std::span<float> logits) const {
  assert(logits.size() == rows.size() * static_cast<size_t>(config_.vocabulary));
  const Variable x = hidden(nullptr, batch);
  if (batch.cache != nullptr) dynamic_cast<LayeredKvCache&>(*batch.cache).advance(batch.starts, batch.slots);
  if (rows.empty()) return;
  const Variable chosen = final_norm(nullptr, select_rows(nullptr, x, rows));
  const Tensor out(DType::f32, {static_cast<int64_t>(rows.size()), config_.vocabulary});
  apply(chosen.value(), head_, out);
  std::ranges::copy(out.span<float>(), logits.begin());
}

uint64_t ExaoneMoe::weight_bytes() const {
  uint64_t bytes = 0;
  const Parameter* last = nullptr;
  for (const Part& part : const_cast<ExaoneMoe*>(this)->parts()) {
    if (part.parameter != last) bytes += part.parameter->bytes();
    last = part.parameter;
  }
  return bytes;
}

std::unique_ptr<Model> make_random_model(const ModelConfig& config, uint64_t seed) {
  auto model = std::make_unique<ExaoneMoe>(config, tensor::has_bf16_products() ? DType::bf16 : DType::f32);
  model->initialise(seed);
  return model;
}

}  // namespace moru::model
