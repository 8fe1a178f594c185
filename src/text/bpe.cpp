#include "text/bpe.h"

#include <bit>
#include <cassert>

#include "text/bpe_backtrack.h"

namespace moru::text {

using Symbol = BpeScratch::Symbol;
constexpr uint32_t kNone = BpeScratch::kNone;

Bpe::Bpe(const std::array<Token, 256>& byte_tokens, const std::vector<BpeMerge>& merges)
    : byte_tokens_(byte_tokens), byte_pair_ranks_(256 * 256, kNone) {
  const size_t slots = std::bit_ceil(merges.size() * 2 + 2);
  table_.resize(slots);
  shift_ = 64U - static_cast<unsigned>(std::countr_zero(slots));
  results_.reserve(merges.size());
  for (uint32_t r = 0; r < merges.size(); ++r) {
    const BpeMerge& merge = merges[r];
    results_.push_back(merge.result);
    const uint64_t pair = key(merge.left, merge.right);
    size_t i = (pair * 0x9E3779B97F4A7C15ULL) >> shift_;
    while (table_[i].pair != UINT64_MAX && table_[i].pair != pair) i = (i + 1) & (slots - 1);
    // The first of two equal pairs has the lower rank and holds.
    if (table_[i].pair == UINT64_MAX) table_[i] = {pair, r, merge.result};
  }
  for (size_t left = 0; left < 256; ++left) {
    for (size_t right = 0; right < 256; ++right) {
      byte_pair_ranks_[left * 256 + right] = rank(byte_tokens_[left], byte_tokens_[right]);
    }
  }
  if (auto backtrack = BacktrackEncoder::build(byte_tokens, merges)) {
    backtrack_ = std::make_unique<const BacktrackEncoder>(*std::move(backtrack));
  }
}

Bpe::Bpe(Bpe&&) noexcept = default;
Bpe& Bpe::operator=(Bpe&&) noexcept = default;
Bpe::~Bpe() = default;

void Bpe::encode(std::string_view piece, std::vector<Token>& out, BpeScratch& scratch) const {
  if (backtrack_ && !piece.empty()) {
    backtrack_->encode(piece, out, scratch);
  } else {
    encode_by_merging(piece, out, scratch);
  }
}

const Bpe::Slot* Bpe::find(Token left, Token right) const {
  const uint64_t pair = key(left, right);
  for (size_t i = (pair * 0x9E3779B97F4A7C15ULL) >> shift_;; i = (i + 1) & (table_.size() - 1)) {
    if (table_[i].pair == pair) return &table_[i];
    if (table_[i].pair == UINT64_MAX) return nullptr;
  }
}

uint32_t Bpe::rank(Token left, Token right) const {
  const Slot* slot = find(left, right);
  return slot == nullptr ? kNone : slot->rank;
}

void Bpe::encode_by_merging(std::string_view piece, std::vector<Token>& out, BpeScratch& scratch) const {
  assert(piece.size() < kNone);
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(piece[i]); };
  const auto count = static_cast<uint32_t>(piece.size());
  if (count < 2) {
    if (count == 1) out.push_back(byte_tokens_[byte(0)]);
    return;
  }
  std::vector<Symbol>& symbols = scratch.symbols;
  std::vector<uint64_t>& heap = scratch.heap;
  symbols.resize(count);
  heap.clear();
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t r = i + 1 < count ? byte_pair_ranks_[byte(i) * 256U + byte(i + 1)] : kNone;
    symbols[i] = {byte_tokens_[byte(i)], i == 0 ? kNone : i - 1, i + 1 < count ? i + 1 : kNone, r};
    if (r != kNone) heap.push_back((static_cast<uint64_t>(r) << 32) | i);
  }
  merge_symbols(out, scratch);
}

void Bpe::merge(std::span<const Token> tokens, std::vector<Token>& out, BpeScratch& scratch) const {
  assert(tokens.size() < kNone);
  const auto count = static_cast<uint32_t>(tokens.size());
  if (count < 2) {
    out.insert(out.end(), tokens.begin(), tokens.end());
    return;
  }
  std::vector<Symbol>& symbols = scratch.symbols;
  std::vector<uint64_t>& heap = scratch.heap;
  symbols.resize(count);
  heap.clear();
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t r = i + 1 < count ? rank(tokens[i], tokens[i + 1]) : kNone;
    symbols[i] = {tokens[i], i == 0 ? kNone : i - 1, i + 1 < count ? i + 1 : kNone, r};
    if (r != kNone) heap.push_back((static_cast<uint64_t>(r) << 32) | i);
  }
  merge_symbols(out, scratch);
}

/// Merges the linked list of scratch.symbols; its heap holds the pairs that have a rank, in any order.
void Bpe::merge_symbols(std::vector<Token>& out, BpeScratch& scratch) const {
  std::vector<Symbol>& symbols = scratch.symbols;
  std::vector<uint64_t>& heap = scratch.heap;
  const auto later = std::greater<>();
  std::make_heap(heap.begin(), heap.end(), later);
  const auto pair_up = [&](uint32_t place) {
    Symbol& symbol = symbols[place];
    symbol.rank = symbol.next == kNone ? kNone : rank(symbol.token, symbols[symbol.next].token);
    if (symbol.rank == kNone) return;
    heap.push_back((static_cast<uint64_t>(symbol.rank) << 32) | place);
    std::push_heap(heap.begin(), heap.end(), later);
  };
  while (!heap.empty()) {
    std::pop_heap(heap.begin(), heap.end(), later);
    const auto place = static_cast<uint32_t>(heap.back());
    const auto r = static_cast<uint32_t>(heap.back() >> 32);
    heap.pop_back();
    Symbol& left = symbols[place];
    if (left.rank != r) continue;  // The pair is gone: one of its halves was merged elsewhere.
    Symbol& right = symbols[left.next];
    left.token = results_[r];
    left.next = right.next;
    right.rank = kNone;
    if (left.next != kNone) symbols[left.next].previous = place;
    pair_up(place);
    if (left.previous != kNone) pair_up(left.previous);
  }
  for (uint32_t i = 0; i != kNone; i = symbols[i].next) out.push_back(symbols[i].token);
}

}  // namespace moru::text
