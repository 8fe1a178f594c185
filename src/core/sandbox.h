// Child processes for work on untrusted bytes: a crash, a hang or a memory hog costs its item, never the run.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace moru {

/// How an item's work ended.
enum class SandboxEnd {
  done,          ///< `output` is what the work returned.
  failed,        ///< The work threw; `detail` is what it said.
  crashed,       ///< The process died by a signal or left on its own.
  time_limit,    ///< It took longer than `seconds`.
  memory_limit,  ///< It asked for more than `memory`.
  output_limit,  ///< It returned more than `output`.
};

struct SandboxResult {
  SandboxEnd end = SandboxEnd::done;
  std::string output;
  std::string detail;
};

/// Limits of one item's work.
struct SandboxLimits {
  double seconds = 20;                    ///< Of wall-clock time.
  uint64_t memory = uint64_t{1} << 30;    ///< Bytes of address space beyond what the process was born with (RLIMIT_AS).
  uint64_t output = uint64_t{256} << 20;  ///< Bytes of the result.
};

/// A pool of forked workers. Workers write no files, leave no core, hold none of the parent's descriptors, and die with
/// the thread that started them (PR_SET_PDEATHSIG), so that a killed run leaves no orphans. What failed in a worker
/// that had done other items before is tried once more in a fresh one: an item's end depends on that item alone.
///
/// Workers are forks of the calling process. The work may allocate, read files and throw; it must not use a thread pool
/// of the parent (OpenMP, oneDNN) nor wait for a lock that another thread of the parent may hold: only the forking
/// thread lives on in a fork. Starting before the parent's threads are busy is the simple way to be sure.
class Sandbox {
 public:
  using Work = std::function<std::string(std::string_view request)>;

  /// `workers`: at least 1. Processes start when run() first needs them.
  Sandbox(Work work, SandboxLimits limits, size_t workers);
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;
  /// Ends the workers.
  ~Sandbox();

  /// Does the work for items 0 … count-1 and calls `use` with each result in that order, in the calling thread;
  /// `request` makes an item's request when its turn comes. Call it always from the same thread. An exception of
  /// `request` or `use` ends the workers and passes on. Throws Error if no process can be started.
  void run(size_t count, const std::function<std::string(size_t index)>& request,
           const std::function<void(size_t index, SandboxResult result)>& use);

 private:
  struct Worker;
  struct Pool;
  std::unique_ptr<Pool> pool_;
};

/// To be called by C code's allocation hooks where memory runs out: in a worker it ends the process so that the item
/// counts as over its memory limit; elsewhere it aborts.
[[noreturn]] void sandbox_out_of_memory();

}  // namespace moru
