#include "model/tensor_names.h"

#include <fmt/format.h>

#include "model/family.h"

namespace moru::model {
namespace {

using enum TensorRole;

/// What most families call a tensor. The MTP layer's names begin with "mtp" where the others' begin with "model".
std::string_view usual_pattern(TensorRole role) {
  switch (role) {
    case embedding:
      return "model.embed_tokens.weight";
    case final_norm:
      return "model.norm.weight";
    case head:
      return "lm_head.weight";
    case attention_norm:
      return "model.layers.{}.input_layernorm.weight";
    case post_attention_norm:
      return "model.layers.{}.post_attention_layernorm.weight";
    case ffn_norm:
      return "model.layers.{}.post_attention_layernorm.weight";
    case post_ffn_norm:
      return "model.layers.{}.post_feedforward_layernorm.weight";
    case query:
      return "model.layers.{}.self_attn.q_proj.weight";
    case key:
      return "model.layers.{}.self_attn.k_proj.weight";
    case value:
      return "model.layers.{}.self_attn.v_proj.weight";
    case attention_output:
      return "model.layers.{}.self_attn.o_proj.weight";
    case query_norm:
      return "model.layers.{}.self_attn.q_norm.weight";
    case key_norm:
      return "model.layers.{}.self_attn.k_norm.weight";
    case gate:
      return "model.layers.{}.mlp.gate_proj.weight";
    case up:
      return "model.layers.{}.mlp.up_proj.weight";
    case down:
      return "model.layers.{}.mlp.down_proj.weight";
    case router:
      return "model.layers.{}.mlp.gate.weight";
    case router_bias:
      return "model.layers.{}.mlp.e_score_correction_bias";
    case expert_gate:
      return "model.layers.{}.mlp.experts.{}.gate_proj.weight";
    case expert_up:
      return "model.layers.{}.mlp.experts.{}.up_proj.weight";
    case expert_down:
      return "model.layers.{}.mlp.experts.{}.down_proj.weight";
    case shared_gate:
      return "model.layers.{}.mlp.shared_experts.gate_proj.weight";
    case shared_up:
      return "model.layers.{}.mlp.shared_experts.up_proj.weight";
    case shared_down:
      return "model.layers.{}.mlp.shared_experts.down_proj.weight";
    case mtp_projection:
      return "mtp.fc.weight";
    case mtp_embedding_norm:
      return "mtp.pre_fc_norm_embedding.weight";
    case mtp_hidden_norm:
      return "mtp.pre_fc_norm_hidden.weight";
    case mtp_norm:
      return "mtp.norm.weight";
  }
  return {};
}

std::string_view gguf_pattern(TensorRole role) {
  switch (role) {
    case embedding:
      return "token_embd.weight";
    case final_norm:
      return "output_norm.weight";
    case head:
      return "output.weight";
    case attention_norm:
      return "blk.{}.attn_norm.weight";
    case post_attention_norm:
      return "blk.{}.post_attention_norm.weight";
    case ffn_norm:
      return "blk.{}.ffn_norm.weight";
    case post_ffn_norm:
      return "blk.{}.post_ffw_norm.weight";
    case query:
      return "blk.{}.attn_q.weight";
    case key:
      return "blk.{}.attn_k.weight";
    case value:
      return "blk.{}.attn_v.weight";
    case attention_output:
      return "blk.{}.attn_output.weight";
    case query_norm:
      return "blk.{}.attn_q_norm.weight";
    case key_norm:
      return "blk.{}.attn_k_norm.weight";
    case gate:
      return "blk.{}.ffn_gate.weight";
    case up:
      return "blk.{}.ffn_up.weight";
    case down:
      return "blk.{}.ffn_down.weight";
    case router:
      return "blk.{}.ffn_gate_inp.weight";
    case router_bias:
      return "blk.{}.exp_probs_b.bias";
    case expert_gate:
      return "blk.{}.ffn_gate_exps.weight";
    case expert_up:
      return "blk.{}.ffn_up_exps.weight";
    case expert_down:
      return "blk.{}.ffn_down_exps.weight";
    case shared_gate:
      return "blk.{}.ffn_gate_shexp.weight";
    case shared_up:
      return "blk.{}.ffn_up_shexp.weight";
    case shared_down:
      return "blk.{}.ffn_down_shexp.weight";
    case mtp_projection:
      return "blk.{}.nextn.eh_proj.weight";
    case mtp_embedding_norm:
      return "blk.{}.nextn.enorm.weight";
    case mtp_hidden_norm:
      return "blk.{}.nextn.hnorm.weight";
    case mtp_norm:
      return "blk.{}.nextn.shared_head_norm.weight";
  }
  return {};
}

/// The tensors of one layer.
void visit_layer(const ModelConfig& c, int index, const std::function<void(const TensorSpec&)>& visit) {
  const int64_t d = c.hidden, q = static_cast<int64_t>(c.heads) * c.head_dim,
                kv = static_cast<int64_t>(c.kv_heads) * c.head_dim;
  const auto add = [&](TensorRole role, int64_t rows, int64_t cols, int copies = 1) {
    visit({role, index, copies, rows, cols});
  };
  if (c.norms != NormPlacement::post) add(attention_norm, 0, d);
  if (c.norms != NormPlacement::pre) add(post_attention_norm, 0, d);
  if (c.norms != NormPlacement::post) add(ffn_norm, 0, d);
  if (c.norms != NormPlacement::pre) add(post_ffn_norm, 0, d);
  add(query, q, d);
  add(key, kv, d);
  add(value, kv, d);
  add(attention_output, d, q);
  if (c.qk_norm) {
    add(query_norm, 0, c.head_dim);
    add(key_norm, 0, c.head_dim);
  }
  if (index >= c.layers || !c.sparse[static_cast<size_t>(index)]) {
    add(gate, c.intermediate, d);
    add(up, c.intermediate, d);
    return add(down, d, c.intermediate);
  }
  add(router, c.experts, d);
  if (c.router_bias) add(router_bias, 0, c.experts);
  add(expert_gate, c.moe_intermediate, d, c.experts);
  add(expert_up, c.moe_intermediate, d, c.experts);
  add(expert_down, d, c.moe_intermediate, c.experts);
  if (c.shared_experts == 0) return;
  const int64_t width = static_cast<int64_t>(c.moe_intermediate) * c.shared_experts;
  add(shared_gate, width, d);
  add(shared_up, width, d);
  add(shared_down, d, width);
}

}  // namespace

bool is_norm(TensorRole role) {
  switch (role) {
    case final_norm:
    case attention_norm:
    case post_attention_norm:
    case ffn_norm:
    case post_ffn_norm:
    case query_norm:
    case key_norm:
    case mtp_embedding_norm:
    case mtp_hidden_norm:
    case mtp_norm:
      return true;
    default:
      return false;
  }
}

bool is_expert(TensorRole role) {
  return role == expert_gate || role == expert_up || role == expert_down;
}

void for_each_tensor(const ModelConfig& c, const std::function<void(const TensorSpec&)>& visit) {
  visit({embedding, -1, 1, c.vocabulary, c.hidden});
  for (int i = 0; i < c.layers; ++i) visit_layer(c, i, visit);
  visit({final_norm, -1, 1, 0, c.hidden});
  if (!c.tied) visit({head, -1, 1, c.vocabulary, c.hidden});
  if (c.mtp_layers == 0) return;
  visit({mtp_projection, c.layers, 1, c.hidden, int64_t{2} * c.hidden});
  for (const TensorRole role : {mtp_embedding_norm, mtp_hidden_norm, mtp_norm}) visit({role, c.layers, 1, 0, c.hidden});
  visit_layer(c, c.layers, visit);
}

std::string tensor_name(const ModelConfig& config, TensorRole role, int layer, int expert) {
  std::string_view pattern = family_of(config).pattern(role);
  if (pattern.empty()) pattern = usual_pattern(role);
  constexpr std::string_view kModel = "model.";
  if (layer == config.layers && pattern.starts_with(kModel))
    return fmt::format(fmt::runtime("mtp." + std::string(pattern.substr(kModel.size()))), 0, expert);
  return fmt::format(fmt::runtime(pattern), layer, expert);
}

std::vector<std::string> other_tensor_names(const ModelConfig& config, std::string_view name) {
  std::vector<std::string> names;
  if (name.ends_with("mlp.e_score_correction_bias"))
    names.push_back(std::string(name.substr(0, name.rfind("e_score"))) + "gate.e_score_correction_bias");
  if (config.model_type == "gemma3_text") {  // the text part of gemma3, in older files and in newer ones
    names.push_back("language_model." + std::string(name));
    if (name.starts_with("model.")) names.push_back("model.language_model." + std::string(name.substr(6)));
  }
  return names;
}

std::string gguf_tensor_name(TensorRole role, int layer) {
  return fmt::format(fmt::runtime(gguf_pattern(role)), layer);
}

std::vector<NamedSpec> named_tensors(const ModelConfig& config) {
  std::vector<NamedSpec> all;
  std::vector<TensorSpec> experts;  // of the layer at hand: gate, up, down
  for_each_tensor(config, [&](const TensorSpec& spec) {
    if (!is_expert(spec.role)) {
      all.push_back({spec, -1, tensor_name(config, spec.role, spec.layer), gguf_tensor_name(spec.role, spec.layer)});
      return;
    }
    experts.push_back(spec);
    if (experts.size() < 3) return;
    for (int e = 0; e < spec.copies; ++e) {
      for (const TensorSpec& one : experts) {
        NamedSpec named{one, e, tensor_name(config, one.role, one.layer, e), gguf_tensor_name(one.role, one.layer)};
        named.spec.copies = 1;
        all.push_back(std::move(named));
      }
    }
    experts.clear();
  });
  return all;
}

TensorTotals tensor_totals(const ModelConfig& config) {
  TensorTotals totals;
  for_each_tensor(config, [&](const TensorSpec& spec) {
    const auto copies = static_cast<uint64_t>(spec.copies);
    totals.tensors += copies;
    totals.bytes += copies * spec.elements() * (spec.role == router_bias ? 4 : 2);
    ++totals.gguf_tensors;
  });
  // GGUF holds the factors of a frequency scaling as a tensor, rope_freqs.
  if (config.rope.scaling == Rope::Scaling::llama3 || config.rope.scaling == Rope::Scaling::factors)
    ++totals.gguf_tensors;
  return totals;
}

}  // namespace moru::model
