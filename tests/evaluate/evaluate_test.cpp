#include "evaluate/evaluate.h"

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "text/unicode.h"

namespace moru::evaluate {
namespace {

std::vector<Question> make_questions(size_t count, size_t documents, const std::string& set = "hand") {
  std::vector<Question> questions;
  for (size_t i = 0; i < count; ++i)
    questions.push_back({fmt::format("{}-{}", set, i),
                         fmt::format("질문 {}?", i),
                         {fmt::format("정답은 {}번 항목입니다.", i * 7919)},
                         fmt::format("문서 {}", i % documents),
                         set});
  return questions;
}

// Right on every question whose number is a multiple of `every`, else answers something else.
System system_right_each(std::string name, size_t every, bool baseline = false) {
  return {std::move(name),
          [every](const std::vector<Question>& questions, ProgressSink&) {
            std::vector<std::string> answers;
            for (size_t i = 0; i < questions.size(); ++i)
              answers.push_back(i % every == 0 ? questions[i].references[0] : "xyzzy plugh " + std::to_string(i % 3));
            return answers;
          },
          baseline};
}

Report run(const std::vector<Question>& questions, const std::vector<System>& systems) {
  SilentProgress silent;
  return evaluate(questions, systems, silent);
}

TEST(Evaluate, ScoresEverySystemOnEverySet) {
  std::vector<Question> questions = make_questions(40, 20, "held-out");
  for (Question& question : make_questions(10, 10)) questions.push_back(question);
  const Report report = run(questions, {system_right_each("all", 1), system_right_each("half", 2)});
  ASSERT_EQ(report.scores.size(), 4U);
  EXPECT_EQ(report.scores[0].set, "held-out");
  EXPECT_EQ(report.scores[0].questions, 40U);
  EXPECT_EQ(report.scores[0].clusters, 20U);
  EXPECT_EQ(report.scores[0].f1.mean, 1);
  EXPECT_EQ(report.scores[0].exact.mean, 1);
  EXPECT_LT(report.scores[0].exact.low, 1);
  EXPECT_EQ(report.scores[1].exact.mean, 0.5);
  EXPECT_EQ(report.scores[2].set, "hand");
  ASSERT_EQ(report.comparisons.size(), 2U);
  EXPECT_EQ(report.comparisons[0].a_higher, 20U);
  EXPECT_EQ(report.comparisons[0].same, 20U);
  EXPECT_EQ(report.comparisons[0].b_higher, 0U);
  EXPECT_GE(report.comparisons[0].p_adjusted, report.comparisons[0].p_value);
}

TEST(Evaluate, ADifferenceIsClaimedOnlyWhereItIsShown) {
  const Report clear = run(make_questions(200, 100), {system_right_each("weak", 7), system_right_each("strong", 1)});
  EXPECT_EQ(clear.comparisons.at(0).verdict, Verdict::b_better);
  EXPECT_LT(clear.comparisons.at(0).f1_difference.high, 0);
  EXPECT_GT(clear.comparisons.at(0).detectable, 0);
  const Report unclear = run(make_questions(12, 6), {system_right_each("a", 5), system_right_each("b", 4)});
  EXPECT_EQ(unclear.comparisons.at(0).verdict, Verdict::not_shown);
  EXPECT_EQ(report_text(unclear).find("better"), std::string::npos) << report_text(unclear);
}

TEST(Evaluate, EqualAnswersGiveNoDifferenceAtAll) {
  const Report report = run(make_questions(30, 10), {system_right_each("float", 3), system_right_each("int8", 3)});
  const Comparison& c = report.comparisons.at(0);
  EXPECT_EQ(c.f1_difference.low, 0);
  EXPECT_EQ(c.f1_difference.high, 0);
  EXPECT_EQ(c.p_value, 1);
  EXPECT_EQ(c.same, 30U);
  EXPECT_EQ(c.verdict, Verdict::not_shown);
}

TEST(Evaluate, OneDocumentOnlyIsSaid) {
  const Report report = run(make_questions(30, 1), {system_right_each("bad", 30), system_right_each("good", 1)});
  EXPECT_EQ(report.comparisons.at(0).verdict, Verdict::not_shown);
  EXPECT_EQ(report.comparisons.at(0).f1_difference.low, -1);
  EXPECT_NE(report_text(report).find("one document"), std::string::npos);
  EXPECT_FALSE(report.facts.at("comparisons").at(0).contains("smallest_detectable_difference"));
}

TEST(Evaluate, AnswersThatAreMissingAreAnErrorThatNamesTheSystem) {
  const System lazy = {"lazy", [](const std::vector<Question>&, ProgressSink&) { return std::vector<std::string>(2); }};
  try {
    run(make_questions(3, 3), {lazy});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.place(), "lazy");
    EXPECT_NE(error.problem().find("2 answers"), std::string::npos) << error.problem();
  }
}

TEST(Evaluate, BadInputIsAnError) {
  const System good = system_right_each("good", 1);
  EXPECT_THROW(run({}, {good}), Error);
  EXPECT_THROW(run(make_questions(2, 2), {}), Error);
  EXPECT_THROW(run(make_questions(2, 2), {good, good}), Error);
  std::vector<Question> questions = make_questions(2, 2);
  questions[1].references.clear();
  EXPECT_THROW(run(questions, {good}), Error);
}

TEST(Evaluate, WhatASystemThrowsComesThrough) {
  const System broken = {"broken", [](const std::vector<Question>&, ProgressSink&) -> std::vector<std::string> {
                           throw Error("model", "broken", "mend");
                         }};
  EXPECT_THROW(run(make_questions(2, 2), {broken}), Error);
}

TEST(Facts, HoldEveryQuestionAnswerAndScore) {
  const Report report = run(make_questions(4, 2), {system_right_each("m", 2)});
  const Json& questions = report.facts.at("questions");
  ASSERT_EQ(questions.size(), 4U);
  EXPECT_EQ(questions[2].at("question"), "질문 2?");
  EXPECT_EQ(questions[2].at("document"), "문서 0");
  EXPECT_EQ(questions[2].at("answers")[0].at("answer"), "정답은 15838번 항목입니다.");
  EXPECT_EQ(questions[2].at("answers")[0].at("f1"), 1);
  EXPECT_EQ(questions[3].at("answers")[0].at("exact"), 0);
  EXPECT_EQ(report.facts.at("scores").size(), 1U);
}

TEST(Report, IsTheSameBytesEachTime) {
  std::vector<Question> questions = make_questions(60, 23, "held-out");
  for (Question& question : make_questions(25, 25)) questions.push_back(question);
  const std::vector<System> systems = {system_right_each("a", 2), system_right_each("b", 3),
                                       system_right_each("BM25", 5, true)};
  const Report one = run(questions, systems), two = run(questions, systems);
  EXPECT_EQ(dump_json(one.facts), dump_json(two.facts));
  EXPECT_EQ(report_text(one), report_text(two));
  EXPECT_EQ(report_markdown(one), report_markdown(two));
}

TEST(Report, SaysPlainlyWhereTheBaselineWins) {
  const std::vector<Question> questions = make_questions(200, 100);
  const Report loses = run(questions, {system_right_each("model", 7), system_right_each("BM25", 1, true)});
  EXPECT_NE(report_text(loses).find("BM25 wins over model"), std::string::npos) << report_text(loses);
  EXPECT_NE(report_markdown(loses).find("Where the baseline does better"), std::string::npos);
  const Report wins = run(questions, {system_right_each("BM25", 7, true), system_right_each("model", 1)});
  EXPECT_NE(report_text(wins).find("model beats BM25"), std::string::npos) << report_text(wins);
  const Report neither = run(questions, {system_right_each("BM25", 3, true), system_right_each("model", 3)});
  EXPECT_NE(report_text(neither).find("BM25 and model: no difference shown"), std::string::npos)
      << report_text(neither);
}

TEST(Report, TellsTheSmallestDetectableDifference) {
  const Report report = run(make_questions(60, 30), {system_right_each("a", 2), system_right_each("b", 3)});
  EXPECT_NE(report_text(report).find("Smallest detectable difference"), std::string::npos);
  EXPECT_NE(report_markdown(report).find("Smallest detectable difference"), std::string::npos);
}

TEST(Report, ColumnsLineUpUnderKoreanNames) {
  const Report report =
      run(make_questions(20, 10), {system_right_each("미학습 모델", 4), system_right_each("int8", 2)});
  const std::string text = report_text(report);
  // The interval begins in the same column on both lines.
  std::vector<size_t> columns;
  for (const char* name : {"  미학습 모델 ", "  int8 "}) {
    const size_t begin = text.find(name);
    ASSERT_NE(begin, std::string::npos) << text;
    const size_t number = text.find("0.", begin);
    columns.push_back(text::display_width(std::string_view(text).substr(begin, number - begin)));
  }
  EXPECT_EQ(columns[0], columns[1]) << text;
}

TEST(Report, MarkdownKeepsAnswersInTheirPlace) {
  const System odd = {"od|d", [](const std::vector<Question>& questions, ProgressSink&) {
                        return std::vector<std::string>(questions.size(), "# one\n| two | `three` <b>");
                      }};
  const std::string text = report_markdown(run(make_questions(3, 3), {odd}));
  EXPECT_NE(text.find("\\# one \\| two \\| \\`three\\` \\<b\\>"), std::string::npos) << text;
  EXPECT_NE(text.find("| od\\|d |"), std::string::npos) << text;
}

TEST(Report, SpeaksKorean) {
  ::setenv("MORU_LANG", "ko", 1);
  const Report report = run(make_questions(40, 20), {system_right_each("모델", 7), system_right_each("BM25", 1, true)});
  const std::string text = report_text(report), markdown = report_markdown(report);
  ::unsetenv("MORU_LANG");
  EXPECT_NE(text.find("질문 40개, 문서 20개"), std::string::npos) << text;
  EXPECT_NE(text.find("BM25 쪽이 모델보다 낫습니다"), std::string::npos) << text;
  EXPECT_NE(markdown.find("## hand"), std::string::npos);
  EXPECT_NE(markdown.find("기준선이 더 나은 곳"), std::string::npos);
}

}  // namespace
}  // namespace moru::evaluate
