#include "core/work_clock.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

#include "core/error.h"
#include "core/file.h"

namespace moru {
namespace {

/// On a processor or in the queue for one.
bool is_runnable(pid_t pid) {
  std::string text;
  try {
    text = read_file(fmt::format("/proc/{}/stat", pid));
  } catch (const Error&) {
    return false;
  }
  const size_t name_end = text.rfind(')');  // "PID (NAME) STATE …"; the name may hold anything
  return name_end != std::string::npos && name_end + 2 < text.size() && text[name_end + 2] == 'R';
}

}  // namespace

void WorkClock::watch(pid_t pid) {
  stop();
  pid_ = pid;
  statistics_ = ::open(fmt::format("/proc/{}/schedstat", pid).c_str(), O_RDONLY | O_CLOEXEC);
}

void WorkClock::stop() {
  if (statistics_ >= 0) ::close(statistics_);
  pid_ = statistics_ = -1;
}

void WorkClock::restart(Clock::duration limit) {
  limit_ = limit;
  deadline_ = Clock::now() + limit;
  before_ = scheduled();
}

WorkClock::Scheduled WorkClock::scheduled() const {
  // "nanoseconds on a processor, nanoseconds waiting for one, time slices" (kernel,
  // Documentation/scheduler/sched-stats)
  char text[96];
  const ssize_t n = statistics_ < 0 ? 0 : ::pread(statistics_, text, sizeof text - 1, 0);
  if (n <= 0) return {};
  text[n] = '\0';
  char* second = nullptr;
  const auto span = [](long long nanoseconds) {
    return std::chrono::duration_cast<Clock::duration>(std::chrono::nanoseconds(nanoseconds));
  };
  const Clock::duration on_processor = span(std::strtoll(text, &second, 10));
  return {on_processor, span(std::strtoll(second, nullptr, 10))};
}

bool WorkClock::is_over() {
  const Clock::time_point now = Clock::now();
  if (now < deadline_) return false;
  const Scheduled after = scheduled();
  const Clock::duration used = after.on_processor - before_.on_processor;
  if (statistics_ >= 0 && is_runnable(pid_)) {
    // It has waited, or waits now: until it has had its time there is nothing to blame it for.
    deadline_ = now + (limit_ - used);
  } else {
    deadline_ += after.waiting - before_.waiting;
    before_ = {before_.on_processor, after.waiting};
  }
  return now >= deadline_;
}

}  // namespace moru
