#include "text/piece_table.h"

#include "core/hash.h"

namespace moru::text {

constexpr size_t kBlockBytes = 1 << 20;

void PieceTable::add(std::string_view piece, uint64_t count) {
  if ((used_ + 1) * 10 > slots_.size() * 7) grow();
  const uint64_t hash = hash64(piece);
  const auto tag = static_cast<uint32_t>(hash >> 32);
  for (size_t i = hash & (slots_.size() - 1);; i = (i + 1) & (slots_.size() - 1)) {
    Slot& slot = slots_[i];
    if (slot.data == nullptr) {
      slot = {keep(piece), static_cast<uint32_t>(piece.size()), tag, count};
      ++used_;
      return;
    }
    if (slot.tag == tag && std::string_view(slot.data, slot.size) == piece) {
      slot.count += count;
      return;
    }
  }
}

const char* PieceTable::keep(std::string_view piece) {
  if (piece.size() > free_bytes_) {
    const size_t size = std::max(kBlockBytes, piece.size());
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(size));
    block_bytes_ += size;
    free_ = blocks_.back().get();
    free_bytes_ = size;
  }
  char* const kept = free_;
  std::copy(piece.begin(), piece.end(), kept);
  free_ += piece.size();
  free_bytes_ -= piece.size();
  return kept;
}

void PieceTable::grow() {
  std::vector<Slot> old(std::max<size_t>(1024, slots_.size() * 2));
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.data == nullptr) continue;
    size_t i = hash64({slot.data, slot.size}) & (slots_.size() - 1);
    while (slots_[i].data != nullptr) i = (i + 1) & (slots_.size() - 1);
    slots_[i] = slot;
  }
}

std::vector<PieceCount> PieceTable::entries() const {
  std::vector<PieceCount> all;
  all.reserve(used_);
  for_each([&](std::string_view piece, uint64_t count) { all.push_back({piece, count}); });
  return all;
}

void PieceTable::clear() {
  *this = PieceTable();
}

}  // namespace moru::text
