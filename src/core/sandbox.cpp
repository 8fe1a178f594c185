#include "core/sandbox.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <csignal>
#include <deque>
#include <new>

#include "core/error.h"
#include "core/file.h"
#include "core/language.h"

namespace moru {
namespace {

using Clock = std::chrono::steady_clock;

// The sanitizers map terabytes of shadow memory, so that RLIMIT_AS would stop the first allocation. There the parent
// watches the resident size instead.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define MORU_SHADOW_MEMORY 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MORU_SHADOW_MEMORY 1
#endif
#ifdef MORU_SHADOW_MEMORY
constexpr bool kWatchResident = true;
#else
constexpr bool kWatchResident = false;
#endif

constexpr int kOutOfMemoryStatus = 77;
constexpr int kGoneStatus = 78;  // the parent closed the socket or could not be read
constexpr size_t kWindow = 64;   // items a worker may be ahead of the slowest one: bounds what waits in memory
constexpr auto kWatchEvery = std::chrono::milliseconds(20);

bool in_worker = false;  // set once, in the child, before its first item

enum class Frame : char { done = 'D', failed = 'F', output = 'O' };
constexpr size_t kHeader = 9;  // a Frame, then the length in 8 bytes of this machine's order

bool write_all(int socket, const char* bytes, size_t size) {
  while (size > 0) {
    const ssize_t n = ::send(socket, bytes, size, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes += n;
    size -= static_cast<size_t>(n);
  }
  return true;
}

bool read_all(int socket, char* bytes, size_t size) {
  while (size > 0) {
    const ssize_t n = ::read(socket, bytes, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes += n;
    size -= static_cast<size_t>(n);
  }
  return true;
}

bool write_frame(int socket, Frame kind, std::string_view payload) {
  char header[kHeader];
  header[0] = static_cast<char>(kind);
  const uint64_t length = payload.size();
  std::memcpy(header + 1, &length, sizeof length);
  return write_all(socket, header, kHeader) && write_all(socket, payload.data(), payload.size());
}

/// Pages of a process: column 0 is its address space, column 1 what is resident.
uint64_t memory_bytes(pid_t pid, int column) {
  try {
    const std::string text = read_file(fmt::format("/proc/{}/statm", pid));
    unsigned long long pages[2] = {0, 0};
    if (std::sscanf(text.c_str(), "%llu %llu", &pages[0], &pages[1]) != 2) return 0;
    return pages[column] * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  } catch (const Error&) {
    return 0;  // already gone
  }
}

void set_limit(int resource, uint64_t value) {
  rlimit limit{};
  ::getrlimit(static_cast<__rlimit_resource_t>(resource), &limit);
  limit.rlim_cur = std::min<rlim_t>(value, limit.rlim_max);
  limit.rlim_max = limit.rlim_cur;
  ::setrlimit(static_cast<__rlimit_resource_t>(resource), &limit);
}

/// Closes all but standard input, output, error and `keep`.
void close_others(int keep) {
  const bool below = keep <= 3 || ::close_range(3, static_cast<unsigned>(keep - 1), 0) == 0;
  if (below && ::close_range(static_cast<unsigned>(keep + 1), ~0U, 0) == 0) return;
  for (int descriptor = 3; descriptor < 4096; ++descriptor)  // a kernel before 5.9
    if (descriptor != keep) ::close(descriptor);
}

[[noreturn]] void worker_main(const Sandbox::Work& work, const SandboxLimits& limits, int socket, pid_t parent) {
  in_worker = true;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(kGoneStatus);  // the parent died before the line above
  close_others(socket);
  // A terminal's interrupt reaches the whole group; the parent alone decides what it means.
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a message to a log then fails, and does not kill
  for (const int number : {SIGTERM, SIGHUP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGCHLD})
    std::signal(number, SIG_DFL);
  set_limit(RLIMIT_CORE, 0);
  set_limit(RLIMIT_FSIZE, 0);
  if (!kWatchResident) set_limit(RLIMIT_AS, memory_bytes(::getpid(), 0) + limits.memory);
  std::string request;
  for (;;) {
    uint64_t length = 0;
    if (!read_all(socket, reinterpret_cast<char*>(&length), sizeof length)) ::_exit(0);
    bool written = false;
    try {
      request.resize(length);
      if (!read_all(socket, request.data(), length)) ::_exit(kGoneStatus);
      const std::string output = work(request);
      written = output.size() <= limits.output ? write_frame(socket, Frame::done, output)
                                               : write_frame(socket, Frame::output, {});
    } catch (const std::bad_alloc&) {
      ::_exit(kOutOfMemoryStatus);
    } catch (const std::length_error&) {
      ::_exit(kOutOfMemoryStatus);  // a container asked for more than there can be
    } catch (const std::exception& e) {
      written = write_frame(socket, Frame::failed, e.what());
    }
    if (!written) ::_exit(kGoneStatus);
  }
}

}  // namespace

void sandbox_out_of_memory() {
  if (in_worker) ::_exit(kOutOfMemoryStatus);
  std::abort();
}

struct Sandbox::Worker {
  pid_t pid = -1;
  int socket = -1;
  std::optional<size_t> item;
  Clock::time_point deadline{};
  uint64_t served = 0;
  uint64_t born_resident = 0;
  std::string received;

  Worker() = default;
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker() { end(); }

  bool running() const { return pid > 0; }

  void start(const Work& work, const SandboxLimits& limits) {
    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
      throw system_error("", std::string(tr("cannot start a worker process", "작업 프로세스를 시작할 수 없습니다")),
                         errno);
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child == 0) worker_main(work, limits, pair[1], parent);
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
    pid = child;
    socket = pair[0];
    served = 0;
    if (kWatchResident) born_resident = memory_bytes(pid, 1);
  }

  /// Kills and reaps; the wait status.
  int end() {
    if (!running()) return 0;
    ::kill(pid, SIGKILL);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    ::close(socket);
    pid = socket = -1;
    received.clear();
    received.shrink_to_fit();
    return status;
  }
};

struct Sandbox::Pool {
  Work work;
  SandboxLimits limits;
  std::vector<Worker> workers;

  Pool(Work work_, SandboxLimits limits_, size_t count)
      : work(std::move(work_)), limits(limits_), workers(std::max<size_t>(count, 1)) {}

  /// Hands over an item. A worker that died while idle is replaced.
  void give(Worker& worker, size_t item, const std::string& request) {
    for (int attempt = 0;; ++attempt) {
      if (!worker.running()) worker.start(work, limits);
      const uint64_t length = request.size();
      if (write_all(worker.socket, reinterpret_cast<const char*>(&length), sizeof length) &&
          write_all(worker.socket, request.data(), request.size()))
        break;
      worker.end();
      if (attempt == 2) break;  // then its socket is closed, and the item ends as crashed below
    }
    worker.item = item;
    worker.deadline =
        Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(limits.seconds));
  }

  /// Reads what has come. The result if the item has ended.
  std::optional<SandboxResult> receive(Worker& worker) {
    char buffer[65536];
    const ssize_t n = ::recv(worker.socket, buffer, sizeof buffer, MSG_DONTWAIT);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) return std::nullopt;
    if (n <= 0) return ended(worker);
    worker.received.append(buffer, static_cast<size_t>(n));
    if (worker.received.size() < kHeader) return std::nullopt;
    uint64_t length = 0;
    std::memcpy(&length, worker.received.data() + 1, sizeof length);
    // A parser gone mad could write to the socket itself: nothing in the frame is trusted.
    if (length > limits.output) {
      worker.end();
      return SandboxResult{SandboxEnd::output_limit, {}, {}};
    }
    if (worker.received.size() < kHeader + length) return std::nullopt;
    SandboxResult result;
    switch (static_cast<Frame>(worker.received[0])) {
      case Frame::done:
        result.end = SandboxEnd::done;
        break;
      case Frame::failed:
        result.end = SandboxEnd::failed;
        break;
      case Frame::output:
        result.end = SandboxEnd::output_limit;
        break;
      default:
        worker.end();
        return SandboxResult{SandboxEnd::crashed, {}, "unreadable answer"};
    }
    (result.end == SandboxEnd::done ? result.output : result.detail) = worker.received.substr(kHeader, length);
    worker.received.clear();
    ++worker.served;
    return result;
  }

  /// The worker closed its socket: it is dead or dying.
  SandboxResult ended(Worker& worker) {
    const pid_t pid = worker.pid;
    int status = 0;
    // It may still be on its way out after the socket closed; killing at once would hide why.
    for (int wait_ms = 0; wait_ms < 1000; ++wait_ms) {
      const pid_t reaped = ::waitpid(pid, &status, WNOHANG);
      if (reaped == pid) {
        ::close(worker.socket);
        worker.pid = worker.socket = -1;
        worker.received.clear();
        break;
      }
      ::usleep(1000);
    }
    if (worker.running()) status = worker.end();
    if (WIFEXITED(status) && WEXITSTATUS(status) == kOutOfMemoryStatus) return {SandboxEnd::memory_limit, {}, {}};
    std::string detail = WIFSIGNALED(status)
                             ? fmt::format("signal {} ({})", WTERMSIG(status), ::strsignal(WTERMSIG(status)))
                             : fmt::format("exit status {}", WEXITSTATUS(status));
    return {SandboxEnd::crashed, {}, std::move(detail)};
  }

  int poll_timeout() const {
    auto wait = Clock::duration::max();
    const auto now = Clock::now();
    for (const Worker& w : workers)
      if (w.item) wait = std::min(wait, std::max(w.deadline - now, Clock::duration::zero()));
    if (kWatchResident) wait = std::min<Clock::duration>(wait, kWatchEvery);
    return static_cast<int>(std::min<int64_t>(std::chrono::ceil<std::chrono::milliseconds>(wait).count(), 60'000));
  }

  /// What the clock or, under sanitizers, the memory watch says about a worker that has sent nothing more.
  std::optional<SandboxResult> overdue(Worker& worker) const {
    if (kWatchResident && memory_bytes(worker.pid, 1) > worker.born_resident + limits.memory) {
      worker.end();
      return SandboxResult{SandboxEnd::memory_limit, {}, {}};
    }
    if (Clock::now() >= worker.deadline) {
      worker.end();
      return SandboxResult{SandboxEnd::time_limit, {}, {}};
    }
    return std::nullopt;
  }

  void end_all() {
    for (Worker& w : workers) {
      w.end();
      w.item.reset();
    }
  }
};

Sandbox::Sandbox(Work work, SandboxLimits limits, size_t workers)
    : pool_(std::make_unique<Pool>(std::move(work), limits, workers)) {}

Sandbox::~Sandbox() = default;

void Sandbox::run(size_t count, const std::function<std::string(size_t)>& request,
                  const std::function<void(size_t, SandboxResult)>& use) {
  Pool& pool = *pool_;
  struct EndAll {
    Pool* pool;
    ~EndAll() {
      if (pool != nullptr) pool->end_all();
    }
  } on_exception{&pool};

  size_t next = 0, emitted = 0;
  std::map<size_t, SandboxResult> waiting;  // ended, but an earlier item has not
  std::deque<size_t> again;                 // to be tried in a fresh worker
  const auto settle = [&](Worker& worker, SandboxResult result, uint64_t served_before) {
    const size_t item = *worker.item;
    worker.item.reset();
    const bool suspect = result.end == SandboxEnd::crashed || result.end == SandboxEnd::memory_limit;
    if (suspect && served_before > 0) {
      again.push_back(item);
      return;
    }
    waiting.emplace(item, std::move(result));
  };
  std::vector<pollfd> polled;
  std::vector<Worker*> busy;
  while (emitted < count) {
    busy.clear();
    polled.clear();
    for (Worker& worker : pool.workers) {
      if (!worker.item) {
        if (!again.empty()) {
          const size_t item = again.front();
          again.pop_front();
          worker.end();
          pool.give(worker, item, request(item));
        } else if (next < count && next < emitted + kWindow * pool.workers.size()) {
          pool.give(worker, next, request(next));
          ++next;
        }
      }
      if (worker.item) {
        busy.push_back(&worker);
        polled.push_back({worker.socket, POLLIN, 0});
      }
    }
    assert(!busy.empty());
    ::poll(polled.data(), polled.size(), pool.poll_timeout());
    for (size_t i = 0; i < busy.size(); ++i) {
      Worker& worker = *busy[i];
      const uint64_t served_before = worker.served;
      std::optional<SandboxResult> result;
      if (!worker.running())
        result = SandboxResult{SandboxEnd::crashed, {}, "no worker would take it"};
      else if (polled[i].revents != 0)
        result = pool.receive(worker);
      if (!result) result = pool.overdue(worker);
      if (result) settle(worker, std::move(*result), served_before);
    }
    for (auto it = waiting.begin(); it != waiting.end() && it->first == emitted; it = waiting.erase(it)) {
      use(emitted, std::move(it->second));
      ++emitted;
    }
  }
  on_exception.pool = nullptr;
}

}  // namespace moru
