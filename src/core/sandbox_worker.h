// The parent's side of one sandbox process.
#pragma once

#include "core/sandbox_child.h"
#include "core/work_clock.h"

namespace moru {

/// A process that does one piece of work at a time, and what has come of its answer.
class SandboxWorker {
 public:
  using Clock = WorkClock::Clock;

  SandboxWorker() = default;
  SandboxWorker(const SandboxWorker&) = delete;
  SandboxWorker& operator=(const SandboxWorker&) = delete;
  ~SandboxWorker() { end(); }

  bool running() const { return pid_ > 0; }
  int socket() const { return socket_; }
  /// Requests that this process has answered.
  uint64_t served() const { return served_; }
  Clock::time_point deadline() const { return clock_.deadline(); }

  /// Hands over a request; starts a process if there is none. One that died while idle is replaced.
  void give(const std::string& request, const Sandbox::StreamWork& work, const SandboxLimits& limits);

  struct Message {
    Frame kind = Frame::done;
    std::string payload;
  };
  /// What has come of the answer so far: a frame, or how the work ended without one. Nothing if more must come first.
  struct Received {
    std::optional<Message> message;
    std::optional<SandboxResult> ended;
  };
  Received receive(const SandboxLimits& limits);

  /// What the clock or, under sanitizers, the memory watch says about a worker that has sent nothing more.
  std::optional<SandboxResult> overdue(const SandboxLimits& limits);
  /// Restarts the clock. It stands while the process waits for a processor: what is set aside must not depend on what
  /// else the machine does.
  void extend(const SandboxLimits& limits);

  /// Kills and reaps; the wait status.
  int end();

 private:
  void start(const Sandbox::StreamWork& work, const SandboxLimits& limits);
  SandboxResult gone();
  void close_files();

  pid_t pid_ = -1;
  int socket_ = -1;
  WorkClock clock_;
  uint64_t served_ = 0;
  uint64_t born_resident_ = 0;
  char header_[kFrameHeader] = {};
  size_t header_size_ = 0;
  std::string payload_;
  size_t payload_size_ = 0;
};

}  // namespace moru
