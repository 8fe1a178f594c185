#include "tensor/quantized.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/quantized.cpp"
#include <hwy/foreach_target.h>
// Highway's headers must come after foreach_target.
#include "tensor/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace moru::tensor::HWY_NAMESPACE {

/// A group of x as 8-bit codes: code = round(x * 127 / max|x|). Returns the codes' sum.
template <class T>
int32_t quantize_group(const T* x, int8_t* codes, float* scale, int64_t count) {
  const F f;
  const hn::RebindToSigned<F> full;
  const hn::Rebind<int8_t, F> bytes;
  // As bits, magnitudes keep their order, with an infinity above all numbers and what is no number above that.
  auto largest = hn::Zero(full);
  int32_t most_bits = 0;
  each(
      count, [&](int64_t i) { largest = hn::Max(largest, hn::BitCast(full, hn::Abs(load(f, x + i)))); },
      [&](int64_t i) { most_bits = std::max(most_bits, std::bit_cast<int32_t>(std::abs(scalar(x[i])))); });
  const auto most = std::bit_cast<float>(std::max(most_bits, hn::GetLane(hn::MaxOfLanes(full, largest))));
  *scale = most / 127.0F;
  const float inverse = 127.0F / most;
  if (!(inverse > 0 && inverse <= std::numeric_limits<float>::max())) {
    // Nothing but zeros, or numbers too small to have an inverse; or some that are none: then the scale is none either,
    // and makes what is computed with it none.
    std::fill_n(codes, count, int8_t{0});
    return 0;
  }
  auto sum = hn::Zero(full);
  int32_t rest = 0;
  each(
      count,
      [&](int64_t i) {
        const auto code = hn::NearestInt(hn::Mul(load(f, x + i), hn::Set(f, inverse)));
        sum = hn::Add(sum, code);
        hn::StoreU(hn::DemoteTo(bytes, code), bytes, codes + i);
      },
      [&](int64_t i) {
        codes[i] = static_cast<int8_t>(std::nearbyint(scalar(x[i]) * inverse));
        rest += codes[i];
      });
  return hn::GetLane(hn::SumOfLanes(full, sum)) + rest;
}
int32_t quantize_group_f32(const float* x, int8_t* codes, float* scale, int64_t count) {
  return quantize_group(x, codes, scale, count);
}
int32_t quantize_group_bf16(const Bf16* x, int8_t* codes, float* scale, int64_t count) {
  return quantize_group(x, codes, scale, count);
}

}  // namespace moru::tensor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "tensor/parallel.h"
#include "tensor/quantized_kernel.h"

namespace moru::tensor {
namespace {

HWY_EXPORT(quantize_group_f32);
HWY_EXPORT(quantize_group_bf16);

constexpr int64_t kFewRows = 64;         // rows of x that go through all panels before the next: they stay in the cache
constexpr int64_t kLeastWork = 1 << 18;  // multiplications worth a thread: about two microseconds

PanelKernel function_of(QuantizedKernel kernel) {
  switch (kernel) {
    case QuantizedKernel::avx2:
      return panel_avx2;
    case QuantizedKernel::avx512:
      return panel_avx512;
    default:
      return panel_portable;
  }
}

QuantizedKernel best_kernel() {
  static const QuantizedKernel best = quantized_kernels().back();
  return best;
}

double squared_error(const float* w, const float* importance, int64_t count, float scale, int bits) {
  double sum = 0;
  for (int64_t i = 0; i < count; ++i) {
    const double error = w[i] - static_cast<float>(nearest_code(w[i], scale, bits)) * scale;
    sum += (importance == nullptr ? 1.0 : importance[i]) * error * error;
  }
  return sum;
}

/// Where row n's codes for columns [k, k + 4) lie; at 4 bits in the low or high halves of these bytes.
uint8_t* quad(const QuantizedWeight& w, int64_t n, int64_t k) {
  uint8_t* panel = reinterpret_cast<uint8_t*>(w.codes.data<int8_t>()) + n / kPanelRows * w.codes.cols();
  return panel + k / (w.bits == 4 ? 8 : 4) * 64 + n % kPanelRows * 4;
}

void unpack_row(const QuantizedWeight& w, int64_t n, int8_t* out) {
  for (int64_t k = 0; k < w.cols; k += 4) {
    const uint8_t* four = quad(w, n, k);
    const int shift = w.bits == 4 && k % 8 == 4 ? 4 : 0;
    for (int i = 0; i < 4; ++i)
      out[k + i] = static_cast<int8_t>((w.bits == 4 ? (four[i] >> shift) & 15 : four[i]) + least_code(w.bits));
  }
}

Bf16& scale_at(const QuantizedWeight& w, int64_t n, int64_t g) {
  return w.scales.data<Bf16>()[(n / kPanelRows * w.groups() + g) * kPanelRows + n % kPanelRows];
}

}  // namespace

int8_t nearest_code(float weight, float scale, int bits) {
  if (scale == 0) return 0;
  // In this order of arguments a quotient that is no number becomes the least code.
  return static_cast<int8_t>(std::min(std::max(static_cast<float>(least_code(bits)), std::nearbyint(weight / scale)),
                                      static_cast<float>(most_code(bits))));
}

Bf16 best_scale(const float* weights, const float* importance, int64_t count, int bits) {
  float most = 0;
  for (int64_t i = 0; i < count; ++i)
    if (std::abs(weights[i]) > std::abs(most)) most = weights[i];
  if (bits == 8) return to_bf16(std::abs(most) / 127.0F);
  if (most == 0) return {};
  // The largest weight at code -8 of a scale of its own sign, and around it: from 6.5 (everything fits in both
  // directions, and more) to 10.5 (the largest weights are cut).
  Bf16 best{};
  double least = std::numeric_limits<double>::infinity();
  for (const float sign : {-1.0F, 1.0F}) {
    for (int step = 0; step <= 16; ++step) {
      const Bf16 scale = to_bf16(sign * most / (6.5F + 0.25F * static_cast<float>(step)));
      const double error = squared_error(weights, importance, count, to_float(scale), bits);
      if (error < least) {
        least = error;
        best = scale;
      }
    }
  }
  return best;
}

QuantizedRows round_to_nearest(const Tensor& weight, int bits, int group) {
  const int64_t n = weight.rows(), k = weight.cols(), groups = k / group;
  assert(k % group == 0 && group % 8 == 0 && (bits == 4 || bits == 8));
  QuantizedRows q{Tensor(DType::i8, {n, k}), Tensor(DType::bf16, {n, groups})};
  share_rows(n, 8, [&](int64_t begin, int64_t end, int) {
    for (int64_t r = begin; r < end; ++r) {
      const Tensor row = to_f32(weight.slice(r, r + 1));
      for (int64_t g = 0; g < groups; ++g) {
        const float* in = row.data<float>() + g * group;
        const Bf16 scale = best_scale(in, nullptr, group, bits);
        q.scales.data<Bf16>()[r * groups + g] = scale;
        for (int i = 0; i < group; ++i)
          q.codes.data<int8_t>()[r * k + g * group + i] = nearest_code(in[i], to_float(scale), bits);
      }
    }
  });
  return q;
}

QuantizedWeight pack(const QuantizedRows& rows, int bits) {
  const int64_t n = rows.codes.rows(), k = rows.codes.cols(), groups = rows.scales.cols();
  assert(k % groups == 0 && k / groups % 8 == 0);
  QuantizedWeight w{bits, static_cast<int>(k / groups), n, k, Tensor(), Tensor()};
  w.codes = Tensor(DType::i8, {w.panels(), kPanelRows * k * bits / 8});
  w.scales = Tensor::zeros(DType::bf16, {w.panels(), groups, kPanelRows});
  share_rows(w.panels(), 1, [&](int64_t begin, int64_t end, int) {
    w.codes.slice(begin, end).fill_zero();
    for (int64_t r = begin * kPanelRows; r < std::min(n, end * kPanelRows); ++r) {
      const int8_t* codes = rows.codes.data<int8_t>() + r * k;
      for (int64_t i = 0; i < k; ++i) {
        uint8_t& byte = quad(w, r, i)[i % 4];
        const int code = codes[i] - least_code(bits);
        byte = static_cast<uint8_t>(bits == 4 && i % 8 >= 4 ? byte | code << 4 : bits == 4 ? byte | code : code);
      }
      for (int64_t g = 0; g < groups; ++g) scale_at(w, r, g) = rows.scales.data<Bf16>()[r * groups + g];
    }
  });
  return w;
}

QuantizedRows unpack(const QuantizedWeight& w, int64_t begin, int64_t end) {
  QuantizedRows q{Tensor(DType::i8, {end - begin, w.cols}), Tensor(DType::bf16, {end - begin, w.groups()})};
  share_rows(end - begin, 8, [&](int64_t first, int64_t last, int) {
    for (int64_t r = first; r < last; ++r) {
      unpack_row(w, begin + r, q.codes.data<int8_t>() + r * w.cols);
      for (int64_t g = 0; g < w.groups(); ++g) q.scales.data<Bf16>()[r * w.groups() + g] = scale_at(w, begin + r, g);
    }
  });
  return q;
}

void dequantize(const QuantizedWeight& w, int64_t begin, int64_t end, const Tensor& out) {
  assert(out.rows() == end - begin && out.cols() == w.cols);
  share_rows(end - begin, 8, [&](int64_t first, int64_t last, int) {
    std::vector<int8_t> codes(static_cast<size_t>(w.cols));
    for (int64_t r = first; r < last; ++r) {
      unpack_row(w, begin + r, codes.data());
      for (int64_t g = 0; g < w.groups(); ++g) {
        const float scale = to_float(scale_at(w, begin + r, g));
        for (int64_t i = g * w.group; i < (g + 1) * w.group; ++i) {
          const float value = static_cast<float>(codes[static_cast<size_t>(i)]) * scale;
          if (out.dtype() == DType::f32) {
            out.data<float>()[r * w.cols + i] = value;
          } else {
            out.data<Bf16>()[r * w.cols + i] = to_bf16(value);
          }
        }
      }
    }
  });
}

QuantizedInput quantize_input(const Tensor& x, int64_t group) {
  const int64_t m = x.rows(), k = x.cols(), groups = k / group;
  QuantizedInput in{Tensor(DType::i8, {m, k}), Tensor(DType::f32, {m, groups}), Tensor(DType::i32, {m, groups})};
  share_rows(m, std::max<int64_t>(1, (1 << 15) / k), [&](int64_t begin, int64_t end, int) {
    for (int64_t g = begin * groups; g < end * groups; ++g) {
      int8_t* codes = in.codes.data<int8_t>() + g * group;
      float* scale = in.scales.data<float>() + g;
      in.sums.data<int32_t>()[g] =
          x.dtype() == DType::f32
              ? HWY_DYNAMIC_DISPATCH(quantize_group_f32)(x.data<float>() + g * group, codes, scale, group)
              : HWY_DYNAMIC_DISPATCH(quantize_group_bf16)(x.data<Bf16>() + g * group, codes, scale, group);
    }
  });
  return in;
}

std::string_view name_of(QuantizedKernel kernel) {
  switch (kernel) {
    case QuantizedKernel::avx2:
      return "AVX2";
    case QuantizedKernel::avx512:
      return "AVX-512 VNNI";
    case QuantizedKernel::amx:
      return "AMX int8";
    default:
      return "portable";
  }
}

std::vector<QuantizedKernel> quantized_kernels() {
  std::vector<QuantizedKernel> all = {QuantizedKernel::portable};
  if (has_panel_avx2()) all.push_back(QuantizedKernel::avx2);
  if (has_panel_avx512()) all.push_back(QuantizedKernel::avx512);
  return all;
}

void matmul_quantized_on(QuantizedKernel kernel, const Tensor& x, const QuantizedWeight& weight, const Tensor& out) {
  const int64_t m = x.rows(), n = weight.rows, k = weight.cols;
  assert(x.cols() == k && out.cols() == n && out.rows() == m);
  if (m == 0) return;
  const QuantizedInput in = quantize_input(x, weight.group);
  const Tensor result = out.dtype() == DType::f32 ? out : Tensor(DType::f32, {m, n});
  const QuantizedProduct product{weight.bits,
                                 m,
                                 n,
                                 k,
                                 weight.group,
                                 weight.groups(),
                                 reinterpret_cast<const uint8_t*>(weight.codes.data<int8_t>()),
                                 reinterpret_cast<const uint16_t*>(weight.scales.data<Bf16>()),
                                 in.codes.data<int8_t>(),
                                 in.scales.data<float>(),
                                 in.sums.data<int32_t>(),
                                 result.data<float>()};
  const PanelKernel run = function_of(kernel);
  const int64_t panel_work = kPanelRows * k * m;
  share_rows(weight.panels(), (kLeastWork + panel_work - 1) / panel_work, [&](int64_t begin, int64_t end, int) {
    for (int64_t row = 0; row < m; row += kFewRows)
      for (int64_t panel = begin; panel < end; ++panel) run(product, panel, row, std::min(m, row + kFewRows));
  });
  if (out.dtype() != DType::f32) convert(result, out);
}

void matmul_quantized(const Tensor& x, const QuantizedWeight& weight, const Tensor& out) {
  matmul_quantized_on(best_kernel(), x, weight, out);
}

}  // namespace moru::tensor
#endif
