// Rule sets in a recipe: off unless asked for, alone or by the name of a published chain.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "curate/rule_set_check.h"
#include "curate/text_view.h"
#include "helper.h"

namespace moru::curate {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::make_document;

/// The rules of sets that a recipe runs, with their parameters.
std::map<std::string, Json> sets_of(const std::string& recipe) {
  const Config section = Config::parse(recipe, "recipe.yaml");
  const Options options(section);
  section.finish();
  std::map<std::string, Json> found;
  for (const Json& rule : options.to_json())
    for (const char* name : {"gopher_repetition", "gopher_quality", "c4_quality", "c4_paragraph", "fineweb_quality"})
      if (rule.at("rule") == name) found[name] = rule.at("parameters");
  return found;
}

std::vector<std::string> names(const std::map<std::string, Json>& sets) {
  std::vector<std::string> all;
  for (const auto& [name, parameters] : sets) all.push_back(name);
  return all;
}

TEST(RuleSetChain, SetsAreOffUnlessTheRecipeNamesThem) {
  EXPECT_TRUE(sets_of("").empty());
  EXPECT_THAT(names(sets_of("gopher_quality: {language: kor_Hang}")), ElementsAre("gopher_quality"));
}

TEST(RuleSetChain, AChainSwitchesItsSetsOn) {
  const auto fineweb = sets_of("rule_set: fineweb\nfineweb_quality: {short_lines: 1}");
  EXPECT_THAT(names(fineweb), ElementsAre("c4_quality", "fineweb_quality", "gopher_quality", "gopher_repetition"));
  EXPECT_EQ(fineweb.at("c4_quality").at("terminal_mark"), false);
  EXPECT_EQ(fineweb.at("fineweb_quality").at("short_lines"), 1);
  EXPECT_EQ(fineweb.at("gopher_quality").at("words"), "whitespace");
  const auto second = sets_of("rule_set: fineweb-2\ngopher_quality: {enabled: false}");
  EXPECT_THAT(names(second), ElementsAre("fineweb_quality", "gopher_repetition"));
  EXPECT_EQ(second.at("fineweb_quality").at("language"), "auto");
  EXPECT_EQ(second.at("fineweb_quality").at("words"), "morpheme");
  EXPECT_EQ(second.at("fineweb_quality").at("kor_Hang").at("line_feeds"), 0.196);
  try {
    sets_of("rule_set: finewep");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("did you mean \"fineweb\"?"));
  }
}

TEST(RuleSetChain, LimitsGoByTheDocumentsLanguage) {
  // Mean word length seven: too long for Korean, not for English.
  std::string text;
  for (int i = 0; i < 60; ++i) text += "일곱글자낱말임 the of ";
  data::Document korean = make_document(text, "docs/a.html");
  data::Document english = make_document(text, "docs/b.html");
  korean.language = "ko";
  english.language = "en";
  const testing::Outcome outcome = testing::run_curate(
      {korean, english}, "gopher_quality: {language: auto, maximum_mean_word_length: 4, minimum_stop_words: 2}",
      {"gopher_quality"});
  // The stop words differ as well: "the" and "of" are none in Korean.
  ASSERT_EQ(outcome.kept.size(), 1U);
  EXPECT_EQ(outcome.kept[0].language, "en");
  const std::vector<Json> decisions = outcome.decisions_of("gopher_quality");
  ASSERT_EQ(decisions.size(), 1U);
  EXPECT_EQ(decisions[0].at("detail"), "gopher_enough_stop_words");
  EXPECT_EQ(decisions[0].at("value"), 0);
  EXPECT_EQ(decisions[0].at("limit"), 2);
}

TEST(TextView, IsNewWhereTheTextIsAndOnlyThere) {
  std::string text = "one two\nthree";
  TextView& view = text_view(text);
  EXPECT_EQ(view.words(text::WordKind::whitespace).size(), 3U);
  text[3] = '_';  // the same place, the same length
  EXPECT_EQ(text_view(text).words(text::WordKind::whitespace).size(), 2U);
  EXPECT_EQ(text_view("\xFF two").characters(), 5U);  // ill-formed bytes become one character
  EXPECT_EQ(text_view("\xFF two").text(), "\uFFFD two");
  EXPECT_EQ(text_view("").lines().size(), 1U);
  EXPECT_EQ(text_view("").python_lines().size(), 0U);
}

TEST(TextView, RepeatedGramsAreExact) {
  TextView& view = text_view("a b c a b d a b c");
  WordList& words = view.words(text::WordKind::whitespace);
  EXPECT_THAT(words.counts(1), ElementsAre(3, 3, 2));
  EXPECT_THAT(words.counts(2), ElementsAre(3, 2));
  EXPECT_THAT(words.counts(3), ElementsAre(2));
  ASSERT_EQ(words.repeated(3).size(), 2U);
  EXPECT_EQ(words.repeated(3)[1].position, 6U);
  EXPECT_TRUE(words.repeated(4).empty());
  EXPECT_TRUE(words.repeated(10).empty());
}

TEST(RuleSetCheck, ALineOfManyMegabytesIsJudged) {
  std::string text;
  text.reserve(20'000'000);
  for (size_t i = 0; text.size() < 20'000'000; ++i) text += "w" + std::to_string(i * 7919 % 100'003) + " ";
  const RuleChain chain({"fineweb"}, Config::parse("", "test"));
  EXPECT_FALSE(chain.check(text).kept());
  EXPECT_FALSE(chain.check(std::string(20'000'000, 'x')).kept());
}

}  // namespace
}  // namespace moru::curate
