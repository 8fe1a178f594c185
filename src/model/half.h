// IEEE 754 half precision, in integer arithmetic: the same on every processor and under every rounding mode.
#pragma once

#include <bit>
#include <cstdint>

namespace moru::model {

/// Exact. NaN stays NaN.
inline float half_to_float(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000U) << 16;
  uint32_t exponent = (half >> 10) & 0x1FU, fraction = half & 0x3FFU;
  if (exponent == 0x1F) return std::bit_cast<float>(sign | 0x7F800000U | (fraction << 13));
  if (exponent == 0) {
    if (fraction == 0) return std::bit_cast<float>(sign);
    const int shift = std::countl_zero(fraction) - 21;  // brings the highest bit to the hidden one's place
    fraction = (fraction << shift) & 0x3FFU;
    exponent = static_cast<uint32_t>(1 - shift);
  }
  return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (fraction << 13));
}

/// Rounds to nearest, ties to even; beyond 65504 to infinity. NaN stays NaN.
inline uint16_t float_to_half(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  const auto sign = static_cast<uint16_t>((bits >> 16) & 0x8000U);
  const uint32_t magnitude = bits & 0x7FFFFFFFU;
  if (magnitude > 0x7F800000U) return static_cast<uint16_t>(sign | 0x7E00U | ((magnitude >> 13) & 0x3FFU));
  if (magnitude >= 0x477FF000U) return static_cast<uint16_t>(sign | 0x7C00U);  // 65520 and up
  if (magnitude < 0x33000000U) return sign;                                    // below half of the least
  const uint32_t exponent = magnitude >> 23;
  // A number below 2^-14 has no hidden bit in the result: it is shifted further.
  const uint32_t shift = exponent < 113 ? 126 - exponent : 13;
  const uint32_t significand = exponent < 113 ? (magnitude & 0x7FFFFFU) | 0x800000U : magnitude - (112U << 23);
  const uint32_t kept = significand >> shift, rest = significand & ((1U << shift) - 1), middle = 1U << (shift - 1);
  const bool up = rest > middle || (rest == middle && (kept & 1) != 0);
  return static_cast<uint16_t>(sign | (kept + (up ? 1 : 0)));
}

}  // namespace moru::model
