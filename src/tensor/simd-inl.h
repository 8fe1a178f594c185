// Shared by the kernels that are compiled once for every instruction set (Highway's foreach_target). Elements are float
// or bf16; arithmetic is float.
#if defined(MORU_TENSOR_SIMD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MORU_TENSOR_SIMD_INL_H_
#undef MORU_TENSOR_SIMD_INL_H_
#else
#define MORU_TENSOR_SIMD_INL_H_
#endif

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include "tensor/dtype.h"

HWY_BEFORE_NAMESPACE();
namespace moru::tensor::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using F = hn::ScalableTag<float>;
using V = hn::Vec<F>;

HWY_INLINE V load(F f, const float* p) {
  return hn::LoadU(f, p);
}
HWY_INLINE V load(F f, const Bf16* p) {
  const hn::Rebind<uint16_t, F> half;
  const hn::RebindToUnsigned<F> full;
  return hn::BitCast(f, hn::ShiftLeft<16>(hn::PromoteTo(full, hn::LoadU(half, reinterpret_cast<const uint16_t*>(p)))));
}
HWY_INLINE void store(V v, F f, float* p) {
  hn::StoreU(v, f, p);
}
/// Rounds to nearest, ties to even, and keeps NaN, as to_bf16 does.
HWY_INLINE void store(V v, F f, Bf16* p) {
  const hn::RebindToUnsigned<F> full;
  const hn::RebindToSigned<F> full_signed;
  const hn::Rebind<uint16_t, F> half;
  const auto bits = hn::BitCast(full, v);
  const auto odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(full, 1));
  const auto rounded = hn::ShiftRight<16>(hn::Add(bits, hn::Add(odd, hn::Set(full, 0x7FFF))));
  // Rounding would carry a NaN of many set bits over into a number.
  const auto kept = hn::IfThenElse(hn::RebindMask(full, hn::IsNaN(v)),
                                   hn::Or(hn::ShiftRight<16>(bits), hn::Set(full, 0x40)), rounded);
  hn::StoreU(hn::DemoteTo(half, hn::BitCast(full_signed, kept)), half, reinterpret_cast<uint16_t*>(p));
  (void)f;
}

HWY_INLINE float scalar(float value) {
  return value;
}
HWY_INLINE float scalar(Bf16 value) {
  return to_float(value);
}
HWY_INLINE void put(float value, float* p) {
  *p = value;
}
HWY_INLINE void put(float value, Bf16* p) {
  *p = to_bf16(value);
}

/// body(i, n) for whole vectors, then tail(i) for each element that is left.
template <class Body, class Tail>
HWY_INLINE void each(int64_t count, Body body, Tail tail) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(F()));
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) body(i);
  for (; i < count; ++i) tail(i);
}

HWY_INLINE V sigmoid(F f, V x) {
  return hn::Div(hn::Set(f, 1.0F), hn::Add(hn::Set(f, 1.0F), hn::Exp(f, hn::Neg(x))));
}

}  // namespace moru::tensor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
