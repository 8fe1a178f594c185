#include "core/threads.h"

#include <sched.h>

#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

namespace moru {

size_t processor_count() {
  if (const char* given = std::getenv("MORU_THREADS")) {
    const long n = std::strtol(given, nullptr, 10);
    if (n > 0 && n <= 1024) return static_cast<size_t>(n);
  }
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return static_cast<size_t>(std::max(1, CPU_COUNT(&set)));
  return std::max(1U, std::thread::hardware_concurrency());
}

void parallel_for(size_t count, const std::function<void(size_t)>& work, size_t threads) {
  if (threads == 0) threads = processor_count();
  threads = std::min(threads, count);
  std::atomic<size_t> next = 0;
  std::mutex mutex;
  size_t failed_index = count;
  std::exception_ptr failure;
  const auto run = [&] {
    for (size_t i = next++; i < count; i = next++) {
      try {
        work(i);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (i < failed_index) {
          failed_index = i;
          failure = std::current_exception();
        }
        next = count;
      }
    }
  };
  {
    std::vector<std::jthread> helpers;
    for (size_t t = 1; t < threads; ++t) helpers.emplace_back(run);
    run();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace moru
