#include "text/bpe_trainer.h"

#include <malloc.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "core/error.h"
#include "core/file.h"
#include "core/json.h"
#include "core/language.h"
#include "text/bpe_merges.h"
#include "text/chat_template.h"
#include "text/pretoken_count.h"
#include "text/tokenizer_json.h"

namespace moru::text {
namespace {

// What learning holds for each byte of the pieces: the symbols, the places of the pairs, and room for both to move.
constexpr size_t kLearnerBytes = 24;

/// Tokens of their own that answers are parsed by, so that decoding must not leave them out.
bool is_parsed(std::string_view token) {
  static constexpr std::string_view kParsed[] = {"<think>",     "</think>",     "<tool>",        "</tool>",
                                                 "<tool_call>", "</tool_call>", "<tool_result>", "</tool_result>"};
  return std::ranges::find(kParsed, token) != std::end(kParsed);
}

void check(const BpeOptions& options) {
  const std::string place(tr("tokenizer training", "토크나이저 학습"));
  const size_t least = options.special_tokens.size() + 256;
  if (options.vocabulary_size < least) {
    throw Error(
        place,
        fmt::format(fmt::runtime(tr("a vocabulary of {} tokens does not hold the {} special tokens and 256 bytes",
                                    "토큰 {}개의 어휘에는 특수 토큰 {}개와 바이트 256개가 들어가지 않습니다")),
                    options.vocabulary_size, options.special_tokens.size()),
        fmt::format(fmt::runtime(tr("ask for a vocabulary of {} or more", "어휘 크기를 {} 이상으로 하세요")), least));
  }
  std::set<std::string_view> seen;
  for (const std::string& token : options.special_tokens) {
    if (!token.empty() && seen.insert(token).second) continue;
    throw Error(place,
                fmt::format(fmt::runtime(tr("the special token \"{}\" is empty or named twice",
                                            "특수 토큰 \"{}\"이(가) 비었거나 두 번 나옵니다")),
                            token),
                std::string(tr("name each special token once", "특수 토큰을 한 번씩만 적으세요")));
  }
}

}  // namespace

std::vector<std::string> exaone_special_tokens() {
  std::vector<std::string> tokens;
  for (size_t id = 0; id < 80; ++id) tokens.push_back(fmt::format("[unused{}]", id));
  static constexpr std::pair<size_t, std::string_view> kKnown[] = {{0, "[PAD]"},
                                                                   {1, "[BOS]"},
                                                                   {2, "[EOS]"},
                                                                   {3, "[UNK]"},
                                                                   {52, "<|endoftext|>"},
                                                                   {53, "<|endofturn|>"},
                                                                   {54, "<|system|>"},
                                                                   {55, "<|user|>"},
                                                                   {56, "<|assistant|>"},
                                                                   {57, "<|tool|>"},
                                                                   {58, "<|tool_declare|>"},
                                                                   {59, "<think>"},
                                                                   {60, "</think>"},
                                                                   {61, "<tool>"},
                                                                   {62, "</tool>"},
                                                                   {63, "<tool_call>"},
                                                                   {64, "</tool_call>"},
                                                                   {65, "<tool_result>"},
                                                                   {66, "</tool_result>"},
                                                                   {67, "<|image_pad|>"},
                                                                   {68, "<|video_pad|>"},
                                                                   {73, "<vision>"},
                                                                   {74, "</vision>"}};
  for (const auto& [id, name] : kKnown) tokens[id] = name;
  return tokens;
}

std::string train_bpe(const BpeOptions& options,
                      const std::function<void(const std::function<void(std::string_view)>&)>& feed,
                      ProgressSink& sink) {
  check(options);
  const size_t specials = options.special_tokens.size();
  const size_t merges = options.vocabulary_size - specials - 256;
  const double share = std::clamp(options.superword_share, 0.0, 1.0);
  const size_t within_words = merges - static_cast<size_t>(std::llround(share * static_cast<double>(merges)));
  const bool has_phrases = within_words < merges;
  std::optional<PretokenCounter> counter;
  counter.emplace(has_phrases ? PieceKind::phrases : PieceKind::words, options.memory_bytes / 2);
  {
    Progress progress(sink, std::string(tr("tokenizer: counting", "토크나이저: 세기")), std::string(tr("texts", "글")),
                      0);
    feed([&](std::string_view text) {
      counter->add(text);
      progress.advance();
    });
    counter->finish();
    progress.finish();
  }
  Progress progress(sink, std::string(tr("tokenizer: merging", "토크나이저: 병합")), std::string(tr("merges", "병합")),
                    merges);
  const size_t most_bytes = options.memory_bytes / kLearnerBytes;
  std::vector<MergeLearner::Merge> known;
  if (has_phrases && within_words > 0 && counter->total_bytes() > most_bytes) {
    // Too many phrases to hold them all. The first stage needs their words only, the second the phrases that come
    // often.
    PretokenCounter words(PieceKind::words, options.memory_bytes / 2);
    counter->for_each([&](std::string_view phrase, uint64_t count) {
      for_each_word_of(phrase, [&](std::string_view word) { words.add_piece(word, count); });
    });
    words.finish();
    MergeLearner learner(words.most_frequent(most_bytes), options.min_count, options.max_token_bytes);
    while (learner.merges().size() < within_words && learner.step(false)) progress.advance();
    known = learner.merges();
  }
  // Learning goes on in its own copy.
  MergeLearner learner(counter->most_frequent(most_bytes), options.min_count, options.max_token_bytes, known, [&] {
    counter.reset();
    ::malloc_trim(0);  // The counted pieces were many small blocks.
  });
  bool across = false;
  while (learner.merges().size() < merges) {
    across = across || learner.merges().size() >= within_words;
    if (learner.step(across)) {
      progress.advance();
    } else if (!std::exchange(across, true)) {
      continue;  // Words are used up early: go on with what lies across them.
    } else {
      break;
    }
  }
  progress.finish();

  TokenizerParts parts;
  parts.bytes = options.special_tokens;
  for (size_t id = 0; id < specials; ++id) {
    parts.added.push_back({static_cast<Token>(id), options.special_tokens[id], !is_parsed(options.special_tokens[id])});
  }
  parts.bytes.insert(parts.bytes.end(), learner.bytes().begin(), learner.bytes().end());
  for (size_t i = 0; i < learner.merges().size(); ++i) {
    const auto [left, right] = learner.merges()[i];
    parts.merges.push_back({static_cast<Token>(specials + left), static_cast<Token>(specials + right),
                            static_cast<Token>(specials + 256 + i)});
  }
  return write_tokenizer_json(parts);
}

void write_tokenizer(const std::filesystem::path& folder, const std::string& tokenizer_json) {
  const TokenizerParts parts = read_tokenizer_json(tokenizer_json, (folder / "tokenizer.json").string());
  // Hugging Face's GPT2Tokenizer is what K-EXAONE names; in this form any of its loaders reads tokenizer.json itself.
  Json config = {{"tokenizer_class", "PreTrainedTokenizerFast"},
                 {"add_bos_token", false},
                 {"add_prefix_space", false},
                 {"clean_up_tokenization_spaces", false},
                 {"model_max_length", 262144},
                 {"chat_template", chat_template_jinja()}};
  Json decoder = Json::object();
  for (const AddedToken& token : parts.added) {
    decoder[std::to_string(token.id)] = {{"content", token.text}, {"lstrip", false},      {"normalized", false},
                                         {"rstrip", false},       {"single_word", false}, {"special", token.special}};
    if (token.text == "[PAD]") config["pad_token"] = token.text;
    if (token.text == "[BOS]") config["bos_token"] = token.text;
    if (token.text == "[UNK]") config["unk_token"] = token.text;
    if (token.text == "<|endofturn|>") config["eos_token"] = token.text;
  }
  config["added_tokens_decoder"] = std::move(decoder);
  make_directories(folder);
  write_file_atomic(folder / "chat_template.jinja", chat_template_jinja());
  write_file_atomic(folder / "tokenizer_config.json", dump_json(config, 2) + "\n");
  write_file_atomic(folder / "tokenizer.json", tokenizer_json);
}

}  // namespace moru::text
