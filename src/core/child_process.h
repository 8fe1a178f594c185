// Running another program on untrusted bytes, within limits.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace moru {

struct ChildLimits {
  double seconds = 20;                    ///< Without a byte of output. Waits for a processor do not count.
  double seconds_in_all = 3600;           ///< The same, whatever comes out.
  uint64_t memory = uint64_t{1} << 30;    ///< Bytes of address space (RLIMIT_AS).
  uint64_t output = uint64_t{256} << 20;  ///< Bytes of standard output.
};

enum class ChildEnd { exited, crashed, time_limit, output_limit, not_found };

struct ChildResult {
  ChildEnd end = ChildEnd::exited;
  int status = 0;      ///< Exit status, or the signal where it crashed.
  std::string output;  ///< Standard output.
  std::string error;   ///< Standard error, its first 64 KiB.
  bool ok() const { return end == ChildEnd::exited && status == 0; }
};

/// Runs `arguments` (the first is the program, looked for in the system's folders) with `input` on standard input, and
/// waits. The program holds no other descriptor of this process, writes no files, opens no socket, has an environment
/// of its own (LC_ALL=C.UTF-8, one thread), and dies with the thread that started it. `progress` is called a
/// few times a second while it is within its limits. What the caller's process is limited to limits the program too.
/// Throws Error if no process can be started.
ChildResult run_child(const std::vector<std::string>& arguments, std::string_view input, const ChildLimits& limits,
                      const std::function<void()>& progress = {});

/// Is the program in the system's folders?
bool is_program(std::string_view name);

}  // namespace moru
