#include "model/kv_cache.h"

#include "core/error.h"
#include "core/language.h"

namespace moru::model {

using tensor::Tensor;

size_t LayeredKvCache::window_rows(int window, size_t context) {
  constexpr size_t kLeast = 32;  // a tiny window would be moved with every few tokens
  const auto w = static_cast<size_t>(window);
  return w == 0 ? context : std::min(context, w - 1 + std::max(w, kLeast));
}

LayeredKvCache::LayeredKvCache(std::span<const int> windows, size_t slots, size_t context, int64_t width,
                               tensor::DType type)
    : context_(context), width_(width), lengths_(slots) {
  for (const int window : windows) {
    Layer layer;
    layer.rows = window_rows(window, context);
    // A window that reaches over the whole context forgets nothing.
    layer.window = layer.rows < context ? static_cast<size_t>(window) : 0;
    const auto count = static_cast<int64_t>(slots * layer.rows);
    layer.keys = Tensor(type, {count, width});
    layer.values = Tensor(type, {count, width});
    layer.held.resize(slots);
    layer.pending.resize(slots);
    layers_.push_back(std::move(layer));
  }
}

uint64_t LayeredKvCache::bytes() const {
  uint64_t total = 0;
  for (const Layer& layer : layers_) total += layer.keys.bytes() + layer.values.bytes();
  return total;
}

std::byte* LayeredKvCache::row(const Tensor& table, const Layer& layer, size_t slot, size_t index) const {
  const size_t bytes = static_cast<size_t>(width_) * tensor::size_of(table.dtype());
  return static_cast<std::byte*>(table.raw()) + (slot * layer.rows + index) * bytes;
}

void LayeredKvCache::truncate(size_t slot, size_t length) {
  if (length >= lengths_.at(slot)) return;
  const size_t fewer = lengths_[slot] - length;
  for (const Layer& layer : layers_) {
    if (length == 0 || layer.window == 0) continue;
    if (layer.held[slot] < fewer + std::min(length, layer.window - 1))
      throw Error("",
                  fmt::format(fmt::runtime(tr("a sliding layer has forgotten what token {} sees",
                                              "슬라이딩 레이어에 토큰 {}이(가) 보는 앞부분이 남아 있지 않습니다")),
                              length),
                  std::string(tr("begin the sequence anew", "처음부터 다시 계산하세요")));
  }
  for (Layer& layer : layers_) layer.pending[slot] = layer.held[slot] = length == 0 ? 0 : layer.held[slot] - fewer;
  lengths_[slot] = length;
}

std::vector<tensor::KeySpan> LayeredKvCache::append(size_t layer_index, const Tensor& qkv,
                                                    std::span<const int32_t> starts, std::span<const int32_t> slots,
                                                    const tensor::HeadLayout& layout) {
  Layer& layer = layers_.at(layer_index);
  const size_t element = tensor::size_of(qkv.dtype()), row_bytes = static_cast<size_t>(width_) * element;
  const size_t qkv_bytes = static_cast<size_t>(layout.width()) * element,
               key_offset = static_cast<size_t>(layout.heads) * static_cast<size_t>(layout.head_dim) * element;
  copies_.clear();
  std::vector<tensor::KeySpan> spans;
  for (size_t s = 0; s + 1 < starts.size(); ++s) {
    const auto slot = static_cast<size_t>(slots[s]);
    const auto count = static_cast<size_t>(starts[s + 1] - starts[s]);
    if (lengths_.at(slot) + count > context_)
      throw Error("",
                  fmt::format(fmt::runtime(tr("{} tokens do not fit the context of {}",
                                              "토큰 {}개가 문맥 길이 {}을(를) 넘습니다")),
                              lengths_[slot] + count, context_),
                  std::string(tr("shorten the text, or start with a larger --context",
                                 "글을 줄이거나 --context를 더 크게 주고 시작하세요")));
    // Rows of the batch from `first` on go to `keys` and `values`.
    const auto copy = [&](size_t first, std::byte* keys, std::byte* values) {
      for (size_t i = first; i < count; ++i, keys += row_bytes, values += row_bytes) {
        const auto* from =
            static_cast<const std::byte*>(qkv.raw()) + (static_cast<size_t>(starts[s]) + i) * qkv_bytes + key_offset;
        std::memcpy(keys, from, row_bytes);
        std::memcpy(values, from + row_bytes, row_bytes);
      }
    };
    size_t& held = layer.held[slot];
    std::byte *keys = row(layer.keys, layer, slot, 0), *values = row(layer.values, layer, slot, 0);
    const size_t seen = layer.window == 0 ? held : std::min(held, layer.window - 1);  // by the first new row
    if (held + count > layer.rows && seen < held) {  // no room behind: the rows still seen move to the front
      std::memmove(keys, keys + (held - seen) * row_bytes, seen * row_bytes);
      std::memmove(values, values + (held - seen) * row_bytes, seen * row_bytes);
      held = seen;
    }
    if (held + count <= layer.rows) {
      copy(0, keys + held * row_bytes, values + held * row_bytes);
      layer.pending[slot] = held + count;
      const size_t skipped = held - seen;
      spans.push_back(
          {keys + skipped * row_bytes, values + skipped * row_bytes, width_, static_cast<int64_t>(seen + count)});
      continue;
    }
    // A chunk longer than there is room: attention reads a copy, and the slot keeps the last rows.
    const Tensor long_keys(qkv.dtype(), {static_cast<int64_t>(seen + count), width_}),
        long_values = Tensor::empty_like(long_keys);
    auto *all_keys = static_cast<std::byte*>(long_keys.raw()), *all_values = static_cast<std::byte*>(long_values.raw());
    std::memcpy(all_keys, keys, seen * row_bytes);
    std::memcpy(all_values, values, seen * row_bytes);
    copy(0, all_keys + seen * row_bytes, all_values + seen * row_bytes);
    const size_t kept = std::min(layer.rows, seen + count), dropped = seen + count - kept;
    std::memcpy(keys, all_keys + dropped * row_bytes, kept * row_bytes);
    std::memcpy(values, all_values + dropped * row_bytes, kept * row_bytes);
    layer.pending[slot] = kept;
    copies_.push_back(long_keys);
    copies_.push_back(long_values);
    spans.push_back({all_keys, all_values, width_, static_cast<int64_t>(seen + count)});
  }
  return spans;
}

void LayeredKvCache::advance(std::span<const int32_t> starts, std::span<const int32_t> slots) {
  for (size_t s = 0; s < slots.size(); ++s) {
    const auto slot = static_cast<size_t>(slots[s]);
    if (starts[s + 1] == starts[s]) continue;
    lengths_.at(slot) += static_cast<size_t>(starts[s + 1] - starts[s]);
    for (Layer& layer : layers_) layer.held[slot] = layer.pending[slot];
  }
}

}  // namespace moru::model
