#include "optimize/resample.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/random.h"

namespace moru::optimize {
namespace {

constexpr int kDraws = 2000, kFlips = 10'000;
constexpr uint64_t kSeed = 7;  // the same draws for every statistic: intervals can be compared

}  // namespace

Estimate bootstrap(size_t count, const std::function<double(Draw)>& statistic) {
  std::vector<uint32_t> draw(count, 1);
  Estimate e;
  e.value = e.low = e.high = statistic(draw);
  if (count < 2) return e;
  Random random(kSeed);
  std::vector<double> values;
  for (int i = 0; i < kDraws; ++i) {
    std::ranges::fill(draw, 0);
    for (size_t k = 0; k < count; ++k) ++draw[random.below(count)];
    values.push_back(statistic(draw));
  }
  std::ranges::sort(values);
  e.low = values[kDraws * 25 / 1000];
  e.high = values[kDraws - 1 - kDraws * 25 / 1000];
  return e;
}

double sign_flip_p_value(std::span<const double> differences) {
  const double given = std::abs(std::accumulate(differences.begin(), differences.end(), 0.0));
  double size = 0;
  for (const double d : differences) size += std::abs(d);
  if (size == 0) return 1;
  Random random(kSeed);
  int as_large = 1;
  for (int i = 0; i < kFlips; ++i) {
    double sum = 0;
    for (const double d : differences) sum += random.below(2) == 0 ? d : -d;
    as_large += std::abs(sum) >= given - 1e-12 * size ? 1 : 0;
  }
  return static_cast<double>(as_large) / (kFlips + 1);
}

}  // namespace moru::optimize
