// How many documents hold a line, for the lines that many hold, in memory that does not grow with the collection.
#pragma once

#include <algorithm>
#include <cstdint>
#include <unordered_map>

namespace moru::curate {

/// Exact as long as the distinct keys fit. Past that, lossy counting (Manku and Motwani, "Approximate frequency counts
/// over data streams", 2002): rare keys are let go of, and a count may be short by undercount() at most, which is under
/// 2 n / capacity after n additions: of the lines of a billion documents, a few thousand, where what is looked for
/// stands in two hundred million of them.
class LineCounts {
 public:
  explicit LineCounts(uint64_t memory)
      // A node of the table with its share of the buckets.
      : capacity_(std::max<uint64_t>(65536, memory / 64)) {}

  void add(uint64_t key) {
    const auto [entry, is_new] = counts_.try_emplace(key, Count{0, undercount_});
    ++entry->second.seen;
    if (counts_.size() > capacity_) let_go();
  }
  /// Seen at least so often; 0 for what was let go of.
  uint64_t count(uint64_t key) const {
    const auto found = counts_.find(key);
    return found == counts_.end() ? 0 : found->second.seen;
  }
  /// Drops what was seen less often.
  void keep_only(uint64_t least) {
    std::erase_if(counts_, [&](const auto& entry) { return entry.second.seen < least; });
  }
  bool empty() const { return counts_.empty(); }
  uint64_t undercount() const { return undercount_; }

 private:
  struct Count {
    uint64_t seen, missed;  ///< Since it is counted; before, at most.
  };
  void let_go() {
    while (counts_.size() > capacity_ / 2) {
      ++undercount_;
      std::erase_if(counts_, [&](const auto& entry) { return entry.second.seen + entry.second.missed <= undercount_; });
    }
  }
  uint64_t capacity_, undercount_ = 0;
  std::unordered_map<uint64_t, Count> counts_;  // never iterated where order could show
};

}  // namespace moru::curate
