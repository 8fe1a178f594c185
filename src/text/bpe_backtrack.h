// Byte-pair encoding in linear time, for vocabularies as training makes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text/bpe.h"

namespace moru::text {

/// Finds the encoding without replaying the merges: a sequence of tokens is the encoding of its bytes if and only if
/// each two neighbours are, so the longest token that fits its left neighbour is taken, and given back where nothing
/// fits after it (van Antwerpen and Neubeck, "So many tokens, so little time", GitHub blog, 2024). Each place is given
/// back at most once. Immutable.
class BacktrackEncoder {
 public:
  /// Nothing if the rule does not hold for these merges: if two merges make one token, a part is made after its whole,
  /// or a token is not the encoding of its own bytes.
  static std::optional<BacktrackEncoder> build(const std::array<Token, 256>& byte_tokens,
                                               const std::vector<BpeMerge>& merges);

  /// Appends the tokens of `piece`, which is not empty.
  void encode(std::string_view piece, std::vector<Token>& out, BpeScratch& scratch) const;

 private:
  // Inside, a byte's symbol is its value and that of merge r is 256 + r: a symbol's number tells when it is made.
  struct Symbol {
    uint32_t left = 0, right = 0;  ///< Its halves; of a byte: itself.
    uint32_t prefix = UINT32_MAX;  ///< The longest other symbol that its bytes begin with.
    uint32_t size = 1;             ///< In bytes.
  };
  /// A node of the double-array trie (Aoe, 1989) of all symbols' bytes: its child by byte b stands at base + b and
  /// names it as parent.
  struct Node {
    uint32_t base = 0, parent = UINT32_MAX;
    uint32_t symbol = UINT32_MAX;  ///< Whose bytes end here.
  };
  struct Slot {
    uint64_t pair = UINT64_MAX;
    uint32_t symbol = 0;
  };

  BacktrackEncoder() = default;
  std::pair<std::string, std::vector<uint64_t>> bytes_of_symbols() const;
  void build_trie();
  uint32_t merged(uint32_t left, uint32_t right) const;
  /// Whether both stay what they are side by side, as far as the merges go that make symbols below `limit`.
  bool are_neighbours(uint32_t left, uint32_t right, uint32_t limit = UINT32_MAX) const;
  uint32_t longest(std::string_view text) const;

  std::vector<Symbol> symbols_;
  std::vector<Token> tokens_;  ///< By symbol.
  std::vector<Node> trie_;
  std::vector<Slot> pairs_;  ///< Open addressing, a power of two, at most half full.
  unsigned shift_ = 0;
};

}  // namespace moru::text
