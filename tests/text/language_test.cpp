#include "text/language.h"

#include "text/korean.h"

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

}  // namespace
}  // namespace moru::text
