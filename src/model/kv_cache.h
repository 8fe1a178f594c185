// The key-value cache: for every full layer a slot's whole context, for a sliding layer what its window can still
// reach.
#pragma once

#include <span>
#include <vector>

#include "model/model.h"
#include "tensor/attention.h"

namespace moru::model {

class LayeredKvCache final : public KvCache {
 public:
  /// `windows`: by layer, how many keys a query sees; 0: all. `width`: kv_heads * head_dim. A full layer takes
  /// 2 * slots * context * width elements, a sliding one 2 * slots * window_rows(window, context) * width.
  LayeredKvCache(std::span<const int> windows, size_t slots, size_t context, int64_t width, tensor::DType type);

  /// Rows a sliding layer holds for a slot: the window's, and as many again, so that rows are moved to the front once
  /// in a window's length and not with every token. A chunk that is longer is read from a copy beside the window's
  /// rows.
  static size_t window_rows(int window, size_t context);

  size_t slots() const override { return lengths_.size(); }
  size_t context() const override { return context_; }
  size_t length(size_t slot) const override { return lengths_.at(slot); }
  /// Throws Error if a sliding layer no longer holds the rows that the token after `length` would see. Zero, and what
  /// the last batch appended if that was no more than a window, can always be gone back to.
  void truncate(size_t slot, size_t length) override;

  /// Copies the keys and values of qkv's rows behind what each sequence's slot holds in this layer, and says where each
  /// sequence's keys now lie (in a sliding layer from the first that the first row sees); good until the next append.
  /// Lengths stay as they are until advance(). Throws Error if a slot would overflow.
  std::vector<tensor::KeySpan> append(size_t layer, const tensor::Tensor& qkv, std::span<const int32_t> starts,
                                      std::span<const int32_t> slots, const tensor::HeadLayout& layout);
  void advance(std::span<const int32_t> starts, std::span<const int32_t> slots);
  uint64_t bytes() const;

 private:
  struct Layer {
    size_t window = 0;            ///< 0: full.
    size_t rows = 0;              ///< Of a slot.
    tensor::Tensor keys, values;  ///< [slots * rows, width]
    std::vector<size_t> held;     ///< By slot: rows it has now; the last of them is the slot's last token.
    std::vector<size_t> pending;  ///< By slot: rows it has once advance() is called.
  };
  std::byte* row(const tensor::Tensor& table, const Layer& layer, size_t slot, size_t index) const;

  size_t context_;
  int64_t width_;
  std::vector<size_t> lengths_;
  std::vector<Layer> layers_;
  std::vector<tensor::Tensor> copies_;  ///< Keys and values of long chunks, until the next append.
};

}  // namespace moru::model
