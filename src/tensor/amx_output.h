// Results of a bf16 product on their way from tiles to memory.
#pragma once

#if defined(__x86_64__) && defined(__linux__)

#include <immintrin.h>

#include <cstring>

#include "tensor/amx_tiles.h"

namespace moru::tensor::amx {

/// Sums of two panels on their way to c.
struct Output {
  float* sums = nullptr;  // four tiles: upper left, upper right, lower left, lower right
  std::byte* c = nullptr;
  int64_t row_bytes = 0;
  int64_t rows = 0;
  __mmask32 columns = 0;
  bool bf16 = false, accumulate = false;
  bool transposed = false;   ///< The sums' columns are rows of c.
  bool past_caches = false;  ///< Whole cache lines, not to be kept in a cache.
};

MORU_AMX inline __m512 widen16(__m256i v) {
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(v), 16));
}

/// The four tiles of two panels' sums, their rows for their columns, in place.
MORU_AMX inline void transpose_sums(float* sums) {
  constexpr int64_t kSums = kTile * kTile;
  alignas(64) float upper_right[kSums];
  transpose_tile(sums + kSums, upper_right);
  transpose_tile(sums, sums);
  transpose_tile(sums + 2 * kSums, sums + kSums);
  std::memcpy(sums + 2 * kSums, upper_right, sizeof upper_right);
  transpose_tile(sums + 3 * kSums, sums + 3 * kSums);
}

MORU_AMX inline void write_row(const Output& o, int64_t row) {
  const float* sums = o.sums + row / kTile * (2 * kTile * kTile) + row % kTile * kTile;
  __m512 low = _mm512_load_ps(sums), high = _mm512_load_ps(sums + kTile * kTile);
  const __mmask16 low_mask = static_cast<__mmask16>(o.columns), high_mask = static_cast<__mmask16>(o.columns >> 16);
  std::byte* c = o.c + row * o.row_bytes;
  if (o.bf16) {
    if (o.accumulate) {
      const __m512i old = _mm512_maskz_loadu_epi16(o.columns, c);
      low = _mm512_add_ps(low, widen16(_mm512_castsi512_si256(old)));
      high = _mm512_add_ps(high, widen16(_mm512_extracti64x4_epi64(old, 1)));
    }
    const __m512i both = (__m512i)_mm512_cvtne2ps_pbh(high, low);
    if (o.past_caches) {
      _mm512_stream_si512(reinterpret_cast<__m512i*>(c), both);
    } else {
      _mm512_mask_storeu_epi16(c, o.columns, both);
    }
    return;
  }
  float* out = reinterpret_cast<float*>(c);
  if (o.past_caches) {
    _mm512_stream_ps(out, low);
    _mm512_stream_ps(out + kTile, high);
    return;
  }
  if (o.accumulate) {
    low = _mm512_add_ps(low, _mm512_maskz_loadu_ps(low_mask, out));
    high = _mm512_add_ps(high, _mm512_maskz_loadu_ps(high_mask, out + kTile));
  }
  _mm512_mask_storeu_ps(out, low_mask, low);
  _mm512_mask_storeu_ps(out + kTile, high_mask, high);
}

MORU_AMX inline void write(const Output& o) {
  if (o.transposed) transpose_sums(o.sums);
  for (int64_t row = 0; row < o.rows; ++row) write_row(o, row);
}

}  // namespace moru::tensor::amx

#endif
