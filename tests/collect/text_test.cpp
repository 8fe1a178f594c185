#include "collect/encoding.h"
#include "collect/extract.h"

namespace moru::collect {
namespace {

TEST(PlainText, ParagraphsAndATitle) {
  const data::Document d = one_document("a.txt", "휴가 규정\r\n\r\n첫 줄\r\n  둘째 줄\r\n\r\n\r\n끝.\r\n");
  EXPECT_EQ(d.title, "휴가 규정");
  EXPECT_EQ(blocks_of(d), (Lines{"title: 휴가 규정", "paragraph: 첫 줄\n둘째 줄", "paragraph: 끝."}));
  EXPECT_EQ(blocks_of(one_document("README", "한 문장이다.\n\n다음.\n")),
            (Lines{"paragraph: 한 문장이다.", "paragraph: 다음."}));
  EXPECT_EQ(blocks_of(one_document("a.txt", "하나뿐\n")), (Lines{"paragraph: 하나뿐"}));
}

TEST(Jsonl, OneDocumentALineWithItsBytes) {
  const std::string bytes =
      "{\"id\": 7, \"title\": \"하나\", \"text\": \"글\\n\\n둘째 문단.\", \"date\": \"2024-01-01\"}\n\n{\"content\": "
      "\"둘\"}\n";
  const Output output = extract("a.jsonl", bytes);
  ASSERT_EQ(output.documents.size(), 2U);
  EXPECT_EQ(blocks_of(output.documents[0]), (Lines{"title: 하나", "paragraph: 글", "paragraph: 둘째 문단."}));
  EXPECT_EQ(output.documents[0].metadata, (std::map<std::string, std::string>{{"id", "7"}, {"date", "2024-01-01"}}));
  EXPECT_EQ(output.documents[0].source.range, (data::Range{0, bytes.find('\n')}));
  const data::Range second = output.documents[1].source.range;
  EXPECT_EQ(bytes.substr(second.begin, second.end - second.begin), "{\"content\": \"둘\"}");
}

TEST(Jsonl, ABadLineCostsOnlyItself) {
  const std::string bytes =
      "{\"text\": \"a\"}\n{\"text\": \n[1]\n{\"title\": \"x\"}\n{\"text\": \"\"}\n{\"text\": \"\xFF\"}\n{\"text\": "
      "\"b\"}";
  const Output output = extract("a.jsonl", bytes);
  EXPECT_EQ(output.documents.size(), 2U);
  Lines reasons;
  for (const Unreadable& u : output.set_aside) reasons.push_back(u.reason());
  EXPECT_EQ(reasons, (Lines{"not-json", "not-json", "no-text-field", "no-text", "invalid-encoding"}));
  EXPECT_EQ(output.set_aside[0].range(), (data::Range{14, 23}));
  const Output deep = extract("a.jsonl", "{\"text\": " + std::string(100000, '[') + "\n{\"text\": \"b\"}\n");
  EXPECT_EQ(deep.documents.size(), 1U);
  EXPECT_EQ(deep.set_aside.size(), 1U);
}

TEST(Jsonl, FieldsFromTheRecipe) {
  FolderSource source;
  source.text_field = "본문";
  source.title_field = "제목";
  const Output output = extract("a.jsonl", "{\"본문\": \"글\", \"제목\": \"이름\", \"text\": \"다른 것\"}\n", source);
  ASSERT_EQ(output.documents.size(), 1U);
  EXPECT_EQ(blocks_of(output.documents[0]), (Lines{"title: 이름", "paragraph: 글"}));
}

TEST(Jsonl, PartsOfAFileGiveWhatTheWholeGives) {
  std::string bytes = "\xEF\xBB\xBF";
  for (int i = 0; i < 40; ++i)
    bytes += fmt::format("{{\"text\": \"{}\"}}\n", std::string(static_cast<size_t>(i % 7), 'x') + "글");
  const FolderSource source;
  const Output whole = extract("a.jsonl", bytes);
  for (const size_t part : {1, 10, 33, 500}) {
    Output parts;
    for (size_t begin = 0; begin < bytes.size(); begin += part)
      extract_jsonl({"a.jsonl", bytes, {begin, std::min(begin + part, bytes.size())}, source}, parts);
    ASSERT_EQ(parts.documents.size(), whole.documents.size()) << part;
    for (size_t i = 0; i < whole.documents.size(); ++i)
      EXPECT_EQ(parts.documents[i].source.range, whole.documents[i].source.range);
  }
}

TEST(Encoding, ByMarkByBytesAndByWhatDecodes) {
  using namespace std::string_literals;
  EXPECT_EQ(decode("\xEF\xBB\xBF글").text, "글");
  EXPECT_EQ(decode("\xFF\xFE\x00\xAC\x0A\x00"s).text, "가\n");
  EXPECT_EQ(decode("\xFE\xFF\xAC\x00"s).encoding, "utf-16be");
  const Decoded korean = decode("\xB0\xA1\xB3\xAA\xB4\xD9 abc \x8C\x63");  // the last two bytes only CP949 has (똠)
  EXPECT_EQ(korean.text, "가나다 abc 똠");
  EXPECT_EQ(korean.encoding, "cp949");
  EXPECT_EQ(decode("a\rb\r\nc").text, "a\nb\nc");
}

TEST(Encoding, WhatDecodesAsNothingIsNamedByItsByte) {
  try {
    decode(
        "abc\xFF\xFF"
        "def");
    FAIL();
  } catch (const Unreadable& problem) {
    EXPECT_EQ(problem.reason(), "invalid-encoding");
    EXPECT_EQ(problem.range(), (data::Range{3, 4}));
    EXPECT_NE(std::string(problem.what()).find("byte 3 (0xFF)"), std::string::npos) << problem.what();
  }
  try {
    decode(std::string_view("PK\0\0", 4));
    FAIL();
  } catch (const Unreadable& problem) {
    EXPECT_EQ(problem.reason(), "binary");
  }
}

}  // namespace
}  // namespace moru::collect
