// Quantizing to ggml's block formats. The codes of a block are found from its scales by rounding, the scales from the
// codes by weighted least squares: a search tries ways to lay the codes over the block's range, and keeps the best.
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "model/ggml_blocks.h"
#include "model/half.h"
#include "tensor/dtype.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "model/ggml_quantize.cpp"
#include <hwy/foreach_target.h>
// Highway's header must come after foreach_target.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace moru::model::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using F = hn::CappedTag<float, 16>;
using V = hn::Vec<F>;

constexpr size_t kPart = 32;        // elements that share a scale
constexpr float kNoScale = 1e-30F;  // far below the least half, and far above what has no inverse in float

/// Sums over 32 elements x with weights w and codes q.
struct Sums {
  float w = 0, x = 0, q = 0, qq = 0, qx = 0;
};

/// Codes low … high nearest to (x - offset) inverse, and their sums.
HWY_INLINE Sums sums_of(const float* x, const float* w, float offset, float inverse, float low, float high) {
  const F f;
  V sw = hn::Zero(f), sx = hn::Zero(f), sq = hn::Zero(f), sqq = hn::Zero(f), sqx = hn::Zero(f);
  for (size_t i = 0; i < kPart; i += hn::Lanes(f)) {
    const V xi = hn::LoadU(f, x + i), wi = hn::LoadU(f, w + i);
    const V scaled = hn::Mul(hn::Sub(xi, hn::Set(f, offset)), hn::Set(f, inverse));
    const V q = hn::Round(hn::Min(hn::Max(scaled, hn::Set(f, low)), hn::Set(f, high)));
    const V wq = hn::Mul(wi, q);
    sw = hn::Add(sw, wi);
    sx = hn::MulAdd(wi, xi, sx);
    sq = hn::Add(sq, wq);
    sqq = hn::MulAdd(wq, q, sqq);
    sqx = hn::MulAdd(wq, xi, sqx);
  }
  const auto sum = [&](V v) { return hn::GetLane(hn::SumOfLanes(f, v)); };
  return {sum(sw), sum(sx), sum(sq), sum(sqq), sum(sqx)};
}

/// Weighted squared error of x ≈ scale q + offset with the codes nearest to x; the codes too, if asked for.
HWY_INLINE float error_of(const float* x, const float* w, float scale, float offset, float low, float high,
                          uint8_t* codes) {
  const F f;
  const float inverse = scale != 0 ? 1 / scale : 0;
  V error = hn::Zero(f);
  HWY_ALIGN float whole[kPart];
  for (size_t i = 0; i < kPart; i += hn::Lanes(f)) {
    const V xi = hn::LoadU(f, x + i);
    const V scaled = hn::Mul(hn::Sub(xi, hn::Set(f, offset)), hn::Set(f, inverse));
    const V q = hn::Round(hn::Min(hn::Max(scaled, hn::Set(f, low)), hn::Set(f, high)));
    const V off = hn::Sub(hn::MulAdd(q, hn::Set(f, scale), hn::Set(f, offset)), xi);
    error = hn::MulAdd(hn::Mul(hn::LoadU(f, w + i), off), off, error);
    hn::StoreU(q, f, whole + i);
  }
  if (codes != nullptr)
    for (size_t i = 0; i < kPart; ++i) codes[i] = static_cast<uint8_t>(static_cast<int>(whole[i] - low));
  return hn::GetLane(hn::SumOfLanes(f, error));
}

/// x ≈ scale q, q of -levels … levels - 1. Returns the scale (rounded to half) with the least error, and the codes plus
/// `levels`.
float fit_symmetric(const float* x, const float* w, float levels, uint8_t* codes) {
  float most = 0;
  for (size_t i = 0; i < kPart; ++i)
    if (std::fabs(x[i]) > std::fabs(most)) most = x[i];
  if (std::fabs(most) < kNoScale) {
    std::memset(codes, static_cast<int>(levels), kPart);
    return 0;
  }
  // The range reaches one step further below zero than above: either end may get the largest value, and it may be cut.
  float best_gain = -1, best = 0;
  for (const float end : {-levels, levels - 1, -levels + 0.5F, -levels - 0.5F, -levels + 1, levels - 0.5F,
                          levels - 1.5F, -levels + 1.5F, -levels - 1, levels, -levels + 0.25F, levels - 0.75F}) {
    float scale = most / end;
    for (int round = 0; round < 2; ++round) {
      const Sums s = sums_of(x, w, 0, 1 / scale, -levels, levels - 1);
      if (s.qq <= 0 || s.qx == 0) break;
      scale = s.qx / s.qq;
      const float gain = s.qx * s.qx / s.qq;
      if (gain > best_gain) best_gain = gain, best = scale;
    }
  }
  best = half_to_float(float_to_half(best));
  if (best == 0 || !std::isfinite(best)) best = half_to_float(float_to_half(most / -levels));
  error_of(x, w, best, 0, -levels, levels - 1, codes);
  return best;
}

/// x ≈ scale q - minimum, q of 0 … 15, scale and minimum not below zero.
void fit_affine(const float* x, const float* w, float& scale, float& minimum) {
  float low = 0, high = 0;
  for (size_t i = 0; i < kPart; ++i) {
    low = std::min(low, x[i]);
    high = std::max(high, x[i]);
  }
  scale = (high - low) / 15;
  minimum = -low;
  if (scale < kNoScale) return;
  float best = error_of(x, w, scale, low, 0, 15, nullptr);
  for (int step = -10; step <= 14; step += 2) {
    float s = (high - low) / (15 + 0.1F * static_cast<float>(step)), o = low;
    for (int round = 0; round < 2; ++round) {
      const Sums t = sums_of(x, w, o, 1 / s, 0, 15);
      const float determinant = t.w * t.qq - t.q * t.q;
      if (determinant <= 0) break;
      s = (t.w * t.qx - t.q * t.x) / determinant;
      o = (t.x - s * t.q) / t.w;
      if (o > 0) {
        o = 0;
        s = t.qq > 0 ? t.qx / t.qq : 0;
      }
      if (s <= 0) break;
      const float error = error_of(x, w, s, o, 0, 15, nullptr);
      if (error < best) {
        best = error;
        scale = s;
        minimum = -o;
      }
    }
  }
}

/// A super-block of Q4_K: 8 sub-blocks, each with a six-bit scale and minimum in units of d and dmin.
struct SuperBlock {
  float d = 0, dmin = 0;
  std::array<float, 8> scales{}, minima{};
  std::array<uint8_t, 256> codes{};
};

/// Chooses each sub-block's scale and minimum anew, given d and dmin, near what they are. Returns the error.
float choose_steps(const float* x, const float* w, SuperBlock& b) {
  float total = 0;
  for (size_t j = 0; j < 8; ++j) {
    const float scale = b.scales[j], minimum = b.minima[j];
    float best = INFINITY, best_scale = scale, best_minimum = minimum;
    for (float s = std::max(0.0F, scale - 1); s <= std::min(63.0F, scale + 1); ++s) {
      for (float m = std::max(0.0F, minimum - 1); m <= std::min(63.0F, minimum + 1); ++m) {
        const float error = error_of(x + 32 * j, w + 32 * j, b.d * s, -b.dmin * m, 0, 15, nullptr);
        if (error < best) {
          best = error;
          best_scale = s;
          best_minimum = m;
        }
      }
    }
    b.scales[j] = best_scale;
    b.minima[j] = best_minimum;
    total += error_of(x + 32 * j, w + 32 * j, b.d * best_scale, -b.dmin * best_minimum, 0, 15, b.codes.data() + 32 * j);
  }
  return total;
}

/// d and dmin by least squares, all else given: x ≈ d (scale q) - dmin minimum.
void refit(const float* x, const float* w, SuperBlock& b) {
  double aa = 0, ab = 0, bb = 0, ax = 0, bx = 0;
  for (size_t i = 0; i < 256; ++i) {
    const double u = static_cast<double>(b.scales[i / 32]) * b.codes[i], v = -static_cast<double>(b.minima[i / 32]);
    aa += w[i] * u * u;
    ab += w[i] * u * v;
    bb += w[i] * v * v;
    ax += w[i] * u * x[i];
    bx += w[i] * v * x[i];
  }
  const double determinant = aa * bb - ab * ab;
  if (determinant > 1e-6 * aa * bb) {
    const double d = (ax * bb - bx * ab) / determinant, dmin = (aa * bx - ab * ax) / determinant;
    if (d > 0 && dmin >= 0) {
      b.d = half_to_float(float_to_half(static_cast<float>(d)));
      b.dmin = half_to_float(float_to_half(static_cast<float>(dmin)));
    }
  } else if (aa > 0 && bb == 0 && ax > 0) {
    b.d = half_to_float(float_to_half(static_cast<float>(ax / aa)));
  }
}

SuperBlock fit_super_block(const float* x, const float* w) {
  std::array<float, 8> scales{}, minima{};
  SuperBlock b;
  for (size_t j = 0; j < 8; ++j) {
    fit_affine(x + 32 * j, w + 32 * j, scales[j], minima[j]);
    b.d = std::max(b.d, scales[j] / 63);
    b.dmin = std::max(b.dmin, minima[j] / 63);
  }
  b.d = half_to_float(float_to_half(b.d));
  b.dmin = half_to_float(float_to_half(b.dmin));
  for (size_t j = 0; j < 8; ++j) {
    b.scales[j] = b.d > 0 ? std::min(63.0F, std::round(scales[j] / b.d)) : 0;
    b.minima[j] = b.dmin > 0 ? std::min(63.0F, std::round(minima[j] / b.dmin)) : 0;
  }
  float error = choose_steps(x, w, b);
  for (int round = 0; round < 2; ++round) {
    SuperBlock next = b;
    refit(x, w, next);
    const float next_error = choose_steps(x, w, next);
    if (!(next_error < error)) break;
    error = next_error;
    b = next;
  }
  return b;
}

void encode_symmetric(const float* x, const float* w, bool five_bits, uint8_t* out) {
  std::array<uint8_t, 32> codes{};
  const float scale = fit_symmetric(x, w, five_bits ? 16 : 8, codes.data());
  const uint16_t d = float_to_half(scale);
  std::memcpy(out, &d, 2);
  uint32_t high = 0;
  for (size_t i = 0; i < 32; ++i) high |= static_cast<uint32_t>((codes[i] >> 4) & 1) << i;
  if (five_bits) std::memcpy(out + 2, &high, 4);
  uint8_t* low = out + (five_bits ? 6 : 2);
  for (size_t i = 0; i < 16; ++i) low[i] = static_cast<uint8_t>((codes[i] & 15) | (codes[i + 16] << 4));
}

void encode_q4_k(const float* x, const float* w, uint8_t* out) {
  const SuperBlock b = fit_super_block(x, w);
  const uint16_t d = float_to_half(b.d), dmin = float_to_half(b.dmin);
  std::memcpy(out, &d, 2);
  std::memcpy(out + 2, &dmin, 2);
  uint8_t* packed = out + 4;
  std::memset(packed, 0, 12);
  for (size_t j = 0; j < 8; ++j) {
    const auto scale = static_cast<unsigned>(b.scales[j]), minimum = static_cast<unsigned>(b.minima[j]);
    if (j < 4) {
      packed[j] = static_cast<uint8_t>(scale);
      packed[j + 4] = static_cast<uint8_t>(minimum);
    } else {
      packed[j + 4] = static_cast<uint8_t>((scale & 15) | ((minimum & 15) << 4));
      packed[j - 4] = static_cast<uint8_t>(packed[j - 4] | ((scale >> 4) << 6));
      packed[j] = static_cast<uint8_t>(packed[j] | ((minimum >> 4) << 6));
    }
  }
  for (size_t k = 0; k < 4; ++k)
    for (size_t i = 0; i < 32; ++i)
      out[16 + 32 * k + i] = static_cast<uint8_t>(b.codes[64 * k + i] | (b.codes[64 * k + 32 + i] << 4));
}

}  // namespace moru::model::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace moru::model {
HWY_EXPORT(encode_symmetric);
HWY_EXPORT(encode_q4_k);

namespace {

/// Root mean square plus magnitude: an error at a large weight moves more of what the layer gives out.
void default_importance(std::span<const float> x, float* w) {
  double squares = 0;
  for (const float v : x) squares += static_cast<double>(v) * v;
  const auto typical = static_cast<float>(std::sqrt(squares / static_cast<double>(x.size())));
  for (size_t i = 0; i < x.size(); ++i) w[i] = typical + std::fabs(x[i]);
}

void encode_q8_0(std::span<const float> x, uint8_t* out) {
  float most = 0;
  for (const float v : x) most = std::max(most, std::fabs(v));
  const float d = most / 127, inverse = d >= std::numeric_limits<float>::min() ? 1 / d : 0;  // smaller: an infinity
  const uint16_t half = float_to_half(d);
  std::memcpy(out, &half, 2);
  for (size_t i = 0; i < x.size(); ++i)
    out[2 + i] = static_cast<uint8_t>(static_cast<int8_t>(std::round(std::clamp(x[i] * inverse, -127.0F, 127.0F))));
}

/// What a half holds; a block's scale is the largest value's share.
constexpr float kLargestHalf = 65504;

}  // namespace

bool quantize(const BlockFormat& format, std::span<const float> values, std::byte* blocks,
              std::span<const float> importance) {
  auto* out = reinterpret_cast<uint8_t*>(blocks);
  const bool wide = format.ggml_type == 0 || format.ggml_type == 30;
  for (const float v : values)
    if (!std::isfinite(v) || (!wide && !(std::fabs(v) <= kLargestHalf))) return false;
  switch (format.ggml_type) {
    case 0:
      std::memcpy(out, values.data(), values.size_bytes());
      return true;
    case 1:
      for (size_t i = 0; i < values.size(); ++i) {
        const uint16_t half = float_to_half(values[i]);
        std::memcpy(out + 2 * i, &half, 2);
      }
      return true;
    case 30:
      for (size_t i = 0; i < values.size(); ++i) {
        const tensor::Bf16 half = tensor::to_bf16(values[i]);
        if ((half.bits & 0x7F80) == 0x7F80) return false;
        std::memcpy(out + 2 * i, &half, 2);
      }
      return true;
    default:
      break;
  }
  const auto size = static_cast<size_t>(format.elements);
  std::array<float, 256> weights{};
  for (size_t i = 0; i < values.size(); i += size, out += format.bytes) {
    const auto x = values.subspan(i, size);
    if (format.ggml_type == 8) {
      encode_q8_0(x, out);
      continue;
    }
    if (importance.empty()) {
      default_importance(x, weights.data());
    } else {
      std::memcpy(weights.data(), importance.data() + i, size * sizeof(float));
    }
    if (format.ggml_type == 12) {
      HWY_DYNAMIC_DISPATCH(encode_q4_k)(x.data(), weights.data(), out);
    } else {
      HWY_DYNAMIC_DISPATCH(encode_symmetric)(x.data(), weights.data(), format.ggml_type == 6, out);
    }
  }
  return true;
}

}  // namespace moru::model
#endif
