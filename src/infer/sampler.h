// Choosing the next token from logits.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/random.h"
#include "text/tokenizer.h"

namespace moru::infer {

/// Greedy, or temperature and nucleus sampling (Holtzman et al., "The curious case of neural text degeneration", 2020).
/// One a request: its random numbers depend on its seed alone, never on what else is in the batch.
class Sampler {
 public:
  /// temperature <= 0 or top_p <= 0: always the most likely token.
  Sampler(double temperature, double top_p, uint64_t seed);

  /// `logits`: [vocabulary]. Ties go to the lower id. Throws Error if no logit is a finite number.
  text::Token sample(std::span<const float> logits);

 private:
  double temperature_, top_p_;
  Random random_;
  std::vector<double> weights_;
  std::vector<int32_t> order_;
};

}  // namespace moru::infer
