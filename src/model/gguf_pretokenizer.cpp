#include "model/gguf_pretokenizer.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "text/pretokenizer.h"

namespace moru::model {
namespace {

// Patterns as published tokenizers have them; which name means which: llama.cpp's llama-vocab.cpp.
constexpr std::string_view kLlama3 =
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| "
    "?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|"
    "\\s+(?!\\S)|\\s+";
constexpr std::string_view kQwen2 =
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|"
    "\\s+(?!\\S)|\\s+";

enum class Split { gpt2, digits_gpt2, pattern };

struct Known {
  std::string_view name;
  Split split;
  std::string_view pattern = {};
  std::string_view normalizer = {};
  bool ignore_merges = false;
};

/// The first of several with one way to split is the one that is written; EXAONE's names go by the model.
const std::vector<Known>& known() {
  static const std::vector<Known> list = {
      {"llama-bpe", Split::pattern, kLlama3, {}, true},
      {"llama3", Split::pattern, kLlama3, {}, true},
      {"llama-v3", Split::pattern, kLlama3, {}, true},
      {"qwen2", Split::pattern, kQwen2, "NFC"},
      {"exaone-moe", Split::pattern, text::kPretokenizerPattern, "NFC"},
      {"smollm", Split::digits_gpt2},
      {"exaone", Split::digits_gpt2},
      {"starcoder", Split::digits_gpt2},
      {"gpt-2", Split::gpt2},
      {"exaone4", Split::gpt2, {}, "NFKC"},
      {"default", Split::gpt2},
  };
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

Json byte_level(bool use_regex) {
  return {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", use_regex}};
}

}  // namespace

std::string gguf_pretokenizer_name(const Json& tokenizer, std::string_view model_type) {
  const std::vector<Json> steps = steps_of(tokenizer, "pre_tokenizer");
  if (steps.empty() || type_of(steps.back()) != "ByteLevel")
    return tokenizer.contains("model") && tokenizer["model"].value("byte_fallback", false) ? std::string(kCharacters)
                                                                                           : "";
  const bool use_regex = steps.back().value("use_regex", true);
  std::optional<Split> split;
  std::string pattern;
  if (steps.size() == 1 && use_regex) split = Split::gpt2;
  if (steps.size() == 2 && type_of(steps[0]) == "Digits" && steps[0].value("individual_digits", false) && use_regex)
    split = Split::digits_gpt2;
  if (steps.size() == 2 && type_of(steps[0]) == "Split" && !use_regex && steps[0].contains("pattern")) {
    split = Split::pattern;
    pattern = steps[0]["pattern"].value("Regex", "");
  }
  if (!split) return "";
  if (*split == Split::gpt2 && model_type == "exaone4") return "exaone4";
  if (*split == Split::digits_gpt2 && model_type == "exaone") return "exaone";
  for (const Known& one : known())
    if (one.split == *split && one.pattern == pattern) return std::string(one.name);
  return "";
}

bool pretokenizer_of_gguf(std::string_view name, Json& normalizer, Json& pre_tokenizer, bool& ignore_merges) {
  for (const Known& one : known()) {
    if (one.name != name) continue;
    normalizer = one.normalizer.empty() ? Json() : Json({{"type", one.normalizer}});
    ignore_merges = one.ignore_merges;
    Json steps = Json::array();
    if (one.split == Split::digits_gpt2) steps.push_back({{"type", "Digits"}, {"individual_digits", true}});
    if (one.split == Split::pattern)
      steps.push_back(
          {{"type", "Split"}, {"pattern", {{"Regex", one.pattern}}}, {"behavior", "Isolated"}, {"invert", false}});
    steps.push_back(byte_level(one.split != Split::pattern));
    pre_tokenizer = steps.size() == 1 ? steps[0] : Json({{"type", "Sequence"}, {"pretokenizers", steps}});
    return true;
  }
  return false;
}

}  // namespace moru::model
