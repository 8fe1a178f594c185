// How often each piece of the pre-tokenizer occurs in a corpus.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/piece_runs.h"
#include "text/piece_table.h"

namespace moru::text {

/// What K-EXAONE's pattern finds: phrases; or the words of them, cut where a space stands after something else.
enum class PieceKind : uint8_t { phrases, words };

/// Calls use(word) for each word of a piece.
template <class Use>
void for_each_word_of(std::string_view piece, Use&& use) {
  size_t begin = 0;
  for (size_t i = 1; i < piece.size(); ++i) {
    const char before = piece[i - 1];
    if (piece[i] != ' ' || before == ' ' || (before >= '\t' && before <= '\r')) continue;
    use(piece.substr(begin, i - begin));
    begin = i;
  }
  if (begin < piece.size()) use(piece.substr(begin));
}

/// Counts on all processors, exactly; the result does not depend on how many there are. What exceeds the memory lies
/// sorted in temporary files until the end.
class PretokenCounter {
 public:
  /// `memory_bytes`: at most about so many for the tables; more than a few MiB.
  PretokenCounter(PieceKind kind, size_t memory_bytes);
  /// Counts the pieces of the text's normal form C.
  void add(std::string_view text);
  /// Counts one piece.
  void add_piece(std::string_view piece, uint64_t count);

  /// Ends the counting. Then for_each and most_frequent may be called.
  void finish();
  /// Calls use(piece, count) for every piece, in no particular order.
  void for_each(const std::function<void(std::string_view, uint64_t)>& use) const;
  /// The most frequent first, equals by their bytes, as many as have `most_bytes` together: all pieces of one count or
  /// none of them. The views hold as long as the counter.
  std::vector<PieceCount> most_frequent(size_t most_bytes);
  /// Bytes of all different pieces.
  uint64_t total_bytes() const { return total_bytes_; }

 private:
  void count_waiting();
  void spill_if_full();

  PieceKind kind_;
  size_t memory_bytes_;
  std::string waiting_;             ///< Texts that are not counted yet, one after the other.
  std::vector<size_t> ends_ = {0};  ///< Where each of them ends.
  std::vector<PieceTable> shards_;  ///< One a thread.
  PieceRuns runs_;
  uint64_t total_bytes_ = 0;
};

}  // namespace moru::text
