#include "tensor/norm.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/norm.cpp"
#include <hwy/foreach_target.h>
// Highway's headers must come after foreach_target.
#include "tensor/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace moru::tensor::HWY_NAMESPACE {

template <class T>
float mean_square(const T* x, int64_t d) {
  const F f;
  V sum = hn::Zero(f);
  float rest = 0;
  each(
      d, [&](int64_t i) { sum = hn::MulAdd(load(f, x + i), load(f, x + i), sum); },
      [&](int64_t i) { rest += scalar(x[i]) * scalar(x[i]); });
  return (hn::GetLane(hn::SumOfLanes(f, sum)) + rest) / static_cast<float>(d);
}

template <class T>
void norm_rows(const T* x, const float* weight, float epsilon, T* out, float* inverse_rms, int64_t rows, int64_t d) {
  const F f;
  for (int64_t r = 0; r < rows; ++r, x += d, out += d) {
    const float inverse = 1.0F / std::sqrt(mean_square(x, d) + epsilon);
    inverse_rms[r] = inverse;
    const V scale = hn::Set(f, inverse);
    each(
        d, [&](int64_t i) { store(hn::Mul(hn::Mul(load(f, x + i), scale), load(f, weight + i)), f, out + i); },
        [&](int64_t i) { put(scalar(x[i]) * inverse * weight[i], out + i); });
  }
}
void norm_rows_f32(const float* x, const float* w, float e, float* out, float* inv, int64_t rows, int64_t d) {
  norm_rows(x, w, e, out, inv, rows, d);
}
void norm_rows_bf16(const Bf16* x, const float* w, float e, Bf16* out, float* inv, int64_t rows, int64_t d) {
  norm_rows(x, w, e, out, inv, rows, d);
}

// With n = x r and y = n w (r = 1/rms): dx = r (dy w - n mean(dy w n)), dw = sum of dy n.
template <class T>
void norm_rows_backward(const T* x, const float* weight, const float* inverse_rms, const T* dout, T* dx,
                        bool accumulate, float* dweight, int64_t rows, int64_t d) {
  const F f;
  for (int64_t r = 0; r < rows; ++r, x += d, dout += d, dx += d) {
    const float inverse = inverse_rms[r];
    const V scale = hn::Set(f, inverse);
    V dot = hn::Zero(f);
    float rest = 0;
    each(
        d,
        [&](int64_t i) {
          const V n = hn::Mul(load(f, x + i), scale);
          const V dy = load(f, dout + i);
          hn::StoreU(hn::MulAdd(dy, n, hn::LoadU(f, dweight + i)), f, dweight + i);
          dot = hn::MulAdd(hn::Mul(dy, load(f, weight + i)), n, dot);
        },
        [&](int64_t i) {
          const float n = scalar(x[i]) * inverse;
          dweight[i] += scalar(dout[i]) * n;
          rest += scalar(dout[i]) * weight[i] * n;
        });
    const float mean = (hn::GetLane(hn::SumOfLanes(f, dot)) + rest) / static_cast<float>(d);
    const V means = hn::Set(f, mean);
    each(
        d,
        [&](int64_t i) {
          const V n = hn::Mul(load(f, x + i), scale);
          V g = hn::Mul(scale, hn::NegMulAdd(n, means, hn::Mul(load(f, dout + i), load(f, weight + i))));
          if (accumulate) g = hn::Add(g, load(f, dx + i));
          store(g, f, dx + i);
        },
        [&](int64_t i) {
          const float g = inverse * (scalar(dout[i]) * weight[i] - scalar(x[i]) * inverse * mean);
          put(accumulate ? g + scalar(dx[i]) : g, dx + i);
        });
  }
}
void norm_rows_backward_f32(const float* x, const float* w, const float* inv, const float* dout, float* dx, bool acc,
                            float* dw, int64_t rows, int64_t d) {
  norm_rows_backward(x, w, inv, dout, dx, acc, dw, rows, d);
}
void norm_rows_backward_bf16(const Bf16* x, const float* w, const float* inv, const Bf16* dout, Bf16* dx, bool acc,
                             float* dw, int64_t rows, int64_t d) {
  norm_rows_backward(x, w, inv, dout, dx, acc, dw, rows, d);
}

/// One head: norm into `normed` (float; the plain elements if there is no weight), then rotation into out.
template <class T>
float norm_head(const T* in, const float* weight, float epsilon, const float* cosines, const float* sines, T* out,
                float* normed, int64_t d) {
  const F f;
  float inverse = 1;
  if (weight == nullptr) {
    each(
        d, [&](int64_t i) { store(load(f, in + i), f, normed + i); }, [&](int64_t i) { normed[i] = scalar(in[i]); });
  } else {
    inverse = 1.0F / std::sqrt(mean_square(in, d) + epsilon);
    const V scale = hn::Set(f, inverse);
    each(
        d, [&](int64_t i) { store(hn::Mul(hn::Mul(load(f, in + i), scale), load(f, weight + i)), f, normed + i); },
        [&](int64_t i) { normed[i] = scalar(in[i]) * inverse * weight[i]; });
  }
  if (cosines == nullptr) {
    each(
        d, [&](int64_t i) { store(load(f, normed + i), f, out + i); }, [&](int64_t i) { put(normed[i], out + i); });
    return inverse;
  }
  const int64_t half = d / 2;
  each(
      half,
      [&](int64_t i) {
        const V a = load(f, normed + i), b = load(f, normed + half + i), c = load(f, cosines + i),
                s = load(f, sines + i);
        store(hn::NegMulAdd(b, s, hn::Mul(a, c)), f, out + i);
        store(hn::MulAdd(a, s, hn::Mul(b, c)), f, out + half + i);
      },
      [&](int64_t i) {
        put(normed[i] * cosines[i] - normed[half + i] * sines[i], out + i);
        put(normed[half + i] * cosines[i] + normed[i] * sines[i], out + half + i);
      });
  return inverse;
}

template <class T>
void heads_rows(const T* in, const HeadLayout& layout, const int32_t* positions, const float* q_weight,
                const float* k_weight, float epsilon, const float* cosines, const float* sines, T* out,
                float* inverse_rms, int64_t rows) {
  const int64_t d = layout.head_dim;
  const int normed_heads = layout.heads + layout.kv_heads;
  std::vector<float> normed(static_cast<size_t>(d));
  for (int64_t r = 0; r < rows; ++r, in += layout.width(), out += layout.width()) {
    const float* c = cosines == nullptr ? nullptr : cosines + positions[r] * (d / 2);
    const float* s = sines == nullptr ? nullptr : sines + positions[r] * (d / 2);
    for (int h = 0; h < normed_heads; ++h) {
      const float inverse =
          norm_head(in + h * d, h < layout.heads ? q_weight : k_weight, epsilon, c, s, out + h * d, normed.data(), d);
      if (inverse_rms != nullptr) inverse_rms[r * normed_heads + h] = inverse;
    }
    std::memcpy(out + normed_heads * d, in + normed_heads * d, static_cast<size_t>(layout.kv_heads * d) * sizeof(T));
  }
}
void heads_rows_f32(const float* in, const HeadLayout& layout, const int32_t* positions, const float* qw,
                    const float* kw, float e, const float* c, const float* s, float* out, float* inv, int64_t rows) {
  heads_rows(in, layout, positions, qw, kw, e, c, s, out, inv, rows);
}
void heads_rows_bf16(const Bf16* in, const HeadLayout& layout, const int32_t* positions, const float* qw,
                     const float* kw, float e, const float* c, const float* s, Bf16* out, float* inv, int64_t rows) {
  heads_rows(in, layout, positions, qw, kw, e, c, s, out, inv, rows);
}

/// The rotation's inverse is the rotation by the negative angle; then the norm's gradient.
template <class T>
void heads_rows_backward(const T* in, const HeadLayout& layout, const int32_t* positions, const float* q_weight,
                         const float* k_weight, const float* cosines, const float* sines, const float* inverse_rms,
                         const T* dout, T* din, float* dq_weight, float* dk_weight, int64_t rows) {
  const F f;
  const int64_t d = layout.head_dim, half = d / 2;
  const int normed_heads = layout.heads + layout.kv_heads;
  std::vector<float> x(static_cast<size_t>(d)), turned(static_cast<size_t>(d)), gradient(static_cast<size_t>(d));
  for (int64_t r = 0; r < rows; ++r, in += layout.width(), dout += layout.width(), din += layout.width()) {
    const float* c = cosines == nullptr ? nullptr : cosines + positions[r] * half;
    const float* s = sines == nullptr ? nullptr : sines + positions[r] * half;
    for (int h = 0; h < normed_heads; ++h) {
      const T* g = dout + h * d;
      each(
          d, [&](int64_t i) { store(load(f, in + h * d + i), f, x.data() + i); },
          [&](int64_t i) { x[static_cast<size_t>(i)] = scalar(in[h * d + i]); });
      if (c == nullptr) {
        each(
            d, [&](int64_t i) { store(load(f, g + i), f, turned.data() + i); },
            [&](int64_t i) { turned[static_cast<size_t>(i)] = scalar(g[i]); });
      } else {
        each(
            half,
            [&](int64_t i) {
              const V a = load(f, g + i), b = load(f, g + half + i), cv = load(f, c + i), sv = load(f, s + i);
              store(hn::MulAdd(b, sv, hn::Mul(a, cv)), f, turned.data() + i);
              store(hn::NegMulAdd(a, sv, hn::Mul(b, cv)), f, turned.data() + half + i);
            },
            [&](int64_t i) {
              turned[static_cast<size_t>(i)] = scalar(g[i]) * c[i] + scalar(g[half + i]) * s[i];
              turned[static_cast<size_t>(half + i)] = scalar(g[half + i]) * c[i] - scalar(g[i]) * s[i];
            });
      }
      if (q_weight != nullptr)
        norm_rows_backward(x.data(), h < layout.heads ? q_weight : k_weight, inverse_rms + r * normed_heads + h,
                           turned.data(), gradient.data(), false, h < layout.heads ? dq_weight : dk_weight, 1, d);
      const float* result = q_weight != nullptr ? gradient.data() : turned.data();
      each(
          d, [&](int64_t i) { store(load(f, result + i), f, din + h * d + i); },
          [&](int64_t i) { put(result[i], din + h * d + i); });
    }
    std::memcpy(din + normed_heads * d, dout + normed_heads * d, static_cast<size_t>(layout.kv_heads * d) * sizeof(T));
  }
}
void heads_rows_backward_f32(const float* in, const HeadLayout& layout, const int32_t* positions, const float* qw,
                             const float* kw, const float* c, const float* s, const float* inv, const float* dout,
                             float* din, float* dqw, float* dkw, int64_t rows) {
  heads_rows_backward(in, layout, positions, qw, kw, c, s, inv, dout, din, dqw, dkw, rows);
}
void heads_rows_backward_bf16(const Bf16* in, const HeadLayout& layout, const int32_t* positions, const float* qw,
                              const float* kw, const float* c, const float* s, const float* inv, const Bf16* dout,
                              Bf16* din, float* dqw, float* dkw, int64_t rows) {
  heads_rows_backward(in, layout, positions, qw, kw, c, s, inv, dout, din, dqw, dkw, rows);
}

}  // namespace moru::tensor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <cmath>

#include "tensor/parallel.h"

namespace moru::tensor {
namespace {

HWY_EXPORT(norm_rows_f32);
HWY_EXPORT(norm_rows_bf16);
HWY_EXPORT(norm_rows_backward_f32);
HWY_EXPORT(norm_rows_backward_bf16);
HWY_EXPORT(heads_rows_f32);
HWY_EXPORT(heads_rows_bf16);
HWY_EXPORT(heads_rows_backward_f32);
HWY_EXPORT(heads_rows_backward_bf16);

constexpr int64_t kRows = 16;  // rows a thread gets at least

/// Sums of each thread's rows, added up in the order of the threads.
class ThreadSums {
 public:
  explicit ThreadSums(int64_t width) : width_(width), sums_(static_cast<size_t>(width * most_threads())) {}
  float* of(int thread) { return sums_.data() + thread * width_; }
  void add_to(float* target, int64_t begin, int64_t end) const {
    for (size_t t = 0; t < sums_.size() / static_cast<size_t>(width_); ++t)
      for (int64_t i = begin; i < end; ++i)
        target[i - begin] += sums_[t * static_cast<size_t>(width_) + static_cast<size_t>(i)];
  }

 private:
  int64_t width_;
  std::vector<float> sums_;
};

/// Null for an empty tensor.
float* data_or_null(const Tensor& t) {
  return t ? t.data<float>() : nullptr;
}

}  // namespace

void rms_norm(const Tensor& x, const Tensor& weight, float epsilon, const Tensor& out, const Tensor& inverse_rms) {
  const int64_t d = x.cols();
  share_rows(x.rows(), kRows, [&](int64_t begin, int64_t end, int) {
    float* inverse = inverse_rms.data<float>() + begin;
    if (x.dtype() == DType::f32) {
      HWY_DYNAMIC_DISPATCH(norm_rows_f32)
      (x.data<float>() + begin * d, weight.data<float>(), epsilon, out.data<float>() + begin * d, inverse, end - begin,
       d);
    } else {
      HWY_DYNAMIC_DISPATCH(norm_rows_bf16)
      (x.data<Bf16>() + begin * d, weight.data<float>(), epsilon, out.data<Bf16>() + begin * d, inverse, end - begin,
       d);
    }
  });
}

void rms_norm_backward(const Tensor& x, const Tensor& weight, const Tensor& inverse_rms, const Tensor& out_gradient,
                       const Tensor& x_gradient, bool accumulate, const Tensor& weight_gradient) {
  const int64_t d = x.cols();
  ThreadSums sums(d);
  share_rows(x.rows(), kRows, [&](int64_t begin, int64_t end, int t) {
    const float* inverse = inverse_rms.data<float>() + begin;
    if (x.dtype() == DType::f32) {
      HWY_DYNAMIC_DISPATCH(norm_rows_backward_f32)
      (x.data<float>() + begin * d, weight.data<float>(), inverse, out_gradient.data<float>() + begin * d,
       x_gradient.data<float>() + begin * d, accumulate, sums.of(t), end - begin, d);
    } else {
      HWY_DYNAMIC_DISPATCH(norm_rows_backward_bf16)
      (x.data<Bf16>() + begin * d, weight.data<float>(), inverse, out_gradient.data<Bf16>() + begin * d,
       x_gradient.data<Bf16>() + begin * d, accumulate, sums.of(t), end - begin, d);
    }
  });
  if (weight_gradient) sums.add_to(weight_gradient.data<float>(), 0, d);
}

std::vector<double> rope_frequencies(int head_dim, double theta) {
  std::vector<double> frequencies;
  for (int i = 0; i < head_dim / 2; ++i) frequencies.push_back(std::pow(theta, -2.0 * i / head_dim));
  return frequencies;
}

RopeTable make_rope_table(int64_t positions, std::span<const double> frequencies) {
  const auto half = static_cast<int64_t>(frequencies.size());
  const RopeTable table{Tensor(DType::f32, {positions, half}), Tensor(DType::f32, {positions, half})};
  // Angles are added up in double, a block's first and the step within it: a sine for each of 100,000 positions and
  // each pair would be most of the time that a small model takes to load.
  constexpr int64_t kBlock = 256;
  const auto sines_of = [&](int64_t position, double* cosines, double* sines) {
    for (int64_t i = 0; i < half; ++i) {
      const double angle = static_cast<double>(position) * frequencies[static_cast<size_t>(i)];
      cosines[i] = std::cos(angle);
      sines[i] = std::sin(angle);
    }
  };
  std::vector<double> step_cosines(static_cast<size_t>(kBlock * half)), step_sines(step_cosines.size());
  for (int64_t p = 0; p < std::min(kBlock, positions); ++p)
    sines_of(p, step_cosines.data() + p * half, step_sines.data() + p * half);
  share_rows((positions + kBlock - 1) / kBlock, 1, [&](int64_t begin, int64_t end, int) {
    std::vector<double> cosines(static_cast<size_t>(half)), sines(cosines.size());
    for (int64_t block = begin; block < end; ++block) {
      sines_of(block * kBlock, cosines.data(), sines.data());
      const int64_t count = std::min(kBlock, positions - block * kBlock);
      for (int64_t p = 0; p < count; ++p) {
        float* c = table.cosines.data<float>() + (block * kBlock + p) * half;
        float* s = table.sines.data<float>() + (block * kBlock + p) * half;
        const double *dc = step_cosines.data() + p * half, *ds = step_sines.data() + p * half;
        for (int64_t i = 0; i < half; ++i) {
          const auto k = static_cast<size_t>(i);
          c[i] = static_cast<float>(cosines[k] * dc[i] - sines[k] * ds[i]);
          s[i] = static_cast<float>(sines[k] * dc[i] + cosines[k] * ds[i]);
        }
      }
    }
  });
  return table;
}

void norm_heads(const Tensor& in, const HeadLayout& layout, std::span<const int32_t> positions, const Tensor& q_weight,
                const Tensor& k_weight, float epsilon, const RopeTable* rope, const Tensor& out,
                const Tensor& inverse_rms) {
  const float* cosines = rope == nullptr ? nullptr : rope->cosines.data<float>();
  const float* sines = rope == nullptr ? nullptr : rope->sines.data<float>();
  share_rows(in.rows(), kRows, [&](int64_t begin, int64_t end, int) {
    float* inverse = inverse_rms ? inverse_rms.data<float>() + begin * inverse_rms.cols() : nullptr;
    if (in.dtype() == DType::f32) {
      HWY_DYNAMIC_DISPATCH(heads_rows_f32)
      (in.data<float>() + begin * layout.width(), layout, positions.data() + begin, data_or_null(q_weight),
       data_or_null(k_weight), epsilon, cosines, sines, out.data<float>() + begin * layout.width(), inverse,
       end - begin);
    } else {
      HWY_DYNAMIC_DISPATCH(heads_rows_bf16)
      (in.data<Bf16>() + begin * layout.width(), layout, positions.data() + begin, data_or_null(q_weight),
       data_or_null(k_weight), epsilon, cosines, sines, out.data<Bf16>() + begin * layout.width(), inverse,
       end - begin);
    }
  });
}

void norm_heads_backward(const Tensor& in, const HeadLayout& layout, std::span<const int32_t> positions,
                         const Tensor& q_weight, const Tensor& k_weight, const RopeTable* rope,
                         const Tensor& inverse_rms, const Tensor& out_gradient, const Tensor& in_gradient,
                         const Tensor& q_weight_gradient, const Tensor& k_weight_gradient) {
  const float* cosines = rope == nullptr ? nullptr : rope->cosines.data<float>();
  const float* sines = rope == nullptr ? nullptr : rope->sines.data<float>();
  const int64_t d = layout.head_dim;
  ThreadSums sums(2 * d);
  share_rows(in.rows(), kRows, [&](int64_t begin, int64_t end, int t) {
    const float* inverse = inverse_rms ? inverse_rms.data<float>() + begin * inverse_rms.cols() : nullptr;
    if (in.dtype() == DType::f32) {
      HWY_DYNAMIC_DISPATCH(heads_rows_backward_f32)
      (in.data<float>() + begin * layout.width(), layout, positions.data() + begin, data_or_null(q_weight),
       data_or_null(k_weight), cosines, sines, inverse, out_gradient.data<float>() + begin * layout.width(),
       in_gradient.data<float>() + begin * layout.width(), sums.of(t), sums.of(t) + d, end - begin);
    } else {
      HWY_DYNAMIC_DISPATCH(heads_rows_backward_bf16)
      (in.data<Bf16>() + begin * layout.width(), layout, positions.data() + begin, data_or_null(q_weight),
       data_or_null(k_weight), cosines, sines, inverse, out_gradient.data<Bf16>() + begin * layout.width(),
       in_gradient.data<Bf16>() + begin * layout.width(), sums.of(t), sums.of(t) + d, end - begin);
    }
  });
  if (q_weight_gradient) sums.add_to(q_weight_gradient.data<float>(), 0, d);
  if (k_weight_gradient) sums.add_to(k_weight_gradient.data<float>(), d, 2 * d);
}

}  // namespace moru::tensor
#endif
