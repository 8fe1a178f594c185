#include "text/tokenizer_json.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/language.h"
#include "text/tokenizer_json_document.h"
#include "text/tokenizer_json_reader.h"
#include "text/vocabulary_index.h"

namespace moru::text {

// No list of tokens is as long as this; the exact bound is checked when all are known.
constexpr int64_t kMostIds = int64_t{1} << 30;

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
  if (value < 0 || value >= kMostIds) unlike(where, tr("an id within the vocabulary", "어휘 범위 안의 번호"));
  return value.get<Token>();
}

namespace {

constexpr size_t kLongestAdded = 1024;  // Bytes; bounds the search for added tokens.

class Reader : TokenizerJsonReader {
 public:
  using TokenizerJsonReader::TokenizerJsonReader;

  TokenizerParts read(const TokenizerJsonDocument& document) {
    const Json& root = document.root();
    if (!root.is_object()) unlike("", tr("an object", "객체"));
    read_pipeline(*this, root, parts_.pipeline);
    const Json& model = object(root, "model", "model");
    check_model(model);
    if (!document.has_vocabulary()) unlike("model.vocab", tr("an object", "객체"));
    read_added(root);
    VocabularyIndex index(document.vocabulary().size());
    read_vocabulary(document.vocabulary(), index);
    if (!document.has_merges()) unlike("model.merges", tr("an array", "배열"));
    read_merges(document.merges(), index);
    read_options(model, index);
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

  void read_vocabulary(const std::vector<TokenizerJsonDocument::Entry>& vocabulary, VocabularyIndex& index) {
    std::unordered_map<Token, AddedToken*> added;
    std::unordered_map<std::string_view, Token> added_by_text;
    // Ids may leave holes, but not so many that a short file asks for much memory.
    const size_t known = vocabulary.size() + parts_.added.size(), most = 2 * known + 1024;
    size_t total = 0;
    const auto count = [&](Token token, const auto& where) {
      total = std::max(total, static_cast<size_t>(token) + 1);
      if (total <= most) return;
      fail(where(), fmt::format(fmt::runtime(tr("the id {} is out of range: there are {} tokens",
                                                "번호 {}이(가) 범위를 벗어났습니다. 토큰은 {}개입니다")),
                                token, known));
    };
    for (AddedToken& token : parts_.added) {
      added.emplace(token.id, &token);
      added_by_text.emplace(token.text, token.id);
      count(token.id, [] { return std::string("added_tokens"); });
    }
    for (const auto& [text, id, is_whole] : vocabulary) {
      const auto where = [&text = text] { return fmt::format("model.vocab[\"{}\"]", text); };
      if (!is_whole) unlike(where(), tr("a whole number", "정수"));
      if (id < 0 || id >= kMostIds) unlike(where(), tr("an id within the vocabulary", "어휘 범위 안의 번호"));
      count(static_cast<Token>(id), where);
      index.set(text, static_cast<Token>(id));
    }
    parts_.bytes.resize(total);
    std::vector<bool> seen(total);
    for (const AddedToken& token : parts_.added) parts_.bytes[static_cast<size_t>(token.id)] = token.text;
    index.for_each([&](std::string_view text, Token token) {
      const auto where = [&] { return fmt::format("model.vocab[\"{}\"]", text); };
      if (seen[static_cast<size_t>(token)]) {
        fail("model.vocab",
             fmt::format(fmt::runtime(tr("two tokens have the id {}", "번호 {}이(가) 두 번 나옵니다")), token));
      }
      seen[static_cast<size_t>(token)] = true;
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
        return;
      }
      if (text.empty()) fail(where(), std::string(tr("a token without text", "글이 없는 토큰입니다")));
      parts_.set_name(token, text);
    });
  }

  void read_merges(const std::vector<TokenizerJsonDocument::Merge>& list, const VocabularyIndex& index) {
    parts_.merges.reserve(list.size());
    std::string joined;
    for (size_t i = 0; i < list.size(); ++i) {
      const auto where = [&] { return fmt::format("model.merges[{}]", i); };
      const auto& [left, right, is_pair] = list[i];
      if (!is_pair) unlike(where(), tr("two tokens", "토큰 두 개"));
      const BpeMerge merge = {index.find(left), index.find(right), find_joined(index, left, right, joined)};
      if (merge.left < 0 || merge.right < 0 || merge.result < 0) {
        const std::string_view missing = merge.left < 0 ? left : merge.right < 0 ? right : joined;
        fail(where(), fmt::format(fmt::runtime(tr("\"{}\" is not in the vocabulary", "\"{}\" 토큰이 어휘에 없습니다")),
                                  missing));
      }
      parts_.merges.push_back(merge);
    }
    keep_last_of_equal(parts_.merges);
  }

  void read_options(const Json& model, const VocabularyIndex& index) {
    TokenizerPipeline& pipeline = parts_.pipeline;
    pipeline.byte_fallback = flag(model, "byte_fallback", false, "model");
    pipeline.fuse_unk = flag(model, "fuse_unk", false, "model");
    pipeline.ignore_merges = flag(model, "ignore_merges", false, "model");
    if (member(model, "unk_token") != nullptr) {
      const std::string name = text(model, "unk_token", "model");
      pipeline.unknown = index.find(name);
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
};

}  // namespace

TokenizerParts read_tokenizer_json(std::string_view text, std::string_view place) {
  return Reader(place).read(TokenizerJsonDocument(text, place));
}

}  // namespace moru::text
