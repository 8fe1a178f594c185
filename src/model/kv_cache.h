// The plain key-value cache: for every layer a contiguous stretch of rows a slot.
#pragma once

#include <span>
#include <vector>

#include "model/model.h"
#include "tensor/attention.h"

namespace moru::model {

class LayeredKvCache final : public KvCache {
 public:
  /// `width`: kv_heads * head_dim. Memory: 2 * layers * slots * context * width elements.
  LayeredKvCache(size_t layers, size_t slots, size_t context, int64_t width, tensor::DType type);

  size_t slots() const override { return lengths_.size(); }
  size_t context() const override { return context_; }
  size_t length(size_t slot) const override { return lengths_.at(slot); }
  void truncate(size_t slot, size_t length) override;

  /// Copies the keys and values of qkv's rows behind what each sequence's slot holds in this layer, and says where each
  /// sequence's keys now lie. Lengths stay as they are until advance(). Throws Error if a slot would overflow.
  std::vector<tensor::KeySpan> append(size_t layer, const tensor::Tensor& qkv, std::span<const int32_t> starts,
                                      std::span<const int32_t> slots, const tensor::HeadLayout& layout);
  void advance(std::span<const int32_t> starts, std::span<const int32_t> slots);

 private:
  size_t context_;
  int64_t width_;
  std::vector<size_t> lengths_;
  std::vector<tensor::Tensor> keys_, values_;  // by layer: [slots * context, width]
};

}  // namespace moru::model
