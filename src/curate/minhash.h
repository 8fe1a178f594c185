// MinHash (Broder, "On the resemblance and containment of documents", 1997) with locality-sensitive hashing in bands.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"

namespace moru::curate {

/// 14 bands of 8 rows over 5-word shingles, as FineWeb has them: two texts become candidates with probability
/// 1 - (1 - s^8)^14, that is 0.57 at a similarity of 0.7, 0.92 at 0.8 and 1.00 at 0.9.
struct MinHashParameters {
  enum class Family {
    /// h(x) = (a x + b) >> 32 for 32-bit x and random 64-bit a, b: strongly universal (Dietzfelbinger, "Universal
    /// hashing and k-wise independent random variables via integer arithmetic without primes", 1996). Words are runs of
    /// letters, marks and numbers in lower case; in a text of fewer than 16 words, where one changed word would change
    /// nearly every shingle, shingles are of characters.
    moru,
    /// The values of datatrove 0.5 with words at white space: numbers become 0, punctuation goes, marks go after NFD;
    /// XXH64 of the words joined by spaces; (a x + b) in 64 bits, modulo 2^61 - 1, a and b of MT19937. A text of fewer
    /// words than a shingle has no signature.
    datatrove,
  };
  size_t bands = 14, rows = 8;
  size_t ngram = 5;  ///< Words, or characters, of a shingle.
  uint64_t seed = 0x6D6F7275;
  Family family = Family::moru;

  size_t hashes() const { return bands * rows; }
  Json to_json() const;
};

/// Makes signatures. Immutable: one object serves all threads.
class MinHasher {
 public:
  explicit MinHasher(const MinHashParameters& parameters = {});
  const MinHashParameters& parameters() const { return parameters_; }

  /// A text's signature, and what two texts become candidates by.
  struct Signature {
    std::vector<uint32_t> values;  ///< One a hash function (the low 32 bits of datatrove's); empty for a text without.
    std::vector<uint64_t> bands;   ///< One a band, equal where all its rows are.
  };
  Signature signature(std::string_view text) const;
  /// The minimum of each hash function over the shingles of family moru.
  std::vector<uint32_t> minima(std::span<const uint32_t> shingles) const;
  /// The same of family datatrove, all 61 bits.
  std::vector<uint64_t> minima(std::span<const uint64_t> shingles) const;

 private:
  MinHashParameters parameters_;
  std::vector<uint64_t> a_, b_;
  /// For the vector loop, `moru` only: each 64-bit coefficient in parts, padded to whole vectors.
  std::vector<uint64_t> a_even_, a_odd_, b_even_, b_odd_;
  std::vector<uint32_t> a_high_;
};

/// Share of equal places: an unbiased estimate of the Jaccard similarity, standard error sqrt(s (1 - s) / n) (0.04 at
/// s = 0.8 and n = 112).
double estimated_similarity(std::span<const uint32_t> a, std::span<const uint32_t> b);

/// Jaccard similarity of two sorted sets; 1 if both are empty.
double jaccard(const std::vector<uint32_t>& a, const std::vector<uint32_t>& b);

}  // namespace moru::curate
