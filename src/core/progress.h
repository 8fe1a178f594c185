// Progress of long work: a live line on a terminal, plain lines in a log, a small file that others can watch.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace moru {

/// Where progress is shown.
class ProgressSink {
 public:
  struct State {
    std::string label;         ///< What is being done ("curate").
    std::string unit;          ///< What is counted ("documents").
    uint64_t done = 0;
    uint64_t total = 0;        ///< 0 if unknown.
    double rate = 0;           ///< Units a second since the start.
    double seconds_left = -1;  ///< Negative if unknown.
    std::string note;          ///< Free text, such as the loss.
    bool finished = false;
  };
  virtual ~ProgressSink() = default;
  virtual void show(const State& state) = 0;
  /// A line that stays (a result, a warning), printed above the live line.
  virtual void say(std::string_view line) = 0;
};

/// Shows nothing.
class SilentProgress : public ProgressSink {
 public:
  void show(const State&) override {}
  void say(std::string_view) override {}
};

/// To standard error: one rewritten line on a terminal, else a plain line at most every 10 s. With a watch file, the
/// state is also written there as JSON (whole or not at all), at most once a second.
class TerminalProgress : public ProgressSink {
 public:
  explicit TerminalProgress(std::filesystem::path watch_file = {});
  ~TerminalProgress() override;
  void show(const State& state) override;
  void say(std::string_view line) override;

 private:
  void clear_line();
  std::filesystem::path watch_file_;
  bool is_terminal_;
  bool line_shown_ = false;
  std::chrono::steady_clock::time_point last_line_{}, last_watch_{};
};

/// One piece of long work. Not thread-safe: advance it from the thread that collects results.
class Progress {
 public:
  Progress(ProgressSink& sink, std::string label, std::string unit, uint64_t total);
  void advance(uint64_t units = 1);
  void set_total(uint64_t total) { state_.total = total; }
  /// Marks units as done before this run began (a resumed checkpoint): they count in the share, not in the rate.
  void skip(uint64_t units);
  void note(std::string text) { state_.note = std::move(text); }
  void finish();
  ProgressSink& sink() { return sink_; }

 private:
  void show(bool force);
  ProgressSink& sink_;
  ProgressSink::State state_;
  uint64_t skipped_ = 0;
  std::chrono::steady_clock::time_point start_, last_shown_{};
};

}  // namespace moru
