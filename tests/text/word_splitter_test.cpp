#include "text/word_splitter.h"

#include <fstream>
#include <sstream>

#include "core/error.h"
#include "text/unicode.h"
#include "text/word_break.h"

namespace moru::text {
namespace {

using Words = std::vector<std::string_view>;

Words words(WordKind kind, std::string_view text) {
  Words found;
  word_splitter(kind).split(text, found);
  return found;
}

TEST(WordSplitter, KindsHaveNames) {
  for (const WordKind kind : {WordKind::whitespace, WordKind::unicode, WordKind::morpheme})
    EXPECT_EQ(word_kind(name_of(kind), "recipe.yaml"), kind);
  try {
    word_kind("words", "recipe.yaml:3");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.place(), "recipe.yaml:3");
    EXPECT_NE(error.mend().find("whitespace, unicode, morpheme"), std::string::npos);
  }
}

TEST(WordSplitter, WhitespaceIsPythons) {
  EXPECT_EQ(words(WordKind::whitespace, ""), Words{});
  EXPECT_EQ(words(WordKind::whitespace, " \n\t"), Words{});
  EXPECT_EQ(words(WordKind::whitespace, " 파일을  열고\r\n(Ctrl+O) 눌러 "),
            (Words{"파일을", "열고", "(Ctrl+O)", "눌러"}));
  // All that str.isspace() accepts, and nothing else of a code point up to U+3100.
  const std::u32string_view spaces =
      U"\t\n\v\f\r\x1C\x1D\x1E\x1F \x85\xA0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A"
      U"\u2028\u2029\u202F\u205F\u3000";
  for (char32_t c = 0; c < 0x3100; ++c) {
    std::string text = "a";
    append_utf8(text, c);
    text += "b";
    EXPECT_EQ(words(WordKind::whitespace, text).size(), spaces.find(c) != std::u32string_view::npos ? 2U : 1U)
        << static_cast<unsigned>(c);
  }
  // A piece of a space at the end of the text is no space.
  EXPECT_EQ(words(WordKind::whitespace, "a\xE3\x80"), (Words{"a\xE3\x80"}));
}

TEST(WordSplitter, UnicodeWordsHoldALetterOrDigit) {
  EXPECT_EQ(words(WordKind::unicode, "Can't \"open\" 3.14, x_1 - 셀(cell)을 A.B."),
            (Words{"Can't", "open", "3.14", "x_1", "셀", "cell", "을", "A.B"}));
  EXPECT_EQ(words(WordKind::unicode, "漢字 カタカナ"), (Words{"漢", "字", "カタカナ"}));
  EXPECT_EQ(words(WordKind::unicode,
                  "a\xFF"
                  "b"),
            (Words{"a", "b"}));
}

// Unicode's own test, if the package unicode-data is installed and speaks of ICU's version.
TEST(WordSplitter, UnicodeBreaksWhereTheStandardSays) {
  std::ifstream file("/usr/share/unicode/auxiliary/WordBreakTest.txt");
  if (!file) return;
  std::string line;
  size_t checked = 0;
  while (std::getline(file, line)) {
    line = line.substr(0, line.find('#'));
    std::istringstream fields(line);
    std::string field, text;
    std::vector<size_t> expected, found;
    while (fields >> field) {
      if (field == "÷")
        expected.push_back(text.size());
      else if (field != "×")
        append_utf8(text, static_cast<char32_t>(std::stoul(field, nullptr, 16)));
    }
    if (text.empty()) continue;
    found.push_back(0);
    for (size_t begin = 0; begin < text.size(); found.push_back(begin)) {
      bool is_word = false;
      begin = word_segment_end(WordBreakTable::get(), text, begin, is_word);
    }
    EXPECT_EQ(found, expected) << line;
    ++checked;
  }
  EXPECT_GT(checked, 1000U);
}

TEST(WordSplitter, MorphemesAreStemsParticlesAndEndings) {
  const auto cut = [](std::string_view text) {
    return fmt::format("{}", fmt::join(words(WordKind::morpheme, text), " "));
  };
  EXPECT_EQ(cut("함수를 호출했습니다."), "함수 를 호출 했 했 습니다 .");
  EXPECT_EQ(cut("컴파일러에서 파일을 여는 방법입니다"), "컴파일러 에서 파일 을 여 는 방법 입 입니다");
  EXPECT_EQ(cut("영화가 정말 재미있었다"), "영화 가 정말 재미있 었 다");
  EXPECT_EQ(cut(""), "");
  EXPECT_EQ(cut(" \n "), "");
}

TEST(WordSplitter, OtherPiecesBesideMorphemesAreKiwis) {
  EXPECT_EQ(words(WordKind::morpheme, "C++에서 std::vector<int>를 1,234.5개(2021-03-12) ㅋㅋㅋ"),
            (Words{"C", "++", "에서", "std", "::", "vector", "<", "int", ">", "를", "1,234.5", "개", "(", "2021-03-12",
                   ")", "ㅋㅋㅋ"}));
  EXPECT_EQ(words(WordKind::morpheme, "#include <a.h> https://example.com/a?b=1 漢字... \"x\""),
            (Words{"#include", "<", "a.h", ">", "https://example.com/a?b=1", "漢字", "...", "\"", "x", "\""}));
  EXPECT_EQ(words(WordKind::morpheme, "1. 첫"), (Words{"1.", "첫"}));
}

// Long texts are cut in stretches; their borders must not show.
TEST(WordSplitter, MorphemesDoNotDependOnWhereAStretchEnds) {
  const std::string sentence = "이 함수를 호출하면 파일이 열립니다. ";
  const size_t alone = words(WordKind::morpheme, sentence + sentence).size() / 2;
  std::string text;
  for (int i = 0; i < 500; ++i) text += sentence;
  const Words found = words(WordKind::morpheme, text);
  EXPECT_EQ(found.size(), 500 * alone);
  for (size_t i = alone; i + alone < found.size(); ++i) ASSERT_EQ(found[i], found[i % alone + alone]) << i;
}

// Each word is a part of the text, no text but white space is left out, and broken bytes are words too.
TEST(WordSplitter, MorphemesCoverTheText) {
  const std::string text =
      "가\xEA\xB0나 \xFF\xC0 했다\xE3\x80 a\xE3\x80\x80끝" + std::string(3, '\0') + "\xF4\x90\x80\x80";
  size_t covered = 0;
  for (const std::string_view word : words(WordKind::morpheme, text)) {
    const auto begin = static_cast<size_t>(word.data() - text.data());
    ASSERT_LE(begin + word.size(), text.size());
    for (size_t i = covered; i < begin; ++i) EXPECT_TRUE(text[i] == ' ' || (i >= 22 && i < 25)) << i;
    covered = std::max(covered, begin + word.size());
  }
  EXPECT_EQ(covered, text.size());
}

}  // namespace
}  // namespace moru::text
