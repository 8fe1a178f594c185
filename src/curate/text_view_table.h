// Sets and counts of pieces of a text, without an allocation a text: the tables keep their memory from one to the next.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace moru::curate {

/// A text that is looked at in steps is followed by so many bytes that may be read.
inline constexpr size_t kPadding = 32;

/// The seed of this process: it differs from run to run, so that no text can be made to be slow. Results never depend
/// on it.
uint64_t piece_seed();

/// A multiplication of 64 by 64 bits, folded: mixes well and costs three cycles.
inline uint64_t mix(uint64_t a, uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

inline uint64_t load_64(const char* bytes) {
  uint64_t value = 0;
  std::memcpy(&value, bytes, 8);
  return value;
}

/// A hash for tables in memory only. The piece must be followed by kPadding bytes that may be read.
inline uint64_t piece_hash(const char* bytes, size_t size, uint64_t seed) {
  uint64_t state = seed ^ size;
  while (size > 16) {
    state = mix(load_64(bytes) ^ 0xA0761D6478BD642FULL, load_64(bytes + 8) ^ state);
    bytes += 16;
    size -= 16;
  }
  const auto part = [&](size_t from) {
    const size_t left = size > from ? size - from : 0;
    return left >= 8 ? load_64(bytes + from) : load_64(bytes + from) & ((uint64_t{1} << (8 * left)) - 1);
  };
  return mix(mix(part(0) ^ 0xE7037ED1A0B428DBULL, part(8) ^ state), 0x9E3779B97F4A7C15ULL ^ seed);
}

/// Whether two pieces of `size` bytes are equal; both must be followed by kPadding bytes that may be read.
inline bool equal_bytes(const char* a, const char* b, size_t size) {
  if (size > 16) return std::memcmp(a, b, size) == 0;
  const auto differ = [&](size_t from) {
    const size_t left = size > from ? size - from : 0;
    const uint64_t x = load_64(a + from) ^ load_64(b + from);
    return left >= 8 ? x : x & ((uint64_t{1} << (8 * left)) - 1);
  };
  return (differ(0) | differ(8)) == 0;
}

/// Open addressing by linear probing. An entry is a hash and a number of the caller's, who decides what is equal: the
/// hash only says what may be.
class PieceTable {
 public:
  /// Empty, for up to `count` entries.
  void reset(size_t count) {
    size_t size = 16;
    while (size < 2 * count) size *= 2;
    mask_ = size - 1;
    if (slots_.size() < size) slots_.resize(size);
    std::memset(slots_.data(), 0xFF, size * sizeof(Slot));
  }
  /// The number stored for an equal entry; stores `number` and returns it if there is none.
  template <class Equal>
  uint32_t find_or_insert(uint64_t hash, uint32_t number, const Equal& equal) {
    const auto tag = static_cast<uint32_t>(hash >> 32);
    for (size_t i = hash & mask_;; i = (i + 1) & mask_) {
      Slot& slot = slots_[i];
      if (slot.number == kEmpty) {
        slot = {tag, number};
        return number;
      }
      if (slot.tag == tag && equal(slot.number)) return slot.number;
    }
  }

 private:
  static constexpr uint32_t kEmpty = 0xFFFFFFFF;
  struct Slot {
    uint32_t tag, number;
  };
  std::vector<Slot> slots_;
  size_t mask_ = 0;
};

/// The same for exact 64-bit keys, which are numbered in the order of their first occurrence.
class KeyTable {
 public:
  void reset(size_t count) {
    size_t size = 16;
    while (size < 2 * count) size *= 2;
    mask_ = size - 1;
    if (slots_.size() < size) slots_.resize(size);
    std::memset(slots_.data(), 0xFF, size * sizeof(Slot));
    used_ = 0;
    seed_ = piece_seed();
  }
  /// The key's number, from 0. The key must not be all ones.
  uint32_t number(uint64_t key);
  uint32_t size() const { return used_; }

 private:
  struct Slot {
    uint64_t key, number;
  };
  std::vector<Slot> slots_;
  size_t mask_ = 0;
  uint64_t seed_ = 0;
  uint32_t used_ = 0;
};

inline uint32_t KeyTable::number(uint64_t key) {
  for (size_t i = mix(key ^ seed_, 0x9E3779B97F4A7C15ULL) & mask_;; i = (i + 1) & mask_) {
    Slot& slot = slots_[i];
    if (slot.key == key) return static_cast<uint32_t>(slot.number);
    if (slot.key == ~uint64_t{0}) {
      slot = {key, used_};
      return used_++;
    }
  }
}

}  // namespace moru::curate
