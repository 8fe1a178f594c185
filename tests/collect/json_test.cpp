#include "collect/extract.h"

namespace moru::collect {
namespace {

std::string reason_of(std::string_view bytes) {
  try {
    extract("a.json", bytes);
  } catch (const Unreadable& problem) {
    return problem.reason();
  }
  return {};
}

TEST(JsonFile, ObjectsWithATextWhereverTheyStand) {
  const std::string bytes =
      R"({"meta": {"made": "2024"}, "data": [{"title": "하나", "text": "글\n\n둘째", "year": 2024, "tags": ["x"]},
      {"paragraphs": [{"content": "속 [글] \"따옴\"", "qas": [{"id": "q1"}]}]}]})";
  const Output output = extract("a.json", bytes);
  ASSERT_EQ(output.documents.size(), 2U);
  EXPECT_EQ(blocks_of(output.documents[0]), (Lines{"title: 하나", "paragraph: 글", "paragraph: 둘째"}));
  EXPECT_EQ(output.documents[0].metadata, (std::map<std::string, std::string>{{"year", "2024"}}));
  EXPECT_EQ(blocks_of(output.documents[1]), (Lines{"paragraph: 속 [글] \"따옴\""}));
  const data::Range range = output.documents[0].source.range;
  EXPECT_EQ(bytes.substr(range.begin, 10), R"({"title": )");
  EXPECT_EQ(bytes[range.end - 1], '}');
}

TEST(JsonFile, OneObjectAListOfTextsAndTheRecipesField) {
  EXPECT_EQ(blocks_of(one_document("a.json", "\xEF\xBB\xBF{\"text\": \"글\"}")), (Lines{"paragraph: 글"}));
  const Output texts = extract("a.json", R"(["하나", "둘", 3, ""])");
  EXPECT_EQ(texts.documents.size(), 2U);
  EXPECT_EQ(texts.set_aside.size(), 1U);
  FolderSource source;
  source.text_field = "context";
  EXPECT_EQ(extract("a.json", R"({"data": [{"context": "지문", "text": "다른 것"}]})", source).documents.size(), 1U);
  // "글" in CP949.
  const data::Document d = one_document("a.json", "{\"text\": \"\xB1\xDB\xC0\xBB \xBE\xB4\xB4\xD9\"}");
  EXPECT_EQ(blocks_of(d), (Lines{"paragraph: 글을 쓴다"}));
  EXPECT_EQ(d.metadata.at("encoding"), "cp949");
}

TEST(JsonFile, WhatIsNotReadSaysWhy) {
  for (const std::string_view bad : {"", "{", "[1,", "{\"text\" \"x\"}", "{\"text\": \"x\"} more", "{\"text\": \"x}",
                                     "[}", "{text: 1}", "[1 2]", "{\"a\":}", "\"x\\"})
    EXPECT_EQ(reason_of(bad), "not-json") << bad;
  EXPECT_EQ(reason_of(R"({"a": [1, {"b": "c"}]})"), "no-text-field");
  EXPECT_EQ(reason_of(std::string(100'000, '[')), "not-json");
  std::string deep = R"({"text": "x"})";
  for (int i = 0; i < 100; ++i) deep = "[" + deep + "]";
  EXPECT_EQ(reason_of(deep), "not-json");
  const Output output = extract("a.json", R"([{"text": "좋다"}, {"text": "\u12"}, {"text": 1e}])");
  EXPECT_EQ(output.documents.size(), 1U);
  EXPECT_EQ(output.set_aside.size(), 1U);
}

}  // namespace
}  // namespace moru::collect
