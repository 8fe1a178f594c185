#include "curate/clopper_pearson.h"

#include <cmath>

namespace moru::curate {
namespace {

/// P(X >= k) of a binomial with n trials of probability p.
double upper_tail(uint64_t k, uint64_t n, double p) {
  if (k == 0 || p >= 1) return 1;
  if (p <= 0) return 0;
  const auto count = static_cast<double>(n);
  double sum = 0;
  for (uint64_t i = k; i <= n; ++i) {
    const auto x = static_cast<double>(i);
    const double term = std::exp(std::lgamma(count + 1) - std::lgamma(x + 1) - std::lgamma(count - x + 1) +
                                 x * std::log(p) + (count - x) * std::log1p(-p));
    sum += term;
    // Past the mode the terms only fall.
    if (x > count * p && term < sum * 1e-16) break;
  }
  return sum < 1 ? sum : 1;
}

/// The p at which a rising function reaches `target`.
template <class F>
double solve(F rising, double target) {
  double low = 0;
  double high = 1;
  constexpr int kSteps = 60;
  for (int i = 0; i < kSteps; ++i) {
    const double middle = (low + high) / 2;
    (rising(middle) < target ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace

ShareInterval clopper_pearson(uint64_t hits, uint64_t trials, double confidence) {
  if (trials == 0) return {};
  const double tail = (1 - confidence) / 2;
  ShareInterval interval;
  if (hits > 0) interval.low = solve([&](double p) { return upper_tail(hits, trials, p); }, tail);
  // P(X <= hits) = tail where P(X >= hits + 1) = 1 - tail.
  if (hits < trials) interval.high = solve([&](double p) { return upper_tail(hits + 1, trials, p); }, 1 - tail);
  return interval;
}

}  // namespace moru::curate
