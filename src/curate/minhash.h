// MinHash (Broder, "On the resemblance and containment of documents", 1997) with locality-sensitive hashing in bands.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace moru::curate {

inline constexpr size_t kBands = 14;
inline constexpr size_t kRows = 8;
/// 14 bands of 8 rows, as FineWeb has them: two texts become candidates with probability 1 - (1 - s^8)^14, that is
/// 0.57 at a similarity of 0.7, 0.92 at 0.8 and 1.00 at 0.9.
inline constexpr size_t kHashes = kBands * kRows;

using Signature = std::array<uint32_t, kHashes>;

/// The hashes of a text's shingles, sorted, each once. A shingle is 5 words (runs of letters, marks and numbers, in
/// lower case); in a text of fewer than 16 words, where one changed word would change nearly every shingle, it is 5
/// characters of them. Empty if the text has no letters or numbers.
std::vector<uint32_t> shingles(std::string_view text);

/// The minimum of each of kHashes hash functions over the shingles.
Signature minhash(const std::vector<uint32_t>& shingles);

/// Share of equal places: an unbiased estimate of the Jaccard similarity, standard error sqrt(s (1 - s) / 112) (0.04 at
/// s = 0.8).
double estimated_similarity(const Signature& a, const Signature& b);

/// Jaccard similarity of two sorted sets; 1 if both are empty.
double jaccard(const std::vector<uint32_t>& a, const std::vector<uint32_t>& b);

/// The key of a band: equal where all its rows are.
uint64_t band_key(const Signature& signature, size_t band);

}  // namespace moru::curate
