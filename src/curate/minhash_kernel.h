// The loops of MinHash over vectors, dispatched to what the processor has.
#pragma once

#include <cstddef>
#include <cstdint>

namespace moru::curate {

/// Hash functions as the vector loop wants them. Function i is (a x + b) >> 32; coefficients of even and odd functions
/// stand in words of their own: a_even[k] = low half of a of function 2k, b_even[k] = b of function 2k, a_high[i] =
/// high half of a. `count` is a multiple of kMinHashPadding.
struct MinHashFunctions {
  const uint64_t *a_even, *a_odd, *b_even, *b_odd;
  const uint32_t* a_high;
  size_t count;
};
inline constexpr size_t kMinHashPadding = 64;

/// minima[i] = the least of function i over the shingles, and what it was before.
void minhash_minima(const MinHashFunctions& functions, const uint32_t* shingles, size_t shingle_count,
                    uint32_t* minima);

/// Number of places where two rows are equal.
size_t count_equal(const uint32_t* a, const uint32_t* b, size_t count);

}  // namespace moru::curate
