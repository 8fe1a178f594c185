#include "text/unicode.h"

#include "core/random.h"

namespace moru::text {
namespace {

using namespace std::string_view_literals;

std::u32string decode(std::string_view text) {
  std::u32string all;
  for (size_t i = 0; i < text.size();) all += next_code_point(text, i);
  return all;
}

TEST(Unicode, IteratesCodePoints) {
  EXPECT_EQ(decode("a한글🙂"), U"a한글🙂");
  EXPECT_EQ(count_code_points("a한글🙂"), 4U);
  std::string back;
  for (const char32_t c : U"a한글🙂"sv) append_utf8(back, c);
  EXPECT_EQ(back, "a한글🙂");
}

TEST(Unicode, IllFormedBytesBecomeReplacementsAndEveryLoopEnds) {
  // Truncated, overlong, surrogate, past the last plane, lone continuation.
  EXPECT_EQ(decode("\xED\x95"), U"\uFFFD");
  EXPECT_EQ(decode("\xC0\x80"), U"\uFFFD\uFFFD");
  EXPECT_EQ(decode("\xED\xA0\x80"), U"\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(decode("\xF5\x80\x80\x80").size(), 4U);
  EXPECT_EQ(decode("a\x80z"), U"a\uFFFDz");
  EXPECT_EQ(repair_utf8("한\xFF글"), "한\uFFFD글");
  std::string surrogate;
  append_utf8(surrogate, 0xD800);
  EXPECT_EQ(surrogate, "\uFFFD");
}

TEST(Unicode, ValidatesUtf8) {
  EXPECT_TRUE(is_valid_utf8("한글 plain 🙂"));
  EXPECT_TRUE(is_valid_utf8(""));
  EXPECT_EQ(valid_utf8_length("한글\xED\x95"), 6U);
  EXPECT_FALSE(is_valid_utf8("\xC1\xBF"));
}

TEST(Unicode, RepairedRandomBytesAreValid) {
  Random random(7);
  for (int round = 0; round < 300; ++round) {
    std::string bytes(random.below(40), '\0');
    for (char& c : bytes) c = static_cast<char>(random.next());
    const std::string repaired = repair_utf8(bytes);
    EXPECT_TRUE(is_valid_utf8(repaired));
    EXPECT_EQ(count_code_points(repaired), decode(bytes).size());
  }
}

TEST(Unicode, PreviousBoundary) {
  const std::string_view text = "a한🙂";
  EXPECT_EQ(previous_boundary(text, 8), 4U);
  EXPECT_EQ(previous_boundary(text, 4), 1U);
  EXPECT_EQ(previous_boundary(text, 1), 0U);
}

TEST(Unicode, Categories) {
  EXPECT_TRUE(is_letter(U'한') && is_letter(U'é') && is_letter(U'Z') && !is_letter(U'1'));
  EXPECT_TRUE(is_mark(0x0301) && !is_mark(U'e'));
  EXPECT_TRUE(is_number(U'½') && is_number(U'７') && !is_digit(U'½') && is_digit(U'７'));
  EXPECT_TRUE(is_punctuation(U'。') && is_symbol(U'+') && is_upper(U'Ä') && !is_upper(U'ä'));
  EXPECT_TRUE(is_space(0x3000) && is_space(0xA0) && is_space(U'\n') && is_space(0x0B) && !is_space(0x200B));
  EXPECT_TRUE(is_hangul(U'가') && is_hangul(U'ㅋ') && is_hangul(0x1100) && !is_hangul(U'漢') && !is_hangul(U'a'));
  EXPECT_TRUE(is_invisible(0xFEFF) && is_invisible(0x200B) && is_invisible(0x07) && is_invisible(0x9F));
  EXPECT_FALSE(is_invisible(0x200D) || is_invisible(U'\n') || is_invisible(U'\t') || is_invisible(0x85) ||
               is_invisible(U'\r'));
}

TEST(Unicode, NfcComposesHangulAndKeepsCompatibilityJamo) {
  EXPECT_EQ(nfc("\u1112\u1161\u11AB"), "한");
  EXPECT_EQ(nfc("ㅎㅏㄴ ㅋㅋ"), "ㅎㅏㄴ ㅋㅋ");
  EXPECT_EQ(nfc("e\u0301"), "é");
  EXPECT_TRUE(is_nfc("한글 plain"));
  EXPECT_FALSE(is_nfc("e\u0301"));
}

TEST(Unicode, NfcChangesRebuildNfc) {
  const std::string text = "x e\u0301 \u1112\u1161\u11AB\u1100\u1173\u11AF q\u0323\u0307 q\u0307\u0323 end";
  std::string rebuilt;
  size_t done = 0;
  nfc_changes(text, [&](size_t begin, size_t end, std::string_view replacement) {
    ASSERT_GE(begin, done);
    rebuilt += text.substr(done, begin - done);
    rebuilt += replacement;
    done = end;
  });
  rebuilt += text.substr(done);
  EXPECT_EQ(rebuilt, nfc(text));
  EXPECT_NE(rebuilt, text);
  nfc_changes("한글", [](size_t, size_t, std::string_view) { FAIL() << "nothing changes"; });
}

TEST(Unicode, Lower) {
  EXPECT_EQ(lower("LibreOffice ÄÖ 한글 ΑΣ"), "libreoffice äö 한글 ας");
  EXPECT_EQ(lower("ABC z[]"), "abc z[]");
}

TEST(Unicode, WhiteSpace) {
  EXPECT_EQ(normalise_space("  a\u00A0\u3000b\r\n\tc "), "a b c");
  EXPECT_EQ(normalise_space(" \n"), "");
  EXPECT_EQ(trim("\u3000 가 나\u00A0"), "가 나");
  EXPECT_EQ(trim(" \n"), "");
  std::vector<std::string> words;
  for_each_word(" 가\u3000나다\nx", [&](std::string_view word) { words.emplace_back(word); });
  EXPECT_EQ(words, (std::vector<std::string>{"가", "나다", "x"}));
}

TEST(Unicode, DisplayWidth) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("한글"), 4U);
  EXPECT_EQ(display_width("ｱ１"), 3U);
  EXPECT_EQ(display_width("e\u0301\u200B"), 1U);
}

}  // namespace
}  // namespace moru::text
