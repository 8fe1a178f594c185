#include "train/batches.h"

#include <cmath>
#include <numeric>

#include "core/random.h"

namespace moru::train {

BatchPlan::BatchPlan(const PackedTokens& data, double epochs, uint64_t batch_tokens, uint64_t seed) : data_(data) {
  const auto count = static_cast<uint32_t>(data.sequences().size());
  Random random(seed);
  for (double left = epochs; left > 0 && count > 0; left -= 1) {
    std::vector<uint32_t> epoch(count);
    std::iota(epoch.begin(), epoch.end(), 0U);
    random.shuffle(std::span(epoch));
    if (left < 1) epoch.resize(static_cast<size_t>(std::llround(left * count)));
    order_.insert(order_.end(), epoch.begin(), epoch.end());
  }
  uint64_t filled = 0;
  for (size_t i = 0; i < order_.size(); ++i) {
    const PackedSequence& s = data.sequences()[order_[i]];
    const uint64_t rows = s.end - s.begin - 1;
    if (i == 0 || filled + rows > batch_tokens) {
      first_.push_back(i);
      filled = 0;
    }
    filled += rows;
    rows_ += rows;
  }
  first_.push_back(order_.size());
}

TrainingBatch BatchPlan::batch(uint64_t step) const {
  TrainingBatch b;
  b.starts.push_back(0);
  for (size_t i = first_[step]; i < first_[step + 1]; ++i) {
    const PackedSequence& s = data_.sequences()[order_[i]];
    for (uint64_t t = s.begin; t + 1 < s.end; ++t) {
      const auto row = static_cast<int32_t>(b.inputs.size());
      b.inputs.push_back(data_.token(t));
      b.targets.push_back(data_.token(t + 1));
      b.positions.push_back(static_cast<int32_t>(t - s.begin));
      if (data_.learned(t + 1)) {
        b.learned_rows.push_back(row);
        b.learned_targets.push_back(data_.token(t + 1));
      }
      const bool after_next = t + 2 < s.end && data_.learned(t + 1) && data_.learned(t + 2);
      b.mtp_targets.push_back(after_next ? data_.token(t + 2) : 0);
      b.mtp_weights.push_back(after_next ? 1.0F : 0.0F);
    }
    b.starts.push_back(static_cast<int32_t>(b.inputs.size()));
  }
  return b;
}

}  // namespace moru::train
