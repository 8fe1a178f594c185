// The learning of merges from counted pieces: the heart of the BPE trainer.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "text/piece_table.h"

namespace moru::text {

/// Merges the most frequent pair of neighbouring symbols again and again. Symbols 0 … 255 are the bytes; merge number i
/// makes symbol 256 + i. After each merge only the counts of the pairs beside it change: the work is proportional to
/// the number of symbols merged, not to the corpus times the merges.
class MergeLearner {
 public:
  struct Merge {
    uint32_t left = 0, right = 0;
  };

  /// `entries` sorted as PretokenCounter gives them. Throws Error if their pieces hold 4 GiB or more. `known`: merges
  /// that are made first, as step() would have made them. `read` is called when the pieces are needed no more, before
  /// most of the memory is taken.
  MergeLearner(std::vector<PieceCount> entries, uint64_t min_count, size_t max_token_bytes,
               const std::vector<Merge>& known = {}, const std::function<void()>& read = {});
  MergeLearner(const MergeLearner&) = delete;
  MergeLearner& operator=(const MergeLearner&) = delete;

  /// Learns one merge; false if no pair is frequent enough. Unless `across_words`, no merge joins a space to the word
  /// before it (the first stage of SuperBPE).
  bool step(bool across_words);

  const std::vector<Merge>& merges() const { return merges_; }
  /// The bytes of each symbol.
  const std::vector<std::string>& bytes() const { return bytes_; }

 private:
  struct Pair {
    uint32_t left = 0, right = 0;
    uint64_t count = 0;
    std::vector<uint32_t> places;  ///< Where it begins; some may be gone.
  };
  struct Candidate {
    uint64_t count;
    uint32_t pair;
  };

  bool is_later(const Candidate& a, const Candidate& b) const;
  void push(uint32_t pair);
  bool is_across_words(const Pair& pair) const;
  uint64_t weight(uint32_t place) const;
  Pair& pair_of(uint32_t left, uint32_t right);
  void apply(uint32_t pair);
  void add_symbol(uint32_t left, uint32_t right);

  uint64_t min_count_;
  size_t max_token_bytes_;
  /// One for each byte of all pieces, with a kEdge before, between and after them. A symbol's number stands at its
  /// first byte and its complement (~) at its last if that is another; what lies between is kInside.
  std::vector<int32_t> text_;
  std::vector<std::pair<uint32_t, uint64_t>> weights_;  ///< From which place on pieces have which count.
  std::vector<std::string> bytes_;
  std::unordered_set<std::string_view> known_;  ///< Views into known_bytes_.
  std::deque<std::string> known_bytes_;
  std::vector<Merge> merges_;
  std::deque<Pair> pairs_;
  std::unordered_map<uint64_t, uint32_t> pair_index_;
  std::vector<Candidate> heap_;
  std::vector<uint32_t> set_aside_;  ///< Pairs across words that came up in the first stage.
  std::vector<uint32_t> touched_;    ///< New pairs of the merge being made.
};

}  // namespace moru::text
