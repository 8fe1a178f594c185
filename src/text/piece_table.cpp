#include "text/piece_table.h"

#include "core/hash.h"

namespace moru::text {

constexpr size_t kBlockBytes = 1 << 20;

void PieceTable::add(std::string_view piece, uint64_t count) {
  if ((records_.size() + 1) * 10 > slots_.size() * 7) grow();
  const uint64_t hash = hash64(piece);
  const auto tag = static_cast<uint32_t>(hash >> 32);
  size_t i = hash & (slots_.size() - 1);
  for (; slots_[i] != 0; i = (i + 1) & (slots_.size() - 1)) {
    Record& record = records_[slots_[i] - 1];
    if (record.tag == tag && std::string_view(record.data, record.size) == piece) {
      record.count += count;
      return;
    }
  }
  records_.push_back({keep(piece), static_cast<uint32_t>(piece.size()), tag, count});
  slots_[i] = static_cast<uint32_t>(records_.size());
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
  const size_t size = std::max<size_t>(1024, slots_.size() * 2);
  std::vector<uint32_t>().swap(slots_);
  slots_.resize(size);
  uint32_t number = 0;
  for (const Record& record : records_) {
    size_t i = hash64({record.data, record.size}) & (size - 1);
    while (slots_[i] != 0) i = (i + 1) & (size - 1);
    slots_[i] = ++number;
  }
}

std::vector<PieceCount> PieceTable::entries() const {
  std::vector<PieceCount> all;
  all.reserve(records_.size());
  for_each([&](std::string_view piece, uint64_t count) { all.push_back({piece, count}); });
  return all;
}

void PieceTable::clear() {
  *this = PieceTable();
}

}  // namespace moru::text
