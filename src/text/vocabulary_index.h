// From the text of a token to its number.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "text/bpe.h"

namespace moru::text {

/// Open addressing over texts that lie elsewhere and outlive it.
class VocabularyIndex {
 public:
  /// Room for so many texts.
  explicit VocabularyIndex(size_t count);
  /// The number that the text has now: what was there, or `token`.
  Token add(std::string_view text, Token token);
  /// The same, but the text gets this number in any case.
  void set(std::string_view text, Token token);
  /// -1 if the text is not there.
  Token find(std::string_view text) const;
  size_t size() const { return size_; }
  /// In no particular order.
  template <class Use>
  void for_each(Use&& use) const {
    for (const Slot& slot : slots_)
      if (slot.token >= 0) use(slot.text, slot.token);
  }

 private:
  struct Slot {
    std::string_view text;
    uint32_t tag = 0;  ///< The hash's upper half.
    Token token = -1;
  };
  Slot& slot_of(std::string_view text);
  std::vector<Slot> slots_;  ///< A power of two, at most half full.
  size_t size_ = 0;
};

/// The token of two tokens' texts, one after the other; -1 if there is none. `buffer` is memory to write them in.
Token find_joined(const VocabularyIndex& index, std::string_view left, std::string_view right, std::string& buffer);

/// Of merges of the same two tokens the last holds; the others are left out.
void keep_last_of_equal(std::vector<BpeMerge>& merges);

}  // namespace moru::text
