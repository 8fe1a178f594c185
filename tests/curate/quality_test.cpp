// Rules that run only where the recipe asks for them: decontamination, perplexity, mixture.
#include <gtest/gtest.h>

#include "core/error.h"
#include "curate/evaluation_sets.h"
#include "helper.h"
#include "text/ngram_model.h"

namespace moru::curate::testing {
namespace {

const std::vector<std::string> kNone = {"-"};  // no other rule

TEST(Decontamination, FindsQuestionsAndAnswers) {
  const TemporaryDirectory folder;
  write_file_atomic(
      folder.path() / "quiz.jsonl",
      R"({"id": "one two three four five six seven", "question": "표 안의 셀을 나누려면 어느 메뉴를 눌러야 하나요?"}
{"messages": [{"role": "user", "content": "What is the name of the longest river that runs through the old town of Seoul today?"}]}
{"question": "왜?"}
)");
  const std::string recipe =
      fmt::format("decontamination: {{against: [{}], ngram: 8}}", (folder.path() / "quiz.jsonl").string());
  const Outcome outcome = run_curate(
      {make_document("앞 문장입니다. 표 안의 셀을 나누려면, 어느 메뉴를 눌러야 하나요? 뒤 문장입니다.", "docs/a"),
       make_document("표 안의 셀을 나누려면 표 메뉴를 누릅니다.", "docs/b"),
       make_document("They asked for THE NAME of the longest river that runs through a valley.", "docs/c"),
       make_document("one two three four five six seven", "docs/d")},
      recipe, kNone);
  const auto dropped = outcome.decisions_of("decontamination");
  ASSERT_EQ(dropped.size(), 2U);
  EXPECT_EQ(dropped[0].at("detail"), "line 1 of quiz.jsonl: \"표 안의 셀을 나누려면 어느 메뉴를 눌러야 하나요\"");
  EXPECT_EQ(dropped[1].at("detail"), "line 2 of quiz.jsonl: \"the name of the longest river that runs\"");
  EXPECT_EQ(outcome.kept.size(), 2U);
  EXPECT_EQ(outcome.report.facts.at("counts").at("decontamination").at("quiz.jsonl"), 2);
}

TEST(Decontamination, CanOnlyReport) {
  const TemporaryDirectory folder;
  write_file_atomic(folder.path() / "quiz.txt", "하나 둘 셋 넷 다섯 여섯\n");
  const std::string set = (folder.path() / "quiz.txt").string();
  const Outcome outcome = run_curate({make_document("영 하나 둘 셋 넷 다섯 여섯 일곱")},
                                     fmt::format("decontamination: {{against: {}, action: report}}", set), kNone);
  ASSERT_EQ(outcome.kept.size(), 1U);
  EXPECT_EQ(outcome.kept[0].measures.at("evaluation_overlap"), 1);
  EXPECT_TRUE(outcome.decisions.empty());
  try {
    run_curate({}, "decontamination: {against: nowhere.jsonl}", kNone);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("recipe.yaml:1"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("nowhere.jsonl"), std::string::npos) << error.what();
  }
}

TEST(Decontamination, WordsAreLettersAndDigits) {
  EXPECT_EQ(overlap_words("Don't  STOP — 2.5배!"), (std::vector<std::string>{"don", "t", "stop", "2", "5배"}));
  EXPECT_EQ(overlap_words("\xff\xfe"), std::vector<std::string>{});
}

TEST(Perplexity, DropsWhatTheModelDoesNotKnow) {
  const TemporaryDirectory folder;
  text::NgramModel::Trainer trainer(4);
  for (int i = 0; i < 20; ++i) trainer.add("프린터 설정을 바꾸려면 파일 메뉴에서 인쇄를 선택하십시오.");
  trainer.finish(1, "").save(folder.path() / "m");
  const std::string model = (folder.path() / "m").string();
  const Outcome outcome = run_curate({make_document("파일 메뉴에서 인쇄를 선택하십시오.", "docs/a"),
                                      make_document("qzx 0x83f 9a8s7df ;;; {{{", "docs/b")},
                                     fmt::format("perplexity: {{model: {}, maximum: 100}}", model), kNone);
  ASSERT_EQ(outcome.kept.size(), 1U);
  EXPECT_LT(outcome.kept[0].measures.at("perplexity"), 10);
  const auto dropped = outcome.decisions_of("perplexity");
  ASSERT_EQ(dropped.size(), 1U);
  EXPECT_GT(dropped[0].at("value").get<double>(), 100);
  EXPECT_EQ(dropped[0].at("limit"), 100);
  EXPECT_THROW(run_curate({}, "perplexity: {model: gone}", kNone), Error);
}

TEST(Mixture, WeightsBecomeEpochs) {
  std::vector<data::Document> documents;
  for (int i = 0; i < 8; ++i) documents.push_back(make_document(fmt::format("manual page number {}", i), "manual/p"));
  for (int i = 0; i < 2; ++i) documents.push_back(make_document(fmt::format("policy text number {}", i), "policy/p"));
  documents.push_back(make_document("something else", "rest/p"));
  const Outcome outcome =
      run_curate(documents, "mixture: {sources: [{source: manual, weight: 1}, {source: policy, weight: 1}]}", kNone);
  ASSERT_EQ(outcome.kept.size(), 11U);
  EXPECT_FALSE(outcome.kept[0].measures.contains("epochs"));  // the larger source once
  EXPECT_NEAR(outcome.kept[8].measures.at("epochs"), 4, 0.01);
  EXPECT_FALSE(outcome.kept[10].measures.contains("epochs"));
  const Outcome capped = run_curate(
      documents, "mixture: {maximum_epochs: 2, sources: [{source: manual, weight: 1}, {source: policy, weight: 1}]}",
      kNone);
  EXPECT_EQ(capped.kept[8].measures.at("epochs"), 2);
}

TEST(Mixture, CapsASource) {
  std::vector<data::Document> documents;
  for (int i = 0; i < 10; ++i) documents.push_back(make_document(fmt::format("page {:05}", i), "manual/p"));
  const Outcome outcome =
      run_curate(documents, "mixture: {sources: [{source: manual, maximum_characters: 35, epochs: 1.5}]}", kNone);
  EXPECT_EQ(outcome.kept.size(), 3U);
  EXPECT_EQ(outcome.decisions_of("mixture").size(), 7U);
  EXPECT_EQ(outcome.kept[0].measures.at("epochs"), 1.5);
  const Outcome other =
      run_curate(documents, "mixture: {seed: 8, sources: [{source: manual, maximum_characters: 35}]}", kNone);
  EXPECT_NE(other.kept[0].id + other.kept[1].id + other.kept[2].id,
            outcome.kept[0].id + outcome.kept[1].id + outcome.kept[2].id);
}

TEST(Mixture, AnUnknownSourceIsAnError) {
  try {
    run_curate({make_document("page", "manual/p")}, "mixture: {sources: [{source: manaul, epochs: 2}]}", kNone);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("the sources with documents are: manual"), std::string::npos)
        << error.what();
  }
  EXPECT_THROW(run_curate({}, "mixture: {sources: [{source: a, epochs: 2, weight: 1}]}", kNone), Error);
}

}  // namespace
}  // namespace moru::curate::testing
