#include "core/ordered_work.h"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

#include "core/threads.h"

namespace moru {

struct OrderedWork::State {
  State(size_t slots, Do do_work, Do do_use)
      : work(std::move(do_work)), use(std::move(do_use)), finished(slots), failures(slots) {}

  /// What a thread does.
  void serve() {
    std::unique_lock lock(mutex);
    for (;;) {
      ready.wait(lock, [&] { return taken < filled || stop; });
      if (stop) return;
      const size_t slot = taken++ % finished.size();
      lock.unlock();
      std::exception_ptr failure;
      try {
        work(slot);
      } catch (...) {
        failure = std::current_exception();
      }
      lock.lock();
      finished[slot] = 1;
      failures[slot] = std::move(failure);
      done.notify_one();
    }
  }

  /// Takes the oldest result if it is there; waits for it if asked to.
  bool take(bool wait) {
    if (used == filled) return false;
    const size_t slot = used % finished.size();
    {
      std::unique_lock lock(mutex);
      if (wait) done.wait(lock, [&] { return finished[slot] != 0; });
      if (finished[slot] == 0) return false;
      finished[slot] = 0;
    }
    if (failures[slot]) std::rethrow_exception(failures[slot]);
    use(slot);
    ++used;
    return true;
  }

  const Do work, use;
  std::mutex mutex;
  std::condition_variable ready, done;
  size_t filled = 0, used = 0;  // changed only by the caller's thread
  size_t taken = 0;
  bool stop = false;
  std::vector<char> finished;
  std::vector<std::exception_ptr> failures;
  std::vector<std::jthread> threads;
};

OrderedWork::OrderedWork(size_t slots, Do work, Do use, size_t threads)
    : state_(std::make_unique<State>(slots, std::move(work), std::move(use))) {
  if (threads == 0) threads = processor_count();
  threads = std::min(threads, slots);
  for (size_t t = 0; t < threads && threads > 1; ++t)
    state_->threads.emplace_back([state = state_.get()] { state->serve(); });
}

OrderedWork::~OrderedWork() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stop = true;
    state_->ready.notify_all();
  }
  state_->threads.clear();
}

size_t OrderedWork::next() {
  State& s = *state_;
  while (s.take(s.filled - s.used == s.finished.size())) {
  }
  return s.filled % s.finished.size();
}

void OrderedWork::submit() {
  State& s = *state_;
  if (s.threads.empty()) {
    const size_t slot = s.filled++ % s.finished.size();
    ++s.taken;
    s.work(slot);
    s.use(slot);
    ++s.used;
    return;
  }
  const std::lock_guard lock(s.mutex);
  ++s.filled;
  s.ready.notify_one();
}

void OrderedWork::finish() {
  while (state_->take(true)) {
  }
}

}  // namespace moru
