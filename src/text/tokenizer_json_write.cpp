// tokenizer.json, written: one token and one merge a line, parts in Hugging Face's order.
#include <nlohmann/json.hpp>

#include "core/json.h"
#include "text/tokenizer_json.h"

namespace moru::text {
namespace {

std::string json_text_of(std::string_view text) {
  return dump_json(Json(std::string(text)));
}

std::string pattern_json(const TextPattern& pattern) {
  return fmt::format("{{\"{}\": {}}}", pattern.is_regex ? "Regex" : "String", json_text_of(pattern.text));
}

std::string step_json(const NormalizerStep& step) {
  using Kind = NormalizerStep::Kind;
  switch (step.kind) {
    case Kind::nfc:
      return R"({"type": "NFC"})";
    case Kind::nfd:
      return R"({"type": "NFD"})";
    case Kind::nfkc:
      return R"({"type": "NFKC"})";
    case Kind::nfkd:
      return R"({"type": "NFKD"})";
    case Kind::lowercase:
      return R"({"type": "Lowercase"})";
    case Kind::strip_accents:
      return R"({"type": "StripAccents"})";
    case Kind::strip:
      return fmt::format(R"({{"type": "Strip", "strip_left": {}, "strip_right": {}}})", step.left, step.right);
    case Kind::prepend:
      return fmt::format(R"({{"type": "Prepend", "prepend": {}}})", json_text_of(step.content));
    case Kind::replace:
      break;
  }
  return fmt::format(R"({{"type": "Replace", "pattern": {}, "content": {}}})", pattern_json(step.pattern),
                     json_text_of(step.content));
}

const char* behavior_name(SplitBehavior behavior) {
  switch (behavior) {
    case SplitBehavior::removed:
      return "Removed";
    case SplitBehavior::isolated:
      return "Isolated";
    case SplitBehavior::merged_with_previous:
      return "MergedWithPrevious";
    case SplitBehavior::merged_with_next:
      return "MergedWithNext";
    case SplitBehavior::contiguous:
      break;
  }
  return "Contiguous";
}

const char* prepend_name(PretokenizerStep::Prepend prepend) {
  switch (prepend) {
    case PretokenizerStep::Prepend::always:
      return "always";
    case PretokenizerStep::Prepend::first:
      return "first";
    case PretokenizerStep::Prepend::never:
      break;
  }
  return "never";
}

std::string byte_level_json(bool add_prefix_space, bool use_regex) {
  return fmt::format(R"({{"type": "ByteLevel", "add_prefix_space": {}, "trim_offsets": true, "use_regex": {}}})",
                     add_prefix_space, use_regex);
}

std::string step_json(const PretokenizerStep& step) {
  using Kind = PretokenizerStep::Kind;
  switch (step.kind) {
    case Kind::byte_level:
      return byte_level_json(step.add_prefix_space, step.use_regex);
    case Kind::split:
      return fmt::format(R"({{"type": "Split", "pattern": {}, "behavior": "{}", "invert": {}}})",
                         pattern_json(step.pattern), behavior_name(step.behavior), step.invert);
    case Kind::digits:
      return fmt::format(R"({{"type": "Digits", "individual_digits": {}}})", step.individual);
    case Kind::metaspace:
      return fmt::format(R"({{"type": "Metaspace", "replacement": {}, "prepend_scheme": "{}", "split": {}}})",
                         json_text_of(step.replacement), prepend_name(step.prepend), step.split);
    case Kind::whitespace:
      return R"({"type": "Whitespace"})";
    case Kind::whitespace_split:
      return R"({"type": "WhitespaceSplit"})";
    case Kind::punctuation:
      break;
  }
  return fmt::format(R"({{"type": "Punctuation", "behavior": "{}"}})", behavior_name(step.behavior));
}

std::string step_json(const DecoderStep& step) {
  using Kind = DecoderStep::Kind;
  switch (step.kind) {
    case Kind::byte_level:
      return byte_level_json(false, false);
    case Kind::replace:
      return fmt::format(R"({{"type": "Replace", "pattern": {}, "content": {}}})", pattern_json(step.pattern),
                         json_text_of(step.content));
    case Kind::byte_fallback:
      return R"({"type": "ByteFallback"})";
    case Kind::fuse:
      return R"({"type": "Fuse"})";
    case Kind::strip:
      return fmt::format(R"({{"type": "Strip", "content": {}, "start": {}, "stop": {}}})", json_text_of(step.content),
                         step.start, step.stop);
    case Kind::metaspace:
      break;
  }
  return fmt::format(R"({{"type": "Metaspace", "replacement": {}, "prepend_scheme": "{}", "split": true}})",
                     json_text_of(step.replacement), prepend_name(step.prepend));
}

/// null, the one step, or a Sequence of them.
template <class Step>
std::string steps_json(const std::vector<Step>& steps, const char* list_key) {
  if (steps.empty()) return "null";
  if (steps.size() == 1) return step_json(steps[0]);
  std::string out = fmt::format("{{\n    \"type\": \"Sequence\",\n    \"{}\": [", list_key);
  const char* comma = "\n";
  for (const Step& step : steps) {
    out += fmt::format("{}      {}", comma, step_json(step));
    comma = ",\n";
  }
  return out + "\n    ]\n  }";
}

std::string template_json(const TokenizerParts& parts) {
  const TokenizerPipeline& pipeline = parts.pipeline;
  if (pipeline.before.empty() && pipeline.after.empty()) return "null";
  const auto special = [&](Token token, int type) {
    return fmt::format(R"({{"SpecialToken": {{"id": {}, "type_id": {}}}}})", json_text_of(parts.name(token)), type);
  };
  std::string single, pair, list;
  const auto append = [](std::string& to, const std::string& piece) { to += (to.empty() ? "" : ", ") + piece; };
  for (const int type : {0, 1}) {
    std::string one;
    for (const Token token : pipeline.before) append(one, special(token, type));
    append(one, fmt::format(R"({{"Sequence": {{"id": "{}", "type_id": {}}}}})", type == 0 ? "A" : "B", type));
    for (const Token token : pipeline.after) append(one, special(token, type));
    if (type == 0) single = one;
    append(pair, one);
  }
  std::map<std::string, Token> tokens;
  for (const Token token : pipeline.before) tokens.emplace(parts.name(token), token);
  for (const Token token : pipeline.after) tokens.emplace(parts.name(token), token);
  for (const auto& [name, token] : tokens) {
    append(list, fmt::format(R"({0}: {{"id": {0}, "ids": [{1}], "tokens": [{0}]}})", json_text_of(name), token));
  }
  return fmt::format(
      "{{\n    \"type\": \"TemplateProcessing\",\n    \"single\": [{}],\n    \"pair\": [{}],\n    \"special_tokens\": "
      "{{{}}}\n  }}",
      single, pair, list);
}

std::string model_options_json(const TokenizerParts& parts) {
  const TokenizerPipeline& pipeline = parts.pipeline;
  return fmt::format(
      "    \"type\": \"BPE\",\n    \"dropout\": null,\n    \"unk_token\": {},\n"
      "    \"continuing_subword_prefix\": null,\n    \"end_of_word_suffix\": null,\n    \"fuse_unk\": {},\n"
      "    \"byte_fallback\": {},\n    \"ignore_merges\": {},\n",
      pipeline.unknown < 0 ? "null" : json_text_of(parts.name(pipeline.unknown)), pipeline.fuse_unk,
      pipeline.byte_fallback, pipeline.ignore_merges);
}

}  // namespace

std::string write_tokenizer_json(const TokenizerParts& parts) {
  std::string out = "{\n  \"version\": \"1.0\",\n  \"truncation\": null,\n  \"padding\": null,\n  \"added_tokens\": [";
  const char* comma = "\n";
  std::vector<bool> is_absent(parts.bytes.size());
  for (const AddedToken& token : parts.added) {
    is_absent[static_cast<size_t>(token.id)] = !token.in_vocabulary;
    out += fmt::format(
        "{}    {{\"id\": {}, \"content\": {}, \"single_word\": {}, \"lstrip\": {}, \"rstrip\": {}, \"normalized\": {}, "
        "\"special\": {}}}",
        comma, token.id, json_text_of(token.text), token.single_word, token.lstrip, token.rstrip, token.normalized,
        token.special);
    comma = ",\n";
  }
  const TokenizerPipeline& pipeline = parts.pipeline;
  out += fmt::format(
      "\n  ],\n  \"normalizer\": {},\n  \"pre_tokenizer\": {},\n  \"post_processor\": {},\n  \"decoder\": {},\n"
      "  \"model\": {{\n{}    \"vocab\": {{",
      steps_json(pipeline.normalizer, "normalizers"), steps_json(pipeline.pretokenizer, "pretokenizers"),
      template_json(parts), steps_json(pipeline.decoder, "decoders"), model_options_json(parts));
  comma = "\n";
  for (size_t id = 0; id < parts.bytes.size(); ++id) {
    if (parts.bytes[id].empty() || is_absent[id]) continue;
    out += fmt::format("{}      {}: {}", comma, json_text_of(parts.name(static_cast<Token>(id))), id);
    comma = ",\n";
  }
  out += "\n    },\n    \"merges\": [";
  comma = "\n";
  for (const BpeMerge& merge : parts.merges) {
    out += fmt::format("{}      [{}, {}]", comma, json_text_of(parts.name(merge.left)),
                       json_text_of(parts.name(merge.right)));
    comma = ",\n";
  }
  out += "\n    ]\n  }\n}\n";
  return out;
}

}  // namespace moru::text
