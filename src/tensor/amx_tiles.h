// The tiles of AMX in use by a thread, and sums of products of packed panels (amx_pack.h).
#pragma once

#if defined(__x86_64__) && defined(__linux__)

#include <immintrin.h>

#include <cstdint>

#include "tensor/amx_pack.h"

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

}  // namespace moru::tensor::amx

#endif
