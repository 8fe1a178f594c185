#include "tensor/quantized_kernel.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <cstring>

#define MORU_AVX2 __attribute__((target("avx2,fma")))

namespace moru::tensor {
namespace {

constexpr int64_t kHalf = 8;  // rows of the weight at a time: half a panel

MORU_AVX2 inline __m256i four_codes(const int8_t* codes) {
  int32_t four;
  std::memcpy(&four, codes, sizeof four);
  return _mm256_set1_epi32(four);
}

MORU_AVX2 inline __m256 half_scales(const uint16_t* scales) {
  const __m128i half = _mm_loadu_si128(reinterpret_cast<const __m128i*>(scales));
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(half), 16));
}

/// Sums of a group with 4-bit weights. Two products of at most 15 * 127 make a 16-bit sum, and 8 of those still fit.
template <int kRows>
MORU_AVX2 inline void sum_4bit(const uint8_t* w, const int8_t* x, int64_t stride, int64_t group, __m256i* sum) {
  const __m256i low_half = _mm256_set1_epi8(15), ones = _mm256_set1_epi16(1);
  for (int64_t k = 0; k < group;) {
    __m256i part[kRows];
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) part[r] = _mm256_setzero_si256();
    for (const int64_t end = std::min(group, k + 32); k < end; k += 8, w += 64, x += 8) {
      const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(w));
      const __m256i first = _mm256_and_si256(a, low_half), second = _mm256_and_si256(_mm256_srli_epi16(a, 4), low_half);
#pragma GCC unroll 4
      for (int r = 0; r < kRows; ++r) {
        part[r] = _mm256_add_epi16(part[r], _mm256_maddubs_epi16(first, four_codes(x + r * stride)));
        part[r] = _mm256_add_epi16(part[r], _mm256_maddubs_epi16(second, four_codes(x + r * stride + 4)));
      }
    }
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) sum[r] = _mm256_add_epi32(sum[r], _mm256_madd_epi16(part[r], ones));
  }
}

/// Sums of a group with 8-bit weights: |w| times x with w's sign. Two products of at most 128 * 127 fit in 16 bits.
template <int kRows>
MORU_AVX2 inline void sum_8bit(const uint8_t* w, const int8_t* x, int64_t stride, int64_t group, __m256i* sum) {
  const __m256i top = _mm256_set1_epi8(static_cast<char>(-128)), ones = _mm256_set1_epi16(1);
  for (int64_t k = 0; k < group; k += 4, w += 64, x += 4) {
    const __m256i value = _mm256_xor_si256(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(w)), top);
    const __m256i size = _mm256_abs_epi8(value);
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
      const __m256i signs = _mm256_sign_epi8(four_codes(x + r * stride), value);
      sum[r] = _mm256_add_epi32(sum[r], _mm256_madd_epi16(_mm256_maddubs_epi16(size, signs), ones));
    }
  }
}

template <int kRows, int kBits>
MORU_AVX2 void tile(const QuantizedProduct& p, int64_t panel, int64_t row, int64_t half) {
  const int64_t group_bytes = kPanelRows * p.group * kBits / 8;
  const uint8_t* w = p.weights + panel * p.groups * group_bytes + half * 32;
  const uint16_t* weight_scales = p.weight_scales + panel * p.groups * kPanelRows + half * kHalf;
  const int8_t* x = p.codes + row * p.k;
  __m256 out[kRows];
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) out[r] = _mm256_setzero_ps();
  for (int64_t g = 0; g < p.groups; ++g, w += group_bytes, x += p.group, weight_scales += kPanelRows) {
    __m256i sum[kRows];
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r)  // 8-bit weights are signed here already
      sum[r] = _mm256_set1_epi32(kBits == 4 ? least_code(4) * p.sums[(row + r) * p.groups + g] : 0);
    if constexpr (kBits == 4) {
      sum_4bit<kRows>(w, x, p.k, p.group, sum);
    } else {
      sum_8bit<kRows>(w, x, p.k, p.group, sum);
    }
    const __m256 scale = half_scales(weight_scales);
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
      const __m256 scaled =
          _mm256_mul_ps(_mm256_cvtepi32_ps(sum[r]), _mm256_set1_ps(p.scales[(row + r) * p.groups + g]));
      out[r] = _mm256_fmadd_ps(scaled, scale, out[r]);
    }
  }
  const int64_t column = panel * kPanelRows + half * kHalf;
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
    float eight[kHalf];
    _mm256_storeu_ps(eight, out[r]);
    std::copy_n(eight, std::min(kHalf, p.n - column), p.out + (row + r) * p.n + column);
  }
}

template <int kBits>
void rows(const QuantizedProduct& p, int64_t panel, int64_t begin, int64_t end) {
  const int64_t halves = p.n - panel * kPanelRows > kHalf ? 2 : 1;
  for (int64_t half = 0; half < halves; ++half) {
    int64_t row = begin;
    for (; row + 4 <= end; row += 4) tile<4, kBits>(p, panel, row, half);
    if (end - row == 3) tile<3, kBits>(p, panel, row, half);
    if (end - row == 2) tile<2, kBits>(p, panel, row, half);
    if (end - row == 1) tile<1, kBits>(p, panel, row, half);
  }
}

}  // namespace

bool has_panel_avx2() {
  return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
}

void panel_avx2(const QuantizedProduct& p, int64_t panel, int64_t begin, int64_t end) {
  p.bits == 4 ? rows<4>(p, panel, begin, end) : rows<8>(p, panel, begin, end);
}

}  // namespace moru::tensor

#else

namespace moru::tensor {

bool has_panel_avx2() {
  return false;
}
void panel_avx2(const QuantizedProduct& p, int64_t panel, int64_t begin, int64_t end) {
  panel_portable(p, panel, begin, end);
}

}  // namespace moru::tensor

#endif
