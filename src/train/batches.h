// Batches: sequences packed one after another without padding, in an order that the seed alone decides.
#pragma once

#include <cstdint>
#include <vector>

#include "model/model.h"
#include "train/packed.h"

namespace moru::train {

/// A step's rows. Row r reads inputs[r] and predicts targets[r]; a sequence of n tokens gives n - 1 rows.
struct TrainingBatch {
  std::vector<int32_t> inputs, targets, positions, starts;
  std::vector<int32_t> learned_rows, learned_targets;  ///< Rows whose target counts in the loss.
  std::vector<int32_t> mtp_targets;                    ///< By row: the token after the target; 0 where there is none.
  std::vector<float> mtp_weights;                      ///< By row: 1 where there is such a token and both count.
  model::Batch view() const { return {inputs, positions, starts, nullptr, {}}; }
};

/// The plan of a phase: which sequences make up which step. Each epoch is a fresh shuffle; a step takes whole sequences
/// while they fit into batch_tokens rows (always at least one).
class BatchPlan {
 public:
  BatchPlan(const PackedTokens& data, double epochs, uint64_t batch_tokens, uint64_t seed);
  uint64_t steps() const { return first_.size() - 1; }
  TrainingBatch batch(uint64_t step) const;
  /// Rows of all steps.
  uint64_t rows() const { return rows_; }

 private:
  const PackedTokens& data_;
  std::vector<uint32_t> order_;  ///< Sequence numbers of all epochs, one after another.
  std::vector<size_t> first_;    ///< By step: where it begins in order_; and the end.
  uint64_t rows_ = 0;
};

}  // namespace moru::train
