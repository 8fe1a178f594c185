#include "core/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"
#include "core/json.h"
#include "core/language.h"

namespace moru {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kRedraw = std::chrono::milliseconds(100);  // faster than that the eye sees only flicker
constexpr auto kLogLine = std::chrono::seconds(10);

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string duration_text(double seconds) {
  const auto whole = static_cast<uint64_t>(std::llround(seconds));
  if (whole >= 3600) return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

std::string line_of(const ProgressSink::State& s) {
  std::string line = fmt::format("{}: {}", s.label, s.done);
  if (s.total > 0)
    line += fmt::format("/{} ({:.0f} %)", s.total, 100.0 * static_cast<double>(s.done) / static_cast<double>(s.total));
  line += fmt::format(" {}", s.unit);
  if (s.rate > 0) line += fmt::format(", {:.{}f}/s", s.rate, s.rate < 10 ? 1 : 0);
  if (!s.note.empty()) line += ", " + s.note;
  if (!s.finished && s.seconds_left >= 0)
    line += fmt::format(", {} {}", duration_text(s.seconds_left), tr("left", "남음"));
  return line;
}

}  // namespace

TerminalProgress::TerminalProgress(fs::path watch_file)
    : watch_file_(std::move(watch_file)), is_terminal_(::isatty(STDERR_FILENO) == 1) {}

TerminalProgress::~TerminalProgress() {
  clear_line();
}

void TerminalProgress::clear_line() {
  if (!line_shown_) return;
  std::fputs("\r\x1b[K", stderr);
  line_shown_ = false;
}

void TerminalProgress::say(std::string_view line) {
  clear_line();
  fmt::print(stderr, "{}\n", line);
}

void TerminalProgress::show(const State& state) {
  const auto now = Clock::now();
  if (is_terminal_) {
    std::string line = line_of(state);
    winsize size{};
    // A line that wraps cannot be rewritten in place. Bytes overcount Korean, which errs on the safe side.
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 && line.size() >= size.ws_col) {
      size_t cut = size.ws_col - 1;
      while (cut > 0 && (static_cast<unsigned char>(line[cut]) & 0xC0) == 0x80) --cut;
      line.resize(cut);
    }
    clear_line();
    if (state.finished) {
      fmt::print(stderr, "{}\n", line_of(state));
    } else {
      fmt::print(stderr, "{}", line);
      std::fflush(stderr);
      line_shown_ = true;
    }
  } else if (state.finished || now - last_line_ >= kLogLine) {
    fmt::print(stderr, "{}\n", line_of(state));
    last_line_ = now;
  }
  if (!watch_file_.empty() && (state.finished || now - last_watch_ >= std::chrono::seconds(1))) {
    last_watch_ = now;
    const Json json = {{"label", state.label}, {"unit", state.unit},         {"done", state.done},
                       {"total", state.total}, {"rate", state.rate},         {"seconds_left", state.seconds_left},
                       {"note", state.note},   {"finished", state.finished}, {"process", ::getpid()}};
    // Written without fsync: a watcher wants it soon, and after a crash it is worthless.
    const fs::path beside = watch_file_.string() + ".partial";
    if (std::FILE* file = std::fopen(beside.c_str(), "w")) {
      fmt::print(file, "{}\n", dump_json(json));
      if (std::fclose(file) == 0) std::rename(beside.c_str(), watch_file_.c_str());
    }
  }
}

Progress::Progress(ProgressSink& sink, std::string label, std::string unit, uint64_t total)
    : sink_(sink), start_(Clock::now()) {
  state_.label = std::move(label);
  state_.unit = std::move(unit);
  state_.total = total;
}

void Progress::advance(uint64_t units) {
  state_.done += units;
  show(false);
}

void Progress::skip(uint64_t units) {
  state_.done += units;
  skipped_ += units;
}

void Progress::finish() {
  state_.finished = true;
  show(true);
}

void Progress::show(bool force) {
  const auto now = Clock::now();
  if (!force && now - last_shown_ < kRedraw) return;
  last_shown_ = now;
  const double seconds = seconds_since(start_);
  const auto fresh = static_cast<double>(state_.done - skipped_);
  state_.rate = seconds > 0 ? fresh / seconds : 0;
  state_.seconds_left = state_.total > state_.done && state_.rate > 0
                            ? static_cast<double>(state_.total - state_.done) / state_.rate
                            : -1;
  sink_.show(state_);
}

}  // namespace moru
