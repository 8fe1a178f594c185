#include "model/config.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"
#include "core/language.h"

namespace moru::model {
namespace {

[[noreturn]] void wrong(std::string_view place, const std::string& problem) {
  throw Error(std::string(place), problem,
              std::string(tr("correct config.json, or use a model of the exaone_moe family",
                             "config.json을 고치거나 exaone_moe 계열 모델을 쓰세요")));
}

int small(const Json& json, std::string_view key, std::string_view place, int64_t min, int64_t max) {
  const int64_t value = json_integer(json, key, place);
  if (value < min || value > max)
    wrong(place, fmt::format(fmt::runtime(tr("\"{}\" must be from {} to {}, not {}",
                                             "\"{}\" 값은 {}에서 {} 사이여야 합니다. 지금은 {}입니다")),
                             key, min, max, value));
  return static_cast<int>(value);
}

int small_or(const Json& json, const char* key, std::string_view place, int64_t min, int64_t max, int fallback) {
  return json.contains(key) && !json.at(key).is_null() ? small(json, key, place, min, max) : fallback;
}

/// A list of two words, one of which is meant by true. Another word is a layer that this family does not have.
std::vector<bool> layer_list(const Json& json, const char* key, const char* yes, const char* no,
                             std::string_view place) {
  std::vector<bool> list;
  for (const Json& type : json.at(key)) {
    if (type != yes && type != no)
      wrong(place, fmt::format(fmt::runtime(tr("\"{}\" holds {}, which is neither \"{}\" nor \"{}\"",
                                               "\"{}\"에 {}이(가) 있습니다. \"{}\"나 \"{}\"여야 합니다")),
                               key, dump_json(type), yes, no));
    list.push_back(type == yes);
  }
  return list;
}

bool has(const Json& json, const char* key) {
  return json.contains(key) && !json.at(key).is_null();
}

/// Which layers are sparse, by the keys in their order of priority.
std::vector<bool> sparse_layers(const Json& json, int layers, std::string_view place) {
  if (has(json, "mlp_layer_types")) return layer_list(json, "mlp_layer_types", "sparse", "dense", place);
  std::vector<bool> sparse;
  if (has(json, "is_moe_layer")) {
    for (const Json& moe : json.at("is_moe_layer")) sparse.push_back(moe.get<bool>());
  } else {
    const int dense = small_or(json, "first_k_dense_replace", place, 0, layers,
                               small_or(json, "first_last_k_dense_replace", place, 0, layers, 0));
    for (int i = 0; i < layers; ++i) sparse.push_back(i >= dense);
  }
  return sparse;
}

std::vector<bool> sliding_layers(const Json& json, int layers, std::string_view place) {
  if (has(json, "layer_types")) return layer_list(json, "layer_types", "sliding_attention", "full_attention", place);
  std::vector<bool> sliding;
  if (has(json, "sliding_window_pattern") && json.at("sliding_window_pattern").is_string()) {
    const auto pattern = json.at("sliding_window_pattern").get<std::string>();
    for (int i = 0; i < layers && !pattern.empty(); ++i)
      sliding.push_back(pattern[static_cast<size_t>(i) % pattern.size()] == 'L');
  }
  return sliding;
}

double number(const Json& json, const char* key, std::string_view place, double min, double max, double fallback) {
  if (!has(json, key)) return fallback;
  const double value = json_number(json, key, place);
  if (!(value >= min && value <= max))
    wrong(place, fmt::format(fmt::runtime(tr("\"{}\" must be from {} to {}, not {}",
                                             "\"{}\" 값은 {}에서 {} 사이여야 합니다. 지금은 {}입니다")),
                             key, min, max, value));
  return value;
}

/// What other members of the family have and this forward pass does not: reading it over would give wrong answers.
void refuse_unknown(const Json& json, std::string_view place) {
  const auto refuse = [&](const char* key) {
    wrong(place, fmt::format(fmt::runtime(tr("\"{}\": {} is not supported", "\"{}\": {}은(는) 지원하지 않습니다")), key,
                             dump_json(json.at(key))));
  };
  if (has(json, "hidden_act") && json.at("hidden_act") != "silu") refuse("hidden_act");
  if (has(json, "scoring_func") && json.at("scoring_func") != "sigmoid") refuse("scoring_func");
  if (has(json, "attention_bias") && json.at("attention_bias") != false) refuse("attention_bias");
  if (has(json, "sliding_windows")) refuse("sliding_windows");
  if (has(json, "swiglu_limits"))
    for (const Json& limit : json.at("swiglu_limits"))
      if (limit != 0) refuse("swiglu_limits");
  for (const char* key : {"rope_scaling", "rope_parameters"}) {
    if (!has(json, key)) continue;
    const Json& rope = json.at(key);
    const Json type = rope.value("rope_type", rope.value("type", Json("default")));
    if (type != "default") refuse(key);
  }
  if (has(json, "tie_word_embeddings") && json.at("tie_word_embeddings") != false)
    wrong(place,
          std::string(tr("tied embeddings do not belong to this family", "이 계열은 임베딩을 공유하지 않습니다")));
}

void check(const ModelConfig& c, std::string_view place) {
  const auto layers = static_cast<size_t>(c.layers);
  if (c.heads % c.kv_heads != 0)
    wrong(place, std::string(tr("num_attention_heads is not a multiple of num_key_value_heads",
                                "num_attention_heads가 num_key_value_heads의 배수가 아닙니다")));
  if (c.sliding_window == 0 && std::ranges::find(c.sliding, true) != c.sliding.end())
    wrong(place, std::string(tr("there are sliding layers, but \"sliding_window\" is missing",
                                "슬라이딩 레이어가 있는데 \"sliding_window\"가 없습니다")));
  // The rotary tables are made at once, at eight bytes for each position and pair.
  if (static_cast<int64_t>(c.max_positions) * c.head_dim > int64_t{1} << 30)
    wrong(place, std::string(tr("max_position_embeddings is out of range", "max_position_embeddings가 너무 큽니다")));
  if (c.head_dim % 2 != 0) wrong(place, std::string(tr("head_dim must be even", "head_dim은 짝수여야 합니다")));
  if (c.sliding.size() != layers || c.sparse.size() != layers)
    wrong(place, std::string(tr("the lists of layer types do not have num_hidden_layers members",
                                "레이어 종류 목록의 길이가 num_hidden_layers와 다릅니다")));
  if (c.experts % c.groups != 0 || c.top_groups > c.groups || c.experts_per_token > c.experts / c.groups * c.top_groups)
    wrong(place, std::string(tr("the numbers of experts and groups do not fit each other",
                                "전문가 수와 그룹 수가 서로 맞지 않습니다")));
}

}  // namespace

ModelConfig config_from_json(const Json& json, std::string_view place) {
  if (json_text(json, "model_type", place) != "exaone_moe")
    wrong(place,
          fmt::format(fmt::runtime(tr("the model type \"{}\" is not known", "모델 종류 \"{}\"을(를) 알지 못합니다")),
                      json_text(json, "model_type", place)));
  constexpr int64_t kMost = 1 << 18;  // so that parameters() cannot overflow
  ModelConfig c;
  c.vocabulary = small(json, "vocab_size", place, 1, 1 << 24);
  c.hidden = small(json, "hidden_size", place, 1, kMost);
  c.layers = small(json, "num_hidden_layers", place, 1, 4096);
  c.heads = small(json, "num_attention_heads", place, 1, 65536);
  c.kv_heads = small(json, "num_key_value_heads", place, 1, 65536);
  c.head_dim = small(json, "head_dim", place, 2, 4096);
  c.intermediate = small(json, "intermediate_size", place, 1, kMost);
  c.moe_intermediate = small(json, "moe_intermediate_size", place, 1, kMost);
  c.experts = small(json, "num_experts", place, 1, 4096);
  c.experts_per_token = small(json, "num_experts_per_tok", place, 1, 64);
  c.shared_experts = small_or(json, "num_shared_experts", place, 1, 64, 1);
  c.groups = small_or(json, "n_group", place, 1, 4096, 1);
  c.top_groups = small_or(json, "topk_group", place, 1, 4096, 1);
  c.max_positions = small(json, "max_position_embeddings", place, 1, 1 << 26);
  c.sliding_window = small_or(json, "sliding_window", place, 0, 1 << 26, 0);
  c.mtp_layers = small_or(json, "num_nextn_predict_layers", place, 0, 1, 0);
  c.bos = small_or(json, "bos_token_id", place, 0, 1 << 24, 1);
  c.eos = small_or(json, "eos_token_id", place, 0, 1 << 24, 53);
  c.pad = small_or(json, "pad_token_id", place, 0, 1 << 24, 0);
  try {
    refuse_unknown(json, place);
    c.normalise_top = json.value("norm_topk_prob", true);
    c.routed_scale = number(json, "routed_scaling_factor", place, 0, 1e6, 1.0);
    c.norm_epsilon = number(json, "rms_norm_eps", place, 1e-20, 1, 1e-5);
    // Newer files of other tools have theta in "rope_parameters".
    const double theta =
        has(json, "rope_parameters") ? number(json.at("rope_parameters"), "rope_theta", place, 1, 1e12, 1e6) : 1e6;
    c.rope_theta = number(json, "rope_theta", place, 1, 1e12, theta);
    c.initializer_range = number(json, "initializer_range", place, 0, 100, 0.02);
    c.dtype = json.value("dtype", json.value("torch_dtype", "bfloat16"));
    c.sparse = sparse_layers(json, c.layers, place);
    c.sliding = sliding_layers(json, c.layers, place);
  } catch (const Json::exception& e) {
    wrong(place, e.what());
  }
  if (c.sliding.empty()) c.sliding.assign(static_cast<size_t>(c.layers), false);
  check(c, place);
  return c;
}

Json to_json(const ModelConfig& c) {
  Json layer_types = Json::array(), mlp_types = Json::array();
  for (const bool sliding : c.sliding) layer_types.push_back(sliding ? "sliding_attention" : "full_attention");
  int dense = 0;
  for (const bool sparse : c.sparse) {
    mlp_types.push_back(sparse ? "sparse" : "dense");
    if (!sparse) ++dense;
  }
  return {{"architectures", {"ExaoneMoeForCausalLM"}},
          {"model_type", c.model_type},
          {"vocab_size", c.vocabulary},
          {"hidden_size", c.hidden},
          {"num_hidden_layers", c.layers},
          {"num_attention_heads", c.heads},
          {"num_key_value_heads", c.kv_heads},
          {"head_dim", c.head_dim},
          {"intermediate_size", c.intermediate},
          {"moe_intermediate_size", c.moe_intermediate},
          {"num_experts", c.experts},
          {"num_experts_per_tok", c.experts_per_token},
          {"num_shared_experts", c.shared_experts},
          {"n_group", c.groups},
          {"topk_group", c.top_groups},
          {"norm_topk_prob", c.normalise_top},
          {"routed_scaling_factor", c.routed_scale},
          {"scoring_func", "sigmoid"},
          {"topk_method", "noaux_tc"},
          {"first_k_dense_replace", dense},
          {"hidden_act", "silu"},
          {"rms_norm_eps", c.norm_epsilon},
          {"rope_theta", c.rope_theta},
          {"max_position_embeddings", c.max_positions},
          // Without sliding layers there is no window: that is how readers tell that full layers rotate.
          {"sliding_window", std::ranges::find(c.sliding, true) != c.sliding.end() ? Json(c.sliding_window) : Json()},
          {"layer_types", layer_types},
          {"mlp_layer_types", mlp_types},
          {"num_nextn_predict_layers", c.mtp_layers},
          {"attention_dropout", 0.0},
          {"initializer_range", c.initializer_range},
          {"tie_word_embeddings", false},
          {"bos_token_id", c.bos},
          {"eos_token_id", c.eos},
          {"pad_token_id", c.pad},
          {"use_cache", true},
          {"dtype", c.dtype},
          {"torch_dtype", c.dtype}};
}

ModelConfig load_config(const fs::path& model_folder) {
  const fs::path path = model_folder / "config.json";
  if (!fs::exists(path))
    throw Error(model_folder.string(),
                std::string(tr("this is not a model folder: it has no config.json",
                               "모델 폴더가 아닙니다. config.json이 없습니다")),
                std::string(tr("give the folder that \"moru build\" made (…/model)",
                               "\"moru build\"가 만든 폴더(…/model)를 주세요")));
  return config_from_json(read_json_file(path), path.string());
}

uint64_t ModelConfig::parameters() const {
  const auto h = static_cast<uint64_t>(hidden), d = static_cast<uint64_t>(head_dim),
             v = static_cast<uint64_t>(vocabulary);
  const uint64_t attention = h * d * static_cast<uint64_t>(2 * heads + 2 * kv_heads) + 2 * d;
  const uint64_t dense = 3 * h * static_cast<uint64_t>(intermediate),
                 expert = 3 * h * static_cast<uint64_t>(moe_intermediate);
  uint64_t total = 2 * v * h + h;
  for (const bool is_sparse : sparse)
    total += attention + 2 * h +
             (is_sparse ? expert * static_cast<uint64_t>(experts + shared_experts) +
                              h * static_cast<uint64_t>(experts) + static_cast<uint64_t>(experts)
                        : dense);
  if (mtp_layers > 0) total += attention + 2 * h + dense + 2 * h * h + 3 * h;
  return total;
}

uint64_t ModelConfig::active_parameters() const {
  const auto h = static_cast<uint64_t>(hidden), d = static_cast<uint64_t>(head_dim);
  const uint64_t attention = h * d * static_cast<uint64_t>(2 * heads + 2 * kv_heads) + 2 * d;
  const uint64_t dense = 3 * h * static_cast<uint64_t>(intermediate),
                 expert = 3 * h * static_cast<uint64_t>(moe_intermediate);
  uint64_t total = static_cast<uint64_t>(vocabulary) * h + h;
  for (const bool is_sparse : sparse)
    total += attention + 2 * h +
             (is_sparse ? expert * static_cast<uint64_t>(experts_per_token + shared_experts) +
                              h * static_cast<uint64_t>(experts)
                        : dense);
  return total;
}

}  // namespace moru::model
