#include "evaluate/metrics.h"

#include "evaluate/normalize.h"

namespace moru::evaluate {
namespace {

TEST(Normalize, FoldsCasePunctuationAndSpace) {
  EXPECT_EQ(normalize_answer("  도구 >  옵션 \n- LibreOffice. "), "도구 옵션 libreoffice");
  EXPECT_EQ(normalize_answer("Ctrl+C"), normalize_answer("ctrl-c"));
  EXPECT_EQ(normalize_answer("\"파일\"을 엽니다."), "파일 을 엽니다");
  EXPECT_EQ(normalize_answer("a\xC2\xA0"
                             "b\xE3\x80\x80"
                             "c"),
            "a b c");  // no-break and ideographic spaces
}

TEST(Normalize, TakesDecomposedHangulAsTheSame) {
  EXPECT_EQ(normalize_answer("\xE1\x84\x80\xE1\x85\xA1\xE1\x86\xA8"), "각");
  EXPECT_EQ(normalize_answer("E\xCC\x81"
                             "TE"),
            "\xC3\xA9te");
}

TEST(Normalize, LeavesInvisibleCharactersOut) {
  EXPECT_EQ(normalize_answer("re\xC2\xAD"
                             "port\xE2\x80\x8B"),
            "report");
}

TEST(Normalize, KeepsATextOfPunctuationAlone) {
  EXPECT_EQ(normalize_answer(" <> "), "<>");
  EXPECT_NE(normalize_answer("<>"), normalize_answer("<="));
  EXPECT_EQ(normalize_answer(" \n\t"), "");
  EXPECT_EQ(normalize_answer(""), "");
}

TEST(Normalize, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(normalize_answer("a\xFF"
                             "b")
                .find('\xFF'),
            std::string::npos);
}

TEST(BigramF1, CountsByHand) {
  // night: ni ig gh ht; nacht: na ac ch ht; one in common of 4 + 4.
  EXPECT_DOUBLE_EQ(bigram_f1("night", "nacht"), 0.25);
  EXPECT_DOUBLE_EQ(bigram_f1("night", "night"), 1);
  EXPECT_DOUBLE_EQ(bigram_f1("저장합니다", "저장한다"), 2.0 / 7);  // 저장 alone; 4 + 3
}

TEST(BigramF1, CountsRepeatsAsAMultiset) {
  // aaaa: aa three times; aa: once.
  EXPECT_DOUBLE_EQ(bigram_f1("aaaa", "aa"), 2.0 / 4);
}

TEST(BigramF1, LeavesSpacesOut) {
  EXPECT_DOUBLE_EQ(bigram_f1("파일 을 저장", "파일을저장"), 1);
}

TEST(BigramF1, OneCharacterIsOneGramAndNothingIsNothing) {
  EXPECT_DOUBLE_EQ(bigram_f1("0", "0"), 1);
  EXPECT_DOUBLE_EQ(bigram_f1("0", "10"), 0);
  EXPECT_DOUBLE_EQ(bigram_f1("", "abc"), 0);
  EXPECT_DOUBLE_EQ(bigram_f1("", ""), 0);
}

TEST(ScoreAnswer, TakesTheBestReference) {
  const std::vector<std::string> references = {"파일 - 열기", "Ctrl+O"};
  EXPECT_EQ(score_answer("CTRL + O", references).exact, 1);
  EXPECT_EQ(score_answer("CTRL + O", references).f1, 1);
  const AnswerScore part = score_answer("파일 메뉴", references);
  EXPECT_EQ(part.exact, 0);
  EXPECT_DOUBLE_EQ(part.f1, 2.0 / 6);  // 파일 of 3 + 3
  EXPECT_EQ(score_answer("", references).f1, 0);
}

}  // namespace
}  // namespace moru::evaluate
