#include "text/hangul.h"

#include "text/unicode.h"

namespace moru::text {
namespace {

TEST(Hangul, HalfWidthLettersSpellSyllables) {
  EXPECT_EQ(normalise_hangul("ﾡￂﾤￂﾧￂ", {}), "가나다");
  EXPECT_EQ(normalise_hangul("ﾾￂﾤﾡￚﾩ", {}), "한글");
  EXPECT_EQ(normalise_hangul("ﾡￂﾴﾷￜ ﾷￛ.", {}), "값이 의.");
  // A final goes to the next syllable if a vowel follows it.
  EXPECT_EQ(normalise_hangul("ﾡￂﾵￇ", {}), "가세");
}

TEST(Hangul, LettersThatSpellNothingStayLetters) {
  EXPECT_EQ(normalise_hangul("ﾻﾻﾻ", {}), "ㅋㅋㅋ");
  EXPECT_EQ(normalise_hangul("￢", {}), "￢");  // not a letter
  EXPECT_EQ(normalise_hangul("ㅋㅋ ㅎㅏㄴ ㄱ", {}), "ㅋㅋ ㅎㅏㄴ ㄱ");
}

TEST(Hangul, StrayJamoBecomeCompatibilityJamo) {
  EXPECT_EQ(normalise_hangul("\u110F\u110F", {}), "ㅋㅋ");
  EXPECT_EQ(normalise_hangul("아\u1172\u1172", {}), "아ㅠㅠ");
  // Decomposed syllables are NFC's.
  const std::string decomposed = "\u1112\u1161\u11AB\u1100\u1173\u11AF";
  EXPECT_EQ(normalise_hangul(decomposed, {}), decomposed);
  EXPECT_EQ(normalise_hangul("하\u11AB", {}), "하\u11AB");
  EXPECT_EQ(normalise_hangul("한\u11AB", {}), "한ㄴ");
  // Old Hangul: 나랏말ᄊᆞ미.
  EXPECT_EQ(normalise_hangul("\u110A\u119E\u11B7", {}), "\u110A\u119E\u11B7");
  HangulOptions off;
  off.stray_jamo = false;
  EXPECT_EQ(normalise_hangul("\u110F\u110F", off), "\u110F\u110F");
}

TEST(Hangul, HanjaAreUnified) {
  EXPECT_EQ(normalise_hangul("\uF914 \uF92F", {}), "樂 勞");
  EXPECT_EQ(normalise_hangul("\uFA0E", {}), "\uFA0E");  // a unified ideograph in the block
  HangulOptions off;
  off.hanja = false;
  EXPECT_EQ(normalise_hangul("\uF914", off), "\uF914");
}

TEST(Hangul, FullWidthAsciiAsAsked) {
  const std::string text = "ＨＷＰ２０２２（가）";
  HangulOptions options;
  EXPECT_EQ(normalise_hangul(text, options), "HWP2022（가）");
  options.full_width = HangulOptions::FullWidth::all;
  EXPECT_EQ(normalise_hangul(text, options), "HWP2022(가)");
  options.full_width = HangulOptions::FullWidth::keep;
  EXPECT_EQ(normalise_hangul(text, options), text);
}

TEST(Hangul, PrivateUseOfHwp) {
  HangulOptions options;
  EXPECT_EQ(normalise_hangul("\uF06C \U000F02B1", options), "\uF06C \U000F02B1");
  options.private_use = true;
  EXPECT_EQ(normalise_hangul("\uF06C \U000F02B1\U000F02C4 \U000F02CE\U000F02D8 \U000F0854책\U000F0855", options),
            "● ①⑳ ❶⓫ 《책》");
  // Hunmin Jeongeum's first words in Hanyang's code points: 말ᄊᆞᆷ.
  EXPECT_EQ(private_use_meaning(0xE0BC), "\u115F\u1161\u11AE");
  EXPECT_EQ(private_use_meaning(0xEBD4), "\u110A\u119E");
  EXPECT_EQ(private_use_meaning(0xF8F7), "\u11F9");
  EXPECT_EQ(private_use_meaning(0xE000), "");
  EXPECT_EQ(normalise_hangul("\uE000", options), "\uE000");
  EXPECT_EQ(count_private_use("가\uE000나\U000F02B0"), 2U);
}

TEST(Hangul, ASecondPassChangesNothing) {
  HangulOptions options;
  options.private_use = true;
  options.full_width = HangulOptions::FullWidth::all;
  // Hanyang's single jamo make syllables with each other, and stray ones are letters like any.
  EXPECT_EQ(nfc(normalise_hangul("\uF788\uF807\uF86F", options)),
            nfc(private_use_meaning(0xF788) + private_use_meaning(0xF807) + private_use_meaning(0xF86F)));
  // All code points that may change, in pairs with jamo and syllables.
  std::vector<char32_t> codes = {U'a',   U' ',   U'가',  U'각',  0x1100, 0x1161,
                                 0x11A8, 0x119E, 0x115F, 0xA960, 0xFFA1, 0xFFC2};
  for (char32_t c = 0xFF00; c < 0xFFF0; c += 3) codes.push_back(c);
  for (char32_t c = 0xE0B0; c < 0xFB00; c += 41) codes.push_back(c);
  for (const char32_t a : codes)
    for (const char32_t b : codes) {
      std::string text;
      for (const char32_t c : {a, b, a}) append_utf8(text, c);
      const std::string once = nfc(normalise_hangul(text, options));
      ASSERT_EQ(nfc(normalise_hangul(once, options)), once)
          << std::hex << static_cast<unsigned>(a) << " " << static_cast<unsigned>(b);
    }
}

}  // namespace
}  // namespace moru::text
