// How often each piece of the pre-tokenizer occurs in a corpus.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/hash.h"

namespace moru::text {

/// Counts on all processors; the result does not depend on how many there are.
class PretokenCounter {
 public:
  PretokenCounter();
  /// Counts the pieces of the text's normal form C.
  void add(std::string_view text);
  struct Entry {
    std::string piece;
    uint64_t count = 0;
  };
  /// The most frequent first, equals by their bytes. Ends the counting.
  std::vector<Entry> finish();

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return hash64(text); }
  };
  using Counts = std::unordered_map<std::string, uint64_t, Hash, std::equal_to<>>;
  void count_waiting();

  std::string waiting_;             ///< Texts that are not counted yet, one after the other.
  std::vector<size_t> ends_ = {0};  ///< Where each of them ends.
  std::vector<Counts> shards_;      ///< One a thread.
};

}  // namespace moru::text
