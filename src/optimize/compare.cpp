#include "optimize/compare.h"

#include <cmath>
#include <numeric>

#include "core/language.h"

namespace moru::optimize {
namespace {

constexpr size_t kRows = 1024;  // rows of a pass: two arrays of 1024 x 8192 logits are 64 MB

double log_sum(std::span<const float> logits) {
  const float most = *std::ranges::max_element(logits);
  double sum = 0;
  for (const float x : logits) sum += std::exp(static_cast<double>(x) - most);
  return most + std::log(sum);
}

double divergence(std::span<const float> p, std::span<const float> q) {
  const double p_sum = log_sum(p), q_sum = log_sum(q);
  double kl = 0;
  for (size_t i = 0; i < p.size(); ++i) {
    const double log_p = static_cast<double>(p[i]) - p_sum;
    kl += std::exp(log_p) * (log_p - (static_cast<double>(q[i]) - q_sum));
  }
  return std::max(0.0, kl);  // rounding may leave a tiny negative number
}

}  // namespace

Comparison compare(const model::Model& original, const model::Model& other,
                   const std::vector<std::vector<int32_t>>& sequences, ProgressSink& sink) {
  const auto vocabulary = static_cast<size_t>(original.config().vocabulary);
  std::vector<double> divergences;
  uint64_t same = 0;
  Progress progress(sink, std::string(tr("compare", "비교")), std::string(tr("sequences", "시퀀스")), sequences.size());
  for (size_t next = 0; next < sequences.size();) {
    std::vector<int32_t> tokens, positions, starts = {0};
    const size_t first = next;
    do {
      for (size_t i = 0; i < sequences[next].size(); ++i) {
        tokens.push_back(sequences[next][i]);
        positions.push_back(static_cast<int32_t>(i));
      }
      starts.push_back(static_cast<int32_t>(tokens.size()));
      ++next;
    } while (next < sequences.size() && tokens.size() + sequences[next].size() <= kRows);
    std::vector<int32_t> rows(tokens.size());
    std::iota(rows.begin(), rows.end(), 0);
    std::vector<float> p(rows.size() * vocabulary), q(p.size());
    const model::Batch batch{tokens, positions, starts, nullptr, {}};
    original.logits(batch, rows, p);
    other.logits(batch, rows, q);
    for (size_t r = 0; r < rows.size(); ++r) {
      const std::span<const float> a = std::span(p).subspan(r * vocabulary, vocabulary),
                                   b = std::span(q).subspan(r * vocabulary, vocabulary);
      divergences.push_back(divergence(a, b));
      same += std::ranges::max_element(a) - a.begin() == std::ranges::max_element(b) - b.begin() ? 1 : 0;
    }
    progress.advance(next - first);
  }
  progress.finish();
  Comparison c;
  c.tokens = divergences.size();
  if (divergences.empty()) return c;
  c.mean_kl = std::accumulate(divergences.begin(), divergences.end(), 0.0) / static_cast<double>(divergences.size());
  std::ranges::sort(divergences);
  c.p99_kl = divergences[divergences.size() * 99 / 100];
  c.same_top = static_cast<double>(same) / static_cast<double>(divergences.size());
  return c;
}

}  // namespace moru::optimize
