// A tokenizer from GGUF's arrays.
#include <algorithm>
#include <cmath>
#include <tuple>

#include "core/error.h"
#include "core/language.h"
#include "model/gguf_pretokenizer.h"
#include "model/gguf_tokenizer.h"
#include "text/tokenizer_json.h"
#include "text/vocabulary_index.h"

namespace moru::model {
namespace {

using text::Token;

constexpr int64_t kUnknown = 2, kControl = 3, kUserDefined = 4, kUnused = 5;
constexpr size_t kLongestMerged = 512;    // bytes; splitting a token everywhere takes time by the square of its length
constexpr size_t kMostMerges = 1U << 24;  // as many elements as a file's arrays may have
constexpr size_t kLongestAdded = 1024;    // bytes, as in a tokenizer.json
constexpr std::string_view kSpaceMark = "\u2581";

class Importer {
 public:
  explicit Importer(const GgufFile& gguf)
      : gguf_(gguf), tokens_(gguf.texts("tokenizer.ggml.tokens")), index_(tokens_.size()) {}

  text::TokenizerParts parts() {
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
    return std::move(parts_);
  }

 private:
  [[noreturn]] void fail(std::string_view key, const std::string& problem) const {
    throw Error(fmt::format("{}: {}", gguf_.place(), key), problem,
                std::string(tr("use the model's Hugging Face folder, or another file of it",
                               "모델의 Hugging Face 폴더나 다른 파일을 쓰세요")));
  }

  /// After the pipeline is known: it says how the vocabulary is written.
  void read_vocabulary() {
    static constexpr const char* kTypes = "tokenizer.ggml.token_type";
    std::vector<int64_t> types(tokens_.size(), 1);
    if (gguf_.has(kTypes)) types = gguf_.integers(kTypes);
    if (types.size() != tokens_.size()) fail(kTypes, std::string(tr("not as many as tokens", "토큰 수와 다릅니다")));
    // What only fills the table up to the model's size is no token.
    size_t count = tokens_.size();
    while (count > 0 && types[count - 1] == kUnused) --count;
    parts_.bytes.resize(count);
    for (size_t id = 0; id < count; ++id) {
      const std::string& token = tokens_[id];
      const auto number = static_cast<Token>(id);
      if (token.empty()) continue;
      if (index_.add(token, number) != number) {
        if (types[id] == kUnused) continue;
        fail("tokenizer.ggml.tokens",
             fmt::format(fmt::runtime(tr("the token \"{}\" is there twice", "토큰 \"{}\"이(가) 두 번 나옵니다")),
                         token));
      }
      const bool added = types[id] == kControl || types[id] == kUserDefined || types[id] == kUnknown;
      if (!added) {
        parts_.set_name(number, token);
        continue;
      }
      if (token.size() > kLongestAdded)
        fail("tokenizer.ggml.tokens", fmt::format(fmt::runtime(tr("the special token {} is longer than {} bytes",
                                                                  "특수 토큰 {}이(가) {}바이트보다 깁니다")),
                                                  id, kLongestAdded));
      parts_.bytes[id] = token;
      text::AddedToken& special = parts_.added.emplace_back();
      special.id = number;
      special.text = token;
      special.special = types[id] != kUserDefined;
    }
  }

  void bytes() {
    const std::string name = gguf_.text_or("tokenizer.ggml.pre", "default");
    text::TokenizerPipeline& pipeline = parts_.pipeline;
    const GgufPretokenizer* known = pretokenizer_of_gguf(name);
    if (known == nullptr)
      fail("tokenizer.ggml.pre",
           fmt::format(fmt::runtime(tr("the way to split text \"{}\" is not known", "분할 방식 \"{}\"을(를) 모릅니다")),
                       name));
    set_pretokenizer(*known, pipeline);
    pipeline.decoder.assign(1, {});
    read_vocabulary();
    const std::vector<std::string>& merges = gguf_.texts("tokenizer.ggml.merges");
    parts_.merges.reserve(merges.size());
    std::string joined;
    for (const std::string& merge : merges) {
      const size_t space = merge.find(' ', 1);
      if (space == std::string::npos || space + 1 == merge.size())
        fail("tokenizer.ggml.merges",
             fmt::format(fmt::runtime(tr("\"{}\" is no pair of tokens", "\"{}\"은(는) 토큰 쌍이 아닙니다")), merge));
      const auto left = std::string_view(merge).substr(0, space), right = std::string_view(merge).substr(space + 1);
      const text::BpeMerge made = {index_.find(left), index_.find(right), find_joined(index_, left, right, joined)};
      if (made.left < 0 || made.right < 0 || made.result < 0)
        fail("tokenizer.ggml.merges",
             fmt::format(fmt::runtime(tr("\"{}\" names what is no token", "\"{}\"에 토큰이 아닌 것이 있습니다")),
                         merge));
      parts_.merges.push_back(made);
    }
    keep_last_of_equal(parts_.merges);
    put_ends(known->begins ? 1 : 0, -1);
  }

  void characters() {
    const std::vector<double>& scores = read_scores();
    const bool prefix = gguf_.integer_or("tokenizer.ggml.add_space_prefix", 1) != 0;
    text::TokenizerPipeline& pipeline = parts_.pipeline;
    pipeline.pretokenizer.clear();
    pipeline.normalizer.clear();
    if (prefix) {
      text::NormalizerStep& prepend = pipeline.normalizer.emplace_back();
      prepend.kind = text::NormalizerStep::Kind::prepend;
      prepend.content = kSpaceMark;
    }
    text::NormalizerStep& replace = pipeline.normalizer.emplace_back();
    replace.kind = text::NormalizerStep::Kind::replace;
    replace.pattern.text = " ";
    replace.content = kSpaceMark;
    using Decode = text::DecoderStep::Kind;
    pipeline.decoder.clear();
    for (const Decode kind : {Decode::replace, Decode::byte_fallback, Decode::fuse, Decode::strip})
      if (kind != Decode::strip || prefix) pipeline.decoder.emplace_back().kind = kind;
    pipeline.decoder[0].pattern.text = kSpaceMark;
    pipeline.decoder[0].content = " ";
    if (prefix) {
      pipeline.decoder[3].content = " ";
      pipeline.decoder[3].start = 1;
    }
    pipeline.byte_fallback = pipeline.fuse_unk = true;
    read_vocabulary();
    const int64_t unknown = gguf_.integer_or("tokenizer.ggml.unknown_token_id", 0);
    if (is_token(unknown)) pipeline.unknown = static_cast<Token>(unknown);
    read_merges(scores);
    put_ends(1, 1);
  }

  const std::vector<double>& read_scores() const {
    constexpr const char* kKey = "tokenizer.ggml.scores";
    if (!gguf_.has(kKey)) fail(kKey, std::string(tr("it is missing", "없습니다")));
    const auto* scores = std::get_if<std::vector<double>>(&gguf_.metadata().find(kKey)->second.elements);
    if (scores == nullptr || scores->size() != tokens_.size())
      fail(kKey, std::string(tr("not as many as tokens", "토큰 수와 다릅니다")));
    if (std::ranges::any_of(*scores, [](double score) { return std::isnan(score); }))
      fail(kKey, std::string(tr("a score is not a number", "점수가 수가 아닙니다")));
    return *scores;
  }

  /// SentencePiece joins the two neighbours that make the token of the highest score: so every way to make a token of
  /// two others is a merge, in the order of the scores.
  void read_merges(const std::vector<double>& scores) {
    std::vector<text::BpeMerge>& merges = parts_.merges;
    for (size_t id = 0; id < parts_.bytes.size(); ++id) {
      const std::string_view token = parts_.bytes[id];
      if (token.size() > kLongestMerged) continue;
      for (size_t cut = 1; cut < token.size(); ++cut) {
        if ((static_cast<unsigned char>(token[cut]) & 0xC0) == 0x80) continue;  // inside a character
        const Token left = index_.find(token.substr(0, cut));
        const Token right = left < 0 ? -1 : index_.find(token.substr(cut));
        if (right >= 0) merges.push_back({left, right, static_cast<Token>(id)});
      }
      if (merges.size() > kMostMerges)
        fail("tokenizer.ggml.tokens", std::string(tr("too many ways to make tokens of others",
                                                     "토큰을 다른 토큰으로 만드는 길이 너무 많습니다")));
    }
    const auto score = [&](const text::BpeMerge& merge) { return scores[static_cast<size_t>(merge.result)]; };
    std::ranges::sort(merges, [&](const text::BpeMerge& a, const text::BpeMerge& b) {
      if (score(a) != score(b)) return score(a) > score(b);
      return std::tuple(a.result, a.left, a.right) < std::tuple(b.result, b.left, b.right);
    });
  }

  bool is_token(int64_t id) const {
    return id >= 0 && static_cast<size_t>(id) < parts_.bytes.size() && !parts_.bytes[static_cast<size_t>(id)].empty();
  }

  /// Puts the beginning's and the end's token around a text where the file, or its kind, says so.
  void put_ends(int64_t begins, int64_t beginning) {
    const int64_t bos = gguf_.integer_or("tokenizer.ggml.bos_token_id", beginning),
                  eos = gguf_.integer_or("tokenizer.ggml.eos_token_id", -1);
    if (gguf_.integer_or("tokenizer.ggml.add_bos_token", begins) != 0 && is_token(bos))
      parts_.pipeline.before.push_back(static_cast<Token>(bos));
    if (gguf_.integer_or("tokenizer.ggml.add_eos_token", 0) != 0 && is_token(eos))
      parts_.pipeline.after.push_back(static_cast<Token>(eos));
  }

  const GgufFile& gguf_;
  const std::vector<std::string>& tokens_;
  text::VocabularyIndex index_;
  text::TokenizerParts parts_;
};

}  // namespace

text::TokenizerParts tokenizer_parts_from_gguf(const GgufFile& gguf) {
  return Importer(gguf).parts();
}

std::string tokenizer_json_from_gguf(const GgufFile& gguf) {
  return text::write_tokenizer_json(tokenizer_parts_from_gguf(gguf));
}

}  // namespace moru::model
