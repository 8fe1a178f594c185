// Documents on their way from one pass over the collection to the next, packed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "curate/scratch.h"

namespace moru::curate {

/// Records of a few hundred documents, compressed: a pass writes as much as the whole collection holds, and a disk has
/// seldom room for it twice.
class SpoolBlock {
 public:
  void add(std::string_view record);
  size_t count() const { return ends_.size(); }
  /// zstd at its fastest level. Empties the block.
  std::string pack();
  /// The records of a packed block, in order.
  static std::vector<std::string> unpack(std::string_view packed);

 private:
  std::string bytes_;
  std::vector<uint64_t> ends_;
};

/// Packed blocks, written once, then read once, in order. Held in memory up to a limit, then in an unnamed temporary
/// file.
class Spool {
 public:
  explicit Spool(Resources resources) : file_(resources) {}

  void add(std::string_view packed, size_t records);
  /// Records in all blocks.
  uint64_t count() const { return count_; }

  /// Reads what a spool holds, which must outlive it and not grow.
  class Reader {
   public:
    explicit Reader(const Spool& spool) : reader_(spool.file_) {}
    /// False at the end.
    bool next(std::string& packed);

   private:
    ScratchReader reader_;
  };

 private:
  ScratchFile file_;
  uint64_t count_ = 0;
};

}  // namespace moru::curate
