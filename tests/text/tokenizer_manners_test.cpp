// Tokenizers in the manners of published models. tests/text/manners holds small ones with what Hugging Face's
// tokenizers 0.23 makes of texts with them (tests/reference/tokenizer_manners.py writes them).
#include <nlohmann/json.hpp>

#include "core/file.h"
#include "core/json.h"
#include "text/text_samples.h"
#include "text/tokenizer.h"
#include "text/tokenizer_json.h"

namespace moru::text {
namespace {

std::vector<std::filesystem::path> manners() {
  const std::filesystem::path folder = std::filesystem::path(MORU_SOURCE_DIR) / "tests/text/manners";
  std::vector<std::filesystem::path> paths;
  for (const auto& path : list_files(folder)) paths.push_back(folder / path);
  return paths;
}

TEST(TokenizerManners, EqualHuggingFaces) {
  size_t texts = 0;
  for (const auto& path : manners()) {
    const Json file = read_json_file(path);
    const std::string json = dump_json(file.at("tokenizer"));
    const Tokenizer tokenizer = Tokenizer::from_json(json, path.string());
    const std::string written = write_tokenizer_json(read_tokenizer_json(json, path.string()));
    const Tokenizer again = Tokenizer::from_json(written, "written");
    EXPECT_TRUE(write_tokenizer_json(read_tokenizer_json(written, "written")) == written) << path;
    for (const Json& entry : file.at("texts")) {
      const std::string text = entry.at("text");
      const std::vector<Token> marked = entry.at("marked");
      ASSERT_EQ(tokenizer.encode_with_specials(text), marked) << path << ": " << text;
      ASSERT_EQ(again.encode_with_specials(text), marked) << path << ": " << text;
      ASSERT_EQ(tokenizer.encode_with_specials(text, true), entry.at("template").get<std::vector<Token>>()) << path;
      const std::string decoded = entry.at("decoded");
      if (decoded.find("\uFFFD") == std::string::npos) {
        ASSERT_EQ(tokenizer.decode(marked, false), decoded) << path << ": " << text;
      }
      ++texts;
    }
  }
  EXPECT_GT(texts, 700U);
}

/// Any bytes are taken; those over bytes give them back.
TEST(TokenizerManners, TakeAnyBytes) {
  for (const auto& path : manners()) {
    const Tokenizer tokenizer = Tokenizer::from_json(dump_json(read_json_file(path).at("tokenizer")), path.string());
    const bool gives_back = path.stem() == "gpt2" || path.stem() == "llama3" || path.stem() == "smollm" ||
                            path.stem() == "o200k" || path.stem() == "deepseek";
    Random random(8);
    for (int i = 0; i < 200; ++i) {
      std::string text = adversarial_text(random, random.below(20));
      for (size_t n = random.below(6); n > 0; --n)
        text.insert(random.below(text.size() + 1), 1, static_cast<char>(random.below(256)));
      const std::vector<Token> tokens = tokenizer.encode(text);
      for (const Token token : tokens) ASSERT_LT(static_cast<size_t>(token), tokenizer.vocabulary_size());
      if (gives_back) {
        ASSERT_EQ(tokenizer.decode(tokens, false), text) << path;
      }
    }
  }
}

}  // namespace
}  // namespace moru::text
