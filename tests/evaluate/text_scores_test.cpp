#include "evaluate/text_scores.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "core/random.h"

namespace moru::evaluate {
namespace {

/// 30 documents of two blocks each; `nats` tells what a block costs.
TextSet documents() {
  TextSet set{"general", TextKind::general, {}};
  for (int i = 0; i < 30; ++i) set.texts.push_back({"text", "", "doc" + std::to_string(i)});
  return set;
}

std::vector<TextBlock> blocks(const TextSet& set, double nats, double spread, uint64_t seed) {
  Random random(seed);
  std::vector<TextBlock> out;
  for (size_t i = 0; i < set.texts.size(); ++i)
    for (int block = 0; block < 2; ++block) out.push_back({{nats + spread * random.normal(), 10, 40 + i % 3}, i});
  return out;
}

System system(const std::string& name, std::vector<TextBlock> predicted) {
  System one;
  one.name = name;
  one.answer = [](const std::vector<Question>& questions, ProgressSink&) {
    return std::vector<std::string>(questions.size(), "a");
  };
  one.predict = [predicted](const std::vector<TextSet>&, ProgressSink&) {
    return std::vector<std::vector<TextBlock>>{predicted};
  };
  return one;
}

TEST(TextScores, AreSumsOverDocumentsInBitsPerByte) {
  const TextSet set = documents();
  const std::vector<TextBlock> some = blocks(set, 20, 0, 1);
  EXPECT_EQ(units_of(set, some).size(), 30U) << "documents, where there are enough";
  const TextScore score = text_score(set, "base", some);
  EXPECT_EQ(score.texts, 30U);
  EXPECT_EQ(score.tokens, 600U);
  EXPECT_NEAR(score.bits_per_byte.mean, 60 * 20 / std::numbers::ln2 / static_cast<double>(score.bytes), 1e-12);
  EXPECT_NEAR(score.perplexity.mean, std::exp(2.0), 1e-9);
  EXPECT_LT(score.bits_per_byte.low, score.bits_per_byte.mean);
  EXPECT_GT(score.bits_per_byte.high, score.bits_per_byte.mean);

  TextSet few = set;
  for (ScoredText& text : few.texts) text.cluster = "the same";
  EXPECT_EQ(units_of(few, some).size(), 60U) << "windows, where documents are few";
}

TEST(TextScores, APairedDifferenceShowsWhatIntervalsOfEachHide) {
  const TextSet set = documents();
  const std::vector<TextBlock> base = blocks(set, 20, 5, 1);
  std::vector<TextBlock> worse = base, same = base;
  Random random(9);
  for (TextBlock& block : worse) block.nats += 0.3 + 0.05 * random.normal();
  for (TextBlock& block : same) block.nats += 0.05 * random.normal();
  SilentProgress silent;
  const std::vector<Question> questions = {{"q", "?", {"b"}, "d", "held-out"}};
  const Report report =
      evaluate(questions, {system("base", base), system("trained", worse), system("other", same)}, silent, {set});
  ASSERT_EQ(report.text_comparisons.size(), 3U);
  const TextComparison& forgotten = report.text_comparisons[0];
  EXPECT_EQ(forgotten.verdict, Verdict::a_better);
  EXPECT_LT(forgotten.bits_difference.high, 0);
  EXPECT_GT(report.text_scores[1].bits_per_byte.high - report.text_scores[1].bits_per_byte.low,
            10 * (forgotten.bits_difference.high - forgotten.bits_difference.low));
  EXPECT_EQ(report.text_comparisons[1].verdict, Verdict::not_shown);
  const std::vector<std::string> findings = text_findings(report);
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_NE(findings[0].find("trained has forgotten some of"), std::string::npos) << findings[0];
  EXPECT_NE(findings[1].find("no forgetting shown"), std::string::npos) << findings[1];
  EXPECT_NE(report_text(report).find("fewer bits are better"), std::string::npos);
  EXPECT_NE(report_markdown(report).find("Prediction of texts"), std::string::npos);
  EXPECT_EQ(report.facts.at("texts").size(), 3U);
}

TEST(TextScores, SystemsThatReadOtherTokensAreNotPaired) {
  const TextSet set = documents();
  std::vector<TextBlock> other = blocks(set, 20, 0, 1);
  for (TextBlock& block : other) block.bytes += 1;
  EXPECT_FALSE(compare_texts(set, "a", blocks(set, 20, 0, 1), "b", other));
}

}  // namespace
}  // namespace moru::evaluate
