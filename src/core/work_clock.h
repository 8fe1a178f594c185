// A time limit for another process that does not depend on what else the machine does.
#pragma once

#include <sys/types.h>

#include <chrono>

namespace moru {

/// Counts the time that a process has had since the last restart: on a processor or asleep, but not while it waits in
/// the queue for a processor (/proc/PID/schedstat). Where the system does not say, it counts the time that passes.
class WorkClock {
 public:
  using Clock = std::chrono::steady_clock;

  WorkClock() = default;
  WorkClock(const WorkClock&) = delete;
  WorkClock& operator=(const WorkClock&) = delete;
  ~WorkClock() { stop(); }

  /// Begins to watch a process, with nothing counted.
  void watch(pid_t pid);
  /// Ends the watch.
  void stop();
  /// Counts anew, up to `limit`.
  void restart(Clock::duration limit);
  /// The limit cannot be passed before this.
  Clock::time_point deadline() const { return deadline_; }
  /// Has the process had its time? Moves the deadline on where it has not.
  bool is_over();

 private:
  /// Since the process began; zero where the system does not say. A wait that goes on is not in it.
  struct Scheduled {
    Clock::duration on_processor{}, waiting{};
  };
  Scheduled scheduled() const;

  pid_t pid_ = -1;
  int statistics_ = -1;  ///< /proc/PID/schedstat
  Clock::duration limit_{};
  Clock::time_point deadline_{};
  Scheduled before_;  ///< When the deadline was set.
};

}  // namespace moru
