#include "model/gguf_config.h"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/json.h"
#include "core/language.h"
#include "model/family.h"

namespace moru::model {
namespace {

constexpr std::string_view kRopeFactors = "rope_freqs.weight";

/// ggml's numbers of router score functions.
constexpr int64_t kSoftmax = 1, kSigmoid = 2;

[[noreturn]] void unfit(const std::string& place, const std::string& problem) {
  throw Error(place, problem,
              std::string(tr("get the model in another file, or convert it from its Hugging Face folder",
                             "다른 파일을 쓰거나 Hugging Face 폴더에서 변환하세요")));
}

/// The shortest decimal number that is this float: 1e-05 and not 9.999999747378752e-06.
double decimal(double value) {
  char text[64];
  const auto end = std::to_chars(std::begin(text), std::end(text), static_cast<float>(value)).ptr;
  double result = value;
  std::from_chars(text, end, result);
  return result;
}

/// Reads one file's metadata into the config.json of its family.
class Reader {
 public:
  explicit Reader(const WeightSource& source) : source_(source), file_(*source.gguf()) {
    architecture_ = file_.text("general.architecture");
    family_ = find_gguf_family(architecture_);
    if (family_ == nullptr)
      unfit(file_.place(), fmt::format(fmt::runtime(tr("the architecture \"{}\" is none that runs here",
                                                       "\"{}\" 구조는 지원하지 않습니다")),
                                       architecture_));
  }

  ModelConfig read() {
    sizes();
    attention();
    experts();
    tokens();
    ModelConfig config = config_from_json(json_, file_.place());
    factors(config);
    return config;
  }

 private:
  std::string key(std::string_view name) const { return fmt::format("{}.{}", architecture_, name); }
  bool has(std::string_view name) const { return file_.has(key(name)); }
  int64_t integer(std::string_view name) const { return file_.integer(key(name)); }
  double number(std::string_view name) const { return decimal(file_.number(key(name))); }
  /// A value that may be given by layer, if all layers have the same.
  int64_t same_for_all(std::string_view name) const {
    const std::vector<int64_t>& values = file_.integers(key(name));
    if (values.empty() || std::ranges::adjacent_find(values, std::not_equal_to<>()) != values.end())
      unfit(file_.place(),
            fmt::format(fmt::runtime(tr("\"{}\" differs from layer to layer", "\"{}\" 값이 레이어마다 다릅니다")),
                        key(name)));
    return values.front();
  }

  void sizes() {
    const TensorEntry& embedding = source_.at("token_embd.weight");
    if (embedding.shape.size() != 2)
      unfit(source_.place_of("token_embd.weight"),
            std::string(tr("its shape is out of range", "모양이 범위를 벗어났습니다")));
    blocks_ = integer("block_count");
    mtp_ = has("nextn_predict_layers") ? integer("nextn_predict_layers") : 0;
    if (blocks_ < 1 || blocks_ > 4096 || mtp_ < 0 || mtp_ >= blocks_)
      unfit(file_.place() + ": " + key("block_count"), std::string(tr("it is out of range", "범위를 벗어났습니다")));
    layers_ = blocks_ - mtp_;
    const bool exaone = family_->model_type == "exaone";
    json_ = {{"model_type", family_->model_type},
             {"vocab_size", embedding.shape[0]},
             {"hidden_size", integer("embedding_length")},
             {exaone ? "num_layers" : "num_hidden_layers", layers_},
             {"num_attention_heads", same_for_all("attention.head_count")},
             {"intermediate_size", same_for_all("feed_forward_length")},
             {"max_position_embeddings", integer("context_length")},
             {exaone ? "layer_norm_epsilon" : "rms_norm_eps", number("attention.layer_norm_rms_epsilon")},
             {"tie_word_embeddings", !source_.contains("output.weight")},
             {"dtype", "bfloat16"},
             {"torch_dtype", "bfloat16"}};
    if (has("attention.head_count_kv")) json_["num_key_value_heads"] = same_for_all("attention.head_count_kv");
    // Not all files say the width of a head; the tensor does.
    const std::string query = "blk.0.attn_q.weight";
    const auto heads = json_["num_attention_heads"].get<int64_t>();
    const std::vector<int64_t>& shape = source_.at(query).shape;
    if (heads < 1 || shape.size() != 2 || shape[0] % heads != 0)
      unfit(source_.place_of(query),
            std::string(tr("its shape does not fit the number of heads", "모양이 헤드 수와 맞지 않습니다")));
    json_["head_dim"] = has("attention.key_length") ? integer("attention.key_length") : shape[0] / heads;
    if (has("rope.dimension_count") && integer("rope.dimension_count") != json_["head_dim"])
      unfit(file_.place(), std::string(tr("only a part of each head rotates", "헤드의 일부만 회전합니다")));
  }

  void attention() {
    if (has("rope.freq_base")) json_["rope_theta"] = number("rope.freq_base");
    const std::string scaling = file_.text_or(key("rope.scaling.type"), "none");
    if (scaling == "linear") {
      json_["rope_scaling"] = {{"rope_type", "linear"}, {"factor", number("rope.scaling.factor")}};
    } else if (scaling != "none") {
      unfit(file_.place(), fmt::format(fmt::runtime(tr("rotary frequencies scaled by \"{}\"",
                                                       "\"{}\" 방식의 회전 위치 확장은 지원하지 않습니다")),
                                       scaling));
    }
    if (family_->model_type == "gemma3_text") gemma();
    if (!has("attention.sliding_window")) return;
    const std::vector<int64_t>& windows = file_.integers(key("attention.sliding_window"));
    if (windows.size() == static_cast<size_t>(layers_) && layers_ > 1) {
      json_["sliding_windows"] = windows;
      return;
    }
    json_["sliding_window"] = same_for_all("attention.sliding_window");
    if (family_->model_type == "qwen3") json_["use_sliding_window"] = true;
    if (has("attention.sliding_window_pattern")) {
      pattern();
    } else if (family_->model_type == "exaone4" || family_->model_type == "exaone_moe") {
      json_["sliding_window_pattern"] = 4;  // older files do not say it: three of four
    }
  }

  void pattern() {
    const std::string name = key("attention.sliding_window_pattern");
    const std::vector<int64_t>& pattern = file_.integers(name);
    Json types = Json::array();
    const bool period = pattern.size() == 1 && layers_ > 1;
    if (!period && pattern.size() != static_cast<size_t>(layers_) && pattern.size() != static_cast<size_t>(blocks_))
      unfit(file_.place() + ": " + name,
            std::string(tr("not as many values as layers", "값의 수가 레이어 수와 다릅니다")));
    for (size_t i = 0; i < static_cast<size_t>(layers_); ++i) {
      const bool slides = period ? pattern[0] > 0 && (static_cast<int64_t>(i) + 1) % pattern[0] != 0 : pattern[i] != 0;
      types.push_back(slides ? "sliding_attention" : "full_attention");
    }
    json_["layer_types"] = types;
    if (mtp_ > 0 && pattern.size() == static_cast<size_t>(blocks_) && !period && pattern.back() == 0) {
      json_["mtp_layer_types"] = {"full_attention"};
      json_["mtp_sliding_windows"] = {0};
    }
  }

  void gemma() {
    // What llama.cpp computes: by the width of a head, but in the 27B by that of the hidden state.
    const double scalar = layers_ == 62
                              ? json_["hidden_size"].get<double>() / json_["num_attention_heads"].get<double>()
                              : json_["head_dim"].get<double>();
    const double told = has("attention.scale") ? 1 / (number("attention.scale") * number("attention.scale")) : scalar;
    json_["query_pre_attn_scalar"] = std::fabs(told - std::round(told)) < 1e-3 ? std::round(told) : told;
    if (has("final_logit_softcapping")) json_["final_logit_softcapping"] = number("final_logit_softcapping");
    Json global = json_.value("rope_scaling", Json({{"rope_type", "default"}}));
    global["rope_theta"] = json_.value("rope_theta", 1e6);
    const Json local = {{"rope_type", "default"},
                        {"rope_theta", has("rope.freq_base_swa") ? number("rope.freq_base_swa") : 10000.0}};
    json_.erase("rope_scaling");
    json_.erase("rope_theta");
    json_["rope_parameters"] = {{"full_attention", global}, {"sliding_attention", local}};
  }

  void experts() {
    if (!has("expert_count") || integer("expert_count") == 0) return;
    json_["num_experts"] = integer("expert_count");
    json_["num_experts_per_tok"] = integer("expert_used_count");
    json_["moe_intermediate_size"] = integer("expert_feed_forward_length");
    Json dense = Json::array(), types = Json::array();
    for (int64_t i = 0; i < layers_; ++i) {
      const bool sparse = source_.contains(fmt::format("blk.{}.ffn_gate_inp.weight", i));
      types.push_back(sparse ? "sparse" : "dense");
      if (!sparse) dense.push_back(i);
    }
    if (family_->model_type == "qwen3_moe") {
      json_["norm_topk_prob"] = !has("expert_weights_norm") || integer("expert_weights_norm") != 0;
      json_["mlp_only_layers"] = dense;
      return;
    }
    if (has("expert_gating_func") && integer("expert_gating_func") != kSigmoid)
      unfit(file_.place() + ": " + key("expert_gating_func"),
            std::string(tr("another router than this family's", "이 계열과 다른 라우터입니다")));
    json_["norm_topk_prob"] = !has("expert_weights_norm") || integer("expert_weights_norm") != 0;
    json_["mlp_layer_types"] = types;
    json_["num_nextn_predict_layers"] = std::min<int64_t>(1, mtp_);
    for (const auto& [ours, theirs] : {std::pair{"num_shared_experts", "expert_shared_count"},
                                       {"n_group", "expert_group_count"},
                                       {"topk_group", "expert_group_used_count"}})
      if (has(theirs) && integer(theirs) > 0) json_[ours] = integer(theirs);
    if (has("expert_weights_scale")) json_["routed_scaling_factor"] = number("expert_weights_scale");
    if (has("swiglu_clamp_exp")) {
      const GgufValue& limits = file_.metadata().find(key("swiglu_clamp_exp"))->second;
      if (const auto* values = std::get_if<std::vector<double>>(&limits.elements))
        for (size_t i = 0; i < std::min(values->size(), static_cast<size_t>(layers_)); ++i)
          json_["swiglu_limits"].push_back(decimal((*values)[i]));
    }
  }

  void tokens() {
    for (const auto& [ours, theirs] : {std::pair{"bos_token_id", "bos_token_id"},
                                       {"eos_token_id", "eos_token_id"},
                                       {"pad_token_id", "padding_token_id"}}) {
      const std::string name = fmt::format("tokenizer.ggml.{}", theirs);
      // -1: none, whatever the family's own is.
      json_[ours] = file_.has(name) ? file_.integer(name) : -1;
    }
    // What ends a turn may be another token than what ends a text.
    Json eos = Json::array({json_["eos_token_id"]});
    for (const char* name : {"tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id"})
      if (file_.has(name) && std::ranges::find(eos, Json(file_.integer(name))) == eos.end())
        eos.push_back(file_.integer(name));
    if (eos.size() > 1 && eos[0] != -1) json_["eos_token_id"] = eos;
  }

  /// Factors that Llama 3's rule makes become that rule again, as config.json can say it.
  void factors(ModelConfig& config) const {
    const TensorEntry* entry = source_.find(kRopeFactors);
    if (entry == nullptr) return;
    std::vector<float> given(static_cast<size_t>(config.head_dim) / 2);
    if (entry->count() != static_cast<int64_t>(given.size()))
      unfit(source_.place_of(kRopeFactors),
            std::string(tr("its shape does not fit the heads", "모양이 헤드와 맞지 않습니다")));
    read_rows(*entry, 0, given, source_.place_of(kRopeFactors));
    for (const float factor : given)
      if (!(factor > 0) || !std::isfinite(factor))
        unfit(source_.place_of(kRopeFactors),
              std::string(tr("a factor is no positive number", "양수가 아닌 값이 있습니다")));
    if (std::ranges::all_of(given, [](float factor) { return factor == 1; })) return;
    Rope rule = config.rope;
    rule.scaling = Rope::Scaling::llama3;
    rule.factor = decimal(*std::ranges::max_element(given));
    rule.low_frequency_factor = 1;
    rule.high_frequency_factor = 4;
    std::vector<int> contexts = {8192};  // of all published models; then any
    for (int context = 8; context <= 1 << 20; context *= 2) contexts.push_back(context);
    for (const int context : contexts) {
      rule.original_positions = context;
      const std::vector<float> made = rope_factors(rule, config.head_dim);
      const bool same = std::ranges::equal(made, given, [](float a, float b) { return std::fabs(a - b) <= 1e-4F * b; });
      if (same) {
        config.rope = rule;
        return;
      }
    }
    config.rope.scaling = Rope::Scaling::factors;
    config.rope.factors = std::move(given);
  }

  const WeightSource& source_;
  const GgufFile& file_;
  std::string architecture_;
  const Family* family_ = nullptr;
  int64_t blocks_ = 0, layers_ = 0, mtp_ = 0;
  Json json_;
};

}  // namespace

ModelConfig config_from_gguf(const WeightSource& gguf) {
  return Reader(gguf).read();
}

std::vector<float> rope_factors(const Rope& rope, int head_dim) {
  if (rope.scaling == Rope::Scaling::factors) return rope.factors;
  if (rope.scaling != Rope::Scaling::llama3) return {};
  Rope plain = rope;
  plain.scaling = Rope::Scaling::none;
  const std::vector<double> scaled = rope.frequencies(head_dim), base = plain.frequencies(head_dim);
  std::vector<float> factors;
  for (size_t i = 0; i < base.size(); ++i) factors.push_back(static_cast<float>(base[i] / scaled[i]));
  return factors;
}

std::vector<std::pair<std::string, GgufValue>> gguf_config_metadata(const ModelConfig& c, std::string_view place) {
  const Family& family = family_of(c);
  if (family.gguf_architecture.empty())
    unfit(
        std::string(place),
        fmt::format(fmt::runtime(tr("GGUF has no architecture for {}", "GGUF에는 {} 구조가 없습니다")), c.model_type));
  std::vector<std::pair<std::string, GgufValue>> pairs;
  const auto add = [&](std::string_view name, GgufValue value) {
    pairs.emplace_back(fmt::format("{}.{}", family.gguf_architecture, name), std::move(value));
  };
  const auto integer = [&](std::string_view name, int64_t value) {
    add(name, GgufValue::u32(static_cast<uint32_t>(value)));
  };
  const auto number = [&](std::string_view name, double value) {
    add(name, GgufValue::f32(static_cast<float>(value)));
  };
  const bool sparse = std::ranges::find(c.sparse, true) != c.sparse.end();
  integer("vocab_size", c.vocabulary);
  integer("context_length", c.max_positions);
  integer("embedding_length", c.hidden);
  integer("block_count", c.layers + c.mtp_layers);
  integer("feed_forward_length", c.intermediate);
  integer("attention.head_count", c.heads);
  integer("attention.head_count_kv", c.kv_heads);
  integer("attention.key_length", c.head_dim);
  integer("attention.value_length", c.head_dim);
  number("attention.layer_norm_rms_epsilon", c.norm_epsilon);
  integer("rope.dimension_count", c.head_dim);
  number("rope.freq_base", c.rope.theta);
  if (c.rope.scaling == Rope::Scaling::linear) {
    add("rope.scaling.type", GgufValue::text("linear"));
    number("rope.scaling.factor", c.rope.factor);
  } else if (sparse) {
    add("rope.scaling.type", GgufValue::text("none"));
  }
  if (c.local_rope) {
    if (c.local_rope->scaling != Rope::Scaling::none)
      unfit(std::string(place), std::string(tr("GGUF has no key for scaled rotary frequencies of sliding layers",
                                               "GGUF에는 슬라이딩 레이어의 회전 위치 확장을 적을 키가 없습니다")));
    number("rope.freq_base_swa", c.local_rope->theta);
  }
  if (c.attention_scalar > 0) number("attention.scale", 1 / std::sqrt(c.attention_scalar));
  if (c.logit_cap > 0) number("final_logit_softcapping", c.logit_cap);
  if (c.has_sliding_layers()) {
    std::vector<int64_t> pattern, windows(c.sliding_windows.begin(), c.sliding_windows.end());
    for (const bool slides : c.sliding) pattern.push_back(slides ? 1 : 0);
    if (c.mtp_layers > 0) pattern.push_back(c.mtp_sliding ? 1 : 0);
    if (windows.empty()) {
      integer("attention.sliding_window", c.sliding_window);
    } else {
      add("attention.sliding_window", GgufValue::integers(GgufType::i32, std::move(windows)));
    }
    add("attention.sliding_window_pattern", GgufValue::integers(GgufType::boolean, std::move(pattern)));
  }
  if (sparse) {
    integer("expert_count", c.experts);
    integer("expert_used_count", c.experts_per_token);
    integer("expert_feed_forward_length", c.moe_intermediate);
    if (c.shared_experts > 0) {
      integer("expert_shared_count", c.shared_experts);
      integer("expert_shared_feed_forward_length", int64_t{c.shared_experts} * c.moe_intermediate);
    }
    integer("expert_gating_func", c.router_scores == RouterScores::sigmoid ? kSigmoid : kSoftmax);
    number("expert_weights_scale", c.routed_scale);
    add("expert_weights_norm", GgufValue::boolean(c.normalise_top));
    if (c.groups > 1) {
      integer("expert_group_count", c.groups);
      integer("expert_group_used_count", c.top_groups);
    }
    const auto dense = std::ranges::find(c.sparse, true) - c.sparse.begin();
    integer("leading_dense_block_count", dense);
    if (!c.swiglu_limits.empty()) {
      add("swiglu_clamp_exp", GgufValue::floats(c.swiglu_limits));
      add("swiglu_clamp_shexp", GgufValue::floats(c.swiglu_limits));
    }
  }
  if (c.mtp_layers > 0) integer("nextn_predict_layers", c.mtp_layers);
  return pairs;
}

}  // namespace moru::model
