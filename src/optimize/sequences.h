// Token sequences to calibrate and compare on.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/model.h"

namespace moru::optimize {

using Sequences = std::vector<std::vector<int32_t>>;

/// Whole sequences of at most `rows` tokens together (a longer one alone), as the model takes them.
struct Pack {
  std::vector<int32_t> tokens, positions, starts = {0};
  size_t first = 0;  ///< Number of the first sequence; starts says how many there are.

  size_t count() const { return starts.size() - 1; }
  model::Batch batch() const { return {tokens, positions, starts, nullptr, {}}; }
};

std::vector<Pack> pack_sequences(std::span<const std::vector<int32_t>> sequences, size_t rows);

}  // namespace moru::optimize
