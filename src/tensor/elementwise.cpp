#include "tensor/elementwise.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/elementwise.cpp"
#include <hwy/foreach_target.h>
// Highway's headers must come after foreach_target.
#include "tensor/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace moru::tensor::HWY_NAMESPACE {

template <class From, class To>
void copy_row(const From* source, To* target, int64_t count) {
  const F f;
  each(
      count, [&](int64_t i) { store(load(f, source + i), f, target + i); },
      [&](int64_t i) { put(scalar(source[i]), target + i); });
}
void widen_row(const Bf16* source, float* target, int64_t count) {
  copy_row(source, target, count);
}
void narrow_row(const float* source, Bf16* target, int64_t count) {
  copy_row(source, target, count);
}

template <class T>
void add_row(const T* a, const T* b, T* out, int64_t count) {
  const F f;
  each(
      count, [&](int64_t i) { store(hn::Add(load(f, a + i), load(f, b + i)), f, out + i); },
      [&](int64_t i) { put(scalar(a[i]) + scalar(b[i]), out + i); });
}
void add_f32(const float* a, const float* b, float* out, int64_t count) {
  add_row(a, b, out, count);
}
void add_bf16(const Bf16* a, const Bf16* b, Bf16* out, int64_t count) {
  add_row(a, b, out, count);
}

template <class T>
void blend_row(const T* a, float p, const T* b, float q, T* out, int64_t count) {
  const F f;
  each(
      count,
      [&](int64_t i) {
        store(hn::MulAdd(load(f, a + i), hn::Set(f, p), hn::Mul(load(f, b + i), hn::Set(f, q))), f, out + i);
      },
      [&](int64_t i) { put(scalar(a[i]) * p + scalar(b[i]) * q, out + i); });
}
void blend_f32(const float* a, float p, const float* b, float q, float* out, int64_t count) {
  blend_row(a, p, b, q, out, count);
}
void blend_bf16(const Bf16* a, float p, const Bf16* b, float q, Bf16* out, int64_t count) {
  blend_row(a, p, b, q, out, count);
}

template <class T>
void scale_row(T* x, float factor, int64_t count) {
  const F f;
  each(
      count, [&](int64_t i) { store(hn::Mul(load(f, x + i), hn::Set(f, factor)), f, x + i); },
      [&](int64_t i) { put(scalar(x[i]) * factor, x + i); });
}
void scale_f32(float* x, float factor, int64_t count) {
  scale_row(x, factor, count);
}
void scale_bf16(Bf16* x, float factor, int64_t count) {
  scale_row(x, factor, count);
}

template <class T>
void soft_cap_row(T* x, float cap, int64_t count) {
  const F f;
  each(
      count,
      [&](int64_t i) {
        // tanh(y) = 2 sigmoid(2 y) - 1
        const V s = sigmoid(f, hn::Mul(load(f, x + i), hn::Set(f, 2.0F / cap)));
        store(hn::Mul(hn::Set(f, cap), hn::Sub(hn::Add(s, s), hn::Set(f, 1.0F))), f, x + i);
      },
      [&](int64_t i) { put(cap * std::tanh(scalar(x[i]) / cap), x + i); });
}
void soft_cap_f32(float* x, float cap, int64_t count) {
  soft_cap_row(x, cap, count);
}
void soft_cap_bf16(Bf16* x, float cap, int64_t count) {
  soft_cap_row(x, cap, count);
}

template <class T>
void soft_cap_backward_row(const T* capped, float cap, T* gradient, int64_t count) {
  const F f;
  each(
      count,
      [&](int64_t i) {
        const V y = hn::Mul(load(f, capped + i), hn::Set(f, 1.0F / cap));
        store(hn::Mul(load(f, gradient + i), hn::NegMulAdd(y, y, hn::Set(f, 1.0F))), f, gradient + i);
      },
      [&](int64_t i) {
        const float y = scalar(capped[i]) / cap;
        put(scalar(gradient[i]) * (1.0F - y * y), gradient + i);
      });
}
void soft_cap_backward_f32(const float* capped, float cap, float* gradient, int64_t count) {
  soft_cap_backward_row(capped, cap, gradient, count);
}
void soft_cap_backward_bf16(const Bf16* capped, float cap, Bf16* gradient, int64_t count) {
  soft_cap_backward_row(capped, cap, gradient, count);
}

double sum_of_squares_row(const float* x, int64_t count) {
  const F f;
  V sum = hn::Zero(f);
  double rest = 0;
  each(
      count, [&](int64_t i) { sum = hn::MulAdd(load(f, x + i), load(f, x + i), sum); },
      [&](int64_t i) { rest += static_cast<double>(x[i]) * x[i]; });
  return static_cast<double>(hn::GetLane(hn::SumOfLanes(f, sum))) + rest;
}

}  // namespace moru::tensor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "tensor/parallel.h"

namespace moru::tensor {
namespace {

HWY_EXPORT(widen_row);
HWY_EXPORT(narrow_row);
HWY_EXPORT(add_f32);
HWY_EXPORT(add_bf16);
HWY_EXPORT(blend_f32);
HWY_EXPORT(blend_bf16);
HWY_EXPORT(scale_f32);
HWY_EXPORT(scale_bf16);
HWY_EXPORT(soft_cap_f32);
HWY_EXPORT(soft_cap_bf16);
HWY_EXPORT(soft_cap_backward_f32);
HWY_EXPORT(soft_cap_backward_bf16);
HWY_EXPORT(sum_of_squares_row);

constexpr int64_t kShare = 16384;  // elements: below it waking a thread costs more than the work

}  // namespace

void widen(const Bf16* source, float* target, int64_t count) {
  HWY_DYNAMIC_DISPATCH(widen_row)(source, target, count);
}
void narrow(const float* source, Bf16* target, int64_t count) {
  HWY_DYNAMIC_DISPATCH(narrow_row)(source, target, count);
}

void convert(const Tensor& source, const Tensor& target) {
  assert(source.size() == target.size());
  share_rows(source.size(), kShare, [&](int64_t begin, int64_t end, int) {
    if (source.dtype() == target.dtype()) {
      std::memcpy(static_cast<std::byte*>(target.raw()) + static_cast<size_t>(begin) * size_of(source.dtype()),
                  static_cast<const std::byte*>(source.raw()) + static_cast<size_t>(begin) * size_of(source.dtype()),
                  static_cast<size_t>(end - begin) * size_of(source.dtype()));
    } else if (source.dtype() == DType::bf16) {
      widen(source.data<Bf16>() + begin, target.data<float>() + begin, end - begin);
    } else {
      narrow(source.data<float>() + begin, target.data<Bf16>() + begin, end - begin);
    }
  });
}

void add(const Tensor& a, const Tensor& b, const Tensor& out) {
  assert(a.size() == b.size() && a.size() == out.size() && a.dtype() == b.dtype() && a.dtype() == out.dtype());
  share_rows(a.size(), kShare, [&](int64_t begin, int64_t end, int) {
    if (a.dtype() == DType::f32) {
      HWY_DYNAMIC_DISPATCH(add_f32)
      (a.data<float>() + begin, b.data<float>() + begin, out.data<float>() + begin, end - begin);
    } else {
      HWY_DYNAMIC_DISPATCH(add_bf16)
      (a.data<Bf16>() + begin, b.data<Bf16>() + begin, out.data<Bf16>() + begin, end - begin);
    }
  });
}

void accumulate(const Tensor& source, const Tensor& target) {
  add(target, source, target);
}

void blend(const Tensor& a, float p, const Tensor& b, float q, const Tensor& out) {
  assert(a.size() == b.size() && a.size() == out.size() && a.dtype() == b.dtype() && a.dtype() == out.dtype());
  share_rows(a.size(), kShare, [&](int64_t begin, int64_t end, int) {
    if (a.dtype() == DType::f32) {
      HWY_DYNAMIC_DISPATCH(blend_f32)
      (a.data<float>() + begin, p, b.data<float>() + begin, q, out.data<float>() + begin, end - begin);
    } else {
      HWY_DYNAMIC_DISPATCH(blend_bf16)
      (a.data<Bf16>() + begin, p, b.data<Bf16>() + begin, q, out.data<Bf16>() + begin, end - begin);
    }
  });
}

void scale(const Tensor& target, float factor) {
  share_rows(target.size(), kShare, [&](int64_t begin, int64_t end, int) {
    if (target.dtype() == DType::f32) {
      HWY_DYNAMIC_DISPATCH(scale_f32)(target.data<float>() + begin, factor, end - begin);
    } else {
      HWY_DYNAMIC_DISPATCH(scale_bf16)(target.data<Bf16>() + begin, factor, end - begin);
    }
  });
}

void soft_cap(const Tensor& target, float cap) {
  share_rows(target.size(), kShare, [&](int64_t begin, int64_t end, int) {
    if (target.dtype() == DType::f32) {
      HWY_DYNAMIC_DISPATCH(soft_cap_f32)(target.data<float>() + begin, cap, end - begin);
    } else {
      HWY_DYNAMIC_DISPATCH(soft_cap_bf16)(target.data<Bf16>() + begin, cap, end - begin);
    }
  });
}

void soft_cap_backward(const Tensor& capped, float cap, const Tensor& gradient) {
  assert(capped.size() == gradient.size() && capped.dtype() == gradient.dtype());
  share_rows(gradient.size(), kShare, [&](int64_t begin, int64_t end, int) {
    if (gradient.dtype() == DType::f32) {
      HWY_DYNAMIC_DISPATCH(soft_cap_backward_f32)
      (capped.data<float>() + begin, cap, gradient.data<float>() + begin, end - begin);
    } else {
      HWY_DYNAMIC_DISPATCH(soft_cap_backward_bf16)
      (capped.data<Bf16>() + begin, cap, gradient.data<Bf16>() + begin, end - begin);
    }
  });
}

double sum_of_squares(const Tensor& tensor) {
  constexpr int64_t kBlock = 65536;
  const int64_t blocks = (tensor.size() + kBlock - 1) / kBlock;
  std::vector<double> sums(static_cast<size_t>(blocks));
  share_rows(blocks, 1, [&](int64_t begin, int64_t end, int) {
    for (int64_t b = begin; b < end; ++b)
      sums[static_cast<size_t>(b)] = HWY_DYNAMIC_DISPATCH(sum_of_squares_row)(
          tensor.data<float>() + b * kBlock, std::min(kBlock, tensor.size() - b * kBlock));
  });
  double total = 0;
  for (const double sum : sums) total += sum;
  return total;
}

}  // namespace moru::tensor
#endif
