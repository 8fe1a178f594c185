// Byte-pair encoding of one piece of text, by ranked merges.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "text/tokenizer.h"

namespace moru::text {

class BacktrackEncoder;

/// One merge: where `left` stands before `right`, both become `result`. Its rank is its place in the list.
struct BpeMerge {
  Token left = 0, right = 0, result = 0;
};

/// Memory that one thread lends to encode(), so that a piece costs no allocation.
struct BpeScratch {
  struct Symbol {
    Token token;
    uint32_t previous, next;  ///< Places of the neighbours, or kNone.
    uint32_t rank;            ///< Of the pair that begins here, or kNone.
  };
  static constexpr uint32_t kNone = UINT32_MAX;
  std::vector<Symbol> symbols;
  std::vector<uint64_t> heap;  ///< rank << 32 | place.
  std::vector<uint32_t> taken;
  std::vector<uint64_t> dead;
};

/// The merges of a vocabulary. Immutable: any number of threads may encode, each with its own scratch.
class Bpe {
 public:
  /// `byte_tokens`: the token of each single byte; -1 for a byte that stands in no piece.
  Bpe(const std::array<Token, 256>& byte_tokens, const std::vector<BpeMerge>& merges);

  Bpe(Bpe&&) noexcept;
  Bpe& operator=(Bpe&&) noexcept;
  ~Bpe();

  /// Appends the tokens of `piece` (under 4 GiB). Of all pairs that stand side by side the one of lowest rank is merged
  /// first, among equals the leftmost, until none is left. O(n), or O(n log n) for merges that no training makes.
  void encode(std::string_view piece, std::vector<Token>& out, BpeScratch& scratch) const;
  /// The same by its definition, with a heap over a linked list. O(n log n).
  void encode_by_merging(std::string_view piece, std::vector<Token>& out, BpeScratch& scratch) const;
  /// The same for any symbols to begin with (fewer than 2^32).
  void merge(std::span<const Token> symbols, std::vector<Token>& out, BpeScratch& scratch) const;
  /// Whether encode is linear.
  bool is_linear() const { return backtrack_ != nullptr; }

 private:
  struct Slot {
    uint64_t pair = UINT64_MAX;
    uint32_t rank = BpeScratch::kNone;
    Token result = 0;
  };
  static uint64_t key(Token left, Token right) {
    return (static_cast<uint64_t>(static_cast<uint32_t>(left)) << 32) | static_cast<uint32_t>(right);
  }
  const Slot* find(Token left, Token right) const;
  uint32_t rank(Token left, Token right) const;
  void merge_symbols(std::vector<Token>& out, BpeScratch& scratch) const;

  std::array<Token, 256> byte_tokens_;
  std::vector<uint32_t> byte_pair_ranks_;  ///< 256 x 256: most pairs that are looked up are still of single bytes.
  std::vector<Token> results_;             ///< By rank.
  std::vector<Slot> table_;                ///< Open addressing, a power of two, at most half full.
  unsigned shift_ = 0;
  std::unique_ptr<const BacktrackEncoder> backtrack_;
};

}  // namespace moru::text
