#include "text/bpe.h"

#include "text/text_samples.h"
#include "text/tokenizer_json.h"

namespace moru::text {
namespace {

/// The definition, word for word: find the pair of lowest rank, merge its leftmost occurrence, again.
std::vector<Token> by_definition(std::vector<Token> tokens, const std::vector<BpeMerge>& merges) {
  std::map<std::pair<Token, Token>, size_t> ranks;
  for (size_t r = 0; r < merges.size(); ++r) ranks.try_emplace({merges[r].left, merges[r].right}, r);
  for (;;) {
    size_t best = SIZE_MAX, place = 0;
    for (size_t i = 0; i + 1 < tokens.size(); ++i) {
      const auto it = ranks.find({tokens[i], tokens[i + 1]});
      if (it != ranks.end() && it->second < best) {
        best = it->second;
        place = i;
      }
    }
    if (best == SIZE_MAX) return tokens;
    tokens[place] = merges[best].result;
    tokens.erase(tokens.begin() + static_cast<ptrdiff_t>(place) + 1);
  }
}

/// Returns whether the vocabulary allows the linear way.
bool expect_definition(const TokenizerParts& parts, const std::vector<std::string>& texts) {
  std::array<Token, 256> byte_tokens{};
  for (size_t id = parts.added.size(); id < parts.bytes.size(); ++id) {
    if (parts.bytes[id].size() == 1)
      byte_tokens[static_cast<unsigned char>(parts.bytes[id][0])] = static_cast<Token>(id);
  }
  const Bpe bpe(byte_tokens, parts.merges);
  BpeScratch scratch;
  const auto compare = [&] {
    for (const std::string& text : texts) {
      std::vector<Token> bytes, tokens;
      for (const char c : text) bytes.push_back(byte_tokens[static_cast<unsigned char>(c)]);
      bpe.encode(text, tokens, scratch);
      const std::vector<Token> expected = by_definition(bytes, parts.merges);
      ASSERT_EQ(tokens, expected) << text;
      tokens.clear();
      bpe.encode_by_merging(text, tokens, scratch);
      ASSERT_EQ(tokens, expected) << text;
    }
  };
  compare();
  return bpe.is_linear();
}

std::vector<std::string> random_texts(std::string_view alphabet, size_t count) {
  Random random(4);
  std::vector<std::string> texts(count);
  for (std::string& text : texts) {
    for (size_t n = random.below(30); n > 0; --n) text += alphabet[random.below(alphabet.size())];
  }
  return texts;
}

TEST(Bpe, EqualsItsDefinitionOnTrainedMerges) {
  const TokenizerParts parts = read_tokenizer_json(trained_on(help_pages(30), 1200), "t");
  std::vector<std::string> texts = sample_texts();
  Random random(5);
  for (int i = 0; i < 2000; ++i) texts.push_back(adversarial_text(random, random.below(30)));
  for (const std::string& page : help_pages(12)) {
    for (size_t at = 0; at + 400 < page.size(); at += 400) texts.push_back(page.substr(at, 100 + at % 300));
  }
  EXPECT_TRUE(expect_definition(parts, texts));
}

TEST(Bpe, EqualsItsDefinitionOnRunsOfEqualSymbols) {
  const std::vector<std::string> texts = random_texts("ab", 3000);
  EXPECT_TRUE(expect_definition(read_tokenizer_json(trained_on(texts, 80 + 256 + 60), "t"), texts));
}

// A file from elsewhere may hold merges that no training makes: two ways to one token, a part that comes after its
// whole.
TEST(Bpe, EqualsItsDefinitionOnAnyMerges) {
  Random random(6);
  const std::vector<std::string> texts = random_texts("abc", 60);
  int linear = 0;
  for (int round = 0; round < 400; ++round) {
    TokenizerParts parts;
    for (unsigned b = 0; b < 256; ++b) parts.bytes.emplace_back(1, static_cast<char>(b));
    std::map<std::string, Token> known;
    std::vector<Token> pool = {'a', 'b', 'c'};
    for (size_t n = 1 + random.below(40); n > 0; --n) {
      const Token left = pool[random.below(pool.size())], right = pool[random.below(pool.size())];
      const std::string bytes = parts.bytes[static_cast<size_t>(left)] + parts.bytes[static_cast<size_t>(right)];
      const auto [it, is_new] = known.try_emplace(bytes, static_cast<Token>(parts.bytes.size()));
      if (is_new) {
        parts.bytes.push_back(bytes);
        pool.push_back(it->second);
      }
      parts.merges.push_back({left, right, it->second});
    }
    if (random.below(2)) random.shuffle(std::span(parts.merges));
    linear += expect_definition(parts, texts);
  }
  EXPECT_GT(linear, 15);
  EXPECT_LT(linear, 360);
}

}  // namespace
}  // namespace moru::text
