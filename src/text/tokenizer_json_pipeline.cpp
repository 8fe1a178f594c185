// The parts of tokenizer.json around the model: normalizer, pre-tokenizer, post-processor, decoder.
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/language.h"
#include "text/pattern.h"
#include "text/pretokenizer.h"
#include "text/tokenizer_json_reader.h"
#include "text/unicode.h"

namespace moru::text {
namespace {

constexpr size_t kMostSteps = 64;
constexpr size_t kDeepest = 8;
constexpr size_t kLongestText = 1 << 16;

class PipelineReader {
 public:
  PipelineReader(const TokenizerJsonReader& reader, TokenizerPipeline& pipeline)
      : reader_(reader), pipeline_(pipeline) {}

  void read(const Json& root) {
    pipeline_.normalizer.clear();
    pipeline_.pretokenizer.clear();
    pipeline_.decoder.clear();
    each(root, "normalizer", "normalizers",
         [&](const Json& step, const std::string& where) { normalizer(step, where); });
    each(root, "pre_tokenizer", "pretokenizers",
         [&](const Json& step, const std::string& where) { pretokenizer(step, where); });
    each(root, "post_processor", "processors",
         [&](const Json& step, const std::string& where) { post_processor(step, where); });
    each(root, "decoder", "decoders", [&](const Json& step, const std::string& where) { decoder(step, where); });
  }

 private:
  using Use = std::function<void(const Json&, const std::string&)>;

  /// Calls `use` for the step, or for each one of a Sequence.
  void each(const Json& root, const char* key, const char* list_key, const Use& use) {
    const Json* step = TokenizerJsonReader::member(root, key);
    steps_ = 0;
    if (step != nullptr) flatten(*step, list_key, key, use, 0);
  }
  void flatten(const Json& step, const char* list_key, const std::string& where, const Use& use, size_t depth) {
    if (!step.is_object()) reader_.unlike(where, tr("an object", "객체"));
    if (TokenizerJsonReader::type_of(step) != "Sequence") {
      if (++steps_ > kMostSteps) reader_.fail(where, std::string(tr("too many steps", "단계가 너무 많습니다")));
      use(step, where);
      return;
    }
    const Json* list = TokenizerJsonReader::member(step, list_key);
    if (list == nullptr || !list->is_array() || depth == kDeepest) {
      reader_.unlike(fmt::format("{}.{}", where, list_key), tr("an array", "배열"));
    }
    for (size_t i = 0; i < list->size(); ++i) {
      flatten((*list)[i], list_key, fmt::format("{}.{}[{}]", where, list_key, i), use, depth + 1);
    }
  }

  [[noreturn]] void unknown_kind(const Json& step, const std::string& where) const {
    reader_.fail(where, fmt::format(fmt::runtime(tr("the kind \"{}\" is not one that Moru runs",
                                                    "\"{}\" 종류는 모루가 실행하지 않습니다")),
                                    TokenizerJsonReader::type_of(step)));
  }

  TextPattern pattern(const Json& step, const std::string& where) const {
    const Json& value = reader_.object(step, "pattern", where + ".pattern");
    TextPattern pattern;
    pattern.is_regex = TokenizerJsonReader::member(value, "Regex") != nullptr;
    pattern.text = short_text(value, pattern.is_regex ? "Regex" : "String", where + ".pattern");
    if (pattern.is_regex) {
      try {
        if (!is_known_pattern(pattern.text)) Pattern{pattern.text};
      } catch (const Error& error) {
        reader_.fail(where + ".pattern", error.problem());
      }
    }
    return pattern;
  }
  std::string short_text(const Json& parent, const char* key, const std::string& where) const {
    std::string text = reader_.text(parent, key, where);
    if (text.size() > kLongestText) reader_.fail(where, std::string(tr("the text is too long", "글이 너무 깁니다")));
    return text;
  }
  /// A text of one character.
  std::string character(const Json& parent, const char* key, const std::string& where) const {
    std::string text = short_text(parent, key, where);
    if (text.empty() || count_code_points(text) != 1)
      reader_.unlike(where + "." + key, tr("one character", "글자 하나"));
    return text;
  }

  void normalizer(const Json& step, const std::string& where) {
    using Kind = NormalizerStep::Kind;
    static const std::map<std::string, Kind, std::less<>> kKinds = {
        {"NFC", Kind::nfc},         {"NFD", Kind::nfd},         {"NFKC", Kind::nfkc},
        {"NFKD", Kind::nfkd},       {"Strip", Kind::strip},     {"Lowercase", Kind::lowercase},
        {"Prepend", Kind::prepend}, {"Replace", Kind::replace}, {"StripAccents", Kind::strip_accents}};
    const auto kind = kKinds.find(TokenizerJsonReader::type_of(step));
    if (kind == kKinds.end()) unknown_kind(step, where);
    NormalizerStep& made = pipeline_.normalizer.emplace_back();
    made.kind = kind->second;
    if (made.kind == Kind::strip) {
      made.left = reader_.flag(step, "strip_left", true, where);
      made.right = reader_.flag(step, "strip_right", true, where);
    } else if (made.kind == Kind::prepend) {
      made.content = short_text(step, "prepend", where);
    } else if (made.kind == Kind::replace) {
      made.pattern = pattern(step, where);
      made.content = short_text(step, "content", where);
    }
  }

  SplitBehavior behavior(const Json& step, const std::string& where) const {
    static const std::map<std::string, SplitBehavior, std::less<>> kBehaviors = {
        {"Removed", SplitBehavior::removed},
        {"Isolated", SplitBehavior::isolated},
        {"MergedWithPrevious", SplitBehavior::merged_with_previous},
        {"MergedWithNext", SplitBehavior::merged_with_next},
        {"Contiguous", SplitBehavior::contiguous}};
    const auto found = kBehaviors.find(reader_.text(step, "behavior", where));
    if (found == kBehaviors.end()) {
      reader_.unlike(where + ".behavior", "Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous");
    }
    return found->second;
  }

  PretokenizerStep::Prepend prepend_scheme(const Json& step, const std::string& where) const {
    using Prepend = PretokenizerStep::Prepend;
    if (TokenizerJsonReader::member(step, "prepend_scheme") == nullptr) {  // The older form
      return reader_.flag(step, "add_prefix_space", true, where) ? Prepend::always : Prepend::never;
    }
    const std::string scheme = reader_.text(step, "prepend_scheme", where);
    if (scheme == "always") return Prepend::always;
    if (scheme == "first") return Prepend::first;
    if (scheme != "never") reader_.unlike(where + ".prepend_scheme", "always, first, never");
    return Prepend::never;
  }

  void pretokenizer(const Json& step, const std::string& where) {
    using Kind = PretokenizerStep::Kind;
    static const std::map<std::string, Kind, std::less<>> kKinds = {
        {"ByteLevel", Kind::byte_level},   {"Split", Kind::split},
        {"Digits", Kind::digits},          {"Metaspace", Kind::metaspace},
        {"Whitespace", Kind::whitespace},  {"WhitespaceSplit", Kind::whitespace_split},
        {"Punctuation", Kind::punctuation}};
    const auto kind = kKinds.find(TokenizerJsonReader::type_of(step));
    if (kind == kKinds.end()) unknown_kind(step, where);
    if (pipeline_.is_byte_level()) {
      reader_.fail(where, std::string(tr("a step after ByteLevel", "ByteLevel 뒤에 다른 단계가 있습니다")));
    }
    PretokenizerStep& made = pipeline_.pretokenizer.emplace_back();
    made.kind = kind->second;
    if (made.kind == Kind::byte_level) {
      made.add_prefix_space = reader_.flag(step, "add_prefix_space", true, where);
      made.use_regex = reader_.flag(step, "use_regex", true, where);
    } else if (made.kind == Kind::split) {
      made.pattern = pattern(step, where);
      made.behavior = behavior(step, where);
      made.invert = reader_.flag(step, "invert", false, where);
    } else if (made.kind == Kind::digits) {
      made.individual = reader_.flag(step, "individual_digits", false, where);
    } else if (made.kind == Kind::metaspace) {
      made.replacement = character(step, "replacement", where);
      made.prepend = prepend_scheme(step, where);
      made.split = reader_.flag(step, "split", true, where);
    } else if (made.kind == Kind::punctuation) {
      if (TokenizerJsonReader::member(step, "behavior") != nullptr) made.behavior = behavior(step, where);
    }
  }

  /// The ids that the template's special token stands for.
  void append_template_token(const Json& step, const std::string& name, std::vector<Token>& out,
                             const std::string& where) const {
    const Json& all = reader_.object(step, "special_tokens", where + ".special_tokens");
    const Json& token = reader_.object(all, name.c_str(), fmt::format("{}.special_tokens[\"{}\"]", where, name));
    const Json* ids = TokenizerJsonReader::member(token, "ids");
    if (ids == nullptr || !ids->is_array() || ids->size() > kMostSteps) {
      reader_.unlike(where + ".special_tokens", tr("an array", "배열"));
    }
    for (const Json& id : *ids) out.push_back(reader_.id(id, where + ".special_tokens"));
  }

  void post_processor(const Json& step, const std::string& where) {
    const std::string type = TokenizerJsonReader::type_of(step);
    if (type == "ByteLevel") return;  // Changes offsets only.
    if (type == "BertProcessing" || type == "RobertaProcessing") {
      for (const auto& [key, out] : {std::pair("cls", &pipeline_.before), std::pair("sep", &pipeline_.after)}) {
        const Json* pair = TokenizerJsonReader::member(step, key);
        if (pair == nullptr || !pair->is_array() || pair->size() != 2) {
          reader_.unlike(fmt::format("{}.{}", where, key), tr("a text and an id", "글과 번호"));
        }
        out->push_back(reader_.id((*pair)[1], fmt::format("{}.{}", where, key)));
      }
      return;
    }
    if (type != "TemplateProcessing") unknown_kind(step, where);
    const Json* single = TokenizerJsonReader::member(step, "single");
    if (single == nullptr || !single->is_array() || single->size() > kMostSteps) {
      reader_.unlike(where + ".single", tr("an array", "배열"));
    }
    std::vector<Token> before, after;
    bool is_after = false;
    for (size_t i = 0; i < single->size(); ++i) {
      const Json& piece = (*single)[i];
      const std::string at = fmt::format("{}.single[{}]", where, i);
      if (TokenizerJsonReader::member(piece, "Sequence") != nullptr) {
        if (is_after) reader_.fail(at, std::string(tr("the text stands twice", "글이 두 번 나옵니다")));
        is_after = true;
      } else {
        const std::string name = reader_.text(reader_.object(piece, "SpecialToken", at), "id", at);
        append_template_token(step, name, is_after ? after : before, where);
      }
    }
    if (!is_after) reader_.fail(where + ".single", std::string(tr("the text is missing", "글 자리가 없습니다")));
    // A processor later in a Sequence puts its tokens around those of the ones before.
    pipeline_.before.insert(pipeline_.before.begin(), before.begin(), before.end());
    pipeline_.after.insert(pipeline_.after.end(), after.begin(), after.end());
  }

  void decoder(const Json& step, const std::string& where) {
    using Kind = DecoderStep::Kind;
    static const std::map<std::string, Kind, std::less<>> kKinds = {{"ByteLevel", Kind::byte_level},
                                                                    {"Replace", Kind::replace},
                                                                    {"ByteFallback", Kind::byte_fallback},
                                                                    {"Fuse", Kind::fuse},
                                                                    {"Strip", Kind::strip},
                                                                    {"Metaspace", Kind::metaspace}};
    const auto kind = kKinds.find(TokenizerJsonReader::type_of(step));
    if (kind == kKinds.end()) unknown_kind(step, where);
    DecoderStep& made = pipeline_.decoder.emplace_back();
    made.kind = kind->second;
    if (made.kind == Kind::replace) {
      made.pattern = pattern(step, where);
      made.content = short_text(step, "content", where);
    } else if (made.kind == Kind::strip) {
      made.content = character(step, "content", where);
      made.start = count(step, "start", where);
      made.stop = count(step, "stop", where);
    } else if (made.kind == Kind::metaspace) {
      made.replacement = character(step, "replacement", where);
      made.prepend = prepend_scheme(step, where);
    }
  }
  uint32_t count(const Json& step, const char* key, const std::string& where) const {
    const Json* value = TokenizerJsonReader::member(step, key);
    if (value == nullptr) return 0;
    return static_cast<uint32_t>(reader_.id(*value, fmt::format("{}.{}", where, key)));
  }

  const TokenizerJsonReader& reader_;
  TokenizerPipeline& pipeline_;
  size_t steps_ = 0;
};

}  // namespace

void read_pipeline(const TokenizerJsonReader& reader, const Json& root, TokenizerPipeline& pipeline) {
  PipelineReader(reader, pipeline).read(root);
}

}  // namespace moru::text
