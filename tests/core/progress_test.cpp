#include "core/progress.h"

#include <nlohmann/json.hpp>
#include <thread>

#include "core/file.h"
#include "core/json.h"

namespace moru {
namespace {

class Recorder : public ProgressSink {
 public:
  void show(const State& state) override { states.push_back(state); }
  void say(std::string_view line) override { lines.emplace_back(line); }
  std::vector<State> states;
  std::vector<std::string> lines;
};

TEST(Progress, CountsAndEndsWithAFinishedState) {
  Recorder sink;
  Progress progress(sink, "curate", "documents", 10);
  for (int i = 0; i < 10; ++i) progress.advance();
  progress.note("loss 1.5");
  progress.finish();
  ASSERT_FALSE(sink.states.empty());
  const auto& last = sink.states.back();
  EXPECT_TRUE(last.finished);
  EXPECT_EQ(last.done, 10U);
  EXPECT_EQ(last.total, 10U);
  EXPECT_EQ(last.label, "curate");
  EXPECT_EQ(last.note, "loss 1.5");
}

TEST(Progress, WhatWasDoneBeforeCountsInTheShareAndNotInTheRate) {
  Recorder sink;
  Progress progress(sink, "train", "tokens", 1'000'000);
  progress.skip(900'000);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  progress.advance(10);
  progress.finish();
  EXPECT_EQ(sink.states.back().done, 900'010U);
  EXPECT_LT(sink.states.back().rate, 1000.0);
}

TEST(Progress, AWatcherReadsTheStateFromAFile) {
  const TemporaryDirectory folder;
  const fs::path file = folder.path() / "progress.json";
  {
    TerminalProgress sink(file);
    Progress progress(sink, "collect", "files", 2);
    progress.advance(2);
    progress.finish();
  }
  const Json state = read_json_file(file);
  EXPECT_EQ(state.at("label"), "collect");
  EXPECT_EQ(state.at("done"), 2);
  EXPECT_TRUE(state.at("finished").get<bool>());
}

}  // namespace
}  // namespace moru
