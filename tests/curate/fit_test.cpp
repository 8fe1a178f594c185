#include "curate/fit.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "helper.h"

namespace moru::curate::testing {
namespace {

/// 100 documents of 10, 20, … 1000 characters from two sources; the ten longest are in English.
class Fit : public ::testing::Test {
 protected:
  void SetUp() override {
    data::DatasetWriter writer(folder_.path() / "documents", std::string(data::kDocumentSchema));
    for (int i = 1; i <= 100; ++i) {
      std::string text;
      while (text.size() < static_cast<size_t>(i) * 10) text += i > 90 ? "The words. " : "글 ";
      data::Document document = make_document(text, i % 2 == 0 ? "even/a" : "odd/a");
      document.language = i > 90 ? "en" : "ko";
      document.source.file_hash = std::to_string(i);
      document.id = data::document_id(document);
      writer.add(data::to_json(document));
    }
    writer.finish(Json::object());
  }
  FitReport fit_with(const std::string& recipe, const FitOptions& options) const {
    SilentProgress progress;
    const Options rules(Config::parse(recipe, "recipe.yaml"));
    return fit(data::DatasetReader(folder_.path() / "documents", data::kDocumentSchema), rules, options, progress);
  }
  static const FittedLimit& limit_of(const FitReport& report, std::string_view key) {
    for (const FittedLimit& limit : report.limits)
      if (limit.key == key) return limit;
    throw std::runtime_error("no such limit");
  }
  TemporaryDirectory folder_;
};

TEST_F(Fit, SaysWhatALimitCostsAndProposesALooserOne) {
  const FitReport report = fit_with(
      "length: {maximum_characters: 300, minimum_characters: 0, minimum_words: 0}\nrepetition: {enabled: false}",
      {.rules = {}, .language = {}, .take = 0.05, .tighten = false, .examples = 2});
  EXPECT_EQ(report.documents, 100U);
  EXPECT_EQ(report.measured, 100U);
  const FittedLimit& maximum = limit_of(report, "maximum_characters");
  EXPECT_TRUE(maximum.in_recipe);
  EXPECT_GT(maximum.cost, 30U);
  EXPECT_LE(maximum.proposed_cost, 10U);
  EXPECT_GT(maximum.proposed_cost, 0U);
  EXPECT_EQ(report.present.documents, maximum.cost);
  EXPECT_EQ(report.present.by_language.at("en"), 10U);
  EXPECT_EQ(report.proposed.by_source.at("even") + report.proposed.by_source.at("odd"), maximum.proposed_cost);
  ASSERT_EQ(maximum.details.at("kept").size(), 2U);
  ASSERT_EQ(maximum.details.at("taken").size(), 2U);
  EXPECT_LE(maximum.details.at("kept")[0].at("value").get<double>(), maximum.proposed);
  EXPECT_GT(maximum.details.at("taken")[0].at("value").get<double>(), maximum.proposed);
  EXPECT_EQ(limit_of(report, "maximum_words").proposed, limit_of(report, "maximum_words").limit);

  const std::string text = fit_text(report, true), section = fit_recipe(report);
  EXPECT_NE(text.find("maximum_characters"), std::string::npos);
  EXPECT_NE(section.find("maximum_characters: "), std::string::npos);
  EXPECT_EQ(section.find("maximum_words"), std::string::npos) << "it stays as it is";
  // What is proposed can be written into a recipe, and then costs what was said.
  const Config proposed = Config::parse(section + "  repetition: {enabled: false}\n", "proposed.yaml");
  SilentProgress progress;
  const FitReport again =
      fit(data::DatasetReader(folder_.path() / "documents", data::kDocumentSchema), Options(proposed.section("curate")),
          {.rules = {}, .language = {}, .take = 0.05}, progress);
  EXPECT_EQ(limit_of(again, "maximum_characters").cost, maximum.proposed_cost);
}

TEST_F(Fit, TightensOnlyWhenAsked) {
  EXPECT_EQ(limit_of(fit_with("", {.rules = {}, .language = {}, .take = 0.1}), "maximum_characters").proposed,
            2'000'000);
  EXPECT_LT(limit_of(fit_with("", {.rules = {}, .language = {}, .take = 0.1, .tighten = true}), "maximum_characters")
                .proposed,
            2000);
}

TEST_F(Fit, LooksAtASampleAndNamesUnknownRules) {
  const FitReport some = fit_with("", {.rules = {}, .language = {}, .sample = 30});
  EXPECT_GT(some.measured, 10U);
  EXPECT_LT(some.measured, 60U);
  EXPECT_EQ(some.documents, 100U);
  EXPECT_THROW(fit_with("", {.rules = {"gopher_qualities"}, .language = {}}), Error);
  EXPECT_EQ(dump_json(to_json(fit_with("", {.rules = {}, .language = {}}))),
            dump_json(to_json(fit_with("", {.rules = {}, .language = {}}))));
}

TEST(LimitSamples, TheReportShowsDocumentsOnBothSidesWithoutPersonalData) {
  std::vector<data::Document> documents;
  for (int i = 1; i <= 20; ++i)
    documents.push_back(make_document(std::string(static_cast<size_t>(i) * 10, 'x') + " kim@hanbit.co.kr and words"));
  const Outcome outcome = run_curate(documents, "length: {maximum_characters: 130}");
  for (const Json& limit : outcome.report.limits) {
    if (limit.at("key") != "maximum_characters") continue;
    EXPECT_EQ(limit.at("count"), 20);
    EXPECT_EQ(limit.at("kept").size(), 4U);
    EXPECT_EQ(limit.at("taken").size(), 4U);
    EXPECT_EQ(limit.at("kept")[0].at("text").get<std::string>().find("kim@"), std::string::npos);
    return;
  }
  FAIL();
}

}  // namespace
}  // namespace moru::curate::testing
