#include "core/error.h"
#include "helper.h"

namespace moru::curate {
namespace {

using testing::make_document;
using testing::run_curate;

const std::string kKorean = "이 함수는 셀 범위에 있는 숫자의 합계를 계산하고 그 결과를 돌려줍니다.";
const std::string kEnglish = "This function returns the sum of all the numbers in a range of cells that you select.";
const std::string kRomanised = "i hamsuneun sel beomwie inneun sutjaui hapgyereul gyesanhamnida";

std::vector<std::string> kept_languages(const std::string& recipe) {
  const auto outcome = run_curate({make_document(kKorean), make_document(kEnglish), make_document(kRomanised),
                                   make_document(kKorean + "\n" + kEnglish), make_document("1 2 3")},
                                  recipe, {"language"});
  std::vector<std::string> languages;
  for (const data::Document& document : outcome.kept) languages.push_back(document.language);
  return languages;
}

TEST(LanguageRule, NotesWhatADocumentIsWrittenIn) {
  const auto outcome = run_curate({make_document(kKorean + "\n" + kEnglish)}, "", {"language"});
  const auto& measures = outcome.kept.at(0).measures;
  EXPECT_GT(measures.at("hangul_share"), 0.2);
  EXPECT_LT(measures.at("hangul_share"), 0.6);
  EXPECT_GT(measures.at("second_language_share"), 0.2);
  EXPECT_GT(measures.at("language_confidence"), 0.3);
}

TEST(LanguageRule, KeepsWhatTheRecipeAsks) {
  using Languages = std::vector<std::string>;
  EXPECT_EQ(kept_languages(""), (Languages{"ko", "en", "ko-Latn", "ko", "und"}));
  EXPECT_EQ(kept_languages("language: {keep: ko}"), (Languages{"ko", "ko-Latn", "ko", "und"}));
  EXPECT_EQ(kept_languages("language: {keep: ko, romanised: drop, keep_unknown: false}"), (Languages{"ko", "ko"}));
  EXPECT_EQ(kept_languages("language: {mixed: drop, romanised: drop}"), (Languages{"ko", "en", "und"}));
  EXPECT_EQ(kept_languages("language: {keep: ko-Latn, keep_unknown: false}"), (Languages{"ko-Latn"}));
  EXPECT_EQ(kept_languages("language: {minimum_confidence: 0.9, keep: [ko, en]}").at(0), "ko");
  EXPECT_EQ(kept_languages("language: {minimum_confidence: 0.9, keep: ko, romanised: drop}"), (Languages{"ko", "und"}));
  EXPECT_THROW(kept_languages("language: {mixed: maybe}"), Error);
}

TEST(LanguageRule, ADropSaysWhy) {
  const auto outcome = run_curate({make_document(kKorean + "\n" + kEnglish)}, "language: {mixed: drop}", {"language"});
  const auto decisions = outcome.decisions_of("language");
  ASSERT_EQ(decisions.size(), 1U);
  EXPECT_EQ(decisions[0].at("value"), "ko, en");
  EXPECT_EQ(decisions[0].at("limit"), "not mixed");
}

}  // namespace
}  // namespace moru::curate
