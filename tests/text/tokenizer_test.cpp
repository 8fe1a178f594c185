#include "text/tokenizer.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"
#include "core/json.h"
#include "text/byte_level.h"
#include "text/char_class.h"
#include "text/text_samples.h"
#include "text/tokenizer_json.h"

namespace moru::text {
namespace {

const std::string& small_json() {
  static const std::string json = [] {
    std::vector<std::string> texts = help_pages(60);
    texts.insert(texts.end(), sample_texts().begin(), sample_texts().end());
    return trained_on(texts, 2000);
  }();
  return json;
}

const Tokenizer& small() {
  static const Tokenizer tokenizer = Tokenizer::from_json(small_json(), "small");
  return tokenizer;
}

std::string nfc(std::string_view text) {
  std::string storage;
  return std::string(normalized_nfc(text, storage));
}

TEST(Tokenizer, DecodeIsTheInverseOfEncode) {
  for (const std::string& text : sample_texts()) EXPECT_EQ(small().decode(small().encode(text)), nfc(text));
  for (const std::string& page : help_pages(100)) ASSERT_EQ(small().decode(small().encode(page)), nfc(page));
  Random random(3);
  for (int i = 0; i < 5000; ++i) {
    std::string text = adversarial_text(random, random.below(40));
    for (size_t n = random.below(4); n > 0; --n)
      text.insert(random.below(text.size() + 1), 1, static_cast<char>(random.below(256)));
    ASSERT_EQ(small().decode(small().encode(text)), nfc(text));
  }
}

TEST(Tokenizer, SpecialTokensAreFoundOnlyIfAskedFor) {
  const std::string text = "<|user|>\n안녕<|endofturn|>\n";
  const Token user = small().special("<|user|>"), end = small().special("<|endofturn|>");
  EXPECT_EQ(user, 55);
  EXPECT_EQ(end, 53);
  EXPECT_EQ(small().special("<|nobody|>"), -1);
  const std::vector<Token> plain = small().encode(text);
  for (const Token token : plain) EXPECT_GE(token, 80);
  EXPECT_EQ(small().decode(plain), text);
  const std::vector<Token> marked = small().encode_with_specials(text);
  EXPECT_EQ(marked.front(), user);
  EXPECT_EQ(marked[marked.size() - 2], end);
  EXPECT_EQ(small().decode(marked, false), text);
  EXPECT_EQ(small().decode(marked, true), "\n안녕\n");
  const std::vector<Token> thought = small().encode_with_specials("<think>x</think>");
  EXPECT_EQ(thought.front(), small().special("<think>"));
  EXPECT_EQ(small().decode(thought, true), "<think>x</think>");
}

TEST(Tokenizer, IdsBeyondTheVocabularyAreEmpty) {
  const std::vector<Token> tokens = {-1, static_cast<Token>(small().vocabulary_size()), 1 << 30};
  EXPECT_EQ(small().decode(tokens), "");
  EXPECT_FALSE(small().is_special(-1));
}

TEST(Tokenizer, ReadingAndWritingGiveTheSameBytes) {
  const TokenizerParts parts = read_tokenizer_json(small_json(), "small");
  EXPECT_EQ(parts.bytes.size(), 2000U);
  EXPECT_EQ(parts.merges.size(), 2000U - 80 - 256);
  EXPECT_EQ(write_tokenizer_json(parts), small_json());
}

TEST(Tokenizer, OlderMergesAsTextAreRead) {
  Json json = parse_json(small_json(), "small");
  for (Json& merge : json["model"]["merges"]) merge = merge[0].get<std::string>() + " " + merge[1].get<std::string>();
  const Tokenizer older = Tokenizer::from_json(dump_json(json), "older");
  for (const std::string& text : sample_texts()) EXPECT_EQ(older.encode(text), small().encode(text));
}

void expect_error(const std::function<void(Json&)>& damage, std::string_view place) {
  Json json = parse_json(small_json(), "small");
  damage(json);
  try {
    Tokenizer::from_json(dump_json(json), "t.json");
    ADD_FAILURE() << "no error: " << place;
  } catch (const Error& error) {
    EXPECT_NE(error.place().find(place), std::string::npos) << error.what();
    EXPECT_TRUE(error.place().starts_with("t.json")) << error.what();
    EXPECT_FALSE(error.mend().empty());
  }
}

TEST(Tokenizer, DamagedFilesAreErrorsThatNameThePlace) {
  const std::string byte_a = to_byte_level("a");
  expect_error([](Json& j) { j = Json::array(); }, "t.json");
  expect_error([](Json& j) { j.erase("model"); }, "model");
  expect_error([](Json& j) { j["model"] = 3; }, "model");
  expect_error([](Json& j) { j["normalizer"] = {{"type", "Nmt"}}; }, "normalizer");
  expect_error([](Json& j) { j["normalizer"] = "NFC"; }, "normalizer");
  expect_error([](Json& j) { j["normalizer"] = {{"type", "Prepend"}}; }, "normalizer.prepend");
  expect_error([](Json& j) { j["normalizer"] = {{"type", "Replace"}, {"pattern", "x"}}; }, "normalizer.pattern");
  for (const char* pattern : {"(", "[a&&b]", "(?~a)", "[[^a]b]", "(*UTF)", "\\p{Nowhere}"}) {
    expect_error([&](Json& j) { j["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"] = pattern; },
                 "pretokenizers[0].pattern");
  }
  expect_error([](Json& j) { j["pre_tokenizer"]["pretokenizers"][0]["behavior"] = "Gone"; },
               "pretokenizers[0].behavior");
  expect_error([](Json& j) { j["pre_tokenizer"]["pretokenizers"][2] = {{"type", "Digits"}}; }, "pretokenizers[2]");
  expect_error([](Json& j) { j["pre_tokenizer"] = {{"type", "BertPreTokenizer"}}; }, "pre_tokenizer");
  expect_error(
      [](Json& j) {
        Json nested = {{"type", "NFC"}};
        for (int i = 0; i < 20; ++i) nested = {{"type", "Sequence"}, {"normalizers", {nested}}};
        j["normalizer"] = nested;
      },
      "normalizer");
  expect_error([](Json& j) { j["post_processor"] = {{"type", "TemplateProcessing"}}; }, "post_processor.single");
  expect_error(
      [](Json& j) {
        j["post_processor"] = {{"type", "BertProcessing"}, {"cls", {"a", 1 << 20}}, {"sep", {"b", 1}}};
      },
      "post_processor");
  expect_error([](Json& j) { j["decoder"] = {{"type", "WordPiece"}}; }, "decoder");
  expect_error([](Json& j) { j["model"]["type"] = "Unigram"; }, "model.type");
  expect_error([](Json& j) { j["model"]["dropout"] = 0.1; }, "model.dropout");
  expect_error([](Json& j) { j["model"]["vocab"] = Json::array(); }, "model.vocab");
  expect_error([&](Json& j) { j["model"]["vocab"][byte_a] = "one"; }, "model.vocab[\"a\"]");
  expect_error([&](Json& j) { j["model"]["vocab"][byte_a] = -1; }, "model.vocab[\"a\"]");
  expect_error([&](Json& j) { j["model"]["vocab"][byte_a] = 20000; }, "model.vocab[\"a\"]");
  expect_error([&](Json& j) { j["model"]["vocab"][byte_a] = int64_t{1} << 60; }, "model.vocab[\"a\"]");
  expect_error([&](Json& j) { j["model"]["vocab"][byte_a] = 400; }, "model.vocab");
  expect_error([&](Json& j) { j["model"]["vocab"][byte_a] = 53; }, "model.vocab");
  expect_error([&](Json& j) { j["model"]["vocab"].erase(byte_a); }, "model.merges");
  expect_error([](Json& j) { j["model"]["vocab"][""] = 2000; }, "model.vocab[\"\"]");
  expect_error([](Json& j) { j["model"]["continuing_subword_prefix"] = "##"; }, "model.continuing_subword_prefix");
  expect_error([](Json& j) { j["model"]["byte_fallback"] = "yes"; }, "model.byte_fallback");
  expect_error([](Json& j) { j["model"]["merges"] = 1; }, "model.merges");
  expect_error([](Json& j) { j["model"]["merges"][3] = 1; }, "model.merges[3]");
  expect_error([](Json& j) { j["model"]["merges"][3] = "together"; }, "model.merges[3]");
  expect_error([](Json& j) { j["model"]["merges"][3] = {"a", "b", "c"}; }, "model.merges[3]");
  expect_error([](Json& j) { j["model"]["merges"][3] = {"nowhere", "seen"}; }, "model.merges[3]");
  expect_error([](Json& j) { j["model"]["merges"][3] = {"a", "\x7F"}; }, "model.merges[3]");
  expect_error([](Json& j) { j["added_tokens"] = 1; }, "added_tokens");
  expect_error([](Json& j) { j["added_tokens"][1] = 1; }, "added_tokens[1]");
  expect_error([](Json& j) { j["added_tokens"][1]["id"] = "1"; }, "added_tokens[1].id");
  expect_error([](Json& j) { j["added_tokens"][1]["id"] = 0; }, "added_tokens");
  expect_error([](Json& j) { j["added_tokens"][1]["content"] = ""; }, "added_tokens[1].content");
  expect_error([](Json& j) { j["added_tokens"][1]["content"] = "[PAD]"; }, "added_tokens");
  expect_error([](Json& j) { j["added_tokens"][1]["lstrip"] = 1; }, "added_tokens[1].lstrip");
  expect_error([](Json& j) { j["added_tokens"][1]["content"] = std::string(2000, 'x'); }, "added_tokens[1].content");
  EXPECT_THROW(Tokenizer::from_json("{", "t.json"), Error);
  EXPECT_THROW(Tokenizer::from_json("", "t.json"), Error);
  EXPECT_THROW(Tokenizer::load("/nowhere/at/all"), Error);
}

TEST(ByteLevel, IsATableOfAllBytes) {
  EXPECT_EQ(to_byte_level(" a\n"), "Ġa\u010A");
  std::string all;
  for (int b = 0; b < 256; ++b) all += static_cast<char>(b);
  EXPECT_EQ(from_byte_level(to_byte_level(all)), all);
  EXPECT_FALSE(from_byte_level(" "));
  EXPECT_FALSE(from_byte_level("한"));
  EXPECT_FALSE(from_byte_level("\u0144"));
  EXPECT_FALSE(from_byte_level("\xC4"));
}

}  // namespace
}  // namespace moru::text
