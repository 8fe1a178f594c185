#include "text/vocabulary_index.h"

#include <bit>
#include <cassert>

#include "core/hash.h"

namespace moru::text {

VocabularyIndex::VocabularyIndex(size_t count) : slots_(std::bit_ceil(2 * count + 2)) {}

VocabularyIndex::Slot& VocabularyIndex::slot_of(std::string_view text) {
  const uint64_t hash = hash64(text);
  const auto tag = static_cast<uint32_t>(hash >> 32);
  size_t i = hash & (slots_.size() - 1);
  for (; slots_[i].token >= 0; i = (i + 1) & (slots_.size() - 1)) {
    if (slots_[i].tag == tag && slots_[i].text == text) return slots_[i];
  }
  assert(2 * (size_ + 1) < slots_.size());
  ++size_;
  slots_[i].text = text;
  slots_[i].tag = tag;
  return slots_[i];
}

Token VocabularyIndex::add(std::string_view text, Token token) {
  Slot& slot = slot_of(text);
  if (slot.token < 0) slot.token = token;
  return slot.token;
}

void VocabularyIndex::set(std::string_view text, Token token) {
  slot_of(text).token = token;
}

Token VocabularyIndex::find(std::string_view text) const {
  const uint64_t hash = hash64(text);
  const auto tag = static_cast<uint32_t>(hash >> 32);
  for (size_t i = hash & (slots_.size() - 1);; i = (i + 1) & (slots_.size() - 1)) {
    const Slot& slot = slots_[i];
    if (slot.token < 0 || (slot.tag == tag && slot.text == text)) return slot.token;
  }
}

Token find_joined(const VocabularyIndex& index, std::string_view left, std::string_view right, std::string& buffer) {
  buffer = left;
  buffer += right;
  return index.find(buffer);
}

void keep_last_of_equal(std::vector<BpeMerge>& merges) {
  const size_t slots = std::bit_ceil(2 * merges.size() + 2);
  std::vector<uint32_t> last(slots);  // The place of a merge and 1; 0: free.
  std::vector<bool> gone(merges.size());
  bool any = false;
  for (size_t place = 0; place < merges.size(); ++place) {
    const BpeMerge& merge = merges[place];
    const uint64_t pair = (static_cast<uint64_t>(merge.left) << 32) | static_cast<uint32_t>(merge.right);
    size_t i = (pair * 0x9E3779B97F4A7C15ULL) >> (64U - static_cast<unsigned>(std::countr_zero(slots)));
    for (; last[i] != 0; i = (i + 1) & (slots - 1)) {
      const BpeMerge& other = merges[last[i] - 1];
      if (other.left != merge.left || other.right != merge.right) continue;
      gone[last[i] - 1] = any = true;
      break;
    }
    last[i] = static_cast<uint32_t>(place + 1);
  }
  if (!any) return;
  size_t place = 0;
  std::erase_if(merges, [&](const BpeMerge&) { return gone[place++]; });
}

}  // namespace moru::text
