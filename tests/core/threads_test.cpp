#include "core/threads.h"

#include <atomic>

#include "core/error.h"

namespace moru {
namespace {

TEST(Threads, EveryIndexIsDoneOnceForAnyNumberOfThreads) {
  for (const size_t threads : {0U, 1U, 2U, 7U, 64U}) {
    std::vector<std::atomic<int>> done(1000);
    parallel_for(
        done.size(), [&](size_t i) { ++done[i]; }, threads);
    EXPECT_TRUE(std::ranges::all_of(done, [](const auto& n) { return n == 1; })) << threads;
  }
  parallel_for(0, [](size_t) { FAIL(); });
}

TEST(Threads, TheFirstErrorByIndexIsTheOneThatComesOut) {
  for (int round = 0; round < 20; ++round) {
    try {
      parallel_for(
          200,
          [](size_t i) {
            if (i >= 50) throw Error(std::to_string(i), "bad", "");
          },
          4);
      FAIL() << "no error";
    } catch (const Error& error) {
      EXPECT_EQ(error.place(), "50");
    }
  }
}

TEST(Threads, TheNumberOfProcessorsCanBeGiven) {
  EXPECT_GE(processor_count(), 1U);
  ::setenv("MORU_THREADS", "3", 1);
  EXPECT_EQ(processor_count(), 3U);
  ::setenv("MORU_THREADS", "none", 1);
  EXPECT_GE(processor_count(), 1U);
  ::unsetenv("MORU_THREADS");
}

}  // namespace
}  // namespace moru
