// A table of counted byte strings that holds little more than the bytes.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string_view>
#include <vector>

namespace moru::text {

struct PieceCount {
  std::string_view piece;
  uint64_t count = 0;
};

/// Open addressing over records that never move and pieces that lie in large blocks: about 32 bytes and the piece each.
class PieceTable {
 public:
  /// Adds to a piece's count. A piece has fewer than 4 GiB.
  void add(std::string_view piece, uint64_t count);
  size_t size() const { return records_.size(); }
  /// Bytes held.
  size_t memory() const {
    return slots_.capacity() * sizeof(uint32_t) + records_.size() * sizeof(Record) + block_bytes_;
  }
  /// In no particular order; the views hold until clear() or the end of the table.
  std::vector<PieceCount> entries() const;
  template <class Use>
  void for_each(Use&& use) const {
    for (const Record& record : records_) use(std::string_view(record.data, record.size), record.count);
  }
  void clear();

 private:
  struct Record {
    const char* data;
    uint32_t size, tag;  ///< `tag`: the hash's upper half.
    uint64_t count;
  };
  void grow();
  const char* keep(std::string_view piece);

  std::deque<Record> records_;
  std::vector<uint32_t> slots_;  ///< The number of a record and 1; 0: free.
  std::vector<std::unique_ptr<char[]>> blocks_;
  size_t block_bytes_ = 0;
  char* free_ = nullptr;
  size_t free_bytes_ = 0;
};

}  // namespace moru::text
