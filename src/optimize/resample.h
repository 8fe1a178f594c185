// Intervals and tests over sequences drawn again.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "optimize/compare.h"

namespace moru::optimize {

/// How often each sequence was drawn.
using Draw = std::span<const uint32_t>;

/// The statistic of all sequences once, and the 2.5th and 97.5th percentiles of those of `count` sequences drawn with
/// replacement, 2,000 times.
Estimate bootstrap(size_t count, const std::function<double(Draw)>& statistic);

/// The share of 10,000 random choices of signs for which |sum of ± differences| is as large as without, or larger;
/// counting the given signs as one of them.
double sign_flip_p_value(std::span<const double> differences);

}  // namespace moru::optimize
