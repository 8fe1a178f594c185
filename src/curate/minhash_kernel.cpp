#include "curate/minhash_kernel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "curate/minhash_kernel.cpp"
#include <hwy/foreach_target.h>
// Highway's headers must come after foreach_target.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace moru::curate::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

void minima(const MinHashFunctions& f, const uint32_t* shingles, size_t shingle_count, uint32_t* minima) {
  const hn::ScalableTag<uint32_t> d32;
  const hn::RepartitionToWide<decltype(d32)> d64;
  const size_t lanes = hn::Lanes(d32);
  // Two vectors of functions at a time, so that the multiplications of one hide those of the other.
  for (size_t i = 0; i < f.count; i += 2 * lanes) {
    const size_t j = i + lanes;
    const auto even0 = hn::BitCast(d32, hn::LoadU(d64, f.a_even + i / 2));
    const auto even1 = hn::BitCast(d32, hn::LoadU(d64, f.a_even + j / 2));
    const auto odd0 = hn::BitCast(d32, hn::LoadU(d64, f.a_odd + i / 2));
    const auto odd1 = hn::BitCast(d32, hn::LoadU(d64, f.a_odd + j / 2));
    const auto b_even0 = hn::LoadU(d64, f.b_even + i / 2), b_even1 = hn::LoadU(d64, f.b_even + j / 2);
    const auto b_odd0 = hn::LoadU(d64, f.b_odd + i / 2), b_odd1 = hn::LoadU(d64, f.b_odd + j / 2);
    const auto high0 = hn::LoadU(d32, f.a_high + i), high1 = hn::LoadU(d32, f.a_high + j);
    auto min0 = hn::LoadU(d32, minima + i), min1 = hn::LoadU(d32, minima + j);
    for (size_t s = 0; s < shingle_count; ++s) {
      const auto x = hn::Set(d32, shingles[s]);
      // The high half of (a_low x + b): of the even functions moved down, of the odd ones as it lies.
      const auto of = [&](auto even, auto odd, auto b_even, auto b_odd, auto high) {
        const auto low = hn::ShiftRight<32>(hn::Add(hn::MulEven(even, x), b_even));
        const auto up = hn::Add(hn::MulEven(odd, x), b_odd);
        const auto both = hn::OddEven(hn::BitCast(d32, up), hn::BitCast(d32, low));
        return hn::Add(both, hn::Mul(high, x));
      };
      min0 = hn::Min(min0, of(even0, odd0, b_even0, b_odd0, high0));
      min1 = hn::Min(min1, of(even1, odd1, b_even1, b_odd1, high1));
    }
    hn::StoreU(min0, d32, minima + i);
    hn::StoreU(min1, d32, minima + j);
  }
}

size_t equal(const uint32_t* a, const uint32_t* b, size_t count) {
  const hn::ScalableTag<uint32_t> d;
  const size_t lanes = hn::Lanes(d);
  size_t sum = 0, i = 0;
  for (; i + lanes <= count; i += lanes) sum += hn::CountTrue(d, hn::Eq(hn::LoadU(d, a + i), hn::LoadU(d, b + i)));
  for (; i < count; ++i) sum += a[i] == b[i] ? 1 : 0;
  return sum;
}

}  // namespace moru::curate::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace moru::curate {
namespace {
HWY_EXPORT(minima);
HWY_EXPORT(equal);
}  // namespace

void minhash_minima(const MinHashFunctions& functions, const uint32_t* shingles, size_t shingle_count,
                    uint32_t* minima) {
  HWY_DYNAMIC_DISPATCH(minima)(functions, shingles, shingle_count, minima);
}

size_t count_equal(const uint32_t* a, const uint32_t* b, size_t count) {
  return HWY_DYNAMIC_DISPATCH(equal)(a, b, count);
}

}  // namespace moru::curate
#endif
