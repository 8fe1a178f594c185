#include "infer/scheduler.h"

namespace moru::infer {
namespace {

std::unique_ptr<Sequence> sequence(uint64_t id, size_t prompt) {
  auto made = std::make_unique<Sequence>();
  made->id = id;
  made->tokens.assign(prompt, 7);
  made->prompt = prompt;
  return made;
}

/// "id:count" of each chunk, with "!" where it samples; then feeds the chunks and appends a token where they sample.
std::string step(Scheduler& scheduler) {
  std::string text;
  for (const Chunk& chunk : scheduler.plan()) {
    text += fmt::format("{}:{}{} ", chunk.sequence->id, chunk.count, chunk.sample ? "!" : "");
    Scheduler::fed(chunk);
    if (chunk.sample) chunk.sequence->tokens.push_back(1);
  }
  return text;
}

TEST(Scheduler, CutsPromptsSoThatDecodingGoesOnBesideThem) {
  Scheduler scheduler(4, 10);
  scheduler.add(sequence(1, 3));
  EXPECT_EQ(step(scheduler), "1:3! ");
  scheduler.add(sequence(2, 25));
  scheduler.add(sequence(3, 4));
  EXPECT_EQ(step(scheduler), "1:1! 2:10 ");
  EXPECT_EQ(step(scheduler), "1:1! 2:10 ");
  EXPECT_EQ(step(scheduler), "1:1! 2:5! 3:4! ");
  EXPECT_EQ(step(scheduler), "1:1! 2:1! 3:1! ");
}

TEST(Scheduler, SlotsGoToThoseWhoWaitLongestAndAreGivenBack) {
  Scheduler scheduler(2, 100);
  for (uint64_t id = 1; id <= 4; ++id) scheduler.add(sequence(id, 1));
  EXPECT_EQ(step(scheduler), "1:1! 2:1! ");
  EXPECT_EQ(scheduler.waiting(), 2U);
  EXPECT_EQ(scheduler.remove(1)->slot, 0U);
  EXPECT_EQ(step(scheduler), "2:1! 3:1! ");
  EXPECT_EQ(scheduler.remove(3)->slot, 0U);
  // One that still waits leaves without ever having had a slot.
  EXPECT_FALSE(scheduler.remove(4)->placed);
  EXPECT_EQ(step(scheduler), "2:1! ");
  EXPECT_EQ(scheduler.remove(9), nullptr);
}

TEST(Scheduler, WithNothingToDoThePlanIsEmpty) {
  Scheduler scheduler(2, 100);
  EXPECT_TRUE(scheduler.plan().empty());
  scheduler.add(sequence(1, 5));
  scheduler.add(sequence(2, 5));
  scheduler.add(sequence(3, 5));
  step(scheduler);
  EXPECT_EQ(scheduler.remove_all().size(), 3U);
  EXPECT_TRUE(scheduler.plan().empty());
}

TEST(Scheduler, ABudgetOfNothingStillMovesOn) {
  Scheduler scheduler(1, 0);
  scheduler.add(sequence(1, 2));
  EXPECT_EQ(step(scheduler), "1:1 ");
  EXPECT_EQ(step(scheduler), "1:1! ");
}

}  // namespace
}  // namespace moru::infer
