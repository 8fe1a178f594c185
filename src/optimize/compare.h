// Two models side by side on the same tokens: how far one's predictions are from the other's.
#pragma once

#include <cstdint>
#include <vector>

#include "core/progress.h"
#include "model/model.h"

namespace moru::optimize {

struct Comparison {
  uint64_t tokens = 0;
  double mean_kl = 0, p99_kl = 0;  ///< KL(original || other) at each token, in nats.
  double same_top = 0;             ///< Share of tokens where both find the same next token most likely.
};

/// Runs both models over each sequence once; nothing is stored but one number a token.
Comparison compare(const model::Model& original, const model::Model& other,
                   const std::vector<std::vector<int32_t>>& sequences, ProgressSink& sink);

}  // namespace moru::optimize
