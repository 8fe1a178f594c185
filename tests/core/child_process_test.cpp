#include "core/child_process.h"

#include <fcntl.h>

#include <atomic>
#include <thread>

#include "core/file.h"
#include "core/threads.h"

namespace moru {
namespace {

ChildResult shell(const std::string& script, std::string_view input = {}, const ChildLimits& limits = {}) {
  return run_child({"sh", "-c", script}, input, limits);
}

TEST(ChildProcess, InputOutputErrorAndStatus) {
  const ChildResult result = shell("cat; echo problem >&2; exit 3", "글 하나");
  EXPECT_EQ(result.end, ChildEnd::exited);
  EXPECT_EQ(result.status, 3);
  EXPECT_EQ(result.output, "글 하나");
  EXPECT_EQ(result.error, "problem\n");
  EXPECT_FALSE(result.ok());
  const std::string large(5 << 20, 'x');
  EXPECT_EQ(shell("cat", large).output.size(), large.size());
  EXPECT_TRUE(shell("exit 0", large).ok()) << "a program need not read its input";
}

TEST(ChildProcess, EveryLimitEndsIt) {
  EXPECT_EQ(shell("sleep 60", "", {.seconds = 0.2}).end, ChildEnd::time_limit);
  EXPECT_EQ(shell("while :; do echo x; sleep 0.05; done", "", {.seconds = 5, .seconds_in_all = 0.4}).end,
            ChildEnd::time_limit);
  EXPECT_EQ(shell("yes", "", {.output = 1 << 20}).end, ChildEnd::output_limit);
  EXPECT_FALSE(
      shell("head -c 200000000 /dev/zero | tail -c 200000000 > /dev/null; exit $?", "", {.memory = uint64_t{64} << 20})
          .ok());
  EXPECT_EQ(shell("kill -SEGV $$").end, ChildEnd::crashed);
  EXPECT_EQ(run_child({"no-such-program-here"}, "", {}).end, ChildEnd::not_found);
}

TEST(ChildProcess, TimeSpentWaitingForAProcessorDoesNotCount) {
  if (!fs::exists("/proc/self/schedstat")) return;  // a kernel that does not say: the clock runs on
  std::atomic<bool> stop = false;
  std::vector<std::jthread> others;
  for (size_t i = 0; i < 10 * processor_count(); ++i)
    others.emplace_back([&] {
      while (!stop) {
      }
    });
  // Some 50 ms of a processor.
  const ChildResult result =
      shell("i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done; echo $i", "", {.seconds = 0.3, .seconds_in_all = 0.3});
  stop = true;
  EXPECT_EQ(result.end, ChildEnd::exited);
  EXPECT_EQ(result.output, "50000\n");
}

TEST(ChildProcess, ItWritesNoFilesHoldsNoDescriptorsAndOpensNoSockets) {
  const TemporaryDirectory folder;
  const std::string path = (folder.path() / "written").string();
  const int held = ::open("/dev/null", O_RDONLY);  // without O_CLOEXEC
  const ChildResult result = shell("ls /proc/self/fd | wc -w; echo text > " + path + "; wc -c < " + path);
  ::close(held);
  EXPECT_EQ(result.output.substr(0, 2), "4\n") << "three, and the folder that ls reads";
  EXPECT_EQ(fs::file_size(path), 0U);
  const ChildResult network =
      run_child({"bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9 && echo open || echo closed"}, "", {});
  EXPECT_EQ(network.output, "closed\n");
  EXPECT_NE(network.error.find("Permission denied"), std::string::npos) << network.error;
}

}  // namespace
}  // namespace moru
