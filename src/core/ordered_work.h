// A stream of work on all cores whose results come back in order, with few of them in memory at a time.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace moru {

/// The caller fills slots one after another; work(slot) runs on any thread; use(slot) takes the results in the calling
/// thread, in the order in which the slots were filled. While the caller fills and uses, the threads work on the
/// others.
///
///     for (...) { fill(slots[work.next()]); work.submit(); }
///     work.finish();
class OrderedWork {
 public:
  using Do = std::function<void(size_t slot)>;
  /// `slots` (at least 1) bounds what is in memory. `threads`: 0 is processor_count(); with one, all is done in the
  /// calling thread.
  OrderedWork(size_t slots, Do work, Do use, size_t threads = 0);
  OrderedWork(const OrderedWork&) = delete;
  OrderedWork& operator=(const OrderedWork&) = delete;
  /// Waits for work that has begun; what has not is dropped.
  ~OrderedWork();

  /// The slot to fill. Until one is free, hands over results. An exception of work or use, in order, passes on here, in
  /// submit() or in finish(); the object is good for nothing after it.
  size_t next();
  /// The slot of the last next() is filled.
  void submit();
  /// Hands over all that is left.
  void finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace moru
