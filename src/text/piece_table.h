// A table of counted byte strings that holds little more than the bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace moru::text {

struct PieceCount {
  std::string_view piece;
  uint64_t count = 0;
};

/// Open addressing over pieces that lie in large blocks: 24 bytes a slot and the piece.
class PieceTable {
 public:
  /// Adds to a piece's count. A piece has fewer than 4 GiB.
  void add(std::string_view piece, uint64_t count);
  size_t size() const { return used_; }
  /// Bytes held.
  size_t memory() const { return slots_.capacity() * sizeof(Slot) + block_bytes_; }
  /// In no particular order; the views hold until clear() or the end of the table.
  std::vector<PieceCount> entries() const;
  template <class Use>
  void for_each(Use&& use) const {
    for (const Slot& slot : slots_) {
      if (slot.data != nullptr) use(std::string_view(slot.data, slot.size), slot.count);
    }
  }
  void clear();

 private:
  struct Slot {
    const char* data = nullptr;
    uint32_t size = 0, tag = 0;  ///< `tag`: the hash's upper half.
    uint64_t count = 0;
  };
  void grow();
  const char* keep(std::string_view piece);

  std::vector<Slot> slots_;
  size_t used_ = 0;
  std::vector<std::unique_ptr<char[]>> blocks_;
  size_t block_bytes_ = 0;
  char* free_ = nullptr;
  size_t free_bytes_ = 0;
};

}  // namespace moru::text
