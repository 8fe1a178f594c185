#include "model/gguf_tokenizer.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"
#include "core/json.h"
#include "model/gguf_pretokenizer.h"
#include "text/byte_level.h"
#include "text/tokenizer.h"
#include "text/tokenizer_json.h"

namespace moru::model {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Pairs = std::vector<std::pair<std::string, GgufValue>>;

class GgufTokenizerTest : public ::testing::Test {
 protected:
  GgufFile file_of(const Pairs& pairs) {
    const fs::path path = folder_.path() / fmt::format("{}.gguf", ++files_);
    GgufWriter(path, pairs, {}).commit();
    return GgufFile(path);
  }
  std::string error_of(const Pairs& pairs) {
    try {
      tokenizer_json_of(file_of(pairs));
    } catch (const Error& error) {
      EXPECT_FALSE(error.mend().empty());
      return error.place() + ": " + error.problem();
    }
    return "no error";
  }
  TemporaryDirectory folder_;
  int files_ = 0;
};

GgufValue texts(std::vector<std::string> values) {
  return GgufValue::texts(std::move(values));
}
GgufValue types(std::vector<int64_t> values) {
  return GgufValue::integers(GgufType::i32, std::move(values));
}

/// Bytes h, e, l, o, space; one special token, one filler.
Pairs bytes_vocabulary() {
  return {{"tokenizer.ggml.model", GgufValue::text("gpt2")},
          {"tokenizer.ggml.pre", GgufValue::text("smollm")},
          {"tokenizer.ggml.tokens",
           texts({"<|end|>", "h", "e", "l", "o", "\u0120", "he", "ll", "hell", "hello", "\u0120hello", "[PAD11]"})},
          {"tokenizer.ggml.token_type", types({3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 5})},
          {"tokenizer.ggml.merges", texts({"h e", "l l", "he ll", "hell o", "\u0120 hello"})},
          {"tokenizer.ggml.eos_token_id", GgufValue::u32(0)}};
}

TEST_F(GgufTokenizerTest, AVocabularyOfBytesBecomesATokenizer) {
  const GgufFile file = file_of(bytes_vocabulary());
  const std::string text = tokenizer_json_of(file);
  const Json json = parse_json(text, "tokenizer.json");
  EXPECT_EQ(json["model"]["vocab"].size(), 11U);  // the filler is no token
  EXPECT_EQ(json["pre_tokenizer"]["pretokenizers"][0]["type"], "Digits");
  EXPECT_TRUE(json["post_processor"].is_null());
  const auto tokenizer = text::Tokenizer::from_json(text, "tokenizer.json");
  EXPECT_THAT(tokenizer.encode_with_specials("hello hello<|end|>"), ElementsAre(9, 10, 0));
}

TEST_F(GgufTokenizerTest, AVocabularyOfCharactersIsMergedByScores) {
  Pairs pairs = {{"tokenizer.ggml.model", GgufValue::text("llama")},
                 {"tokenizer.ggml.bos_token_id", GgufValue::u32(1)},
                 {"tokenizer.ggml.unknown_token_id", GgufValue::u32(0)},
                 {"tokenizer.ggml.add_space_prefix", GgufValue::boolean(false)}};
  std::vector<std::string> tokens = {"<unk>", "<s>"};
  std::vector<int64_t> kinds = {2, 3};
  for (int byte = 0; byte < 256; ++byte) {
    tokens.push_back(fmt::format("<0x{:02X}>", byte));
    kinds.push_back(6);
  }
  std::vector<double> scores(tokens.size(), 0);
  // "ab" is a better piece than "bc"; so "abc" is "ab" and "c".
  for (const auto& [token, score] :
       {std::pair{"a", -9.0}, {"b", -9.0}, {"c", -9.0}, {"\u2581", -9.0}, {"bc", -2.0}, {"ab", -1.0}}) {
    tokens.emplace_back(token);
    kinds.push_back(1);
    scores.push_back(score);
  }
  pairs.emplace_back("tokenizer.ggml.tokens", texts(tokens));
  pairs.emplace_back("tokenizer.ggml.token_type", types(kinds));
  pairs.emplace_back("tokenizer.ggml.scores", GgufValue::floats(scores));
  const GgufFile file = file_of(pairs);
  const auto tokenizer = text::Tokenizer::from_json(tokenizer_json_of(file), "tokenizer.json");
  EXPECT_THAT(tokenizer.encode("abc"), ElementsAre(263, 260));
  EXPECT_THAT(tokenizer.encode("bc a"), ElementsAre(262, 261, 258));
  EXPECT_THAT(tokenizer.encode("말"), ElementsAre(0xEB + 2, 0xA7 + 2, 0x90 + 2));
  EXPECT_THAT(tokenizer.encode_with_specials("a", true), ElementsAre(1, 258));
  EXPECT_EQ(tokenizer.decode(tokenizer.encode("bc a말")), "bc a말");
}

TEST_F(GgufTokenizerTest, AFolderGoesThereAndBack) {
  const std::string original = tokenizer_json_of(file_of(bytes_vocabulary()));
  write_file_atomic(folder_.path() / "tokenizer.json", original);
  write_file_atomic(folder_.path() / "tokenizer_config.json", R"({"chat_template": "{{ messages }}"})");
  ModelConfig config;
  config.vocabulary = 14;
  config.eos = 0;
  config.bos = config.pad = -1;
  const Pairs pairs = tokenizer_metadata_of(folder_.path(), config);
  const GgufFile file = file_of(pairs);
  EXPECT_EQ(file.text("tokenizer.ggml.pre"), "smollm");
  EXPECT_EQ(file.texts("tokenizer.ggml.tokens").size(), 14U);
  EXPECT_EQ(file.texts("tokenizer.ggml.tokens")[10], "\u0120hello");
  EXPECT_EQ(file.texts("tokenizer.ggml.merges")[4], "\u0120 hello");
  EXPECT_EQ(file.integers("tokenizer.ggml.token_type")[0], 3);
  EXPECT_EQ(file.integers("tokenizer.ggml.token_type")[13], 5);
  EXPECT_EQ(file.integer("tokenizer.ggml.eos_token_id"), 0);
  EXPECT_EQ(file.integer("tokenizer.ggml.add_bos_token"), 0);
  EXPECT_EQ(file.text("tokenizer.chat_template"), "{{ messages }}");
  EXPECT_EQ(tokenizer_json_of(file), original);
  EXPECT_EQ(tokenizer_json_from_gguf(file), original);  // also without the copy that it carries
  config.vocabulary = 5;
  EXPECT_THROW(tokenizer_metadata_of(folder_.path(), config), Error);
}

TEST_F(GgufTokenizerTest, NamesOfPretokenizersComeBack) {
  for (const char* name :
       {"llama-bpe", "smaug-bpe", "qwen2", "smollm", "gpt-2", "exaone", "exaone4", "exaone-moe", "default"}) {
    const GgufPretokenizer* known = pretokenizer_of_gguf(name);
    ASSERT_NE(known, nullptr) << name;
    text::TokenizerParts parts;
    set_pretokenizer(*known, parts.pipeline);
    const Json json = parse_json(text::write_tokenizer_json(parts), name);
    const bool is_models = std::string_view(name) == "exaone" || std::string_view(name) == "exaone4";
    // "smaug-bpe" splits as "llama-bpe" does, and that is the name that is written.
    EXPECT_EQ(gguf_pretokenizer_name(json, is_models ? name : "llama"),
              std::string_view(name) == "smaug-bpe" ? "llama-bpe" : name);
  }
  EXPECT_EQ(pretokenizer_of_gguf("tekken"), nullptr);
  EXPECT_EQ(gguf_pretokenizer_name({{"pre_tokenizer", nullptr}, {"model", {{"byte_fallback", true}}}}, "llama"),
            kCharacters);
  EXPECT_EQ(gguf_pretokenizer_name(Json::object(), "llama"), "");
}

/// Every byte, and every pair, triple and quadruple of the digit 1 or of other characters that the merges make.
Pairs all_bytes(const char* pre) {
  std::vector<std::string> tokens;
  for (int byte = 0; byte < 256; ++byte) tokens.push_back(text::to_byte_level(std::string(1, static_cast<char>(byte))));
  const std::vector<std::string> merges = {"1 1", "11 11", "! !", "a b", "\u0120 ab", ". !", "\u0120 1"};
  for (const std::string& merge : merges) {
    tokens.push_back(merge);
    tokens.back().erase(tokens.back().find(' '), 1);
  }
  tokens.emplace_back("<|begin|>");
  std::vector<int64_t> kinds(tokens.size(), 1);
  kinds.back() = 3;
  return {{"tokenizer.ggml.model", GgufValue::text("gpt2")}, {"tokenizer.ggml.pre", GgufValue::text(pre)},
          {"tokenizer.ggml.tokens", texts(tokens)},          {"tokenizer.ggml.token_type", types(kinds)},
          {"tokenizer.ggml.merges", texts(merges)},          {"tokenizer.ggml.bos_token_id", GgufValue::u32(263)}};
}

TEST_F(GgufTokenizerTest, TextIsSplitAsTheNameSays) {
  // 256: 11, 257: 1111, 258: !!, 259: ab, 260: " ab", 261: ".!", 262: " 1", 263: <|begin|>
  const auto tokens = [&](const char* pre, const char* text) {
    return text::Tokenizer::from_parts(*tokenizer_parts_of(file_of(all_bytes(pre)))).encode_with_specials(text, true);
  };
  // llama.cpp's "default": punctuation and $+<=>^~| first, GPT-2's pattern, numbers, ASCII digits in threes.
  EXPECT_THAT(tokens("default", " ab.!!1111"), ElementsAre(260, '.', 258, 256, '1', '1'));
  EXPECT_THAT(tokens("default", " 1"), ElementsAre(' ', '1'));
  EXPECT_THAT(tokens("gpt-2", " ab.!!1111"), ElementsAre(260, '.', 258, 257));
  EXPECT_THAT(tokens("gpt-2", " 1"), ElementsAre(262));
  EXPECT_THAT(tokens("smollm", "1111"), ElementsAre('1', '1', '1', '1'));
  EXPECT_THAT(tokens("llama-bpe", "1111"), ElementsAre(263, 256, '1', '1'));  // begins with its token
  EXPECT_THAT(tokens("smaug-bpe", "1111"), ElementsAre(256, '1', '1'));
  EXPECT_THAT(tokens("qwen2", " 1"), ElementsAre(' ', '1'));
}

TEST_F(GgufTokenizerTest, PartsAreThoseOfTheJson) {
  for (const char* pre : {"default", "llama-bpe", "exaone4"}) {
    const GgufFile file = file_of(all_bytes(pre));
    const auto straight = text::Tokenizer::from_parts(*tokenizer_parts_of(file)),
               written = text::Tokenizer::from_json(tokenizer_json_of(file), "tokenizer.json");
    for (const char* text : {"", "ab !!! ab1111 ①②③ 12345 ½ '\u2019s", "<|begin|> 11\r\n\r\n\t ab", "모루 말뭉치"})
      EXPECT_EQ(straight.encode_with_specials(text, true), written.encode_with_specials(text, true)) << text;
  }
  EXPECT_FALSE(tokenizer_parts_of(file_of({})).has_value());
}

TEST_F(GgufTokenizerTest, UnhappyPaths) {
  const auto with = [](const char* key, GgufValue value) {
    Pairs pairs = bytes_vocabulary();
    for (auto& [name, old] : pairs)
      if (name == key) old = std::move(value);
    return pairs;
  };
  EXPECT_THAT(error_of(with("tokenizer.ggml.pre", GgufValue::text("tekken"))), HasSubstr("\"tekken\" is not known"));
  EXPECT_THAT(error_of(with("tokenizer.ggml.model", GgufValue::text("t5"))), HasSubstr("kind \"t5\""));
  EXPECT_THAT(error_of(with("tokenizer.ggml.model", GgufValue::text("llama"))), HasSubstr("scores: it is missing"));
  EXPECT_THAT(error_of(with("tokenizer.ggml.token_type", types({1}))), HasSubstr("not as many as tokens"));
  EXPECT_THAT(error_of(with("tokenizer.ggml.merges", texts({"he"}))), HasSubstr("no pair of tokens"));
  EXPECT_THAT(error_of(with("tokenizer.ggml.merges", texts({"h x"}))), HasSubstr("names what is no token"));
  Pairs twice = bytes_vocabulary();
  std::get<std::vector<std::string>>(twice[2].second.elements)[2] = "h";
  EXPECT_THAT(error_of(twice), HasSubstr("\"h\" is there twice"));
  EXPECT_EQ(tokenizer_json_of(file_of({})), "");
}

}  // namespace
}  // namespace moru::model
