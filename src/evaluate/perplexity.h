// How well a model predicts texts: perplexity and bits per byte, with what they depend on beside them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/progress.h"
#include "evaluate/evaluate.h"
#include "model/model.h"
#include "text/tokenizer.h"

namespace moru::evaluate {

/// Texts longer than the context are read in windows of `context` tokens that advance by `stride`; a window scores only
/// the tokens that no earlier one has scored, so that each has at least context - stride tokens before it (or all of
/// its text's). Neighbouring windows overlap by at least one token: stride < context.
struct PerplexityOptions {
  size_t context = 1024;
  size_t stride = 512;
};

struct Perplexity {
  uint64_t texts = 0;   ///< Those with at least one token scored.
  uint64_t tokens = 0;  ///< Scored: all of a text but its first, which nothing predicts.
  uint64_t bytes = 0;   ///< That the scored tokens stand for.
  size_t blocks = 0;    ///< Windows.
  size_t context = 0, stride = 0;
  double nats_per_token = 0;  ///< Mean over all tokens of all texts alike.
  double perplexity = 0;      ///< exp(nats_per_token).
  double bits_per_byte = 0;   ///< Comparable between models of different tokenizers.
  /// 95 % by the bootstrap: blocks drawn with replacement, since neighbouring tokens are not independent (Carlstein
  /// 1986, "The use of subseries values for estimating the variance of a general statistic from a stationary
  /// sequence"); percentiles of 2,000 draws. None with fewer than two blocks.
  std::optional<Interval> perplexity_interval, bits_per_byte_interval;
};

/// Sums over the blocks, means and intervals. Depends on the arguments alone. `blocks` must hold at least one token.
Perplexity summarise(std::span<const ScoredBlock> blocks);

/// What the windows of one text score of its tokens [first, tokens.size()). Empty if there is none.
std::vector<ScoredBlock> score_tokens(const model::Model& model, const text::Tokenizer& tokenizer,
                                      std::span<const int32_t> tokens, size_t first, const PerplexityOptions& options);

/// Every text is read by itself, with no token of another before it. Throws Error if the options do not fit the model
/// or each other, or if no text has two tokens. Holds the logits of at most 64 MiB of rows at a time.
Perplexity perplexity(const model::Model& model, const text::Tokenizer& tokenizer, std::span<const std::string> texts,
                      const PerplexityOptions& options, ProgressSink& sink);

/// For the terminal.
std::string perplexity_text(const Perplexity& result);

}  // namespace moru::evaluate
