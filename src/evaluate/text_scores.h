// Texts predicted by several systems: bits per byte with intervals, and paired differences.
#pragma once

#include <span>
#include <vector>

#include "evaluate/evaluate.h"
#include "evaluate/perplexity.h"
#include "text/model_chat.h"

namespace moru::evaluate {

/// Each set's blocks: of a text its windows (PerplexityOptions), of an answer the tokens that training would learn, its
/// end token included. A model without a chat template predicts no answers; a text of less than two tokens has no
/// block.
std::vector<std::vector<TextBlock>> predict_texts(const model::Model& model, const text::Tokenizer& tokenizer,
                                                  const text::ModelChat& chat, const std::vector<TextSet>& sets,
                                                  const std::string& name, ProgressSink& sink);

/// Sums of blocks that are taken as independent: by cluster where there are at least 20, else each block alone.
std::vector<ScoredBlock> units_of(const TextSet& set, std::span<const TextBlock> blocks);

TextScore text_score(const TextSet& set, const std::string& system, std::span<const TextBlock> blocks);

/// A minus B. Both must have predicted the same bytes in the same blocks, as systems of one tokenizer do; else nothing.
/// The interval is the percentile bootstrap's over units (2,000 draws of both systems' sums together), the p-value that
/// of flipping the units' signs.
std::optional<TextComparison> compare_texts(const TextSet& set, const std::string& a,
                                            std::span<const TextBlock> blocks_a, const std::string& b,
                                            std::span<const TextBlock> blocks_b);

/// "text of held-out documents", for people.
std::string display_name(const std::string& set, TextKind kind);

/// "0.912 (0.901 … 0.925)", or the mean alone where one unit tells no interval.
std::string text_interval(const TextScore& score, const Interval& interval);

/// What the comparisons say in sentences: how much is forgotten, how much better held-out documents are predicted.
std::vector<std::string> text_findings(const Report& report);

}  // namespace moru::evaluate
