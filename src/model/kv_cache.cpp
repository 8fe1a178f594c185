#include "model/kv_cache.h"

#include "core/error.h"
#include "core/language.h"

namespace moru::model {

LayeredKvCache::LayeredKvCache(size_t layers, size_t slots, size_t context, int64_t width, tensor::DType type)
    : context_(context), width_(width), lengths_(slots) {
  for (size_t i = 0; i < layers; ++i) {
    keys_.emplace_back(type, std::initializer_list<int64_t>{static_cast<int64_t>(slots * context), width});
    values_.emplace_back(type, std::initializer_list<int64_t>{static_cast<int64_t>(slots * context), width});
  }
}

void LayeredKvCache::truncate(size_t slot, size_t length) {
  lengths_.at(slot) = std::min(lengths_.at(slot), length);
}

std::vector<tensor::KeySpan> LayeredKvCache::append(size_t layer, const tensor::Tensor& qkv,
                                                    std::span<const int32_t> starts, std::span<const int32_t> slots,
                                                    const tensor::HeadLayout& layout) {
  const size_t element = tensor::size_of(qkv.dtype()), row_bytes = static_cast<size_t>(width_) * element;
  const size_t qkv_bytes = static_cast<size_t>(layout.width()) * element,
               key_offset = static_cast<size_t>(layout.heads) * static_cast<size_t>(layout.head_dim) * element;
  std::vector<tensor::KeySpan> spans;
  for (size_t s = 0; s + 1 < starts.size(); ++s) {
    const auto slot = static_cast<size_t>(slots[s]);
    const auto count = static_cast<size_t>(starts[s + 1] - starts[s]);
    const size_t held = lengths_.at(slot);
    if (held + count > context_)
      throw Error("",
                  fmt::format(fmt::runtime(tr("{} tokens do not fit the context of {}",
                                              "토큰 {}개가 문맥 길이 {}을(를) 넘습니다")),
                              held + count, context_),
                  std::string(tr("shorten the text, or start with a larger --context",
                                 "글을 줄이거나 --context를 더 크게 주고 시작하세요")));
    auto* keys = static_cast<std::byte*>(keys_[layer].raw()) + slot * context_ * row_bytes;
    auto* values = static_cast<std::byte*>(values_[layer].raw()) + slot * context_ * row_bytes;
    for (size_t i = 0; i < count; ++i) {
      const auto* row =
          static_cast<const std::byte*>(qkv.raw()) + (static_cast<size_t>(starts[s]) + i) * qkv_bytes + key_offset;
      std::memcpy(keys + (held + i) * row_bytes, row, row_bytes);
      std::memcpy(values + (held + i) * row_bytes, row + row_bytes, row_bytes);
    }
    spans.push_back({keys, values, width_, static_cast<int64_t>(held + count)});
  }
  return spans;
}

void LayeredKvCache::advance(std::span<const int32_t> starts, std::span<const int32_t> slots) {
  for (size_t s = 0; s < slots.size(); ++s)
    lengths_.at(static_cast<size_t>(slots[s])) += static_cast<size_t>(starts[s + 1] - starts[s]);
}

}  // namespace moru::model
