#include "core/child_process.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>

#include "core/error.h"
#include "core/language.h"
#include "core/work_clock.h"

namespace moru {
namespace {

using Clock = WorkClock::Clock;

constexpr size_t kErrorBytes = 64 << 10;
constexpr std::array<const char*, 3> kFolders = {"/usr/local/bin/", "/usr/bin/", "/bin/"};

/// Both ends of a pipe, closed on destruction.
struct Pipe {
  int read = -1, write = -1;
  Pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
      throw system_error("", std::string(tr("cannot start a program", "프로그램을 시작할 수 없습니다")), errno);
    read = ends[0];
    write = ends[1];
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_end(read);
    close_end(write);
  }
  static void close_end(int& end) {
    if (end >= 0) ::close(end);
    end = -1;
  }
};

/// From here on no socket can be opened, whatever is run.
void forbid_sockets() {
#if defined(__x86_64__)
  constexpr uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
  constexpr uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
  constexpr uint32_t kArchitecture = 0;
#endif
  sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_socket, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  sock_fprog program{static_cast<unsigned short>(std::size(filter)), filter};
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

void lower_limit(int resource, uint64_t value) {
  rlimit limit{};
  ::getrlimit(static_cast<__rlimit_resource_t>(resource), &limit);
  limit.rlim_cur = limit.rlim_max = std::min<rlim_t>(value, limit.rlim_max);
  ::setrlimit(static_cast<__rlimit_resource_t>(resource), &limit);
}

struct Command {
  std::vector<std::string> paths;  // to try in turn
  std::vector<const char*> arguments;
  std::vector<const char*> environment;
};

/// In the fork: only calls that are safe after a fork of a process with threads.
[[noreturn]] void become(const Command& command, int in, int out, int error, int report, pid_t parent,
                         const ChildLimits& limits) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);
  ::dup2(in, 0);
  ::dup2(out, 1);
  ::dup2(error, 2);
  const int keep = ::fcntl(report, F_DUPFD_CLOEXEC, 3);
  if (keep > 3) ::close_range(3, static_cast<unsigned>(keep - 1), 0);
  ::close_range(static_cast<unsigned>(keep + 1), ~0U, 0);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGCHLD}) std::signal(number, SIG_DFL);
  lower_limit(RLIMIT_CORE, 0);
  lower_limit(RLIMIT_FSIZE, 0);
  lower_limit(RLIMIT_AS, limits.memory);
  forbid_sockets();
  for (const std::string& path : command.paths)
    ::execve(path.c_str(), const_cast<char* const*>(command.arguments.data()),
             const_cast<char* const*>(command.environment.data()));
  const int why = errno;
  if (::write(keep, &why, sizeof why) < 0) ::_exit(126);
  ::_exit(127);
}

/// A started program; killed and reaped on destruction.
class Child {
 public:
  Child(const Command& command, const ChildLimits& limits) {
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ == 0) become(command, in.read, out.write, error.write, report.write, parent, limits);
    const int why = errno;
    for (int* end : {&in.read, &out.write, &error.write, &report.write}) Pipe::close_end(*end);
    if (pid_ < 0)
      throw system_error("", std::string(tr("cannot start a program", "프로그램을 시작할 수 없습니다")), why);
    for (const int end : {in.write, out.read, error.read}) ::fcntl(end, F_SETFL, O_NONBLOCK);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() { end(); }

  /// Kills if it still runs; the wait status.
  int end(bool kill = true) {
    if (pid_ <= 0) return status_;
    if (kill) ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return status_;
  }

  pid_t pid() const { return pid_; }

  Pipe in, out, error, report;

 private:
  pid_t pid_ = -1;
  int status_ = 0;
};

}  // namespace

ChildResult run_child(const std::vector<std::string>& arguments, std::string_view input, const ChildLimits& limits,
                      const std::function<void()>& progress) {
  Command command;
  if (arguments.at(0).find('/') != std::string::npos)
    command.paths = {arguments[0]};
  else
    for (const char* folder : kFolders) command.paths.push_back(folder + arguments[0]);
  for (const std::string& argument : arguments) command.arguments.push_back(argument.c_str());
  command.arguments.push_back(nullptr);
  command.environment = {"PATH=/usr/local/bin:/usr/bin:/bin",
                         "LC_ALL=C.UTF-8",
                         "HOME=/nonexistent",
                         "OMP_THREAD_LIMIT=1",
                         "OMP_NUM_THREADS=1",
                         nullptr};
  Child child(command, limits);

  ChildResult result;
  const auto span = [](double seconds) {
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  };
  WorkClock without_output, in_all;
  without_output.watch(child.pid());
  without_output.restart(span(limits.seconds));
  in_all.watch(child.pid());
  in_all.restart(span(limits.seconds_in_all));
  auto last_progress = Clock::now();
  if (input.empty()) Pipe::close_end(child.in.write);
  struct sigaction ignore {
  }, before{};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &before);  // a program that does not read its input
  struct Restore {
    struct sigaction* action;
    ~Restore() { ::sigaction(SIGPIPE, action, nullptr); }
  } restore{&before};

  bool error_open = true;
  std::array<char, 65536> buffer;
  for (bool open = true; open || error_open;) {
    if (without_output.is_over() || in_all.is_over()) {
      child.end();
      result.end = ChildEnd::time_limit;
      return result;
    }
    if (const auto now = Clock::now(); progress && now - last_progress > std::chrono::milliseconds(200)) {
      last_progress = now;
      progress();
    }
    pollfd polled[] = {{open ? child.out.read : -1, POLLIN, 0},
                       {error_open ? child.error.read : -1, POLLIN, 0},
                       {child.in.write, POLLOUT, 0}};
    ::poll(polled, 3, 100);
    if (polled[0].revents != 0) {
      const ssize_t n = ::read(child.out.read, buffer.data(), buffer.size());
      if (n > 0) {
        without_output.restart(span(limits.seconds));
        result.output.append(buffer.data(), static_cast<size_t>(n));
        if (result.output.size() > limits.output) {
          child.end();
          result.end = ChildEnd::output_limit;
          result.output.clear();
          return result;
        }
      } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        open = false;
      }
    }
    if (polled[1].revents != 0) {
      const ssize_t n = ::read(child.error.read, buffer.data(), buffer.size());
      if (n > 0)
        result.error.append(buffer.data(), std::min(static_cast<size_t>(n), kErrorBytes - result.error.size()));
      else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        error_open = false;
    }
    if (polled[2].revents != 0) {
      const ssize_t n = ::write(child.in.write, input.data(), input.size());
      if (n > 0) {
        input.remove_prefix(static_cast<size_t>(n));
        without_output.restart(span(limits.seconds));  // it reads: that is life too
      }
      if ((n < 0 && errno != EAGAIN && errno != EINTR) || input.empty()) Pipe::close_end(child.in.write);
    }
  }
  int why = 0;
  const bool failed = ::read(child.report.read, &why, sizeof why) == static_cast<ssize_t>(sizeof why);
  const int status = child.end(false);
  if (failed) {
    result.end = ChildEnd::not_found;
    result.error = std::strerror(why);
  } else if (WIFSIGNALED(status)) {
    result.end = ChildEnd::crashed;
    result.status = WTERMSIG(status);
  } else {
    result.status = WEXITSTATUS(status);
  }
  return result;
}

bool is_program(std::string_view name) {
  return std::ranges::any_of(
      kFolders, [&](const char* folder) { return ::access((folder + std::string(name)).c_str(), X_OK) == 0; });
}

}  // namespace moru
