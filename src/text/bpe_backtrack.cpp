#include "text/bpe_backtrack.h"

#include <bit>
#include <cassert>
#include <cstring>

namespace moru::text {

constexpr uint32_t kNone = UINT32_MAX;
constexpr uint32_t kLongest = 1 << 20;  // Bytes of a symbol: no training makes a longer one.

namespace {

uint64_t key(uint32_t left, uint32_t right) {
  return (static_cast<uint64_t>(left) << 32) | right;
}

}  // namespace

std::optional<BacktrackEncoder> BacktrackEncoder::build(const std::array<Token, 256>& byte_tokens,
                                                        const std::vector<BpeMerge>& merges) {
  BacktrackEncoder encoder;
  std::vector<uint32_t> symbol_of;  // By token.
  const auto symbol = [&](Token token) -> uint32_t& {
    const auto id = static_cast<size_t>(token);
    if (id >= symbol_of.size()) symbol_of.resize(std::max(id + 1, symbol_of.size() * 2), kNone);
    return symbol_of[id];
  };
  encoder.tokens_.reserve(256 + merges.size());
  encoder.symbols_.reserve(256 + merges.size());
  for (uint32_t byte = 0; byte < 256; ++byte) {
    if (byte_tokens[byte] >= 0 && symbol(byte_tokens[byte]) == kNone) symbol(byte_tokens[byte]) = byte;
    encoder.tokens_.push_back(byte_tokens[byte]);
    encoder.symbols_.push_back({byte, byte, kNone, 1});
  }
  const size_t slots = std::bit_ceil(merges.size() * 2 + 2);
  encoder.pairs_.resize(slots);
  encoder.shift_ = 64U - static_cast<unsigned>(std::countr_zero(slots));
  for (const BpeMerge& merge : merges) {
    const uint32_t left = symbol(merge.left), right = symbol(merge.right);
    if (left == kNone || right == kNone || symbol(merge.result) != kNone) return std::nullopt;
    const auto made = static_cast<uint32_t>(encoder.symbols_.size());
    symbol(merge.result) = made;
    encoder.tokens_.push_back(merge.result);
    const uint32_t size = encoder.symbols_[left].size + encoder.symbols_[right].size;
    if (size > kLongest) return std::nullopt;
    encoder.symbols_.push_back({left, right, kNone, size});
    const uint64_t pair = key(left, right);
    size_t i = (pair * 0x9E3779B97F4A7C15ULL) >> encoder.shift_;
    while (encoder.pairs_[i].pair != UINT64_MAX) i = (i + 1) & (slots - 1);
    encoder.pairs_[i] = {pair, made};
  }
  // A symbol is the encoding of its own bytes if its halves are that of theirs (they stand earlier and were looked at)
  // and no merge is made across the cut between them before this one is.
  for (uint32_t made = 256; made < encoder.symbols_.size(); ++made) {
    const Symbol& whole = encoder.symbols_[made];
    if (!encoder.are_neighbours(whole.left, whole.right, made)) return std::nullopt;
  }
  encoder.build_trie();
  return encoder;
}

/// The bytes of all symbols, one after the other; where each begins, and where the last ends.
std::pair<std::string, std::vector<uint64_t>> BacktrackEncoder::bytes_of_symbols() const {
  std::vector<uint64_t> begins(symbols_.size() + 1);
  for (size_t i = 0; i < symbols_.size(); ++i) begins[i + 1] = begins[i] + symbols_[i].size;
  std::string bytes(begins.back(), '\0');
  for (size_t i = 0; i < symbols_.size(); ++i) {
    if (i < 256) {
      bytes[i] = static_cast<char>(i);
      continue;
    }
    char* to = bytes.data() + begins[i];
    for (const uint32_t half : {symbols_[i].left, symbols_[i].right}) {
      std::memcpy(to, bytes.data() + begins[half], symbols_[half].size);
      to += symbols_[half].size;
    }
  }
  return {std::move(bytes), std::move(begins)};
}

void BacktrackEncoder::build_trie() {
  const auto [bytes, begins] = bytes_of_symbols();
  const auto text = [&, &bytes = bytes, &begins = begins](uint32_t symbol) {
    return std::string_view(bytes).substr(begins[symbol], symbols_[symbol].size);
  };
  // Sorted by their first eight bytes as a number, then by the others.
  std::vector<std::pair<uint64_t, uint32_t>> order(symbols_.size());
  for (uint32_t i = 0; i < order.size(); ++i) {
    uint64_t head = 0;
    std::memcpy(&head, text(i).data(), std::min<size_t>(sizeof head, text(i).size()));
    order[i] = {std::endian::native == std::endian::little ? __builtin_bswap64(head) : head, i};
  }
  std::sort(order.begin(), order.end(), [&](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : text(a.second) < text(b.second);
  });
  struct Range {
    size_t begin, end, depth;
    uint32_t node, prefix;
  };
  trie_.assign(std::bit_ceil(symbols_.size() * 2), {});
  trie_[0].parent = 0;
  std::vector<Range> waiting = {{0, order.size(), 0, 0, kNone}};
  std::vector<std::pair<unsigned, size_t>> children;  // byte, where its range begins
  uint32_t lowest_free = 1;
  while (!waiting.empty()) {
    Range range = waiting.back();
    waiting.pop_back();
    // Sorted, a string that ends here stands before those that go on.
    if (symbols_[order[range.begin].second].size == range.depth) {
      const uint32_t symbol = order[range.begin++].second;
      trie_[range.node].symbol = symbol;
      symbols_[symbol].prefix = range.prefix;
      range.prefix = symbol;
    }
    if (range.begin == range.end) continue;
    children.clear();
    for (size_t i = range.begin; i < range.end; ++i) {
      const auto byte = static_cast<unsigned char>(text(order[i].second)[range.depth]);
      if (children.empty() || children.back().first != byte) children.emplace_back(byte, i);
    }
    while (trie_[lowest_free].parent != kNone) {
      if (++lowest_free == trie_.size()) trie_.resize(trie_.size() * 2);
    }
    // The first base at which all children find free nodes; never 0, which leaves the root to itself.
    uint32_t base = lowest_free > children[0].first ? lowest_free - children[0].first : 1;
    for (;; ++base) {
      if (base + 256 > trie_.size()) trie_.resize(trie_.size() * 2);
      if (std::ranges::all_of(children, [&](const auto& child) { return trie_[base + child.first].parent == kNone; }))
        break;
    }
    trie_[range.node].base = base;
    for (size_t c = 0; c < children.size(); ++c) {
      const uint32_t node = base + children[c].first;
      trie_[node].parent = range.node;
      waiting.push_back({children[c].second, c + 1 < children.size() ? children[c + 1].second : range.end,
                         range.depth + 1, node, range.prefix});
    }
  }
  // No look-up may leave the array.
  uint32_t highest = 0;
  for (const Node& node : trie_) highest = std::max(highest, node.base);
  trie_.resize(highest + 256);
}

uint32_t BacktrackEncoder::longest(std::string_view text) const {
  uint32_t node = 0, symbol = kNone;
  for (const char c : text) {
    const uint32_t child = trie_[node].base + static_cast<unsigned char>(c);
    if (trie_[child].parent != node || child == 0) break;
    node = child;
    if (trie_[node].symbol != kNone) symbol = trie_[node].symbol;
  }
  return symbol;
}

uint32_t BacktrackEncoder::merged(uint32_t left, uint32_t right) const {
  const uint64_t pair = key(left, right);
  for (size_t i = (pair * 0x9E3779B97F4A7C15ULL) >> shift_;; i = (i + 1) & (pairs_.size() - 1)) {
    if (pairs_[i].pair == pair) return pairs_[i].symbol;
    if (pairs_[i].pair == UINT64_MAX) return kNone;
  }
}

/// Takes the merges that made the two back, latest first, and asks each time whether the symbols that then stand on
/// both sides of the cut would have been merged across it before what was just taken back.
bool BacktrackEncoder::are_neighbours(uint32_t left, uint32_t right, uint32_t limit) const {
  for (;;) {
    // No merge: kNone, which no limit exceeds.
    if (merged(left, right) < limit) return false;
    if (left <= 255 && right <= 255) return true;
    if (left > right) {
      limit = left;
      left = symbols_[left].right;
    } else {
      // Of equal merges the left one is made first: here one across the cut comes before the one to its right.
      limit = right + 1;
      right = symbols_[right].left;
    }
  }
}

void BacktrackEncoder::encode(std::string_view piece, std::vector<Token>& out, BpeScratch& scratch) const {
  uint32_t next = longest(piece);
  if (symbols_[next].size == piece.size()) {
    out.push_back(tokens_[next]);
    return;
  }
  std::vector<uint32_t>& taken = scratch.taken;
  std::vector<uint64_t>& dead = scratch.dead;  // A bit for each place after which nothing fits.
  taken.clear();
  dead.assign(piece.size() / 64 + 1, 0);
  size_t place = 0;
  while (place < piece.size()) {
    const uint32_t last = taken.empty() ? kNone : taken.back();
    uint32_t symbol = next;
    for (; symbol != kNone; symbol = symbols_[symbol].prefix) {
      const size_t end = place + symbols_[symbol].size;
      if (((dead[end / 64] >> (end % 64)) & 1) == 0 && (last == kNone || are_neighbours(last, symbol))) break;
    }
    if (symbol != kNone) {
      taken.push_back(symbol);
      place += symbols_[symbol].size;
      if (place < piece.size()) next = longest(piece.substr(place));
    } else {
      assert(last != kNone);  // An encoding exists.
      dead[place / 64] |= 1ULL << (place % 64);
      taken.pop_back();
      place -= symbols_[last].size;
      next = last;
    }
  }
  for (const uint32_t symbol : taken) out.push_back(tokens_[symbol]);
}

}  // namespace moru::text
