#include "optimize/compare.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/language.h"
#include "optimize/resample.h"
#include "tensor/parallel.h"

namespace moru::optimize {
namespace {

constexpr size_t kLogits = size_t{32} << 20;  // of one model at a time: 128 MB

double log_sum(std::span<const float> logits) {
  const float most = *std::ranges::max_element(logits);
  double sum = 0;
  for (const float x : logits) sum += std::exp(static_cast<double>(x) - most);
  return most + std::log(sum);
}

/// What is kept of one token.
struct TokenFigures {
  double kl = 0;
  double original = 0, other = 0;  ///< -log likelihood of the next token.
  bool same = false;
};

TokenFigures figures_of(std::span<const float> p, std::span<const float> q, const int32_t* next) {
  const double p_sum = log_sum(p), q_sum = log_sum(q);
  TokenFigures f;
  for (size_t i = 0; i < p.size(); ++i) {
    const double log_p = static_cast<double>(p[i]) - p_sum;
    f.kl += std::exp(log_p) * (log_p - (static_cast<double>(q[i]) - q_sum));
  }
  if (f.kl < 0) f.kl = 0;  // rounding may leave a tiny negative number
  f.same = std::ranges::max_element(p) - p.begin() == std::ranges::max_element(q) - q.begin();
  if (next != nullptr) {
    f.original = p_sum - static_cast<double>(p[static_cast<size_t>(*next)]);
    f.other = q_sum - static_cast<double>(q[static_cast<size_t>(*next)]);
  }
  return f;
}

/// Nothing can be said of two models where one does not predict. A divergence without end comes of a logit without.
void check(const TokenFigures& f) {
  if (std::isfinite(f.kl) && std::isfinite(f.original) && std::isfinite(f.other)) return;
  throw Error("",
              std::string(tr("one of the two models gives logits that are infinite or no numbers",
                             "두 모델 가운데 하나의 로짓이 무한대이거나 수가 아닙니다")),
              std::string(tr("see with `moru perplexity` which, and get or train it again",
                             "`moru perplexity`로 어느 쪽인지 확인하고, 다시 받거나 다시 학습하세요")));
}

/// What is kept of one sequence.
struct SequenceFigures {
  double tokens = 0, predicted = 0, kl = 0, same = 0, original = 0, other = 0;
};

struct Collected {
  std::vector<SequenceFigures> sequences;
  std::vector<std::pair<double, uint32_t>> divergences;  ///< KL and the number of its sequence.

  double sum(Draw draw, double SequenceFigures::*figure) const {
    double total = 0;
    for (size_t s = 0; s < sequences.size(); ++s) total += draw[s] * (sequences[s].*figure);
    return total;
  }
  double ratio(Draw draw, double SequenceFigures::*part, double SequenceFigures::*whole) const {
    const double all = sum(draw, whole);
    return all > 0 ? sum(draw, part) / all : 0;
  }
  /// The smallest divergence that no more than 1 % of the drawn tokens exceed; `divergences` descend.
  double p99(Draw draw) const {
    const double limit = sum(draw, &SequenceFigures::tokens) / 100;
    double above = 0;
    for (const auto& [kl, sequence] : divergences)
      if ((above += draw[sequence]) > limit) return kl;
    return divergences.empty() ? 0 : divergences.back().first;
  }
};

Collected collect(const model::Model& original, const model::Model& other, const Sequences& sequences,
                  ProgressSink& sink) {
  const auto vocabulary = static_cast<size_t>(original.config().vocabulary);
  const std::vector<Pack> packs = pack_sequences(sequences, std::clamp<size_t>(kLogits / vocabulary, 64, 1024));
  Progress progress(sink, std::string(tr("compare", "비교")), std::string(tr("sequences", "시퀀스")), sequences.size());
  Collected c;
  for (const Pack& pack : packs) {
    std::vector<int32_t> rows(pack.tokens.size());
    std::iota(rows.begin(), rows.end(), 0);
    std::vector<float> p(rows.size() * vocabulary), q(p.size());
    original.logits(pack.batch(), rows, p);
    other.logits(pack.batch(), rows, q);
    std::vector<TokenFigures> figures(rows.size());
    std::vector<const int32_t*> next(rows.size());
    for (size_t r = 0; r + 1 < rows.size(); ++r)
      if (pack.positions[r + 1] != 0) next[r] = &pack.tokens[r + 1];
    tensor::share_rows(static_cast<int64_t>(rows.size()), 8, [&](int64_t begin, int64_t end, int) {
      for (auto r = static_cast<size_t>(begin); r < static_cast<size_t>(end); ++r)
        figures[r] = figures_of(std::span(p).subspan(r * vocabulary, vocabulary),
                                std::span(q).subspan(r * vocabulary, vocabulary), next[r]);
    });
    for (const TokenFigures& f : figures) check(f);
    for (size_t r = 0; r < rows.size(); ++r) {
      if (pack.positions[r] == 0) c.sequences.emplace_back();
      SequenceFigures& s = c.sequences.back();
      s.tokens += 1;
      s.kl += figures[r].kl;
      s.same += figures[r].same ? 1 : 0;
      s.predicted += next[r] != nullptr ? 1 : 0;
      s.original += figures[r].original;
      s.other += figures[r].other;
      c.divergences.emplace_back(figures[r].kl, static_cast<uint32_t>(c.sequences.size() - 1));
    }
    progress.advance(pack.count());
  }
  std::ranges::sort(c.divergences, std::greater<>());
  progress.finish();
  return c;
}

}  // namespace

Comparison compare(const model::Model& original, const model::Model& other, const Sequences& sequences,
                   ProgressSink& sink) {
  using S = SequenceFigures;
  const Collected all = collect(original, other, sequences, sink);
  Comparison c;
  c.sequences = all.sequences.size();
  c.tokens = all.divergences.size();
  if (c.tokens == 0) return c;
  const auto estimate = [&](const std::function<double(Draw)>& statistic) {
    return bootstrap(all.sequences.size(), statistic);
  };
  c.mean_kl = estimate([&](Draw d) { return all.ratio(d, &S::kl, &S::tokens); });
  c.p99_kl = estimate([&](Draw d) { return all.p99(d); });
  c.same_top = estimate([&](Draw d) { return all.ratio(d, &S::same, &S::tokens); });
  std::vector<double> differences;
  for (const SequenceFigures& s : all.sequences) {
    c.predicted += static_cast<uint64_t>(s.predicted);
    differences.push_back(s.other - s.original);
  }
  if (c.predicted == 0) return c;
  c.original_perplexity = estimate([&](Draw d) { return std::exp(all.ratio(d, &S::original, &S::predicted)); });
  c.perplexity = estimate([&](Draw d) { return std::exp(all.ratio(d, &S::other, &S::predicted)); });
  c.perplexity_ratio = estimate([&](Draw d) {
    return std::exp(all.ratio(d, &S::other, &S::predicted) - all.ratio(d, &S::original, &S::predicted));
  });
  c.p_value = sign_flip_p_value(differences);
  return c;
}

Estimate expected_rise(const Comparison& c) {
  return {std::exp(c.mean_kl.value), std::exp(c.mean_kl.low), std::exp(c.mean_kl.high)};
}

Verdict judge(const Comparison& c, double margin) {
  if (margin <= 0) return Verdict::none;
  if (c.sequences < kLeastSequences || c.predicted < kLeastTokens) return Verdict::too_little;
  const Estimate expected = expected_rise(c);
  if (std::max(c.perplexity_ratio.high, expected.high) < 1 + margin) return Verdict::as_good;
  return std::max(c.perplexity_ratio.low, expected.low) > 1 + margin ? Verdict::worse : Verdict::undecided;
}

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::too_little:
      return "too_little";
    case Verdict::as_good:
      return "as_good";
    case Verdict::worse:
      return "worse";
    case Verdict::undecided:
      return "undecided";
    default:
      return "none";
  }
}

}  // namespace moru::optimize
