#include "text/tokenizer_json.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/language.h"
#include "text/byte_level.h"
#include "text/tokenizer_json_reader.h"

namespace moru::text {

void TokenizerJsonReader::fail(std::string_view where, const std::string& problem) const {
  throw Error(fmt::format("{}: {}", place_, where), problem,
              std::string(tr("use an undamaged tokenizer.json of a BPE tokenizer over bytes or characters",
                             "바이트나 글자 단위 BPE 토크나이저의 손상되지 않은 tokenizer.json을 쓰세요")));
}

void TokenizerJsonReader::unlike(std::string_view where, std::string_view expected) const {
  fail(where, fmt::format(fmt::runtime(tr("expected {}", "{} 값이어야 합니다")), expected));
}

const Json* TokenizerJsonReader::member(const Json& parent, const char* key) {
  if (!parent.is_object()) return nullptr;
  const auto it = parent.find(key);
  return it == parent.end() || it->is_null() ? nullptr : &*it;
}

const Json& TokenizerJsonReader::object(const Json& parent, const char* key, std::string_view where) const {
  const Json* value = member(parent, key);
  if (value == nullptr || !value->is_object()) unlike(where, tr("an object", "객체"));
  return *value;
}

std::string TokenizerJsonReader::type_of(const Json& value) {
  const Json* type = member(value, "type");
  return type != nullptr && type->is_string() ? type->get<std::string>() : std::string();
}

bool TokenizerJsonReader::flag(const Json& parent, const char* key, bool otherwise, std::string_view where) const {
  const Json* value = member(parent, key);
  if (value == nullptr) return otherwise;
  if (!value->is_boolean()) unlike(fmt::format("{}.{}", where, key), "true, false");
  return value->get<bool>();
}

std::string TokenizerJsonReader::text(const Json& parent, const char* key, std::string_view where) const {
  const Json* value = member(parent, key);
  if (value == nullptr || !value->is_string()) unlike(fmt::format("{}.{}", where, key), tr("a text", "글"));
  return value->get<std::string>();
}

Token TokenizerJsonReader::id(const Json& value, std::string_view where) const {
  if (!value.is_number_integer()) unlike(where, tr("a whole number", "정수"));
  // No list of tokens is as long as this; the exact bound is checked when all are known.
  if (value < 0 || value >= (1 << 30)) unlike(where, tr("an id within the vocabulary", "어휘 범위 안의 번호"));
  return value.get<Token>();
}

namespace {

constexpr size_t kLongestAdded = 1024;  // Bytes; bounds the search for added tokens.

class Reader : TokenizerJsonReader {
 public:
  using TokenizerJsonReader::TokenizerJsonReader;

  TokenizerParts read(const Json& root) {
    if (!root.is_object()) unlike("", tr("an object", "객체"));
    read_pipeline(*this, root, parts_.pipeline);
    const Json& model = object(root, "model", "model");
    check_model(model);
    const Json& vocabulary = object(model, "vocab", "model.vocab");
    read_added(root);
    read_vocabulary(vocabulary);
    read_merges(model);
    read_options(model);
    return std::move(parts_);
  }

 private:
  void must_be_off(const Json& parent, const char* key, std::string_view where) const {
    const Json* value = member(parent, key);
    if (value != nullptr && *value != false && *value != 0 && *value != "") {
      unlike(fmt::format("{}.{}", where, key), "null");
    }
  }

  void check_model(const Json& model) const {
    if (!type_of(model).empty() && type_of(model) != "BPE") unlike("model.type", "BPE");
    for (const char* key : {"dropout", "continuing_subword_prefix", "end_of_word_suffix"}) {
      must_be_off(model, key, "model");
    }
  }

  void read_added(const Json& root) {
    const Json* list = member(root, "added_tokens");
    if (list == nullptr) return;
    if (!list->is_array()) unlike("added_tokens", tr("an array", "배열"));
    for (size_t i = 0; i < list->size(); ++i) {
      const Json& entry = (*list)[i];
      const std::string where = fmt::format("added_tokens[{}]", i);
      const Json* number = member(entry, "id");
      if (number == nullptr) unlike(where + ".id", tr("a whole number", "정수"));
      AddedToken& token = parts_.added.emplace_back();
      token.id = id(*number, where + ".id");
      token.text = text(entry, "content", where);
      if (token.text.empty() || token.text.size() > kLongestAdded) {
        unlike(where + ".content", tr("a text of 1 to 1,024 bytes", "1~1,024바이트의 글"));
      }
      token.special = flag(entry, "special", false, where);
      token.normalized = flag(entry, "normalized", !token.special, where);
      token.lstrip = flag(entry, "lstrip", false, where);
      token.rstrip = flag(entry, "rstrip", false, where);
      token.single_word = flag(entry, "single_word", false, where);
      token.in_vocabulary = false;
    }
    std::ranges::sort(parts_.added, {}, &AddedToken::id);
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

  /// Ids may leave holes, but not so many that a short file asks for much memory.
  size_t most_ids(const Json& vocabulary) const { return 2 * (vocabulary.size() + parts_.added.size()) + 1024; }

  void read_vocabulary(const Json& vocabulary) {
    std::unordered_map<Token, AddedToken*> added;
    std::unordered_map<std::string_view, Token> added_by_text;
    size_t total = 0;
    const auto count = [&](Token token, std::string_view where) {
      total = std::max(total, static_cast<size_t>(token) + 1);
      if (total <= most_ids(vocabulary)) return;
      fail(where, fmt::format(fmt::runtime(tr("the id {} is out of range: there are {} tokens",
                                              "번호 {}이(가) 범위를 벗어났습니다. 토큰은 {}개입니다")),
                              token, vocabulary.size() + parts_.added.size()));
    };
    for (AddedToken& token : parts_.added) {
      added.emplace(token.id, &token);
      added_by_text.emplace(token.text, token.id);
      count(token.id, "added_tokens");
    }
    by_name_.reserve(vocabulary.size());
    for (const auto& [text, value] : vocabulary.items()) {
      const std::string where = fmt::format("model.vocab[\"{}\"]", text);
      const Token token = id(value, where);
      count(token, where);
      by_name_.emplace(text, token);
    }
    parts_.bytes.resize(total);
    std::vector<bool> seen(total);
    for (const AddedToken& token : parts_.added) parts_.bytes[static_cast<size_t>(token.id)] = token.text;
    const bool is_byte_level = parts_.pipeline.is_byte_level();
    for (const auto& [text, token] : by_name_) {
      const auto index = static_cast<size_t>(token);
      const auto where = [&text = text] { return fmt::format("model.vocab[\"{}\"]", text); };
      if (seen[index]) {
        fail("model.vocab",
             fmt::format(fmt::runtime(tr("two tokens have the id {}", "번호 {}이(가) 두 번 나옵니다")), token));
      }
      seen[index] = true;
      if (const auto it = added_by_text.find(text); it != added_by_text.end() && it->second != token) {
        fail(where(), fmt::format(fmt::runtime(tr("an added token of this text has the id {}",
                                                  "같은 글의 추가된 토큰은 번호가 {}입니다")),
                                  it->second));
      }
      if (const auto it = added.find(token); it != added.end()) {
        if (it->second->text != text) {
          fail(where(), fmt::format(fmt::runtime(tr("the id {} is that of the added token \"{}\"",
                                                    "번호 {}은(는) 추가된 토큰 \"{}\"의 것입니다")),
                                    token, it->second->text));
        }
        it->second->in_vocabulary = true;
        continue;
      }
      if (text.empty()) fail(where(), std::string(tr("a token without text", "글이 없는 토큰입니다")));
      std::optional<std::string> bytes;
      if (is_byte_level) bytes = from_byte_level(text);
      if (is_byte_level && !bytes) {
        parts_.literal.resize(total);
        parts_.literal[index] = true;
      }
      parts_.bytes[index] = bytes ? *std::move(bytes) : text;
    }
  }

  Token merge_token(const std::string& text, const std::string& where) const {
    const auto it = by_name_.find(text);
    if (it == by_name_.end()) {
      fail(where,
           fmt::format(fmt::runtime(tr("\"{}\" is not in the vocabulary", "\"{}\" 토큰이 어휘에 없습니다")), text));
    }
    return it->second;
  }

  void read_merges(const Json& model) {
    const Json* list = member(model, "merges");
    if (list == nullptr || !list->is_array()) unlike("model.merges", tr("an array", "배열"));
    std::unordered_map<uint64_t, size_t> last;  // Of a pair that is there twice the later place counts.
    parts_.merges.reserve(list->size());
    last.reserve(list->size());
    bool is_twice = false;
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
      const auto [it, is_new] = last.try_emplace((static_cast<uint64_t>(a) << 32) | static_cast<uint32_t>(b), i);
      is_twice = is_twice || !is_new;
      it->second = i;
    }
    if (!is_twice) return;
    size_t i = 0;
    std::erase_if(parts_.merges, [&](const BpeMerge& merge) {
      return last.at((static_cast<uint64_t>(merge.left) << 32) | static_cast<uint32_t>(merge.right)) != i++;
    });
  }

  void read_options(const Json& model) {
    TokenizerPipeline& pipeline = parts_.pipeline;
    pipeline.byte_fallback = flag(model, "byte_fallback", false, "model");
    pipeline.fuse_unk = flag(model, "fuse_unk", false, "model");
    pipeline.ignore_merges = flag(model, "ignore_merges", false, "model");
    if (member(model, "unk_token") != nullptr) {
      const std::string name = text(model, "unk_token", "model");
      const auto it = by_name_.find(name);
      if (it != by_name_.end()) pipeline.unknown = it->second;
      for (const AddedToken& token : parts_.added) {
        if (token.text == name) pipeline.unknown = token.id;
      }
    }
    for (const Token token : pipeline.before) check_template(token);
    for (const Token token : pipeline.after) check_template(token);
  }
  void check_template(Token token) const {
    if (static_cast<size_t>(token) >= parts_.bytes.size()) {
      unlike("post_processor", tr("an id within the vocabulary", "어휘 범위 안의 번호"));
    }
  }

  TokenizerParts parts_;
  std::unordered_map<std::string, Token> by_name_;
};

}  // namespace

TokenizerParts read_tokenizer_json(std::string_view text, std::string_view place) {
  return Reader(place).read(parse_json(text, place));
}

}  // namespace moru::text
