// tokenizer.json from GGUF's arrays.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/json.h"
#include "core/language.h"
#include "model/gguf_pretokenizer.h"
#include "model/gguf_tokenizer.h"

namespace moru::model {
namespace {

constexpr int64_t kUnknown = 2, kControl = 3, kUserDefined = 4, kUnused = 5;
constexpr size_t kLongestMerged = 512;  // bytes; splitting a token everywhere takes time by the square of its length

class Importer {
 public:
  explicit Importer(const GgufFile& gguf) : gguf_(gguf), tokens_(gguf.texts("tokenizer.ggml.tokens")) {}

  std::string json() {
    read_vocabulary();
    const std::string kind = gguf_.text_or("tokenizer.ggml.model", "");
    if (kind == "gpt2") {
      bytes();
    } else if (kind == "llama") {
      characters();
    } else {
      fail("tokenizer.ggml.model", fmt::format(fmt::runtime(tr("tokenizers of the kind \"{}\" are not read",
                                                               "\"{}\" 방식의 토크나이저는 읽지 않습니다")),
                                               kind));
    }
    const Json root = {{"version", "1.0"},
                       {"truncation", nullptr},
                       {"padding", nullptr},
                       {"added_tokens", added_},
                       {"normalizer", normalizer_},
                       {"pre_tokenizer", pre_tokenizer_},
                       {"post_processor", post_processor()},
                       {"decoder", decoder_},
                       {"model", model_}};
    return dump_json(root, 1) + "\n";
  }

 private:
  [[noreturn]] void fail(std::string_view key, const std::string& problem) const {
    throw Error(fmt::format("{}: {}", gguf_.place(), key), problem,
                std::string(tr("use the model's Hugging Face folder, or another file of it",
                               "모델의 Hugging Face 폴더나 다른 파일을 쓰세요")));
  }

  void read_vocabulary() {
    std::vector<int64_t> types(tokens_.size(), 1);
    if (gguf_.has("tokenizer.ggml.token_type")) types = gguf_.integers("tokenizer.ggml.token_type");
    if (types.size() != tokens_.size())
      fail("tokenizer.ggml.token_type", std::string(tr("not as many as tokens", "토큰 수와 다릅니다")));
    // What only fills the table up to the model's size is no token.
    size_t count = tokens_.size();
    while (count > 0 && types[count - 1] == kUnused) --count;
    Json& vocabulary = model_["vocab"];
    vocabulary = Json::object();
    for (size_t id = 0; id < count; ++id) {
      const int64_t type = types[id];
      if (type == kControl || type == kUserDefined || type == kUnknown)
        added_.push_back({{"id", id},
                          {"content", tokens_[id]},
                          {"single_word", false},
                          {"lstrip", false},
                          {"rstrip", false},
                          {"normalized", false},
                          {"special", type != kUserDefined}});
      if (!vocabulary.emplace(tokens_[id], id).second && type != kUnused)
        fail("tokenizer.ggml.tokens",
             fmt::format(fmt::runtime(tr("the token \"{}\" is there twice", "토큰 \"{}\"이(가) 두 번 나옵니다")),
                         tokens_[id]));
    }
  }

  void bytes() {
    const std::string name = gguf_.text_or("tokenizer.ggml.pre", "default");
    bool ignore_merges = false;
    if (!pretokenizer_of_gguf(name, normalizer_, pre_tokenizer_, ignore_merges))
      fail("tokenizer.ggml.pre",
           fmt::format(fmt::runtime(tr("the way to split text \"{}\" is not known", "분할 방식 \"{}\"을(를) 모릅니다")),
                       name));
    decoder_ = {{"type", "ByteLevel"}, {"add_prefix_space", true}, {"trim_offsets", true}, {"use_regex", true}};
    Json merges = Json::array();
    for (const std::string& merge : gguf_.texts("tokenizer.ggml.merges")) {
      const size_t space = merge.find(' ', 1);
      if (space == std::string::npos || space + 1 == merge.size())
        fail("tokenizer.ggml.merges",
             fmt::format(fmt::runtime(tr("\"{}\" is no pair of tokens", "\"{}\"은(는) 토큰 쌍이 아닙니다")), merge));
      merges.push_back({merge.substr(0, space), merge.substr(space + 1)});
    }
    complete_model(std::move(merges), false, ignore_merges);
  }

  void characters() {
    const std::vector<double> scores = read_scores();
    const bool prefix = gguf_.integer_or("tokenizer.ggml.add_space_prefix", 1) != 0;
    const Json replace = {{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", "\u2581"}};
    normalizer_ = replace;
    if (prefix)
      normalizer_ = {{"type", "Sequence"},
                     {"normalizers", Json::array({{{"type", "Prepend"}, {"prepend", "\u2581"}}, replace})}};
    Json decoders = Json::array({{{"type", "Replace"}, {"pattern", {{"String", "\u2581"}}}, {"content", " "}},
                                 {{"type", "ByteFallback"}},
                                 {{"type", "Fuse"}}});
    if (prefix) decoders.push_back({{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}});
    decoder_ = {{"type", "Sequence"}, {"decoders", decoders}};
    complete_model(merges_from(scores), true, false);
  }

  std::vector<double> read_scores() const {
    constexpr const char* kKey = "tokenizer.ggml.scores";
    if (!gguf_.has(kKey)) fail(kKey, std::string(tr("it is missing", "없습니다")));
    const auto* scores = std::get_if<std::vector<double>>(&gguf_.metadata().find(kKey)->second.elements);
    if (scores == nullptr || scores->size() != tokens_.size())
      fail(kKey, std::string(tr("not as many as tokens", "토큰 수와 다릅니다")));
    return *scores;
  }

  /// SentencePiece joins the two neighbours that make the token of the highest score: so every way to make a token of
  /// two others is a merge, in the order of the scores.
  Json merges_from(const std::vector<double>& scores) const {
    struct Merge {
      double score;
      size_t id, left, right, cut;
    };
    const Json& vocabulary = model_["vocab"];
    std::unordered_map<std::string_view, size_t> ids;
    for (const auto& item : vocabulary.items()) ids.emplace(item.key(), item.value().get<size_t>());
    std::vector<Merge> merges;
    for (size_t id = 0; id < tokens_.size(); ++id) {
      const std::string_view token = tokens_[id];
      if (token.size() > kLongestMerged || !ids.contains(token)) continue;
      for (size_t cut = 1; cut < token.size(); ++cut) {
        if ((static_cast<unsigned char>(token[cut]) & 0xC0) == 0x80) continue;  // inside a character
        const auto left = ids.find(token.substr(0, cut)), right = ids.find(token.substr(cut));
        if (left != ids.end() && right != ids.end())
          merges.push_back({scores[id], id, left->second, right->second, cut});
      }
    }
    std::ranges::sort(merges, [](const Merge& a, const Merge& b) {
      if (a.score != b.score) return a.score > b.score;
      return std::tuple(a.id, a.left, a.right) < std::tuple(b.id, b.left, b.right);
    });
    Json list = Json::array();
    for (const Merge& merge : merges)
      list.push_back({tokens_[merge.id].substr(0, merge.cut), tokens_[merge.id].substr(merge.cut)});
    return list;
  }

  void complete_model(Json merges, bool byte_fallback, bool ignore_merges) {
    const int64_t unknown = gguf_.integer_or("tokenizer.ggml.unknown_token_id", -1);
    const bool has_unknown = byte_fallback && unknown >= 0 && static_cast<size_t>(unknown) < tokens_.size();
    model_.update({{"type", "BPE"},
                   {"dropout", nullptr},
                   {"unk_token", has_unknown ? Json(tokens_[static_cast<size_t>(unknown)]) : Json()},
                   {"continuing_subword_prefix", nullptr},
                   {"end_of_word_suffix", nullptr},
                   {"fuse_unk", byte_fallback},
                   {"byte_fallback", byte_fallback},
                   {"ignore_merges", ignore_merges},
                   {"merges", std::move(merges)}});
  }

  /// Puts the beginning's and the end's token around a text where the file says so.
  Json post_processor() const {
    const bool characters = model_.value("byte_fallback", false);
    const std::pair<const char*, bool> ends[] = {
        {"bos", gguf_.integer_or("tokenizer.ggml.add_bos_token", characters ? 1 : 0) != 0},
        {"eos", gguf_.integer_or("tokenizer.ggml.add_eos_token", 0) != 0}};
    Json single = Json::array(), pair = Json::array(), special = Json::object();
    single.push_back({{"Sequence", {{"id", "A"}, {"type_id", 0}}}});
    pair.push_back({{"Sequence", {{"id", "A"}, {"type_id", 0}}}});
    pair.push_back({{"Sequence", {{"id", "B"}, {"type_id", 0}}}});
    for (const auto& [name, wanted] : ends) {
      const int64_t id = gguf_.integer_or(fmt::format("tokenizer.ggml.{}_token_id", name), -1);
      if (!wanted || id < 0 || static_cast<size_t>(id) >= tokens_.size()) continue;
      const std::string& token = tokens_[static_cast<size_t>(id)];
      const Json piece = {{"SpecialToken", {{"id", token}, {"type_id", 0}}}};
      for (Json* list : {&single, &pair})
        list->insert(name == std::string_view("bos") ? list->begin() : list->end(), piece);
      special[token] = {{"id", token}, {"ids", {id}}, {"tokens", {token}}};
    }
    if (special.empty()) return nullptr;
    return {{"type", "TemplateProcessing"}, {"single", single}, {"pair", pair}, {"special_tokens", special}};
  }

  const GgufFile& gguf_;
  const std::vector<std::string>& tokens_;
  Json added_ = Json::array(), model_ = Json::object(), normalizer_, pre_tokenizer_, decoder_;
};

}  // namespace

std::string tokenizer_json_from_gguf(const GgufFile& gguf) {
  return Importer(gguf).json();
}

}  // namespace moru::model
