#include "pipeline/build.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "pipeline/record.h"
#include "toy_steps.h"

namespace moru::pipeline {
namespace {

// The toy recipe has no package: it is always built up to its last step but one or a named one.
BuildReport run(const ToyRecipe& toy, const Workspace& workspace, ProgressSink& progress) {
  return build(toy.recipe, workspace, {"second"}, progress);
}

struct Build : testing::Test {
  TemporaryDirectory folder;
  Workspace workspace{folder.path()};
  ToyRecipe toy{folder.path()};
  Ear ear;
};

TEST_F(Build, ASecondRunMakesNothing) {
  const BuildReport first = run(toy, workspace, ear);
  EXPECT_TRUE(first.steps[0].made && first.steps[1].made);
  const BuildReport second = run(toy, workspace, ear);
  EXPECT_FALSE(second.steps[0].made || second.steps[1].made);
  EXPECT_EQ(toy.first->runs, 1);
  EXPECT_EQ(first.steps[1].artefact.content, second.steps[1].artefact.content);
  EXPECT_EQ(toy.third->runs, 0);
}

TEST_F(Build, OnlyWhatAChangeReachesIsMadeAgain) {
  run(toy, workspace, ear);
  toy.second->text = "zwei";
  const auto plan = make_plan(toy.recipe, workspace, "second");
  EXPECT_EQ(plan[0].state, StepState::done);
  EXPECT_EQ(plan[1].state, StepState::make);
  EXPECT_NE(plan[1].reason.find("text"), std::string::npos) << plan[1].reason;
  run(toy, workspace, ear);
  EXPECT_EQ(toy.first->runs, 1);
  EXPECT_EQ(toy.second->runs, 2);
}

TEST_F(Build, AStepWhoseInputComesOutTheSameIsNotRun) {
  run(toy, workspace, ear);
  toy.first->code = 2;  // other code, same output
  run(toy, workspace, ear);
  EXPECT_EQ(toy.first->runs, 2);
  EXPECT_EQ(toy.second->runs, 1);
}

TEST_F(Build, ThePlanChangesNothing) {
  const auto plan = make_plan(toy.recipe, workspace);
  EXPECT_EQ(plan.size(), 3U);
  for (const auto& step : plan) EXPECT_EQ(step.state, StepState::make);
  EXPECT_FALSE(fs::exists(workspace.moru()));
}

TEST_F(Build, ADamagedArtefactIsSaidAndMadeAgain) {
  const BuildReport before = run(toy, workspace, ear);
  const Artefact& artefact = before.steps[0].artefact;
  write_file_atomic(artefact.folder / "deep" / "text.txt", "0ne");
  EXPECT_EQ(make_plan(toy.recipe, workspace)[0].state, StepState::damaged);
  const BuildReport after = run(toy, workspace, ear);
  EXPECT_TRUE(after.steps[0].made);
  EXPECT_FALSE(after.steps[1].made) << "the same bytes again: nothing after it changes";
  EXPECT_EQ(after.steps[0].artefact.content, artefact.content);
  EXPECT_NE(ear.heard.find("damaged"), std::string::npos) << ear.heard;
  write_file_atomic(artefact.folder / "artefact.json", "{");
  EXPECT_TRUE(run(toy, workspace, ear).steps[0].made);
}

TEST_F(Build, AFailedStepLeavesWhatWasDoneAndNothingHalfDone) {
  toy.second->before = [](StepRun& step) {
    write_file_atomic(step.out / "half.txt", "half");
    throw Error("recipe.yaml:3", "it cannot be", "make it possible");
  };
  EXPECT_THROW(run(toy, workspace, ear), Error);
  EXPECT_EQ(make_plan(toy.recipe, workspace)[0].state, StepState::done);
  EXPECT_TRUE(fs::is_empty(workspace.moru() / "partial"));
  toy.second->before = {};
  EXPECT_FALSE(run(toy, workspace, ear).steps[0].made);
  const ledger::Ledger ledger = ledger::Ledger::open_read_only(workspace.ledger());
  const auto runs = ledger.runs();
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0].outcome, "done");
  EXPECT_EQ(runs[1].outcome, "failed");
}

TEST_F(Build, WorkOutlivesAFailureAndGoesWithSuccess) {
  toy.first->before = [](StepRun& step) {
    make_directories(step.work);
    if (fs::exists(step.work / "checkpoint")) return;
    write_file_atomic(step.work / "checkpoint", "step 1");
    throw Error("", "cut", "");
  };
  EXPECT_THROW(run(toy, workspace, ear), Error);
  EXPECT_FALSE(fs::is_empty(workspace.moru() / "work"));
  run(toy, workspace, ear);
  EXPECT_TRUE(fs::is_empty(workspace.moru() / "work"));
}

TEST_F(Build, OneBuildAtATime) {
  int ready[2], go[2];
  ASSERT_EQ(::pipe(ready), 0);
  ASSERT_EQ(::pipe(go), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const WorkspaceLock lock(workspace);
    char byte = 'r';
    if (::write(ready[1], &byte, 1) != 1 || ::read(go[0], &byte, 1) != 1) ::_exit(1);
    ::_exit(0);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  try {
    run(toy, workspace, ear);
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_NE(error.problem().find(std::to_string(child)), std::string::npos) << error.what();
  }
  // Killed, it gives the workspace back.
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(run(toy, workspace, ear).steps[0].made);
  for (const int end : {ready[0], ready[1], go[0], go[1]}) ::close(end);
}

TEST_F(Build, KilledInTheMiddleOfAStepItGoesOn) {
  const pid_t child = ::fork();
  if (child == 0) {
    toy.second->before = [](StepRun& step) {
      write_file_atomic(step.out / "half.txt", "half");
      ::raise(SIGKILL);
    };
    run(toy, workspace, ear);
    ::_exit(1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  const BuildReport report = run(toy, workspace, ear);
  EXPECT_FALSE(report.steps[0].made);
  EXPECT_TRUE(report.steps[1].made);
  EXPECT_FALSE(fs::exists(report.steps[1].artefact.folder / "half.txt"));
  EXPECT_EQ(ledger::Ledger::open_read_only(workspace.ledger()).runs()[1].outcome, "killed");
}

TEST_F(Build, ALostOrDamagedLedgerIsMadeAgainFromTheArtefacts) {
  const BuildReport before = run(toy, workspace, ear);
  const std::string key = before.steps[1].artefact.key;
  for (const auto& entry : fs::directory_iterator(workspace.moru()))
    if (entry.path().filename().string().starts_with("ledger.db")) fs::remove(entry.path());
  run(toy, workspace, ear);
  EXPECT_EQ(ledger::Ledger::open_read_only(workspace.ledger()).parents(key, ledger::kInput).size(), 1U);
  write_file_atomic(workspace.ledger(), std::string(10000, 'z'));
  run(toy, workspace, ear);
  EXPECT_NE(ear.heard.find("made again from the artefacts"), std::string::npos) << ear.heard;
  EXPECT_EQ(ledger::Ledger::open_read_only(workspace.ledger()).parents(key, ledger::kInput).size(), 1U);
}

TEST_F(Build, AnUnknownStepToStopAtIsAnErrorThatListsTheSteps) {
  try {
    build(toy.recipe, workspace, {"secnd"}, ear);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_NE(error.mend().find("second"), std::string::npos);
  }
}

}  // namespace
}  // namespace moru::pipeline
