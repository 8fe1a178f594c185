// Work on all cores with results that do not depend on how many there are.
#pragma once

#include <cstddef>
#include <functional>

namespace moru {

/// Processors that this process may use (its affinity mask), at least 1. MORU_THREADS overrides it.
size_t processor_count();

/// Calls work(i) for every i of 0 … count-1, on up to `threads` threads (0: processor_count()). Returns when all are
/// done. The first exception, by index, is thrown again here.
void parallel_for(size_t count, const std::function<void(size_t)>& work, size_t threads = 0);

}  // namespace moru
