#include "core/sandbox.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <ctime>
#include <fstream>
#include <thread>

#include "core/error.h"
#include "core/file.h"
#include "core/threads.h"

namespace moru {
namespace {

/// What a request asks of the worker.
std::string act(std::string_view request) {
  if (request == "crash") std::raise(SIGSEGV);
  if (request == "abort") std::abort();
  if (request == "leave") ::_exit(3);
  if (request == "throw") throw Error("page.html", "it does not parse", "");
  if (request == "hang") {
    for (;;) ::pause();
  }
  if (request == "spin") {
    volatile bool stop = false;
    while (!stop) {
    }
  }
  if (request == "hog") {
    std::vector<std::string> pieces;
    for (;;) pieces.emplace_back(size_t{32} << 20, 'x');
  }
  if (request == "c hog") {
    for (;;) {
      void* piece = std::malloc(size_t{32} << 20);
      if (piece == nullptr) sandbox_out_of_memory();
      std::memset(piece, 1, size_t{32} << 20);
    }
  }
  if (request == "work") {  // a tenth of a second of a processor
    timespec used{};
    const auto seconds = [&] {
      ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
      return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
    };
    const double start = seconds();
    while (seconds() < start + 0.1) {
    }
  }
  if (request == "long") return std::string(3 << 20, 'y');
  if (request == "pid") return std::to_string(::getpid());
  return "done " + std::string(request);
}

std::vector<SandboxResult> run(const std::vector<std::string>& requests, size_t workers, SandboxLimits limits) {
  Sandbox sandbox(act, limits, workers);
  std::vector<SandboxResult> results;
  sandbox.run(
      requests.size(), [&](size_t i) { return requests[i]; },
      [&](size_t i, SandboxResult result) {
        EXPECT_EQ(i, results.size()) << "results come in the order of the requests";
        results.push_back(std::move(result));
      });
  return results;
}

const SandboxLimits kSmall{.seconds = 1, .memory = uint64_t{96} << 20, .output = uint64_t{2} << 20};

TEST(Sandbox, ResultsComeInOrderForAnyNumberOfWorkers) {
  std::vector<std::string> requests;
  for (int i = 0; i < 500; ++i) requests.push_back(std::to_string(i));
  for (const size_t workers : {1, 2, 5}) {
    const auto results = run(requests, workers, {});
    ASSERT_EQ(results.size(), requests.size());
    for (size_t i = 0; i < results.size(); ++i) EXPECT_EQ(results[i].output, "done " + requests[i]);
  }
}

TEST(Sandbox, EveryWayToFailCostsOnlyItsItem) {
  const std::vector<std::string> requests = {"a", "crash", "b", "hang",  "c", "hog",   "d", "throw", "e", "long",
                                             "f", "abort", "g", "leave", "h", "c hog", "i", "spin",  "j"};
  for (const size_t workers : {1, 3}) {
    const auto results = run(requests, workers, kSmall);
    ASSERT_EQ(results.size(), requests.size());
    for (size_t i = 0; i < results.size(); ++i) {
      const std::string& request = requests[i];
      const SandboxEnd expected = request == "crash" || request == "abort" || request == "leave" ? SandboxEnd::crashed
                                  : request == "hang" || request == "spin" ? SandboxEnd::time_limit
                                  : request == "hog" || request == "c hog" ? SandboxEnd::memory_limit
                                  : request == "throw"                     ? SandboxEnd::failed
                                  : request == "long"                      ? SandboxEnd::output_limit
                                                                           : SandboxEnd::done;
      EXPECT_EQ(static_cast<int>(results[i].end), static_cast<int>(expected)) << request << ": " << results[i].detail;
      if (expected == SandboxEnd::done) {
        EXPECT_EQ(results[i].output, "done " + request);
      }
    }
    EXPECT_NE(results[7].detail.find("it does not parse"), std::string::npos);
    EXPECT_NE(results[1].detail.find("signal 11"), std::string::npos) << results[1].detail;
  }
}

TEST(Sandbox, AWorkerHoldsNoneOfTheParentsFilesAndWritesNone) {
  const TemporaryDirectory folder;
  const fs::path path = folder.path() / "written";
  Sandbox sandbox(
      [&](std::string_view) {
        size_t open = 0;
        for (int descriptor = 3; descriptor < 256; ++descriptor) open += ::fcntl(descriptor, F_GETFD) != -1;
        std::ofstream out(path);
        out << "text";
        out.close();
        return fmt::format("{} {}", open, out.good() ? "written" : "refused");
      },
      {}, 2);
  std::vector<std::string> outputs;
  sandbox.run(
      2, [](size_t) { return ""; }, [&](size_t, SandboxResult r) { outputs.push_back(r.output); });
  EXPECT_EQ(outputs, (std::vector<std::string>{"1 refused", "1 refused"}));  // the one is its own socket
}

TEST(Sandbox, AnExceptionOfTheCallerEndsTheWorkersAndPassesOn) {
  Sandbox sandbox(act, {}, 2);
  pid_t pid = 0;
  EXPECT_THROW(sandbox.run(
                   3, [](size_t) { return "pid"; },
                   [&](size_t, const SandboxResult& r) {
                     pid = std::stoi(r.output);
                     throw std::runtime_error("disk full");
                   }),
               std::runtime_error);
  EXPECT_EQ(::kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST(Sandbox, NoOrphansAfterTheParentIsKilled) {
  // A middle process runs the pool and is killed; this one adopts what it leaves behind and sees it die.
  ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
  int pipe_ends[2];
  ASSERT_EQ(::pipe2(pipe_ends, O_CLOEXEC), 0);
  const pid_t middle = ::fork();
  if (middle == 0) {
    // The worker says who it is from within an item: one that waits for its next item may also end at the closed socket.
    Sandbox sandbox(
        [](std::string_view request, SandboxStream& stream) {
          stream.piece(std::to_string(::getpid()));
          return act(request);
        },
        {.seconds = 60}, 1);
    sandbox.run_streams(
        1, [](size_t) { return "hang"; },
        [&](const SandboxItem&, const SandboxResult& r) {
          const pid_t pid = std::stoi(r.output);
          if (::write(pipe_ends[1], &pid, sizeof pid) < 0) ::_exit(1);
        });
    ::_exit(0);
  }
  pid_t worker = 0;
  ASSERT_EQ(::read(pipe_ends[0], &worker, sizeof worker), static_cast<ssize_t>(sizeof worker));
  ASSERT_EQ(::kill(worker, 0), 0);
  ::kill(middle, SIGKILL);
  int status = 0;
  ASSERT_EQ(::waitpid(middle, &status, 0), middle);
  ASSERT_EQ(::waitpid(worker, &status, 0), worker) << "it must die by itself";
  EXPECT_TRUE(WIFSIGNALED(status));
  ::prctl(PR_SET_CHILD_SUBREAPER, 0);
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
}

TEST(Sandbox, APoolServesSeveralRuns) {
  Sandbox sandbox(act, {}, 2);
  std::vector<std::string> pids;
  for (int i = 0; i < 3; ++i)
    sandbox.run(
        1, [](size_t) { return "pid"; }, [&](size_t, SandboxResult r) { pids.push_back(r.output); });
  EXPECT_EQ(pids[0], pids[1]);
  EXPECT_EQ(pids[1], pids[2]);
}

TEST(Sandbox, TimeSpentWaitingForAProcessorDoesNotCount) {
  if (!fs::exists("/proc/self/schedstat")) return;  // a kernel that does not say: the clock runs on
  std::atomic<bool> stop = false;
  std::vector<std::jthread> others;
  for (size_t i = 0; i < 10 * processor_count(); ++i)
    others.emplace_back([&] {
      while (!stop) {
      }
    });
  const std::vector<SandboxResult> results = run({"work", "work"}, 1, {.seconds = 0.25});
  stop = true;
  for (const SandboxResult& result : results) EXPECT_EQ(result.end, SandboxEnd::done);
}

}  // namespace
}  // namespace moru
