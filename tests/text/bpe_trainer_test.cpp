#include "text/bpe_trainer.h"

#include <chrono>
#include <set>

#include "core/error.h"
#include "core/file.h"
#include "core/json.h"
#include "text/bpe_merges.h"
#include "text/char_class.h"
#include "text/pretoken_count.h"
#include "text/pretokenizer.h"
#include "text/text_samples.h"
#include "text/tokenizer_json.h"

namespace moru::text {
namespace {

/// Training by its definition: count all pairs anew for each merge.
std::vector<std::pair<std::string, std::string>> by_definition(const std::vector<std::string>& texts, size_t merges,
                                                               size_t longest) {
  std::map<std::string, uint64_t> pieces;
  std::string storage;
  for (const std::string& text : texts) {
    for_each_pretoken(normalized_nfc(text, storage), [&](std::string_view piece) { ++pieces[std::string(piece)]; });
  }
  std::vector<std::pair<std::vector<std::string>, uint64_t>> words;
  for (const auto& [piece, count] : pieces) {
    std::vector<std::string> symbols;
    for (const char c : piece) symbols.emplace_back(1, c);
    words.emplace_back(std::move(symbols), count);
  }
  std::set<std::string> known;
  std::vector<std::pair<std::string, std::string>> result;
  while (result.size() < merges) {
    std::map<std::pair<std::string, std::string>, uint64_t> counts;
    for (const auto& [symbols, count] : words) {
      for (size_t i = 0; i + 1 < symbols.size(); ++i) counts[{symbols[i], symbols[i + 1]}] += count;
    }
    uint64_t most = 1;
    std::pair<std::string, std::string> best;
    for (const auto& [pair, count] : counts) {
      if (count > most && pair.first.size() + pair.second.size() <= longest &&
          !known.contains(pair.first + pair.second)) {
        most = count;
        best = pair;
      }
    }
    if (most == 1) break;
    known.insert(best.first + best.second);
    result.push_back(best);
    for (auto& [symbols, count] : words) {
      std::vector<std::string> merged;
      for (size_t i = 0; i < symbols.size(); ++i) {
        if (i + 1 < symbols.size() && symbols[i] == best.first && symbols[i + 1] == best.second) {
          merged.push_back(best.first + best.second);
          ++i;
        } else {
          merged.push_back(symbols[i]);
        }
      }
      symbols = std::move(merged);
    }
  }
  return result;
}

std::vector<std::pair<std::string, std::string>> merges_of(const std::string& json) {
  const TokenizerParts parts = read_tokenizer_json(json, "t");
  std::vector<std::pair<std::string, std::string>> merges;
  for (const BpeMerge& merge : parts.merges) {
    merges.emplace_back(parts.bytes[static_cast<size_t>(merge.left)], parts.bytes[static_cast<size_t>(merge.right)]);
  }
  return merges;
}

TEST(BpeTrainer, EqualsItsDefinition) {
  std::vector<std::string> texts = help_pages(2);
  for (std::string& text : texts) text.resize(std::min<size_t>(text.size(), 3000));
  texts.insert(texts.end(), sample_texts().begin(), sample_texts().end());
  texts.push_back("aaaa aaaaa aaaaaaa abab ababab bbbb aabb");
  EXPECT_EQ(merges_of(trained_on(texts, 80 + 256 + 250, 1.0)), by_definition(texts, 250, 48));
  Random random(7);
  texts.assign(1, {});
  for (int i = 0; i < 3000; ++i) texts[0] += "aab "[random.below(4)];
  EXPECT_EQ(merges_of(trained_on(texts, 80 + 256 + 120, 1.0)), by_definition(texts, 120, 48));
}

TEST(BpeTrainer, IdsAreSpecialTokensThenBytesThenMerges) {
  const TokenizerParts parts = read_tokenizer_json(trained_on({"가나다 가나다 가나다"}, 400), "t");
  const std::map<Token, std::string> known = {{0, "[PAD]"},          {1, "[BOS]"},          {53, "<|endofturn|>"},
                                              {67, "<|image_pad|>"}, {68, "<|video_pad|>"}, {73, "<vision>"},
                                              {74, "</vision>"},     {79, "[unused79]"}};
  for (const auto& [id, text] : known) EXPECT_EQ(parts.bytes[static_cast<size_t>(id)], text);
  for (size_t b = 0; b < 256; ++b) EXPECT_EQ(parts.bytes[80 + b], std::string(1, static_cast<char>(b)));
  EXPECT_LT(parts.bytes.size(), 400U);  // three equal words hold no more pairs
  EXPECT_GT(parts.bytes.size(), 336U);
  const std::vector<std::string> names = exaone_special_tokens();
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 80U);
}

TEST(BpeTrainer, LimitsAreRespected) {
  BpeOptions options;
  options.vocabulary_size = 3000;
  options.special_tokens = exaone_special_tokens();
  options.max_token_bytes = 7;
  options.min_count = 40;
  SilentProgress progress;
  const std::vector<std::string> pages = help_pages(20);
  const auto feed = [&](const std::function<void(std::string_view)>& use) {
    for (const std::string& page : pages) use(page);
  };
  const TokenizerParts parts = read_tokenizer_json(train_bpe(options, feed, progress), "t");
  EXPECT_GT(parts.merges.size(), 50U);
  EXPECT_LT(parts.bytes.size(), 3000U);
  std::string longest;
  for (size_t id = 80; id < parts.bytes.size(); ++id)
    longest = std::max(longest, parts.bytes[id], [](auto& a, auto& b) { return a.size() < b.size(); });
  EXPECT_LE(longest.size(), 7U);

  options.vocabulary_size = 335;
  EXPECT_THROW(train_bpe(options, feed, progress), Error);
  options.vocabulary_size = 400;
  options.special_tokens = {"<a>", "<a>"};
  EXPECT_THROW(train_bpe(options, feed, progress), Error);
  options.special_tokens = {""};
  EXPECT_THROW(train_bpe(options, feed, progress), Error);
}

TEST(BpeTrainer, SuperwordsComeLast) {
  const TokenizerParts parts = read_tokenizer_json(trained_on(help_pages(120), 1500, 0.25), "t");
  const size_t within = parts.merges.size() * 3 / 4;
  size_t across = 0;
  for (size_t i = 0; i < parts.merges.size(); ++i) {
    const std::string& bytes = parts.bytes[static_cast<size_t>(parts.merges[i].result)];
    const size_t space = bytes.find(' ', 1);
    if (space == std::string::npos || bytes.find_first_not_of(" \t\n\r") > space) continue;
    EXPECT_GE(i, within) << bytes;
    ++across;
  }
  EXPECT_GT(across, 20U);
}

TEST(BpeTrainer, ThreadsAndOrderOfTextsDoNotMatter) {
  std::vector<std::string> texts = help_pages(80);
  const std::string one = trained_on(texts, 1500);
  std::reverse(texts.begin(), texts.end());
  setenv("MORU_THREADS", "3", 1);
  const std::string other = trained_on(texts, 1500);
  unsetenv("MORU_THREADS");
  EXPECT_TRUE(one == other);
}

using Counts = std::map<std::string, uint64_t, std::less<>>;

Counts counts_of(PretokenCounter& counter) {
  Counts counts;
  counter.for_each([&](std::string_view piece, uint64_t count) { EXPECT_TRUE(counts.emplace(piece, count).second); });
  return counts;
}

TEST(BpeTrainer, CountsAreExactWhateverTheMemory) {
  for (const PieceKind kind : {PieceKind::phrases, PieceKind::words}) {
    Counts expected;
    PretokenCounter small(kind, 1 << 16), large(kind, 1 << 30);
    std::string storage;
    for (int round = 0; round < 2; ++round) {
      for (const std::string& page : help_pages(400)) {
        small.add(page);
        large.add(page);
        for_each_pretoken(normalized_nfc(page, storage), [&](std::string_view piece) {
          if (kind == PieceKind::phrases) {
            ++expected[std::string(piece)];
          } else {
            for_each_word_of(piece, [&](std::string_view word) { ++expected[std::string(word)]; });
          }
        });
      }
    }
    small.finish();
    large.finish();
    EXPECT_EQ(counts_of(small), expected);
    EXPECT_EQ(counts_of(large), expected);
    for (const size_t most : {size_t{2000}, size_t{20000}, SIZE_MAX}) {
      const auto from_files = small.most_frequent(most), from_memory = large.most_frequent(most);
      ASSERT_EQ(from_files.size(), from_memory.size());
      size_t bytes = 0;
      for (size_t i = 0; i < from_files.size(); ++i) {
        ASSERT_EQ(from_files[i].piece, from_memory[i].piece);
        ASSERT_EQ(from_files[i].count, from_memory[i].count);
        bytes += from_files[i].piece.size();
      }
      EXPECT_LE(bytes, most);
      EXPECT_GT(from_files.size(), 10U);
    }
  }
}

TEST(BpeTrainer, LearningGoesOnAfterKnownMerges) {
  PretokenCounter counter(PieceKind::phrases, 1 << 30);
  for (const std::string& page : help_pages(20)) counter.add(page);
  counter.finish();
  const auto pieces = counter.most_frequent(SIZE_MAX);
  MergeLearner whole(pieces, 2, 48);
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(whole.step(i >= 200));
  MergeLearner second(pieces, 2, 48, {whole.merges().begin(), whole.merges().begin() + 200});
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(second.step(true));
  EXPECT_EQ(whole.bytes(), second.bytes());
}

/// With little memory the rare phrases are left out, but the words are all counted; the threads make no difference.
TEST(BpeTrainer, LittleMemoryKeepsTheFirstStageExact) {
  BpeOptions options;
  options.vocabulary_size = 1500;
  options.special_tokens = exaone_special_tokens();
  const auto train = [&] {
    SilentProgress progress;
    return train_bpe(
        options,
        [](const std::function<void(std::string_view)>& use) {
          for (const std::string& page : help_pages(120)) use(page);
        },
        progress);
  };
  const auto full = merges_of(train());
  options.memory_bytes = 6 << 20;
  const std::string little = train();
  setenv("MORU_THREADS", "3", 1);
  EXPECT_TRUE(train() == little);
  unsetenv("MORU_THREADS");
  const auto merges = merges_of(little);
  ASSERT_EQ(merges.size(), full.size());
  const auto within = static_cast<ptrdiff_t>(full.size() * 4 / 5);
  EXPECT_TRUE(std::equal(full.begin(), full.begin() + within, merges.begin()));
}

TEST(BpeTrainer, AnEmptyCorpusGivesTheBytes) {
  const Tokenizer tokenizer = Tokenizer::from_json(trained_on({}, 500), "t");
  EXPECT_EQ(tokenizer.vocabulary_size(), 336U);
  EXPECT_EQ(tokenizer.decode(tokenizer.encode("모루")), "모루");
}

TEST(BpeTrainer, WritesTheFilesThatOtherToolsOpen) {
  const TemporaryDirectory folder;
  const std::string json = trained_on({"표를 만들려면"}, 400);
  write_tokenizer(folder.path() / "model", json);
  EXPECT_EQ(read_file(folder.path() / "model/tokenizer.json"), json);
  const Tokenizer tokenizer = Tokenizer::load(folder.path() / "model");
  EXPECT_EQ(tokenizer.special("<|endofturn|>"), 53);
  const std::string config = read_file(folder.path() / "model/tokenizer_config.json");
  for (const char* part : {"\"eos_token\": \"<|endofturn|>\"", "\"bos_token\": \"[BOS]\"", "\"pad_token\": \"[PAD]\"",
                           "tokenizer_class", "chat_template"}) {
    EXPECT_NE(config.find(part), std::string::npos) << part;
  }
  EXPECT_NE(read_file(folder.path() / "model/chat_template.jinja").find("<|assistant|>"), std::string::npos);
  EXPECT_THROW(write_tokenizer(folder.path(), "{}"), Error);
  EXPECT_THROW(write_tokenizer("/proc/nowhere", json), Error);
}

}  // namespace
}  // namespace moru::text
