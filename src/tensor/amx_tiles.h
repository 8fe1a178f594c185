// The tiles of AMX in use by a thread, and sums of products of packed panels (amx_pack.h).
#pragma once

#if defined(__x86_64__) && defined(__linux__)

#include <immintrin.h>

#include <cstdint>

#include "tensor/amx_pack.h"

#if defined(__GNUC__) && !defined(__clang__)
// GCC 12's own header reads what _mm512_undefined_epi32() gives (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

// At -O2 GCC keeps short loops over arrays of registers as loops over memory.
#if defined(__clang__)
#define MORU_UNROLL _Pragma("unroll")
#else
#define MORU_UNROLL _Pragma("GCC unroll 16")
#endif

#define MORU_AMX __attribute__((target("amx-tile,amx-bf16,avx512f,avx512bw,avx512vl,avx512bf16")))

namespace moru::tensor::amx {

/// Eight tiles of 16 rows of 64 bytes, for the calling thread.
class TilesInUse {
 public:
  MORU_AMX TilesInUse() {
    struct alignas(64) Config {
      uint8_t palette = 1, start_row = 0, reserved[14] = {};
      uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
      uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
    } config;
    static_assert(sizeof(Config) == 64);
    asm volatile("" : : "r"(&config) : "memory");
    _tile_loadconfig(&config);
  }
  MORU_AMX ~TilesInUse() { _tile_release(); }
  TilesInUse(const TilesInUse&) = delete;
  TilesInUse& operator=(const TilesInUse&) = delete;
};

/// Where the sums of two panels lie: four tiles of 16 x 16 floats, the rows of each `row` floats apart.
struct Sums {
  float* at = nullptr;
  int64_t row = kTile, right = kTile * kTile, lower = 2 * kTile * kTile;  ///< By default one tile after the other.

  float* tile(int64_t low, int64_t high) const { return at + low * lower + high * right; }
};

/// sums := (resume ? sums : 0) + left panel · right panel, over `steps` of the depth.
MORU_AMX inline void sum_panels(const uint16_t* left, const uint16_t* right, int64_t steps, const Sums& sums,
                                bool resume) {
  // GCC does not tell its optimiser that tile loads read memory.
  asm volatile("" ::: "memory");
  constexpr int64_t kRow = 64;
  const int64_t row = sums.row * static_cast<int64_t>(sizeof(float));
  if (resume) {
    _tile_loadd(0, sums.tile(0, 0), row);
    _tile_loadd(1, sums.tile(0, 1), row);
    _tile_loadd(2, sums.tile(1, 0), row);
    _tile_loadd(3, sums.tile(1, 1), row);
  } else {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
  }
  for (int64_t s = 0; s < steps; ++s, left += kStepWords, right += kStepWords) {
    _tile_loadd(4, left, kRow);
    _tile_loadd(6, right, kRow);
    _tile_loadd(7, right + kTileWords, kRow);
    _tile_loadd(5, left + kTileWords, kRow);
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
  }
  _tile_stored(0, sums.tile(0, 0), row);
  _tile_stored(1, sums.tile(0, 1), row);
  _tile_stored(2, sums.tile(1, 0), row);
  _tile_stored(3, sums.tile(1, 1), row);
  asm volatile("" ::: "memory");
}

/// Four times four floats of each of four rows, four rows apart: a lane each.
MORU_AMX inline __m512 four_rows(const float* in) {
  __m512 v = _mm512_castps128_ps512(_mm_load_ps(in));
  v = _mm512_insertf32x4(v, _mm_load_ps(in + 4 * kTile), 1);
  v = _mm512_insertf32x4(v, _mm_load_ps(in + 8 * kTile), 2);
  return _mm512_insertf32x4(v, _mm_load_ps(in + 12 * kTile), 3);
}

/// out := the tile's rows for its columns; may be the tile itself.
MORU_AMX inline void transpose_tile(const float* in, float* out) {
  __m512d row[kTile];
  MORU_UNROLL
  for (int64_t c = 0; c < kTile; c += 4) {
    const __m512 r0 = four_rows(in + c), r1 = four_rows(in + kTile + c), r2 = four_rows(in + 2 * kTile + c),
                 r3 = four_rows(in + 3 * kTile + c);
    const __m512d low01 = _mm512_castps_pd(_mm512_unpacklo_ps(r0, r1)),
                  high01 = _mm512_castps_pd(_mm512_unpackhi_ps(r0, r1));
    const __m512d low23 = _mm512_castps_pd(_mm512_unpacklo_ps(r2, r3)),
                  high23 = _mm512_castps_pd(_mm512_unpackhi_ps(r2, r3));
    row[c] = _mm512_unpacklo_pd(low01, low23);
    row[c + 1] = _mm512_unpackhi_pd(low01, low23);
    row[c + 2] = _mm512_unpacklo_pd(high01, high23);
    row[c + 3] = _mm512_unpackhi_pd(high01, high23);
  }
  MORU_UNROLL
  for (int64_t r = 0; r < kTile; ++r) _mm512_store_pd(out + r * kTile, row[r]);
}

}  // namespace moru::tensor::amx

#endif
