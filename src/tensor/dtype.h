// Element types of tensors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace moru::tensor {

enum class DType { f32, bf16, i8, i32 };

/// bfloat16: the upper half of a float.
struct Bf16 {
  uint16_t bits = 0;
};

constexpr size_t size_of(DType type) {
  return type == DType::bf16 ? 2 : type == DType::i8 ? 1 : 4;
}
std::string_view name_of(DType type);

inline float to_float(float value) {
  return value;
}
inline float to_float(Bf16 value) {
  const uint32_t bits = static_cast<uint32_t>(value.bits) << 16;
  float result;
  std::memcpy(&result, &bits, sizeof result);
  return result;
}
/// Rounds to nearest, ties to even. NaN stays NaN.
inline Bf16 to_bf16(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  if ((bits & 0x7FFFFFFF) > 0x7F800000) return {static_cast<uint16_t>((bits >> 16) | 0x40)};
  return {static_cast<uint16_t>((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16)};
}

template <class T>
inline constexpr DType dtype_of = DType::f32;
template <>
inline constexpr DType dtype_of<Bf16> = DType::bf16;
template <>
inline constexpr DType dtype_of<int8_t> = DType::i8;
template <>
inline constexpr DType dtype_of<int32_t> = DType::i32;

}  // namespace moru::tensor
