// Two models side by side on the same tokens: how far one's predictions are from the other's, and how sure that is.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/progress.h"
#include "model/model.h"
#include "optimize/sequences.h"

namespace moru::optimize {

/// A figure and its 95 % interval. Tokens of one sequence resemble each other, so whole sequences are drawn: the
/// percentile bootstrap (Efron and Tibshirani, "An introduction to the bootstrap", 1993, chapter 13) over sequences.
struct Estimate {
  double value = 0, low = 0, high = 0;
};

struct Comparison {
  uint64_t sequences = 0, tokens = 0;
  Estimate mean_kl, p99_kl;  ///< KL(original || other) at each token, in nats.
  Estimate same_top;         ///< Share of tokens where both find the same next token most likely.
  uint64_t predicted = 0;    ///< Tokens whose successor is known: perplexity is over these.
  Estimate original_perplexity, perplexity;
  Estimate perplexity_ratio;  ///< perplexity / original_perplexity, of the same tokens.
  /// That sequences' mean log-likelihoods differ by this much or more though neither model is better: a paired
  /// randomisation test over sequences (Fisher; Pitman 1937), two-sided.
  double p_value = 1;
};

/// Runs both models over each sequence once; nothing is stored but a few numbers a token. Deterministic.
/// Throws Error if a model's logits are not finite.
Comparison compare(const model::Model& original, const model::Model& other, const Sequences& sequences,
                   ProgressSink& sink);

enum class Verdict {
  none,        ///< No margin was given: nothing is claimed.
  too_little,  ///< Fewer than kLeastSequences sequences or kLeastTokens tokens: nothing can be claimed.
  as_good,     ///< Both whole intervals lie under 1 + margin.
  worse,       ///< One whole interval lies above it.
  undecided,   ///< Neither.
};

constexpr uint64_t kLeastSequences = 30, kLeastTokens = 2000;

/// exp(mean KL) with its interval: the rise of perplexity to be expected on text that the original writes.
Estimate expected_rise(const Comparison& comparison);

/// Judges by how much perplexity rises: on the text, and on text that the original itself would write, where the
/// expected rise is exp(mean KL). A model may change much and by chance predict one text no worse; it is called as good
/// only if both stay under 1 + margin. 0: no margin was given.
Verdict judge(const Comparison& comparison, double margin);
/// "as_good", …
std::string_view name_of(Verdict verdict);

}  // namespace moru::optimize
