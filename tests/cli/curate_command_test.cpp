// moru curate undo and train-language-model, as a user runs them.
#include "data/dataset.h"
#include "run_moru.h"

namespace moru::cli {
namespace {

using namespace testing_program;

TEST(CurateCommand, UndoTakesADecisionBack) {
  TinyExample tiny;
  const Outcome built = moru({"build", tiny.recipe(), "--json"});
  ASSERT_EQ(built.status, 0) << built.error;
  fs::path curate;
  const Json report = parse_json(built.out, "output");
  for (const Json& step : report.at("steps"))
    if (step.at("step") == "curate") curate = step.at("folder").get<std::string>();
  const data::DatasetReader decisions(curate / "decisions", data::kDecisionSchema);
  std::string document, rule;
  decisions.for_each([&](const Json& decision, std::string_view) {
    if (decision.at("action") != "drop") return;
    decision.at("document").get_to(document);
    decision.at("rule").get_to(rule);
  });
  ASSERT_FALSE(document.empty());

  const std::vector<std::string> where = {"--workspace", tiny.folder().string()};
  const auto undo = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"curate", "undo"});
    arguments.insert(arguments.end(), where.begin(), where.end());
    return moru(arguments);
  };
  const Outcome other = undo({document.substr(0, 12), "--rule", "perplexity"});
  EXPECT_EQ(other.status, 1);
  EXPECT_NE(other.error.find("it was decided on by: "), std::string::npos) << other.error;
  const Outcome undone = undo({document.substr(0, 12), "--rule", rule, "--note", "we need it"});
  ASSERT_EQ(undone.status, 0) << undone.error;
  EXPECT_NE(undone.out.find(rule), std::string::npos) << undone.out;
  EXPECT_NE(read_file(tiny.folder() / "overrides.jsonl").find("we need it"), std::string::npos);

  const Json plan = parse_json(moru({"build", tiny.recipe(), "--plan", "--json"}).out, "plan");
  EXPECT_EQ(plan.at(0).at("state"), "done");
  EXPECT_EQ(plan.at(1).at("state"), "to do");
  EXPECT_EQ(undo({document.substr(0, 12), "--back"}).status, 0);
  const Json again = parse_json(moru({"build", tiny.recipe(), "--plan", "--json"}).out, "plan");
  EXPECT_EQ(again.at(1).at("state"), "done");
}

TEST(CurateCommand, TrainsALanguageModelThatARecipeCanName) {
  const TemporaryDirectory folder;
  make_directories(folder.path() / "good");
  for (int i = 0; i < 40; ++i)
    write_file_atomic(folder.path() / "good" / fmt::format("{}.md", i),
                      fmt::format("# 안내 {}\n\n프린터 {}번을 켜고 용지를 넣은 다음 인쇄 단추를 누르십시오.\n", i, i));
  const std::string file = (folder.path() / "ko.ngrams").string();
  const Outcome made = moru({"curate", "train-language-model", (folder.path() / "good").string(), "--out", file});
  ASSERT_EQ(made.status, 0) << made.error;
  EXPECT_NE(made.out.find("perplexity: {model: "), std::string::npos) << made.out;
  EXPECT_TRUE(fs::exists(file));
  const Outcome missing = moru({"curate", "train-language-model", (folder.path() / "none").string(), "--out", file});
  EXPECT_EQ(missing.status, 1);
  EXPECT_NE(missing.error.find("none"), std::string::npos) << missing.error;
}

TEST(CurateCommand, EstimatesWhatPersonalDataIsLeft) {
  TinyExample tiny;
  const std::string list = (tiny.folder() / "list.tsv").string();
  const Outcome first = moru({"curate", "risk", tiny.recipe(), "--sample", "50", "--list", list, "--json"});
  ASSERT_EQ(first.status, 0) << first.error;
  const Json risk = parse_json(first.out, "output");
  EXPECT_GT(risk.at("population").get<int>(), 0);
  EXPECT_EQ(risk.at("sample"), risk.at("population"));
  EXPECT_LT(risk.at("per_1000").at("low").get<double>(), risk.at("per_1000").at("high").get<double>());
  std::string judged;
  size_t lines = 0;
  const std::string text = read_file(list);
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find('\n', begin);
    judged += (lines++ == 0 ? "" : "no") + text.substr(begin, end + 1 - begin);
    begin = end + 1;
  }
  EXPECT_GT(lines, 1U);
  write_file_atomic(list, judged);
  const Outcome second = moru({"curate", "risk", tiny.recipe(), "--sample", "50", "--labels", list});
  ASSERT_EQ(second.status, 0) << second.error;
  EXPECT_NE(second.out.find("personal data is left in 0.0 of 1,000"), std::string::npos) << second.out;
  EXPECT_NE(moru({"curate", "risk"}).status, 0);
}

TEST(CurateCommand, TrainsAClassifierThatARecipeCanName) {
  const TemporaryDirectory folder;
  for (const char* side : {"good", "bad"}) make_directories(folder.path() / side);
  for (int i = 0; i < 40; ++i) {
    write_file_atomic(folder.path() / "good" / fmt::format("{}.md", i),
                      fmt::format("# 안내 {}\n\n프린터 {}번을 켜고 용지를 넣은 다음 인쇄 단추를 누르십시오.\n", i, i));
    write_file_atomic(folder.path() / "bad" / fmt::format("{}.md", i),
                      fmt::format("# 대박 {}\n\n지금 바로 클릭! 무료 할인 {}원 당일 대출 상담 환영.\n", i, i));
  }
  const std::string file = (folder.path() / "quality.model").string();
  const std::string good = (folder.path() / "good").string();
  const Outcome made = moru({"curate", "train-classifier", good, (folder.path() / "bad").string(), "--out", file});
  ASSERT_EQ(made.status, 0) << made.error;
  EXPECT_NE(made.out.find("AUC 1.0000"), std::string::npos) << made.out;
  EXPECT_NE(made.out.find("quality_classifier: {model: "), std::string::npos) << made.out;
  EXPECT_TRUE(fs::exists(file));
  const Outcome missing = moru({"curate", "train-classifier", good, (folder.path() / "none").string(), "--out", file});
  EXPECT_EQ(missing.status, 1);
  EXPECT_NE(missing.error.find("none"), std::string::npos) << missing.error;
}

}  // namespace
}  // namespace moru::cli
