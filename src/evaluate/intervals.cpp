#include "evaluate/intervals.h"

#include <cassert>
#include <cmath>

#include "evaluate/student_t.h"

namespace moru::evaluate {
namespace {

constexpr double kUpper = 0.975;  // of a two-sided 95 % interval
constexpr double kPower = 0.8;

double degrees(const ClusteredMean& mean) {
  return static_cast<double>(mean.clusters - 1);
}

Interval around(const ClusteredMean& mean, double lowest, double highest) {
  if (mean.clusters < 2) return {mean.mean, lowest, highest};
  const double half = student_t_quantile(kUpper, degrees(mean)) * mean.standard_error;
  return {mean.mean, std::max(lowest, mean.mean - half), std::min(highest, mean.mean + half)};
}

}  // namespace

std::vector<uint32_t> cluster_numbers(std::span<const std::string> names) {
  std::unordered_map<std::string_view, uint32_t> seen;
  std::vector<uint32_t> numbers;
  numbers.reserve(names.size());
  for (const std::string& name : names)
    numbers.push_back(seen.try_emplace(name, static_cast<uint32_t>(seen.size())).first->second);
  return numbers;
}

ClusteredMean clustered_mean(std::span<const double> values, std::span<const uint32_t> clusters) {
  assert(!values.empty() && values.size() == clusters.size());
  ClusteredMean result;
  result.observations = values.size();
  const auto n = static_cast<double>(values.size());
  double sum = 0;
  for (const double value : values) sum += value;
  result.mean = sum / n;
  std::vector<double> deviation(*std::ranges::max_element(clusters) + size_t{1}, 0.0);
  std::vector<char> used(deviation.size(), 0);
  for (size_t i = 0; i < values.size(); ++i) {
    deviation[clusters[i]] += values[i] - result.mean;
    used[clusters[i]] = 1;
  }
  result.clusters = static_cast<uint64_t>(std::ranges::count(used, char{1}));
  if (result.clusters < 2) return result;
  // Equal values must give no error at all, not the rounding of their sum.
  if (std::ranges::all_of(values, [&](double value) { return value == values.front(); })) {
    result.mean = values.front();
    return result;
  }
  double squares = 0;
  for (const double d : deviation) squares += d * d;
  const auto g = static_cast<double>(result.clusters);
  result.standard_error = std::sqrt(g / (g - 1) * squares) / n;
  return result;
}

Interval score_interval(const ClusteredMean& mean) {
  if (mean.mean <= 0 || mean.mean >= 1) return share_interval(mean);
  return around(mean, 0, 1);
}

Interval share_interval(const ClusteredMean& mean) {
  if (mean.clusters < 2) return {mean.mean, 0, 1};
  const double p = mean.mean;
  const double variance = mean.standard_error * mean.standard_error;
  const auto clusters = static_cast<double>(mean.clusters);
  double effective = clusters;
  if (variance > 0) effective = std::min(p * (1 - p) / variance, static_cast<double>(mean.observations));
  const double t = student_t_quantile(kUpper, degrees(mean));
  const double t2 = t * t;
  const double centre = (p + t2 / (2 * effective)) / (1 + t2 / effective);
  const double half = t / (1 + t2 / effective) * std::sqrt(p * (1 - p) / effective + t2 / (4 * effective * effective));
  // At the ends the bound is the share itself, but for rounding.
  return {p, p <= 0 ? 0 : std::max(0.0, centre - half), p >= 1 ? 1 : std::min(1.0, centre + half)};
}

Interval difference_interval(const ClusteredMean& mean) {
  return around(mean, -1, 1);
}

double smallest_detectable(const ClusteredMean& difference) {
  if (difference.clusters < 2) return -1;
  const double df = degrees(difference);
  return (student_t_quantile(kUpper, df) + student_t_quantile(kPower, df)) * difference.standard_error;
}

}  // namespace moru::evaluate
