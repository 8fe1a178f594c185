#include "tensor/int8.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/int8.cpp"
#include <hwy/foreach_target.h>
// Highway's headers must come after foreach_target.
#include "tensor/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace moru::tensor::HWY_NAMESPACE {

HWY_INLINE V load_int8(F f, const int8_t* p) {
  const hn::Rebind<int8_t, F> bytes;
  const hn::RebindToSigned<F> full;
  return hn::ConvertTo(f, hn::PromoteTo(full, hn::LoadU(bytes, p)));
}

template <class T>
void dequantize_group(const int8_t* values, float scale, T* out, int64_t count) {
  const F f;
  each(
      count, [&](int64_t i) { store(hn::Mul(load_int8(f, values + i), hn::Set(f, scale)), f, out + i); },
      [&](int64_t i) { put(static_cast<float>(values[i]) * scale, out + i); });
}
void dequantize_f32(const int8_t* values, float scale, float* out, int64_t count) {
  dequantize_group(values, scale, out, count);
}
void dequantize_bf16(const int8_t* values, float scale, Bf16* out, int64_t count) {
  dequantize_group(values, scale, out, count);
}

/// Dot products of one weight row with `rows` (at most 4) rows of x: the weights are widened once for all.
void dot_rows(const int8_t* values, const float* scales, int64_t k, int64_t group, const float* x, int64_t x_stride,
              int rows, float* out, int64_t out_stride) {
  const F f;
  V sum[4] = {hn::Zero(f), hn::Zero(f), hn::Zero(f), hn::Zero(f)};
  float rest[4] = {0, 0, 0, 0};
  for (int64_t g = 0; g < k / group; ++g) {
    V part[4] = {hn::Zero(f), hn::Zero(f), hn::Zero(f), hn::Zero(f)};
    const V scale = hn::Set(f, scales[g]);
    each(
        group,
        [&](int64_t i) {
          const V w = load_int8(f, values + g * group + i);
          for (int r = 0; r < rows; ++r)
            part[r] = hn::MulAdd(w, hn::LoadU(f, x + r * x_stride + g * group + i), part[r]);
        },
        [&](int64_t i) {
          for (int r = 0; r < rows; ++r)
            rest[r] += static_cast<float>(values[g * group + i]) * scales[g] * x[r * x_stride + g * group + i];
        });
    for (int r = 0; r < rows; ++r) sum[r] = hn::MulAdd(part[r], scale, sum[r]);
  }
  for (int r = 0; r < rows; ++r) out[r * out_stride] = hn::GetLane(hn::SumOfLanes(f, sum[r])) + rest[r];
}

}  // namespace moru::tensor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <cmath>

#include "tensor/elementwise.h"
#include "tensor/matmul.h"
#include "tensor/parallel.h"

namespace moru::tensor {
namespace {

HWY_EXPORT(dequantize_f32);
HWY_EXPORT(dequantize_bf16);
HWY_EXPORT(dot_rows);

constexpr int64_t kFewRows = 8;   // up to here reading 1 byte a weight beats dequantizing to 2 and multiplying
constexpr int64_t kPanel = 1024;  // weight rows dequantized at a time: 1024 x 256 bf16 stay in the second-level cache

}  // namespace

Int8Weight quantize_int8(const Tensor& weight, int group) {
  const Tensor w = to_f32(weight);
  const int64_t n = w.rows(), k = w.cols();
  assert(k % group == 0);
  Int8Weight q{Tensor(DType::i8, {n, k}), Tensor(DType::f32, {n, k / group}), group};
  share_rows(n, 8, [&](int64_t begin, int64_t end, int) {
    for (int64_t g = begin * (k / group); g < end * (k / group); ++g) {
      const float* in = w.data<float>() + g * group;
      float most = 0;
      for (int i = 0; i < group; ++i) most = std::max(most, std::abs(in[i]));
      const float scale = most / 127.0F;
      q.scales.data<float>()[g] = scale;
      for (int i = 0; i < group; ++i)
        q.values.data<int8_t>()[g * group + i] =
            scale == 0 ? int8_t{0} : static_cast<int8_t>(std::clamp(std::nearbyint(in[i] / scale), -127.0F, 127.0F));
    }
  });
  return q;
}

void dequantize(const Int8Weight& weight, int64_t begin, int64_t end, const Tensor& out) {
  const int64_t k = weight.values.cols(), groups = k / weight.group;
  share_rows(end - begin, 8, [&](int64_t first, int64_t last, int) {
    for (int64_t g = first * groups; g < last * groups; ++g) {
      const int8_t* values = weight.values.data<int8_t>() + (begin * groups + g) * weight.group;
      const float scale = weight.scales.data<float>()[begin * groups + g];
      if (out.dtype() == DType::f32) {
        HWY_DYNAMIC_DISPATCH(dequantize_f32)(values, scale, out.data<float>() + g * weight.group, weight.group);
      } else {
        HWY_DYNAMIC_DISPATCH(dequantize_bf16)(values, scale, out.data<Bf16>() + g * weight.group, weight.group);
      }
    }
  });
}

void matmul_int8(const Tensor& x, const Int8Weight& weight, const Tensor& out) {
  const int64_t m = x.rows(), n = weight.values.rows(), k = weight.values.cols();
  assert(x.cols() == k && out.cols() == n && out.rows() == m);
  if (m > kFewRows) {
    Tensor panel(x.dtype(), {std::min(n, kPanel), k});
    for (int64_t begin = 0; begin < n; begin += kPanel) {
      const int64_t end = std::min(n, begin + kPanel);
      dequantize(weight, begin, end, panel);
      matmul(x, Matrix(panel.slice(0, end - begin)).transposed(), Matrix(out).col_range(begin, end));
    }
    return;
  }
  const Tensor wide = to_f32(x);
  const Tensor result = out.dtype() == DType::f32 ? out : Tensor(DType::f32, {m, n});
  share_rows(n, 64, [&](int64_t begin, int64_t end, int) {
    for (int64_t r = begin; r < end; ++r)
      for (int64_t i = 0; i < m; i += 4) HWY_DYNAMIC_DISPATCH(dot_rows)
    (weight.values.data<int8_t>() + r * k, weight.scales.data<float>() + r * (k / weight.group), k, weight.group,
     wide.data<float>() + i * k, k, static_cast<int>(std::min<int64_t>(4, m - i)), result.data<float>() + i * n + r, n);
  });
  if (out.dtype() != DType::f32) convert(result, out);
}

}  // namespace moru::tensor
#endif
