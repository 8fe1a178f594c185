// Counted pieces that did not fit into memory: sorted runs in temporary files, merged when they are read.
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "core/file.h"
#include "text/piece_table.h"

namespace moru::text {

/// An external merge sort. One thread may write at a time.
class PieceRuns {
 public:
  bool empty() const { return runs_.empty(); }
  /// Writes the table's pieces as one more run. Throws Error if the disk is full.
  void write(const PieceTable& table);
  /// Calls use(piece, count) for each piece in the order of their bytes, with the sum of its counts.
  void for_each(const std::function<void(std::string_view, uint64_t)>& use) const;

 private:
  std::unique_ptr<TemporaryDirectory> folder_;
  std::vector<std::filesystem::path> runs_;
};

}  // namespace moru::text
