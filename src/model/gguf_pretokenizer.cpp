#include "model/gguf_pretokenizer.h"

#include <nlohmann/json.hpp>

#include "text/pretokenizer.h"

namespace moru::model {
namespace {

using Normal = text::NormalizerStep::Kind;
using Step = text::PretokenizerStep;

/// Which name means which patterns, which names take whole tokens before merges and begin with the beginning's token:
/// llama.cpp, src/llama-vocab.cpp. Its names for other models' tokenizers that split text in one of these ways stand
/// here too. Normal forms, which llama.cpp leaves out, are those of the models' tokenizer.json.
const std::vector<GgufPretokenizer>& known() {
  // The first of several with one way to split is the one that is written; EXAONE's names go by the model.
  static const std::vector<GgufPretokenizer> list = [] {
    std::vector<GgufPretokenizer> all;
    for (const char* name : {"llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2"})
      all.push_back({name, {text::kLlama3Pattern}, false, {}, true, true});
    for (const char* name : {"smaug-bpe", "dbrx", "glm4", "chatglm-bpe"}) all.push_back({name, {text::kLlama3Pattern}});
    for (const char* name : {"qwen2", "deepseek-r1-qwen", "kormo", "megrez"})
      all.push_back({name, {text::kQwen2Pattern}, false, Normal::nfc});
    for (const char* name : {"stablelm2", "hunyuan", "solar-open"}) all.push_back({name, {text::kQwen2Pattern}});
    all.push_back({"exaone-moe", {text::kPretokenizerPattern}, false, Normal::nfc});
    for (const char* name : {"smollm", "exaone", "starcoder", "refact", "command-r", "codeshell", "minerva-7b"})
      all.push_back({name, {kDigits}, true});
    for (const char* name : {"gpt-2", "phi-2", "gigachat", "a.x-4.0", "mellum", "mpt", "olmo", "jais", "trillion"})
      all.push_back({name, {}, true});
    all.push_back({"exaone4", {}, true, Normal::nfkc});
    all.push_back({"default", {R"([\p{P}\$\+<=>\^~\|]+)", text::kGpt2Pattern, R"(\p{N}+)", "[0-9][0-9][0-9]"}});
    return all;
  }();
  return list;
}

std::string type_of(const Json& json) {
  return json.is_object() && json.contains("type") && json["type"].is_string() ? json["type"].get<std::string>() : "";
}

/// A step, or the steps of a Sequence.
std::vector<Json> steps_of(const Json& json, const char* key) {
  if (!json.is_object() || !json.contains(key) || json[key].is_null()) return {};
  const Json& step = json[key];
  if (type_of(step) != "Sequence") return {step};
  for (const char* list : {"pretokenizers", "normalizers"})
    if (step.contains(list) && step[list].is_array()) return {step[list].begin(), step[list].end()};
  return {};
}

}  // namespace

const GgufPretokenizer* pretokenizer_of_gguf(std::string_view name) {
  const auto it = std::ranges::find(known(), name, &GgufPretokenizer::name);
  return it == known().end() ? nullptr : &*it;
}

void set_pretokenizer(const GgufPretokenizer& pretokenizer, text::TokenizerPipeline& pipeline) {
  pipeline.normalizer.clear();
  if (pretokenizer.normalizer) pipeline.normalizer.emplace_back().kind = *pretokenizer.normalizer;
  pipeline.ignore_merges = pretokenizer.ignore_merges;
  pipeline.pretokenizer.clear();
  for (const std::string_view pattern : pretokenizer.splits) {
    Step& step = pipeline.pretokenizer.emplace_back();
    step.kind = pattern == kDigits ? Step::Kind::digits : Step::Kind::split;
    step.individual = pattern == kDigits;
    if (pattern != kDigits) step.pattern = {true, std::string(pattern)};
  }
  pipeline.pretokenizer.emplace_back().use_regex = pretokenizer.gpt2;
}

std::string gguf_pretokenizer_name(const Json& tokenizer, std::string_view model_type) {
  const std::vector<Json> steps = steps_of(tokenizer, "pre_tokenizer");
  if (steps.empty() || type_of(steps.back()) != "ByteLevel")
    return tokenizer.contains("model") && tokenizer["model"].value("byte_fallback", false) ? std::string(kCharacters)
                                                                                           : "";
  const bool gpt2 = steps.back().value("use_regex", true);
  std::vector<std::string> splits;
  for (size_t i = 0; i + 1 < steps.size(); ++i) {
    if (type_of(steps[i]) == "Digits" && steps[i].value("individual_digits", false)) {
      splits.emplace_back(kDigits);
    } else if (type_of(steps[i]) == "Split" && steps[i].contains("pattern")) {
      splits.push_back(steps[i]["pattern"].value("Regex", ""));
    } else {
      return "";
    }
  }
  const auto is_like = [&](const GgufPretokenizer& one) {
    return one.gpt2 == gpt2 && std::ranges::equal(one.splits, splits);
  };
  for (const std::string_view name : {std::string_view("exaone"), std::string_view("exaone4")})
    if (name == model_type && is_like(*pretokenizer_of_gguf(name))) return std::string(name);
  const auto it = std::ranges::find_if(known(), is_like);
  return it == known().end() ? "" : std::string(it->name);
}

}  // namespace moru::model
