// moru build, plan, init and trace on the tiny example, as a user runs them.
#include "run_moru.h"

namespace moru::cli {
namespace {

using namespace testing_program;

/// Built once: every test below looks at it or goes on from a copy.
class Built : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    tiny_ = std::make_unique<TinyExample>();
    first_ = moru({"build", tiny_->recipe(), "--json"});
    ASSERT_EQ(first_.status, 0) << first_.error;
  }
  static void TearDownTestSuite() { tiny_.reset(); }
  static fs::path artefact_folder(const std::string& step) {
    const Json report_built = parse_json(first_.out, "output");
    for (const Json& built : report_built.at("steps"))
      if (built.at("step") == step) return built.at("folder").get<std::string>();
    return {};
  }
  static inline std::unique_ptr<TinyExample> tiny_;
  static inline Outcome first_;
};

TEST_F(Built, MakesAModelThatOtherToolsCanOpen) {
  const fs::path model = tiny_->folder() / "model";
  for (const char* file : {"config.json", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "README.md",
                           "bom.json", "evaluation.md", "evaluation.json"})
    EXPECT_TRUE(fs::exists(model / file)) << file;
  const Json bom = read_json_file(model / "bom.json");
  EXPECT_EQ(bom.at("schema"), "moru-bom/1");
  EXPECT_TRUE(bom.at("base").is_null());
  EXPECT_EQ(bom.at("sources").at("licences").size(), 1U);
  EXPECT_GE(bom.at("sources").at("count").get<int>(), 9);
  EXPECT_EQ(bom.at("evaluation").at("scores").size(), 8U) << "four systems, two sets";
  EXPECT_FALSE(bom.at("decisions").empty());
  EXPECT_NE(read_file(model / "README.md").find("Apache-2.0"), std::string::npos);
}

TEST_F(Built, ASecondBuildBuildsNothing) {
  const auto before = hashes(tiny_->folder());
  const Outcome second = moru({"build", tiny_->recipe(), "--json"});
  ASSERT_EQ(second.status, 0) << second.error;
  const Json report = parse_json(second.out, "output");
  for (const Json& step : report.at("steps")) EXPECT_FALSE(step.at("made").get<bool>()) << step.at("step");
  EXPECT_FALSE(report.at("model").at("written").get<bool>());
  EXPECT_EQ(hashes(tiny_->folder()), before);
  EXPECT_LT(second.seconds, 20);
}

TEST_F(Built, ThePlanSaysWhatIsDoneAndWhatAChangeReaches) {
  const Outcome done = moru({"build", tiny_->recipe(), "--plan", "--json"});
  for (const Json& step : parse_json(done.out, "plan")) EXPECT_EQ(step.at("state"), "done") << step;
  const std::string recipe = read_file(tiny_->recipe());
  tiny_->change("comparison_tokens: 1000", "comparison_tokens: 900");
  const Json plan = parse_json(moru({"build", tiny_->recipe(), "--plan", "--json"}).out, "plan");
  EXPECT_EQ(plan.at(4).at("state"), "done");
  EXPECT_EQ(plan.at(5).at("state"), "to do");
  EXPECT_EQ(plan.at(5).at("reason"), "comparison_tokens: 1000 -> 900");
  EXPECT_EQ(plan.at(6).at("state"), "waits");
  write_file_atomic(tiny_->recipe(), recipe);
}

TEST_F(Built, ThePublishedModelIsMendedAndWhatTheUserPutThereIsKept) {
  const fs::path model = tiny_->folder() / "model";
  write_file_atomic(model / "notes.txt", "mine");
  EXPECT_FALSE(parse_json(moru({"build", tiny_->recipe(), "--json"}).out, "o").at("model").at("written").get<bool>())
      << "a further file is no reason";
  write_file_atomic(model / "config.json", "{}");
  const Outcome changed = moru({"trace", model.string()});
  EXPECT_NE(changed.out.find("config.json"), std::string::npos) << changed.out;
  const Outcome outcome = moru({"build", tiny_->recipe()});
  EXPECT_EQ(outcome.status, 0) << outcome.error;
  EXPECT_NE(read_file(model / "config.json"), "{}");
  EXPECT_NE(outcome.error.find("they are kept in"), std::string::npos) << outcome.error;
  size_t kept = 0;
  for (const auto& entry : fs::directory_iterator(tiny_->folder()))
    if (entry.path().filename().string().starts_with("model.before-"))
      kept += fs::exists(entry.path() / "notes.txt") ? 1 : 0;
  EXPECT_EQ(kept, 1U);
}

TEST_F(Built, ItNeverWritesOverAFolderThatIsNoModel) {
  const TinyExample other;
  other.change("name: tiny", "name: tiny\noutput:\n  folder: documents");
  fs::copy(tiny_->folder() / ".moru", other.folder() / ".moru", fs::copy_options::recursive);
  const Outcome outcome = moru({"build", other.recipe()});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_NE(outcome.error.find("holds something else"), std::string::npos) << outcome.error;
  EXPECT_TRUE(fs::exists(other.folder() / "documents" / "LICENSE"));
}

TEST_F(Built, TracesASampleToBytesOfAFileAndItsLicence) {
  const Outcome down = moru({"trace", "회의실.md", "--down", "--json", "--workspace", tiny_->folder().string()});
  ASSERT_EQ(down.status, 0) << down.error;
  const Json made = parse_json(down.out, "down").at("made_of_it");
  ASSERT_FALSE(made.at("sample").empty());
  EXPECT_EQ(made.at("model").size(), 1U);
  const std::string sample = made.at("sample").at(0).at("id");
  const Outcome up = moru({"trace", sample.substr(0, 16), "--json"}, {.folder = tiny_->folder() / "documents"});
  ASSERT_EQ(up.status, 0) << up.error;
  const Json trace = parse_json(up.out, "up");
  EXPECT_EQ(trace.at("id"), sample);
  EXPECT_EQ(trace.at("sources").at("count"), 1);
  EXPECT_EQ(trace.at("sources").at("licences").at("Apache-2.0"), 1);
  EXPECT_NE(trace.at("sources").at("files").at(0).at("uri").get<std::string>().find("회의실.md"), std::string::npos);
  const Outcome of_model = moru({"trace", (tiny_->folder() / "model").string(), "--down"});
  EXPECT_EQ(of_model.status, 0) << of_model.error;
  const Json& document = trace.at("made_from").at(0);
  EXPECT_EQ(document.at("kind"), "document");
  EXPECT_LT(document.at("range").at(0).get<int>(), document.at("range").at(1).get<int>());
  EXPECT_NE(moru({"trace", sample, "--workspace", tiny_->folder().string()}).out.find("SHA-256"), std::string::npos);
}

TEST_F(Built, TracesTheModelWithAndWithoutItsWorkspace) {
  const TemporaryDirectory elsewhere;
  fs::copy(tiny_->folder() / "model", elsewhere.path() / "model", fs::copy_options::recursive);
  const Outcome outcome = moru({"trace", (elsewhere.path() / "model").string(), "--json"});
  ASSERT_EQ(outcome.status, 0) << outcome.error;
  const Json trace = parse_json(outcome.out, "trace");
  EXPECT_GE(trace.at("sources").at("count").get<int>(), 9);
  EXPECT_EQ(trace.at("facts").at("synthetic").at("teacher"), nullptr);
  // A file that was dropped as a copy, or set aside, is no source of the model.
  for (const Json& file : trace.at("sources").at("files"))
    EXPECT_EQ(file.at("uri").get<std::string>().find("broken.html"), std::string::npos);
  const Outcome by_id = moru(
      {"trace", trace.at("id").get<std::string>().substr(0, 12), "--json", "--workspace", tiny_->folder().string()});
  ASSERT_EQ(by_id.status, 0) << by_id.error;
  EXPECT_EQ(parse_json(by_id.out, "trace").at("sources").at("merkle_root"), trace.at("sources").at("merkle_root"));
  // The bill of materials proves its own list.
  std::string bom = read_file(elsewhere.path() / "model" / "bom.json");
  bom.replace(bom.find("\"licence\": \"Apache-2.0\""), 23, "\"licence\": \"CC0-1.0\"   ");
  write_file_atomic(elsewhere.path() / "model" / "bom.json", bom);
  EXPECT_NE(moru({"trace", (elsewhere.path() / "model").string()}).out.find("! bom.json"), std::string::npos);
}

TEST_F(Built, TracesWhatBecameOfAFileThatCouldNotBeRead) {
  const Outcome outcome = moru({"trace", "broken.html", "--workspace", tiny_->folder().string()});
  EXPECT_EQ(outcome.status, 0) << outcome.error;
  EXPECT_NE(outcome.out.find("set_aside"), std::string::npos) << outcome.out;
}

TEST_F(Built, AnUnknownOrAmbiguousIdSaysWhatToDo) {
  const std::string workspace = tiny_->folder().string();
  const Outcome unknown = moru({"trace", "0123456789abcdef0123456789abcdef", "--workspace", workspace});
  EXPECT_EQ(unknown.status, 1);
  const Outcome ambiguous = moru({"trace", "a", "--workspace", workspace});
  EXPECT_EQ(ambiguous.status, 1);
  EXPECT_NE(ambiguous.error.find("give more of the id"), std::string::npos) << ambiguous.error;
  const TemporaryDirectory nowhere;
  const Outcome no_workspace = moru({"trace", "abc"}, {.folder = nowhere.path()});
  EXPECT_EQ(no_workspace.status, 1);
  EXPECT_NE(no_workspace.error.find("--workspace"), std::string::npos) << no_workspace.error;
}

TEST_F(Built, AnotherLanguageChangesNoArtefactButTheModelCard) {
  const Outcome korean = moru({"build", tiny_->recipe(), "--json"}, {.environment = {{"MORU_LANG", "ko"}}});
  ASSERT_EQ(korean.status, 0) << korean.error;
  const Json report_step = parse_json(korean.out, "o");
  for (const Json& step : report_step.at("steps"))
    EXPECT_EQ(step.at("made").get<bool>(), step.at("step") == "package") << step.at("step");
  EXPECT_NE(read_file(tiny_->folder() / "model" / "README.md").find("한계"), std::string::npos);
}

TEST_F(Built, TwoBuildsAtOnceTheSecondIsTold) {
  const TinyExample fresh;
  Moru first({"build", fresh.recipe(), "--until", "train"});
  while (!fs::exists(fresh.folder() / ".moru" / "ledger.db") && first.seconds() < 60)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const Outcome second = moru({"build", fresh.recipe(), "--quiet", "--until", "collect"});
  EXPECT_EQ(second.status, 1);
  EXPECT_NE(second.error.find("another build is running"), std::string::npos) << second.error;
  EXPECT_NE(second.error.find(std::to_string(first.pid())), std::string::npos) << second.error;
  EXPECT_EQ(first.wait().status, 0);
}

TEST(Init, WritesARecipeThatBuildsAndIsNeverOverwritten) {
  const TemporaryDirectory folder;
  for (const char* language : {"en", "ko"}) {
    const fs::path expert = folder.path() / (std::string("내 expert ") + language);
    const RunOptions options{.environment = {{"MORU_LANG", language}}};
    const std::string documents = (fs::path(MORU_SOURCE_DIR) / "examples" / "tiny" / "documents").string();
    const Outcome outcome = moru({"init", expert.string(), "--from", documents}, options);
    ASSERT_EQ(outcome.status, 0) << outcome.error;
    EXPECT_NE(outcome.out.find("Apache-2.0"), std::string::npos) << outcome.out;
    const std::string recipe = (expert / "recipe.yaml").string();
    const Outcome plan = moru({"build", recipe, "--plan"}, options);
    EXPECT_EQ(plan.status, 0) << plan.error;
    EXPECT_EQ(moru({"build", recipe, "--until", "generate", "--quiet"}, options).status, 0);
    const Outcome again = moru({"init", expert.string(), "--from", documents}, options);
    EXPECT_EQ(again.status, 1);
  }
}

TEST(Init, AFolderWithNothingToReadIsToldSo) {
  const TemporaryDirectory folder;
  write_file_atomic(folder.path() / "a.bin", "?");
  const Outcome outcome = moru({"init", (folder.path() / "x").string(), "--from", folder.path().string()});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_NE(outcome.error.find(".html"), std::string::npos) << outcome.error;
  EXPECT_FALSE(fs::exists(folder.path() / "x"));
  EXPECT_EQ(moru({"init", (folder.path() / "x").string(), "--from", "/no/such/folder"}).status, 1);
}

}  // namespace
}  // namespace moru::cli
