#include "tensor/quantized_kernel.h"

#if defined(__x86_64__)

#include <immintrin.h>

#if defined(__GNUC__) && !defined(__clang__)
// GCC 12's own header reads what _mm512_undefined_epi32() gives (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#define MORU_VNNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma")))

namespace moru::tensor {
namespace {

/// sum += w · the four codes, in each of 16 lanes. In assembly: from the intrinsic GCC 12 makes a load and a copy more.
MORU_VNNI inline void add_products(__m512i& sum, __m512i w, const int8_t* codes) {
  asm("vpdpbusd %2%{1to16%}, %1, %0" : "+v"(sum) : "v"(w), "m"(*reinterpret_cast<const int32_t*>(codes)));
}

MORU_VNNI inline __m512 panel_scales(const uint16_t* scales) {
  const __m256i half = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(scales));
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(half), 16));
}

constexpr int64_t kAhead = 2048;  // bytes: with few rows the processor's own prefetching is too late by a quarter

/// kRows rows of x with one panel. Few rows sum into two registers each: one would wait for itself.
template <int kRows, int kBits>
MORU_VNNI void tile(const QuantizedProduct& p, int64_t panel, int64_t row) {
  constexpr int kSums = kRows <= 2 ? 2 : 1;
  const int64_t stride = p.k;
  const uint8_t* w = p.weights + panel * p.groups * (kPanelRows * p.group * kBits / 8);
  const uint16_t* weight_scales = p.weight_scales + panel * p.groups * kPanelRows;
  const int8_t* x = p.codes + row * stride;
  const float* scales = p.scales + row * p.groups;
  const int32_t* sums = p.sums + row * p.groups;
  const __m512i low_half = _mm512_set1_epi8(15);
  __m512 out[kRows];
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) out[r] = _mm512_setzero_ps();
  for (int64_t g = 0; g < p.groups; ++g, weight_scales += kPanelRows) {
    __m512i sum[kRows][kSums];
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
      sum[r][0] = _mm512_set1_epi32(least_code(kBits) * sums[r * p.groups + g]);
      if constexpr (kSums == 2) sum[r][1] = _mm512_setzero_si512();
    }
    for (int64_t k = 0; k < p.group; k += 8, x += 8) {
      const __m512i a = _mm512_loadu_si512(w);
      _mm_prefetch(reinterpret_cast<const char*>(w + kAhead), _MM_HINT_T0);
      if constexpr (kBits == 8) _mm_prefetch(reinterpret_cast<const char*>(w + kAhead + 64), _MM_HINT_T0);
      __m512i first = a, second;
      if constexpr (kBits == 4) {
        first = _mm512_and_si512(a, low_half);
        second = _mm512_and_si512(_mm512_srli_epi16(a, 4), low_half);
        w += 64;
      } else {
        second = _mm512_loadu_si512(w + 64);
        w += 128;
      }
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r) {
        add_products(sum[r][0], first, x + r * stride);
        add_products(sum[r][kSums - 1], second, x + r * stride + 4);
      }
    }
    const __m512 scale = panel_scales(weight_scales);
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
      if constexpr (kSums == 2) sum[r][0] = _mm512_add_epi32(sum[r][0], sum[r][1]);
      const __m512 scaled = _mm512_mul_ps(_mm512_cvtepi32_ps(sum[r][0]), _mm512_set1_ps(scales[r * p.groups + g]));
      out[r] = _mm512_fmadd_ps(scaled, scale, out[r]);
    }
  }
  const int64_t columns = std::min(kPanelRows, p.n - panel * kPanelRows);
  const auto mask = static_cast<__mmask16>((1U << columns) - 1);
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) _mm512_mask_storeu_ps(p.out + (row + r) * p.n + panel * kPanelRows, mask, out[r]);
}

template <int kBits>
void rows(const QuantizedProduct& p, int64_t panel, int64_t begin, int64_t end) {
  for (; begin + 8 <= end; begin += 8) tile<8, kBits>(p, panel, begin);
  switch (end - begin) {
    case 7:
      return tile<7, kBits>(p, panel, begin);
    case 6:
      return tile<6, kBits>(p, panel, begin);
    case 5:
      return tile<5, kBits>(p, panel, begin);
    case 4:
      return tile<4, kBits>(p, panel, begin);
    case 3:
      return tile<3, kBits>(p, panel, begin);
    case 2:
      return tile<2, kBits>(p, panel, begin);
    case 1:
      return tile<1, kBits>(p, panel, begin);
    default:
      return;
  }
}

}  // namespace

bool has_panel_avx512() {
  return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
         __builtin_cpu_supports("avx512vl") != 0 && __builtin_cpu_supports("avx512dq") != 0 &&
         __builtin_cpu_supports("avx512vnni") != 0;
}

void panel_avx512(const QuantizedProduct& p, int64_t panel, int64_t begin, int64_t end) {
  p.bits == 4 ? rows<4>(p, panel, begin, end) : rows<8>(p, panel, begin, end);
}

}  // namespace moru::tensor

#else

namespace moru::tensor {

bool has_panel_avx512() {
  return false;
}
void panel_avx512(const QuantizedProduct& p, int64_t panel, int64_t begin, int64_t end) {
  panel_portable(p, panel, begin, end);
}

}  // namespace moru::tensor

#endif
