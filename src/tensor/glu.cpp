#include "tensor/glu.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/glu.cpp"
#include <hwy/foreach_target.h>
// Highway's headers must come after foreach_target.
#include "tensor/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace moru::tensor::HWY_NAMESPACE {

// activation(x) = x s, with s = sigmoid(x) (silu) or sigmoid(2 √(2/π) (x + 0.044715 x³)), which equals
// (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2.
constexpr float kInner = 1.5957691216057308F;  // 2 √(2/π)
constexpr float kCube = 0.044715F;

template <Gate::Kind kKind>
HWY_INLINE V share_of(F f, V x) {
  if constexpr (kKind == Gate::Kind::silu) {
    return sigmoid(f, x);
  } else {
    const V cubic = hn::MulAdd(hn::Mul(x, x), hn::Set(f, kCube), hn::Set(f, 1.0F));
    return sigmoid(f, hn::Mul(hn::Mul(hn::Set(f, kInner), x), cubic));
  }
}
template <Gate::Kind kKind>
float share_of(float x) {
  const float inner = kKind == Gate::Kind::silu ? x : kInner * x * (1.0F + kCube * x * x);
  return 1.0F / (1.0F + std::exp(-inner));
}

template <Gate::Kind kKind, bool kClamp, class T>
void glu_row(const T* gate, const T* up, float limit, T* out, int64_t count) {
  const F f;
  const V most = hn::Set(f, limit), least = hn::Set(f, -limit);
  each(
      count,
      [&](int64_t i) {
        V g = load(f, gate + i), u = load(f, up + i);
        if constexpr (kClamp) {
          g = hn::Min(g, most);
          u = hn::Min(hn::Max(u, least), most);
        }
        store(hn::Mul(hn::Mul(g, share_of<kKind>(f, g)), u), f, out + i);
      },
      [&](int64_t i) {
        float g = scalar(gate[i]), u = scalar(up[i]);
        if constexpr (kClamp) {
          g = std::min(g, limit);
          u = std::clamp(u, -limit, limit);
        }
        put(g * share_of<kKind>(g) * u, out + i);
      });
}

// d (g s) / dg = s + g s (1 - s) i', where i' is the inner function's derivative: 1 for silu.
template <Gate::Kind kKind, bool kClamp, class T>
void glu_backward_row(const T* gate, const T* up, float limit, const T* dout, T* dgate, T* dup, int64_t count) {
  const F f;
  const V one = hn::Set(f, 1.0F), most = hn::Set(f, limit), least = hn::Set(f, -limit);
  each(
      count,
      [&](int64_t i) {
        const V raw_gate = load(f, gate + i), raw_up = load(f, up + i);
        V g = raw_gate, u = raw_up;
        if constexpr (kClamp) {
          g = hn::Min(g, most);
          u = hn::Min(hn::Max(u, least), most);
        }
        const V s = share_of<kKind>(f, g);
        const V d = load(f, dout + i);
        const V gs = hn::Mul(g, s);
        V rise = hn::Sub(one, s);
        if constexpr (kKind == Gate::Kind::gelu_tanh)
          rise = hn::Mul(rise, hn::Mul(hn::Set(f, kInner), hn::MulAdd(hn::Mul(g, g), hn::Set(f, 3 * kCube), one)));
        V dg = hn::Mul(hn::Mul(d, u), hn::MulAdd(gs, rise, s)), du = hn::Mul(d, gs);
        if constexpr (kClamp) {
          dg = hn::IfThenElseZero(hn::Le(raw_gate, most), dg);
          du = hn::IfThenElseZero(hn::And(hn::Le(raw_up, most), hn::Ge(raw_up, least)), du);
        }
        store(du, f, dup + i);
        store(dg, f, dgate + i);
      },
      [&](int64_t i) {
        const float raw_gate = scalar(gate[i]), raw_up = scalar(up[i]);
        float g = raw_gate, u = raw_up;
        if constexpr (kClamp) {
          g = std::min(g, limit);
          u = std::clamp(u, -limit, limit);
        }
        const float s = share_of<kKind>(g), d = scalar(dout[i]);
        float rise = g * s * (1.0F - s);
        if constexpr (kKind == Gate::Kind::gelu_tanh) rise *= kInner * (1.0F + 3 * kCube * g * g);
        put(!kClamp || std::abs(raw_up) <= limit ? d * g * s : 0.0F, dup + i);
        put(!kClamp || raw_gate <= limit ? d * u * (s + rise) : 0.0F, dgate + i);
      });
}

/// run(kind, clamp) with both as types, so that the common gate pays for no choice in its loop.
template <class Run>
HWY_INLINE void choose(const Gate& gate, Run run) {
  using Silu = std::integral_constant<Gate::Kind, Gate::Kind::silu>;
  using Gelu = std::integral_constant<Gate::Kind, Gate::Kind::gelu_tanh>;
  if (gate.kind == Gate::Kind::silu) {
    if (gate.limit > 0) return run(Silu(), std::true_type());
    return run(Silu(), std::false_type());
  }
  if (gate.limit > 0) return run(Gelu(), std::true_type());
  run(Gelu(), std::false_type());
}

template <class T>
void glu_rows(const T* gate_up, const Gate& gate, T* out, int64_t rows, int64_t width) {
  choose(gate, [&](auto kind, auto clamp) {
    for (int64_t r = 0; r < rows; ++r) {
      const T* row = gate_up + r * 2 * width;
      glu_row<decltype(kind)::value, decltype(clamp)::value>(row, row + width, gate.limit, out + r * width, width);
    }
  });
}
void glu_f32(const float* gate_up, const Gate& gate, float* out, int64_t rows, int64_t width) {
  glu_rows(gate_up, gate, out, rows, width);
}
void glu_bf16(const Bf16* gate_up, const Gate& gate, Bf16* out, int64_t rows, int64_t width) {
  glu_rows(gate_up, gate, out, rows, width);
}

template <class T>
void glu_backward_rows(const T* gate_up, const Gate& gate, const T* dout, T* gradient, int64_t rows, int64_t width) {
  choose(gate, [&](auto kind, auto clamp) {
    for (int64_t r = 0; r < rows; ++r) {
      const T* row = gate_up + r * 2 * width;
      T* target = gradient + r * 2 * width;
      glu_backward_row<decltype(kind)::value, decltype(clamp)::value>(row, row + width, gate.limit, dout + r * width,
                                                                      target, target + width, width);
    }
  });
}
void glu_backward_f32(const float* gate_up, const Gate& gate, const float* dout, float* gradient, int64_t rows,
                      int64_t width) {
  glu_backward_rows(gate_up, gate, dout, gradient, rows, width);
}
void glu_backward_bf16(const Bf16* gate_up, const Gate& gate, const Bf16* dout, Bf16* gradient, int64_t rows,
                       int64_t width) {
  glu_backward_rows(gate_up, gate, dout, gradient, rows, width);
}

}  // namespace moru::tensor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "tensor/parallel.h"

namespace moru::tensor {
namespace {

HWY_EXPORT(glu_f32);
HWY_EXPORT(glu_bf16);
HWY_EXPORT(glu_backward_f32);
HWY_EXPORT(glu_backward_bf16);

constexpr int64_t kRows = 16;  // rows a thread gets at least

}  // namespace

void glu(const Tensor& gate_up, const Gate& gate, const Tensor& out) {
  const int64_t width = out.cols();
  assert(gate_up.cols() == 2 * width && gate_up.rows() == out.rows());
  share_rows(out.rows(), kRows, [&](int64_t begin, int64_t end, int) {
    if (out.dtype() == DType::f32) {
      HWY_DYNAMIC_DISPATCH(glu_f32)
      (gate_up.data<float>() + begin * 2 * width, gate, out.data<float>() + begin * width, end - begin, width);
    } else {
      HWY_DYNAMIC_DISPATCH(glu_bf16)
      (gate_up.data<Bf16>() + begin * 2 * width, gate, out.data<Bf16>() + begin * width, end - begin, width);
    }
  });
}

void glu_backward(const Tensor& gate_up, const Gate& gate, const Tensor& out_gradient, const Tensor& gate_up_gradient) {
  const int64_t width = out_gradient.cols();
  share_rows(out_gradient.rows(), kRows, [&](int64_t begin, int64_t end, int) {
    if (out_gradient.dtype() == DType::f32) {
      HWY_DYNAMIC_DISPATCH(glu_backward_f32)
      (gate_up.data<float>() + begin * 2 * width, gate, out_gradient.data<float>() + begin * width,
       gate_up_gradient.data<float>() + begin * 2 * width, end - begin, width);
    } else {
      HWY_DYNAMIC_DISPATCH(glu_backward_bf16)
      (gate_up.data<Bf16>() + begin * 2 * width, gate, out_gradient.data<Bf16>() + begin * width,
       gate_up_gradient.data<Bf16>() + begin * 2 * width, end - begin, width);
    }
  });
}

}  // namespace moru::tensor
#endif
