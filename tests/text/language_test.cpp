#include "text/language.h"

#include "text/korean.h"
#include "text/romanised.h"

namespace moru::text {
namespace {

TEST(Language, TellsKoreanEnglishAndOthers) {
  EXPECT_EQ(detect_language("이 함수는 셀 범위에 있는 숫자의 합계를 계산합니다.").code, "ko");
  EXPECT_EQ(detect_language("Returns the sum of the numbers in a cell range, and ignores text in it.").code, "en");
  EXPECT_EQ(detect_language("Diese Funktion berechnet die Summe aller Zahlen in einem Bereich von Zellen.").code, "de");
  EXPECT_EQ(detect_language("この関数はセル範囲の数値の合計を計算します。").code, "ja");
}

TEST(Language, ShortKoreanIsKorean) {
  for (const std::string_view text :
       {"예", "글꼴", "편집 - 찾기", "파일 열기 (Ctrl+O)", "ㅋㅋ", "SUM 함수", "LibreOffice 개인 설정"})
    EXPECT_EQ(detect_language(text).code, "ko") << text;
}

TEST(Language, KoreanWithManyLatinNamesIsKorean) {
  const auto found =
      detect_language("LibreOffice Writer에서 HTML 문서를 열고 Ctrl+Shift+S를 눌러 다른 이름으로 저장하십시오.");
  EXPECT_EQ(found.code, "ko");
  EXPECT_GT(found.confidence, 1.0 / 3.0);
  EXPECT_LE(found.confidence, 1.0);
}

TEST(Language, KoreanAboutLatinNamesIsKorean) {
  EXPECT_EQ(
      detect_language("오류를 생성합니다.\n.ERRNB .ERRDEF .ERRNZ ELSEIFB ELSEIFDEF ELSEIFDIF ELSEIFIDN IFDIFI").code,
      "ko");
}

TEST(Language, AFewKoreanWordsDoNotMakeEnglishKorean) {
  EXPECT_EQ(
      detect_language("Choose the menu entry \"파일\" and then open the document that you want to edit in the window.")
          .code,
      "en");
}

TEST(Language, NothingToTell) {
  EXPECT_EQ(detect_language("").code, "und");
  EXPECT_EQ(detect_language("12345 --- +++ 67").code, "und");
  EXPECT_EQ(detect_language("漢").code == "ko", false);
}

TEST(Language, LongTextIsCutAtACharacter) {
  std::string text;
  while (text.size() < (80 << 10)) text += "한";
  EXPECT_EQ(detect_language(text).code, "ko");
  EXPECT_DOUBLE_EQ(hangul_share("한글ab"), 0.5);
  EXPECT_DOUBLE_EQ(hangul_share("123"), 0);
}

TEST(Language, RomanisedKoreanIsNotAnotherLanguage) {
  for (const std::string_view text :
       {"i hamsuneun sel beomwie inneun sutjaui hapgyereul gyesanhamnida",
        "annyeonghaseyo jeoneun hanguk saramimnida mannaseo bangapseumnida",
        "Taehan min'guk ŭi suto nŭn Sŏul imnida. kŭ chip esŏ hakkyo kkaji kŏrŏ kamnida"}) {
    const auto found = detect_language(text);
    EXPECT_EQ(found.code, "ko-Latn") << text;
    EXPECT_EQ(found.script, "Latn");
    EXPECT_GT(found.confidence, 0.5);
    EXPECT_EQ(found.hangul_share, 0);
  }
  for (const std::string_view text :
       {"kono kansuu wa seru no hani ni aru suuji no goukei wo keisan shimasu",
        "saya pergi ke pasar untuk membeli ikan", "for (int i = 0; i < n; ++i) sum += values[i]; return sum;",
        "The hang gun went down on one street in Seoul"})
    EXPECT_NE(detect_language(text).code, "ko-Latn") << text;
  EXPECT_LT(romanised_korean("").probability(), 0.01);
}

TEST(Language, SharesOfTwoLanguages) {
  const std::string korean = "이 함수는 셀 범위에 있는 숫자의 합계를 계산하고 그 결과를 돌려줍니다.\n";
  const std::string english = "This function returns the sum of all the numbers in a range of cells that you select.\n";
  const auto one = detect_language(korean + korean);
  EXPECT_FALSE(one.mixed);
  EXPECT_EQ(one.second_code, "");
  EXPECT_EQ(one.script, "Hang");
  EXPECT_DOUBLE_EQ(one.confidence, 1);
  const auto both = detect_language(korean + korean + english);
  EXPECT_EQ(both.code, "ko");
  EXPECT_TRUE(both.mixed);
  EXPECT_EQ(both.second_code, "en");
  EXPECT_GT(both.second_share, 0.2);
  EXPECT_LT(both.confidence, 0.8);
  const auto mostly_english = detect_language(english + english + english + korean + korean);
  EXPECT_EQ(mostly_english.code, "en");
  EXPECT_TRUE(mostly_english.mixed);
  EXPECT_EQ(mostly_english.second_code, "ko");
}

TEST(Language, ScriptsAndJamo) {
  EXPECT_EQ(detect_language("ㅋㅋㅋㅋㅋㅋ").code, "ko");
  EXPECT_LT(detect_language("ㅋㅋㅋㅋㅋㅋ").confidence, 0.3);
  EXPECT_EQ(detect_language("ひらがな").script, "Jpan");
  EXPECT_EQ(detect_language("すべて選択").code, "ja");
  EXPECT_EQ(detect_language("选择所有单元格").code, "zh");
  EXPECT_EQ(detect_language("12 + 3").script, "Zyyy");
  EXPECT_EQ(detect_language("Это функция возвращает сумму всех чисел.").script, "Cyrl");
}

}  // namespace
}  // namespace moru::text
