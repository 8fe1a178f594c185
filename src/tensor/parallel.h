// Rows shared out between the threads that the matrix products use, so that the two never compete for the processors.
#pragma once

#include <omp.h>

#include <algorithm>
#include <cstdint>

namespace moru::tensor {

/// work(begin, end, thread) on equal contiguous shares of 0 … count-1. The same shares go to the same threads every
/// time: rows stay in the cache of the core that made them. Inside a parallel region: one share, the caller's.
template <class Work>
void share_rows(int64_t count, int64_t min_share, const Work& work) {
  const int64_t most = std::max<int64_t>(1, count / std::max<int64_t>(1, min_share));
  const int threads = omp_in_parallel() != 0 ? 1 : static_cast<int>(std::min<int64_t>(omp_get_max_threads(), most));
  if (threads <= 1) {
    work(int64_t{0}, count, 0);
    return;
  }
#pragma omp parallel num_threads(threads)
  {
    const int t = omp_get_thread_num();
    work(count * t / threads, count * (t + 1) / threads, t);
  }
}

/// work(i) for each of 0 … count-1, each on one thread, taken in order as threads come free.
template <class Work>
void share_items(int64_t count, const Work& work) {
#pragma omp parallel for schedule(dynamic, 1) if (count > 1 && omp_in_parallel() == 0)
  for (int64_t i = 0; i < count; ++i) work(i);
}

inline int most_threads() {
  return omp_in_parallel() != 0 ? 1 : omp_get_max_threads();
}

}  // namespace moru::tensor
