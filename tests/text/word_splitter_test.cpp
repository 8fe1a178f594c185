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

}  // namespace
}  // namespace moru::text
