// What the kernels of attention are given: one key head of one sequence.
#pragma once

#include <cstdint>

namespace moru::tensor {

/// One key head of one sequence, and the query heads that share it. Strides are in elements, from row to row.
struct AttentionJob {
  int64_t queries = 0, keys = 0;
  int64_t q_stride = 0, k_stride = 0, out_stride = 0, sums_stride = 0;
  int group = 0, head_dim = 0, window = 0;
  float scale = 1;
};

}  // namespace moru::tensor
