#include "text/tokenizer_json.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/json.h"
#include "core/language.h"
#include "text/byte_level.h"
#include "text/pretokenizer.h"

namespace moru::text {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view place) : place_(place) {}

  TokenizerParts read(const Json& root) {
    check_pipeline(root);
    const Json& model = object(root, "model", "model");
    check_model(model);
    const Json& vocabulary = object(model, "vocab", "model.vocab");
    read_added(root);
    read_vocabulary(vocabulary);
    read_merges(model);
    return std::move(parts_);
  }

 private:
  [[noreturn]] void fail(std::string_view where, const std::string& problem) const {
    throw Error(
        fmt::format("{}: {}", place_, where), problem,
        std::string(tr("use a tokenizer.json of a byte-level BPE tokenizer with K-EXAONE's pattern, undamaged",
                       "K-EXAONE 패턴을 쓰는 바이트 단위 BPE 토크나이저의 손상되지 않은 tokenizer.json을 쓰세요")));
  }
  [[noreturn]] void unlike(std::string_view where, std::string_view expected) const {
    fail(where, fmt::format(fmt::runtime(tr("expected {}", "{} 값이어야 합니다")), expected));
  }

  const Json& object(const Json& parent, const char* key, std::string_view where) const {
    const Json* value = member(parent, key);
    if (value == nullptr || !value->is_object()) unlike(where, tr("an object", "객체"));
    return *value;
  }
  /// The member, or nullptr if it is absent or null.
  static const Json* member(const Json& parent, const char* key) {
    if (!parent.is_object()) return nullptr;
    const auto it = parent.find(key);
    return it == parent.end() || it->is_null() ? nullptr : &*it;
  }
  static std::string type_of(const Json& value) {
    const Json* type = member(value, "type");
    return type != nullptr && type->is_string() ? type->get<std::string>() : std::string();
  }
  void must_be(const Json& parent, const char* key, const Json& expected, std::string_view where) const {
    const Json* value = member(parent, key);
    if (value == nullptr ? !expected.is_null() : *value != expected) {
      unlike(fmt::format("{}.{}", where, key), dump_json(expected));
    }
  }
  void must_be_off(const Json& parent, const char* key, std::string_view where) const {
    const Json* value = member(parent, key);
    if (value != nullptr && *value != false && *value != 0 && *value != "") {
      unlike(fmt::format("{}.{}", where, key), "null");
    }
  }

  void check_pipeline(const Json& root) const {
    if (!root.is_object()) unlike("", tr("an object", "객체"));
    const Json* normalizer = member(root, "normalizer");
    if (normalizer == nullptr || type_of(*normalizer) != "NFC") unlike("normalizer", "NFC");
    const Json& pre = object(root, "pre_tokenizer", "pre_tokenizer");
    const Json* list = member(pre, "pretokenizers");
    if (type_of(pre) != "Sequence" || list == nullptr || !list->is_array() || list->size() != 2) {
      unlike("pre_tokenizer", "Sequence[Split, ByteLevel]");
    }
    const Json& split = (*list)[0];
    const Json& byte_level = (*list)[1];
    if (type_of(split) != "Split") unlike("pre_tokenizer.pretokenizers[0]", "Split");
    must_be(split, "behavior", "Isolated", "pre_tokenizer.pretokenizers[0]");
    must_be_off(split, "invert", "pre_tokenizer.pretokenizers[0]");
    must_be(object(split, "pattern", "pre_tokenizer.pretokenizers[0].pattern"), "Regex",
            std::string(kPretokenizerPattern), "pre_tokenizer.pretokenizers[0].pattern");
    if (type_of(byte_level) != "ByteLevel") unlike("pre_tokenizer.pretokenizers[1]", "ByteLevel");
    must_be(byte_level, "add_prefix_space", false, "pre_tokenizer.pretokenizers[1]");
    must_be(byte_level, "use_regex", false, "pre_tokenizer.pretokenizers[1]");
    if (type_of(object(root, "decoder", "decoder")) != "ByteLevel") unlike("decoder", "ByteLevel");
    const Json* post = member(root, "post_processor");
    if (post != nullptr && type_of(*post) != "ByteLevel") unlike("post_processor", "null");
  }

  void check_model(const Json& model) const {
    if (!type_of(model).empty() && type_of(model) != "BPE") unlike("model.type", "BPE");
    for (const char* key :
         {"dropout", "continuing_subword_prefix", "end_of_word_suffix", "byte_fallback", "ignore_merges"}) {
      must_be_off(model, key, "model");
    }
  }

  Token read_id(const Json& value, const std::string& where) const {
    if (!value.is_number_integer()) unlike(where, tr("a whole number", "정수"));
    // No list of tokens is as long as this; the exact bound is checked when all are known.
    if (value < 0 || value >= (1 << 30)) unlike(where, tr("an id within the vocabulary", "어휘 범위 안의 번호"));
    return value.get<Token>();
  }

  void read_added(const Json& root) {
    const Json* list = member(root, "added_tokens");
    if (list == nullptr) return;
    if (!list->is_array()) unlike("added_tokens", tr("an array", "배열"));
    for (size_t i = 0; i < list->size(); ++i) {
      const Json& entry = (*list)[i];
      const std::string where = fmt::format("added_tokens[{}]", i);
      const Json* id = member(entry, "id");
      const Json* content = member(entry, "content");
      const Json* special = member(entry, "special");
      if (id == nullptr) unlike(where + ".id", tr("a whole number", "정수"));
      if (content == nullptr || !content->is_string() || content->get_ref<const std::string&>().empty()) {
        unlike(where + ".content", tr("a text", "글"));
      }
      if (special != nullptr && !special->is_boolean()) unlike(where + ".special", "true, false");
      // "normalized" may be either: it matters only where NFC makes a mark out of other characters.
      for (const char* key : {"single_word", "lstrip", "rstrip"}) must_be_off(entry, key, where);
      parts_.added.push_back(
          {read_id(*id, where + ".id"), content->get<std::string>(), special != nullptr && *special == true});
    }
    std::sort(parts_.added.begin(), parts_.added.end(),
              [](const AddedToken& a, const AddedToken& b) { return a.id < b.id; });
    std::map<std::string_view, Token> by_text;
    for (size_t i = 0; i < parts_.added.size(); ++i) {
      const AddedToken& token = parts_.added[i];
      if (i > 0 && parts_.added[i - 1].id == token.id) {
        fail("added_tokens",
             fmt::format(fmt::runtime(tr("two tokens have the id {}", "번호 {}이(가) 두 번 나옵니다")), token.id));
      }
      if (!by_text.emplace(token.text, token.id).second) {
        fail("added_tokens",
             fmt::format(fmt::runtime(tr("\"{}\" is there twice", "\"{}\" 토큰이 두 번 나옵니다")), token.text));
      }
    }
  }

  void read_vocabulary(const Json& vocabulary) {
    std::unordered_map<Token, const AddedToken*> added;
    for (const AddedToken& token : parts_.added) added.emplace(token.id, &token);
    size_t total = added.size();
    for (const auto& [text, id] : vocabulary.items()) {
      if (!added.contains(read_id(id, fmt::format("model.vocab[\"{}\"]", text)))) ++total;
    }
    parts_.bytes.resize(total);
    std::vector<bool> seen(total);
    const auto put = [&](Token id, std::string bytes, std::string_view where) {
      if (static_cast<size_t>(id) >= total) {
        fail(where, fmt::format(fmt::runtime(tr("the id {} is out of range: there are {} tokens",
                                                "번호 {}이(가) 범위를 벗어났습니다. 토큰은 {}개입니다")),
                                id, total));
      }
      if (seen[static_cast<size_t>(id)]) {
        fail(where, fmt::format(fmt::runtime(tr("two tokens have the id {}", "번호 {}이(가) 두 번 나옵니다")), id));
      }
      seen[static_cast<size_t>(id)] = true;
      parts_.bytes[static_cast<size_t>(id)] = std::move(bytes);
    };
    for (const AddedToken& token : parts_.added) put(token.id, token.text, "added_tokens");
    for (const auto& [text, value] : vocabulary.items()) {
      const Token id = value.get<Token>();
      const std::string where = fmt::format("model.vocab[\"{}\"]", text);
      if (const auto it = added.find(id); it != added.end()) {
        if (it->second->text == text) continue;
        fail(where, fmt::format(fmt::runtime(tr("the id {} is that of the added token \"{}\"",
                                                "번호 {}은(는) 추가된 토큰 \"{}\"의 것입니다")),
                                id, it->second->text));
      }
      std::optional<std::string> bytes = from_byte_level(text);
      if (!bytes || bytes->empty())
        unlike(where, tr("a token in the byte-level alphabet", "바이트 단위 문자로 된 토큰"));
      by_bytes_.emplace(*bytes, id);
      put(id, *std::move(bytes), where);
    }
    for (unsigned byte = 0; byte < 256; ++byte) {
      if (by_bytes_.contains(std::string(1, static_cast<char>(byte)))) continue;
      fail("model.vocab",
           fmt::format(fmt::runtime(tr("the byte 0x{:02X} has no token", "바이트 0x{:02X}의 토큰이 없습니다")), byte));
    }
  }

  Token merge_token(const std::string& text, const std::string& where) const {
    const std::optional<std::string> bytes = from_byte_level(text);
    const auto it = bytes ? by_bytes_.find(*bytes) : by_bytes_.end();
    if (it == by_bytes_.end()) {
      fail(where,
           fmt::format(fmt::runtime(tr("\"{}\" is not in the vocabulary", "\"{}\" 토큰이 어휘에 없습니다")), text));
    }
    return it->second;
  }

  void read_merges(const Json& model) {
    const Json* list = member(model, "merges");
    if (list == nullptr || !list->is_array()) unlike("model.merges", tr("an array", "배열"));
    parts_.merges.reserve(list->size());
    for (size_t i = 0; i < list->size(); ++i) {
      const Json& entry = (*list)[i];
      const std::string where = fmt::format("model.merges[{}]", i);
      std::string left, right;
      if (entry.is_array() && entry.size() == 2 && entry[0].is_string() && entry[1].is_string()) {
        left = entry[0].get<std::string>();
        right = entry[1].get<std::string>();
      } else if (entry.is_string()) {  // The older form: "left right"
        const auto& both = entry.get_ref<const std::string&>();
        const size_t space = both.find(' ');
        if (space == std::string::npos) unlike(where, tr("two tokens", "토큰 두 개"));
        left = both.substr(0, space);
        right = both.substr(space + 1);
      } else {
        unlike(where, tr("two tokens", "토큰 두 개"));
      }
      const Token a = merge_token(left, where), b = merge_token(right, where);
      parts_.merges.push_back({a, b, merge_token(left + right, where)});
    }
  }

  std::string place_;
  TokenizerParts parts_;
  std::unordered_map<std::string, Token> by_bytes_;
};

std::string json_string(std::string_view text) {
  return dump_json(Json(std::string(text)));
}

}  // namespace

TokenizerParts read_tokenizer_json(std::string_view text, std::string_view place) {
  return Reader(place).read(parse_json(text, place));
}

std::string write_tokenizer_json(const TokenizerParts& parts) {
  std::string out = "{\n  \"version\": \"1.0\",\n  \"truncation\": null,\n  \"padding\": null,\n  \"added_tokens\": [";
  const char* comma = "\n";
  std::vector<bool> is_added(parts.bytes.size());
  for (const AddedToken& token : parts.added) {
    is_added[static_cast<size_t>(token.id)] = true;
    out += fmt::format(
        "{}    {{\"id\": {}, \"content\": {}, \"single_word\": false, \"lstrip\": false, \"rstrip\": false, "
        "\"normalized\": false, "
        "\"special\": {}}}",
        comma, token.id, json_string(token.text), token.special);
    comma = ",\n";
  }
  out += fmt::format(
      "\n  ],\n  \"normalizer\": {{\"type\": \"NFC\"}},\n"
      "  \"pre_tokenizer\": {{\n    \"type\": \"Sequence\",\n    \"pretokenizers\": [\n"
      "      {{\"type\": \"Split\", \"pattern\": {{\"Regex\": {}}}, \"behavior\": \"Isolated\", \"invert\": false}},\n"
      "      {{\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"trim_offsets\": true, \"use_regex\": false}}\n  "
      "  ]\n  }},\n"
      "  \"post_processor\": null,\n"
      "  \"decoder\": {{\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"trim_offsets\": true, \"use_regex\": "
      "false}},\n"
      "  \"model\": {{\n    \"type\": \"BPE\",\n    \"dropout\": null,\n    \"unk_token\": null,\n"
      "    \"continuing_subword_prefix\": null,\n    \"end_of_word_suffix\": null,\n    \"fuse_unk\": false,\n"
      "    \"byte_fallback\": false,\n    \"ignore_merges\": false,\n    \"vocab\": {{",
      json_string(kPretokenizerPattern));
  comma = "\n";
  for (size_t id = 0; id < parts.bytes.size(); ++id) {
    out += fmt::format("{}      {}: {}", comma,
                       json_string(is_added[id] ? parts.bytes[id] : to_byte_level(parts.bytes[id])), id);
    comma = ",\n";
  }
  out += "\n    },\n    \"merges\": [";
  comma = "\n";
  const auto name = [&](Token token) { return json_string(to_byte_level(parts.bytes[static_cast<size_t>(token)])); };
  for (const BpeMerge& merge : parts.merges) {
    out += fmt::format("{}      [{}, {}]", comma, name(merge.left), name(merge.right));
    comma = ",\n";
  }
  out += "\n    ]\n  }\n}\n";
  return out;
}

}  // namespace moru::text
