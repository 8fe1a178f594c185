// The model of the Korean morpheme splitter: what begins at a syllable, told from the characters around it.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace moru::text {

/// What begins at a syllable of Hangul. In a contracted syllable more than one morpheme lives: 했 is 하 and 았.
enum class MorphemeCut : uint8_t {
  none,    ///< The morpheme goes on.
  one,     ///< One ends before it, one begins with it.
  two,     ///< One ends before it, one is the syllable alone, and one begins with it: 했 + 했, 입 + 입니다.
  shared,  ///< The syllable ends one morpheme and begins another: 흘러 is 흘러 + 러.
};

/// A linear model of the four cuts: weights of the n-grams of characters around the syllable, in a hash table of 1 MiB
/// that stays in a core's cache. An n-gram that is not in the table says nothing. Trained by
/// tests/reference/morpheme_train.cpp.
class MorphemeModel {
 public:
  static constexpr size_t kCuts = 4;
  static constexpr unsigned kBits = 17;                       ///< log2 of the number of buckets.
  static constexpr size_t kBytes = (size_t{1} << kBits) * 8;  ///< A bucket holds two n-grams.
  static constexpr size_t kBefore = 3, kAfter = 3;            ///< Characters that are looked at on either side.
  static constexpr size_t kFeatures = 13;

  /// Hashes of the n-grams around the character c[0]; c[-kBefore] … c[kAfter] are read. Characters are UTF-16 units of
  /// Hangul, and below 0x100 classes of what else there is.
  static std::array<uint64_t, kFeatures> features(const uint16_t* c) {
    const auto at = [c](int i) { return uint64_t{c[i]}; };
    const uint64_t left = at(-1) << 16 | at(0);
    const uint64_t right = at(0) << 16 | at(1);
    const uint64_t left3 = at(-2) << 32 | left;
    const uint64_t right3 = right << 16 | at(2);
    const uint64_t left4 = left3 << 16 | at(1);
    return {hash<0>(at(0)),
            hash<1>(left),
            hash<2>(right),
            hash<3>(left << 16 | at(1)),
            hash<4>(left3),
            hash<5>(right3),
            hash<6>(left4),
            hash<7>(at(-1) << 48 | right3),
            hash<8>(right3 << 16 | at(3)),
            hash<9>(at(-3) << 48 | left3),
            hash<10>(left4 * 0x9E3779B97F4A7C15ULL + at(2)),
            hash<11>(at(-1) << 16 | at(1)),
            hash<12>(at(-2) << 16 | at(-1))};
  }
  static size_t bucket(uint64_t feature) { return feature >> (64 - kBits); }
  /// Tells the n-grams of a bucket apart; 0 marks an empty place.
  static uint8_t tag(uint64_t feature) { return static_cast<uint8_t>(feature | 1); }

  /// `table`: kBytes bytes. Each n-gram has four: its tag, and the weights of the cuts one, two and shared against
  /// none, plus 128.
  explicit MorphemeModel(std::string_view table) : table_(table.data()) {}
  /// The one that is compiled in.
  static MorphemeModel built_in();

  /// The likeliest cut at the character c[0].
  MorphemeCut cut(const uint16_t* c) const;

 private:
  template <unsigned kWhich>
  static uint64_t hash(uint64_t key) {
    // Odd multipliers from the digits of the golden ratio, one a feature.
    constexpr uint64_t kFactor = (0x9E3779B97F4A7C15ULL * (2 * kWhich + 1)) | 1;
    key = (key + kWhich) * kFactor;
    key ^= key >> 32;
    return key * 0xD6E8FEB86659FD93ULL;
  }

  const char* table_;
};

}  // namespace moru::text
