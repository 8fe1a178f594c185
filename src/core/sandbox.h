// Child processes for work on untrusted bytes: a crash, a hang or a memory hog costs its item, never the run.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace moru {

/// How an item's work ended, or that it goes on.
enum class SandboxEnd {
  more,          ///< `output` is a piece that the work gave on its way.
  done,          ///< `output` is what the work returned.
  failed,        ///< The work threw; `detail` is what it said.
  crashed,       ///< The process died by a signal or left on its own.
  time_limit,    ///< It went longer than `seconds` without a sign of life.
  memory_limit,  ///< It asked for more than `memory`.
  output_limit,  ///< It returned more than `output` in one piece.
};

struct SandboxResult {
  SandboxEnd end = SandboxEnd::done;
  std::string output;
  std::string detail;
};

/// Limits of one item's work.
struct SandboxLimits {
  double seconds = 20;                    ///< From the start or the last sign of life, without the time that it
                                          ///< waits for a processor.
  uint64_t memory = uint64_t{1} << 30;    ///< Bytes of address space beyond what the process was born with (RLIMIT_AS).
  uint64_t output = uint64_t{256} << 20;  ///< Bytes of the result, or of one piece of it.
};

/// What the work may do besides returning a result. Each call is a sign of life.
class SandboxStream {
 public:
  virtual ~SandboxStream() = default;
  /// Gives a piece of the result: the caller sees it in its place in the order, before this work ends.
  virtual void piece(std::string_view output) = 0;
  /// Hands a part of the work to whichever worker is free. Its pieces and its end stand here in the order. What is
  /// handed out cannot hand out more.
  virtual void spawn(std::string_view request) = 0;
  /// Says that the work goes on.
  virtual void alive() = 0;
};

/// Work that is under way.
struct SandboxItem {
  size_t index = 0;          ///< As given to run().
  bool spawned = false;      ///< A part that the item's work handed out.
  std::string_view request;  ///< What was asked of the worker.
  uint64_t pieces = 0;       ///< Pieces that were given to `use` before this.
};

/// A pool of forked workers. Workers write no files, leave no core, hold none of the parent's descriptors, and die with
/// the thread that started them (PR_SET_PDEATHSIG), so that a killed run leaves no orphans. What failed in a worker
/// that had done other items before is tried once more in a fresh one: an item's end depends on that item alone. For
/// that the same request must give the same pieces; those that came before the failure count, once.
///
/// Workers are forks of the calling process. The work may allocate, read files and throw; it must not use a thread pool
/// of the parent (OpenMP, oneDNN) nor wait for a lock that another thread of the parent may hold: only the forking
/// thread lives on in a fork. Starting before the parent's threads are busy is the simple way to be sure.
///
/// Results that wait for an earlier item are bounded: a worker whose results are far ahead is not read, and waits.
class Sandbox {
 public:
  using Work = std::function<std::string(std::string_view request)>;
  using StreamWork = std::function<std::string(std::string_view request, SandboxStream& stream)>;
  using Use = std::function<void(const SandboxItem& item, SandboxResult result)>;
  using Resume = std::function<std::optional<std::string>(const SandboxItem& item, const SandboxResult& result)>;

  /// `workers`: at least 1. Processes start when run() first needs them.
  Sandbox(Work work, SandboxLimits limits, size_t workers);
  Sandbox(StreamWork work, SandboxLimits limits, size_t workers);
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;
  /// Ends the workers.
  ~Sandbox();

  /// Does the work for items 0 … count-1 and calls `use` with each result in that order, in the calling thread;
  /// `request` makes an item's request when its turn comes. Call it always from the same thread. An exception of
  /// `request` or `use` ends the workers and passes on. Throws Error if no process can be started.
  void run(size_t count, const std::function<std::string(size_t index)>& request,
           const std::function<void(size_t index, SandboxResult result)>& use);

  /// The same for work that streams: `use` sees the pieces (`more`) and the end of each item and of each part that it
  /// handed out. What did not end as done or failed can go on: `resume` is asked, after `use`, for the request of the
  /// rest.
  void run_streams(size_t count, const std::function<std::string(size_t index)>& request, const Use& use,
                   const Resume& resume = {});

 private:
  struct Pool;
  std::unique_ptr<Pool> pool_;
};

/// To be called by C code's allocation hooks where memory runs out: in a worker it ends the process so that the item
/// counts as over its memory limit; elsewhere it aborts.
[[noreturn]] void sandbox_out_of_memory();

}  // namespace moru
