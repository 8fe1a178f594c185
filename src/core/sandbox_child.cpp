#include "core/sandbox_child.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <new>
#include <stdexcept>

#include "core/error.h"
#include "core/file.h"

namespace moru {
namespace {

bool in_worker = false;  // set once, in the child, before its first item

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
  char header[kFrameHeader];
  header[0] = static_cast<char>(kind);
  const uint64_t length = payload.size();
  std::memcpy(header + 1, &length, sizeof length);
  return write_all(socket, header, kFrameHeader) && write_all(socket, payload.data(), payload.size());
}

/// Passes the request's result over its limit up to the loop.
struct OverOutput {};

class SocketStream : public SandboxStream {
 public:
  SocketStream(int socket, uint64_t limit) : socket_(socket), limit_(limit) {}
  void piece(std::string_view output) override { send(Frame::piece, output); }
  void spawn(std::string_view request) override { send(Frame::spawn, request); }
  void alive() override { send(Frame::alive, {}); }

 private:
  void send(Frame kind, std::string_view payload) const {
    if (payload.size() > limit_) throw OverOutput{};
    if (!write_frame(socket_, kind, payload)) ::_exit(kGoneStatus);
  }
  int socket_;
  uint64_t limit_;
};

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

}  // namespace

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

uint64_t process_memory(pid_t pid, int column) {
  try {
    const std::string text = read_file(fmt::format("/proc/{}/statm", pid));
    unsigned long long pages[2] = {0, 0};
    if (std::sscanf(text.c_str(), "%llu %llu", &pages[0], &pages[1]) != 2) return 0;
    return pages[column] * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  } catch (const Error&) {
    return 0;  // already gone
  }
}

void sandbox_child(const Sandbox::StreamWork& work, const SandboxLimits& limits, int socket, pid_t parent) {
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
  if (!kWatchResident) set_limit(RLIMIT_AS, process_memory(::getpid(), 0) + limits.memory);
  SocketStream stream(socket, limits.output);
  for (;;) {
    uint64_t length = 0;
    if (!read_all(socket, reinterpret_cast<char*>(&length), sizeof length)) ::_exit(0);
    bool written = false;
    try {
      std::string request(length, '\0');
      if (!read_all(socket, request.data(), length)) ::_exit(kGoneStatus);
      const std::string output = work(request, stream);
      if (output.size() > limits.output) throw OverOutput{};
      written = write_frame(socket, Frame::done, output);
    } catch (const OverOutput&) {
      written = write_frame(socket, Frame::output, {});
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

void sandbox_out_of_memory() {
  if (in_worker) ::_exit(kOutOfMemoryStatus);
  std::abort();
}

}  // namespace moru
