#include "evaluate/paired_tests.h"

#include <bit>
#include <cassert>
#include <cmath>
#include <numeric>

#include "core/random.h"
#include "evaluate/student_t.h"

namespace moru::evaluate {
namespace {

constexpr size_t kMostExact = 16;
constexpr uint64_t kFlips = 20000;

// Every flip, in the order of a Gray code: one sign changes a step.
double exact_p_value(std::span<const double> sums, double limit) {
  double total = std::accumulate(sums.begin(), sums.end(), 0.0);
  std::vector<char> flipped(sums.size(), 0);
  const uint64_t flips = uint64_t{1} << sums.size();
  uint64_t hits = 1;  // none flipped
  for (uint64_t step = 1; step < flips; ++step) {
    const auto which = static_cast<size_t>(std::countr_zero(step));
    total += (flipped[which] != 0 ? 2 : -2) * sums[which];
    flipped[which] ^= 1;
    if (std::abs(total) >= limit) ++hits;
  }
  return static_cast<double>(hits) / static_cast<double>(flips);
}

double random_p_value(std::span<const double> sums, double limit, uint64_t seed) {
  Random random(seed);
  uint64_t hits = 0;
  for (uint64_t flip = 0; flip < kFlips; ++flip) {
    double total = 0;
    uint64_t signs = 0;
    for (size_t i = 0; i < sums.size(); ++i) {
      if (i % 64 == 0) signs = random.next();
      total += (signs & 1) != 0 ? sums[i] : -sums[i];
      signs >>= 1;
    }
    if (std::abs(total) >= limit) ++hits;
  }
  return static_cast<double>(hits + 1) / static_cast<double>(kFlips + 1);
}

}  // namespace

double sign_flip_p_value(std::span<const double> differences, std::span<const uint32_t> clusters, uint64_t seed) {
  assert(differences.size() == clusters.size());
  if (differences.empty()) return 1;
  std::vector<double> sums(*std::ranges::max_element(clusters) + size_t{1}, 0.0);
  double magnitude = 0;
  for (size_t i = 0; i < differences.size(); ++i) {
    sums[clusters[i]] += differences[i];
    magnitude += std::abs(differences[i]);
  }
  // Sums that are zero but for rounding flip to themselves; equal totals must count as equal.
  const double rounding = 1e-12 * magnitude;
  std::erase_if(sums, [&](double sum) { return std::abs(sum) <= rounding; });
  if (sums.empty()) return 1;
  const double observed = std::abs(std::accumulate(sums.begin(), sums.end(), 0.0));
  const double limit = observed - rounding;
  return sums.size() <= kMostExact ? exact_p_value(sums, limit) : random_p_value(sums, limit, seed);
}

double mcnemar_exact_p_value(uint64_t a_only, uint64_t b_only) {
  const uint64_t n = a_only + b_only;
  const uint64_t most = std::max(a_only, b_only);
  if (n == 0 || most * 2 == n) return 1;
  // P(X >= k) of a binomial at 1/2 is I_0.5(k, n - k + 1).
  return std::min(1.0, 2 * incomplete_beta(static_cast<double>(most), static_cast<double>(n - most + 1), 0.5));
}

std::vector<double> holm_adjust(std::span<const double> p_values) {
  std::vector<size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, {}, [&](size_t i) { return p_values[i]; });
  std::vector<double> adjusted(p_values.size());
  double highest = 0;
  for (size_t rank = 0; rank < order.size(); ++rank) {
    highest = std::max(highest, static_cast<double>(order.size() - rank) * p_values[order[rank]]);
    adjusted[order[rank]] = std::min(1.0, highest);
  }
  return adjusted;
}

}  // namespace moru::evaluate
