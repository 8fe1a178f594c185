#include <sys/resource.h>
#include <unistd.h>

#include <csignal>

#include "core/sandbox.h"

namespace moru {
namespace {

/// Words of a request, done in turn: "piece:TEXT", "part:REQUEST" (words of it split by "+"), "crash", "throw",
/// "sleep:MS", "big:N" (N pieces of 1 MiB), "alive:MS" (sleeps so long in steps, saying so), "pid".
std::string act(std::string_view request, SandboxStream& stream) {
  std::string end = "end";
  while (!request.empty()) {
    const std::string_view word = request.substr(0, request.find(' '));
    request.remove_prefix(std::min(word.size() + 1, request.size()));
    const std::string_view what = word.substr(0, word.find(':'));
    std::string value(word.substr(std::min(what.size() + 1, word.size())));
    if (what == "piece") stream.piece(value);
    if (what == "part") {
      std::ranges::replace(value, '+', ' ');
      stream.spawn(value);
    }
    if (what == "crash") std::raise(SIGSEGV);
    if (what == "throw") throw std::runtime_error("thrown");
    if (what == "sleep") ::usleep(static_cast<unsigned>(std::stoi(value)) * 1000);
    if (what == "big")
      for (int i = 0; i < std::stoi(value); ++i) stream.piece(std::string(size_t{1} << 20, 'b'));
    if (what == "alive")
      for (int ms = 0; ms < std::stoi(value); ms += 50) {
        ::usleep(50'000);
        stream.alive();
      }
    if (what == "end") end = value;
  }
  return end;
}

/// What `use` saw: "INDEX[p] text", or the name of another end.
std::vector<std::string> seen(const std::vector<std::string>& requests, size_t workers, SandboxLimits limits = {},
                              const Sandbox::Resume& resume = {}) {
  Sandbox sandbox(act, limits, workers);
  std::vector<std::string> lines;
  sandbox.run_streams(
      requests.size(), [&](size_t i) { return requests[i]; },
      [&](const SandboxItem& item, const SandboxResult& result) {
        const std::string_view end = result.end == SandboxEnd::more         ? std::string_view(result.output)
                                     : result.end == SandboxEnd::done       ? std::string_view(result.output)
                                     : result.end == SandboxEnd::failed     ? "failed"
                                     : result.end == SandboxEnd::crashed    ? "crashed"
                                     : result.end == SandboxEnd::time_limit ? "time"
                                                                            : "other";
        lines.push_back(
            fmt::format("{}{} {}", item.index, item.spawned ? "p" : "", end.size() > 99 ? "big" : std::string(end)));
      },
      resume);
  return lines;
}

using Lines = std::vector<std::string>;

TEST(SandboxStream, PiecesAndPartsStandInTheirOrder) {
  const std::vector<std::string> requests = {
      "sleep:50 piece:a part:sleep:60+piece:b+end:c part:piece:d+end:e piece:f end:g", "piece:h part:end:i end:j",
      "end:k"};
  const Lines expected = {"0 a", "0p b", "0p c", "0p d", "0p e", "0 f", "0 g", "1 h", "1p i", "1 j", "2 k"};
  for (const size_t workers : {1, 2, 5}) EXPECT_EQ(seen(requests, workers), expected) << workers;
}

TEST(SandboxStream, ManyPartsOfManyItems) {
  std::vector<std::string> requests;
  Lines expected;
  for (int i = 0; i < 5; ++i) {
    std::string request;
    for (int p = 0; p < 400; ++p) {
      request += fmt::format("part:piece:{}+end:{}e ", p, p);
      expected.push_back(fmt::format("{}p {}", i, p));
      expected.push_back(fmt::format("{}p {}e", i, p));
    }
    requests.push_back(request);
    expected.push_back(fmt::format("{} end", i));
  }
  for (const size_t workers : {1, 3}) EXPECT_EQ(seen(requests, workers), expected) << workers;
}

TEST(SandboxStream, WhatCameBeforeAFailureCountsOnce) {
  // The second item fails in a worker that did the first, and is tried again in a fresh one.
  const Lines lines = seen({"end:a", "piece:b part:piece:c+crash piece:d crash", "part:throw end:e"}, 1);
  EXPECT_EQ(lines, (Lines{"0 a", "1 b", "1p c", "1p crashed", "1 d", "1 crashed", "2p failed", "2 e"}));
}

TEST(SandboxStream, TheRestOfFailedWorkGoesOn) {
  int asked = 0;
  const Lines lines = seen({"part:piece:a+crash+piece:b end:c"}, 2, {},
                           [&](const SandboxItem& item, const SandboxResult&) -> std::optional<std::string> {
                             EXPECT_EQ(item.pieces, 1U);
                             EXPECT_EQ(item.request, "piece:a crash piece:b");
                             ++asked;
                             return "piece:b end:d";
                           });
  EXPECT_EQ(lines, (Lines{"0p a", "0p crashed", "0p b", "0p d", "0 c"}));
  EXPECT_EQ(asked, 1);
}

TEST(SandboxStream, TheClockRunsFromTheLastSignOfLife) {
  const SandboxLimits limits{.seconds = 0.4};
  EXPECT_EQ(seen({"alive:900 end:a", "piece:b sleep:600000"}, 2, limits), (Lines{"0 a", "1 b", "1 time"}));
}

TEST(SandboxStream, APartHandsOutNoParts) {
  EXPECT_EQ(seen({"part:part:end:x end:a", "end:b"}, 2), (Lines{"0p crashed", "0 a", "1 b"}));
}

TEST(SandboxStream, ResultsThatWaitAreBounded) {
  rusage before{};
  ::getrusage(RUSAGE_SELF, &before);
  // 150 MiB of an item and 100 MiB of parts stand behind one that sleeps.
  std::string parts;
  for (int p = 0; p < 10; ++p) parts += "part:big:10 ";
  const Lines lines = seen({"sleep:300 end:a", "big:150", parts}, 2);
  EXPECT_EQ(lines.size(), 1 + 151 + 10 * 11 + 1U);
  rusage after{};
  ::getrusage(RUSAGE_SELF, &after);
#ifdef __SANITIZE_ADDRESS__
  constexpr long kAllowed = 1024 * 1024;  // the sanitizer keeps what was freed for a while
#else
  constexpr long kAllowed = 120 * 1024;
#endif
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, kAllowed) << "KiB";
}

}  // namespace
}  // namespace moru
