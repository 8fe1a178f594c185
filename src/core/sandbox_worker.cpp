#include "core/sandbox_worker.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "core/error.h"
#include "core/file.h"
#include "core/language.h"

namespace moru {
namespace {

SandboxWorker::Clock::duration span_of(const SandboxLimits& limits) {
  return std::chrono::duration_cast<SandboxWorker::Clock::duration>(std::chrono::duration<double>(limits.seconds));
}

}  // namespace

void SandboxWorker::start(const Sandbox::StreamWork& work, const SandboxLimits& limits) {
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
    throw system_error("", std::string(tr("cannot start a worker process", "작업 프로세스를 시작할 수 없습니다")),
                       errno);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) sandbox_child(work, limits, pair[1], parent);
  const int error = errno;
  ::close(pair[1]);
  if (child < 0) {
    ::close(pair[0]);
    throw Error("",
                fmt::format("{}: {}", tr("cannot start a worker process", "작업 프로세스를 시작할 수 없습니다"),
                            std::strerror(error)),
                std::string(tr("raise the limit of processes (ulimit -u) or free some memory, then run again",
                               "프로세스 수 제한(ulimit -u)을 늘리거나 메모리를 비운 뒤 다시 실행하세요")));
  }
  pid_ = child;
  socket_ = pair[0];
  clock_.watch(pid_);
  served_ = 0;
  if (kWatchResident) born_resident_ = process_memory(pid_, 1);
}

int SandboxWorker::end() {
  header_size_ = payload_size_ = 0;
  payload_ = std::string();
  if (!running()) return 0;
  ::kill(pid_, SIGKILL);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  close_files();
  return status;
}

void SandboxWorker::close_files() {
  ::close(socket_);
  clock_.stop();
  pid_ = socket_ = -1;
}

void SandboxWorker::give(const std::string& request, const Sandbox::StreamWork& work, const SandboxLimits& limits) {
  for (int attempt = 0; attempt < 3; ++attempt) {
    if (!running()) start(work, limits);
    const uint64_t length = request.size();
    if (write_all(socket_, reinterpret_cast<const char*>(&length), sizeof length) &&
        write_all(socket_, request.data(), request.size()))
      break;
    end();  // after the last attempt it is not running, and the item ends as crashed
  }
  extend(limits);
}

void SandboxWorker::extend(const SandboxLimits& limits) {
  clock_.restart(span_of(limits));
}

SandboxWorker::Received SandboxWorker::receive(const SandboxLimits& limits) {
  const auto failed = [&](SandboxEnd end_, std::string detail) {
    end();
    return Received{{}, SandboxResult{end_, {}, std::move(detail)}};
  };
  if (!running()) return failed(SandboxEnd::crashed, "no worker would take it");
  for (;;) {
    const bool in_header = header_size_ < kFrameHeader;
    char* const into = in_header ? header_ + header_size_ : payload_.data() + payload_size_;
    const size_t want = in_header ? kFrameHeader - header_size_ : payload_.size() - payload_size_;
    if (want > 0) {
      const ssize_t n = ::recv(socket_, into, want, MSG_DONTWAIT);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0 && errno == EAGAIN) return {};
      if (n <= 0) return {{}, gone()};
      (in_header ? header_size_ : payload_size_) += static_cast<size_t>(n);
      if (in_header && header_size_ == kFrameHeader) {
        uint64_t length = 0;
        std::memcpy(&length, header_ + 1, sizeof length);
        // A parser gone mad could write to the socket itself: nothing in the frame is trusted.
        if (length > limits.output) return failed(SandboxEnd::output_limit, "");
        payload_.resize(length);
        payload_size_ = 0;
      }
      if (header_size_ < kFrameHeader || payload_size_ < payload_.size()) continue;
    }
    Message message{static_cast<Frame>(header_[0]), std::move(payload_)};
    payload_ = std::string();
    header_size_ = payload_size_ = 0;
    switch (message.kind) {
      case Frame::piece:
      case Frame::spawn:
      case Frame::alive:
        extend(limits);
        break;
      case Frame::done:
      case Frame::failed:
      case Frame::output:
        ++served_;
        break;
      default:
        return failed(SandboxEnd::crashed, "unreadable answer");
    }
    return {std::move(message), {}};
  }
}

SandboxResult SandboxWorker::gone() {
  int status = 0;
  // It may still be on its way out after the socket closed; killing at once would hide why.
  for (int wait_ms = 0; wait_ms < 1000; ++wait_ms) {
    const pid_t reaped = ::waitpid(pid_, &status, WNOHANG);
    if (reaped == pid_) {
      close_files();
      break;
    }
    ::usleep(1000);
  }
  if (running())
    status = end();
  else
    end();
  if (WIFEXITED(status) && WEXITSTATUS(status) == kOutOfMemoryStatus) return {SandboxEnd::memory_limit, {}, {}};
  std::string detail = WIFSIGNALED(status)
                           ? fmt::format("signal {} ({})", WTERMSIG(status), ::strsignal(WTERMSIG(status)))
                           : fmt::format("exit status {}", WEXITSTATUS(status));
  return {SandboxEnd::crashed, {}, std::move(detail)};
}

std::optional<SandboxResult> SandboxWorker::overdue(const SandboxLimits& limits) {
  if (kWatchResident && running() && process_memory(pid_, 1) > born_resident_ + limits.memory) {
    end();
    return SandboxResult{SandboxEnd::memory_limit, {}, {}};
  }
  if (!clock_.is_over()) return std::nullopt;
  end();
  return SandboxResult{SandboxEnd::time_limit, {}, {}};
}

}  // namespace moru
