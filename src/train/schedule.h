// The warm-up/stable/decay schedule (Hu et al., "MiniCPM", 2024).
#pragma once

#include <algorithm>
#include <cstdint>

namespace moru::train {

/// The share of the plateau's learning rate at a step of `steps`: rises linearly over the first `warmup` share, falls
/// linearly to zero over the last `decay` share.
inline double schedule(uint64_t step, uint64_t steps, double warmup, double decay) {
  const auto done = static_cast<double>(step), all = static_cast<double>(steps);
  const double rise = warmup > 0 ? (done + 1) / (warmup * all) : 1.0;
  const double fall = decay > 0 ? (all - done) / (decay * all) : 1.0;
  return std::clamp(std::min(rise, fall), 0.0, 1.0);
}

}  // namespace moru::train
