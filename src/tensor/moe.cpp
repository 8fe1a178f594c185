#include "tensor/moe.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/moe.cpp"
#include <hwy/foreach_target.h>
// Highway's headers must come after foreach_target.
#include "tensor/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace moru::tensor::HWY_NAMESPACE {

/// out := base (or 0) + sum over k of factors[k] * rows[k].
template <class T>
void mix(const T* const* rows, const float* factors, int count, const T* base, T* out, int64_t d) {
  const F f;
  each(
      d,
      [&](int64_t i) {
        V sum = base == nullptr ? hn::Zero(f) : load(f, base + i);
        for (int k = 0; k < count; ++k) sum = hn::MulAdd(hn::Set(f, factors[k]), load(f, rows[k] + i), sum);
        store(sum, f, out + i);
      },
      [&](int64_t i) {
        float sum = base == nullptr ? 0 : scalar(base[i]);
        for (int k = 0; k < count; ++k) sum += factors[k] * scalar(rows[k][i]);
        put(sum, out + i);
      });
}
void mix_f32(const float* const* rows, const float* factors, int count, const float* base, float* out, int64_t d) {
  mix(rows, factors, count, base, out, d);
}
void mix_bf16(const Bf16* const* rows, const float* factors, int count, const Bf16* base, Bf16* out, int64_t d) {
  mix(rows, factors, count, base, out, d);
}

/// out := factor * in; returns in · with.
template <class T>
float scale_and_dot(const T* in, float factor, const T* with, T* out, int64_t d) {
  const F f;
  V dot = hn::Zero(f);
  float rest = 0;
  each(
      d,
      [&](int64_t i) {
        const V x = load(f, in + i);
        dot = hn::MulAdd(x, load(f, with + i), dot);
        store(hn::Mul(x, hn::Set(f, factor)), f, out + i);
      },
      [&](int64_t i) {
        rest += scalar(in[i]) * scalar(with[i]);
        put(scalar(in[i]) * factor, out + i);
      });
  return hn::GetLane(hn::SumOfLanes(f, dot)) + rest;
}
float scale_and_dot_f32(const float* in, float factor, const float* with, float* out, int64_t d) {
  return scale_and_dot(in, factor, with, out, d);
}
float scale_and_dot_bf16(const Bf16* in, float factor, const Bf16* with, Bf16* out, int64_t d) {
  return scale_and_dot(in, factor, with, out, d);
}

}  // namespace moru::tensor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <cmath>
#include <numeric>

#include "tensor/parallel.h"

namespace moru::tensor {
namespace {

HWY_EXPORT(mix_f32);
HWY_EXPORT(mix_bf16);
HWY_EXPORT(scale_and_dot_f32);
HWY_EXPORT(scale_and_dot_bf16);

constexpr int64_t kRows = 32;
constexpr int kMostTop = 64;

/// Experts outside the best groups (by the sum of each group's two largest choice scores) are masked with -infinity.
void mask_groups(std::vector<float>& choice, const RouterSettings& s) {
  if (s.groups <= 1 || s.top_groups >= s.groups) return;
  const int size = s.experts / s.groups;
  std::vector<std::pair<float, int>> sums;
  for (int g = 0; g < s.groups; ++g) {
    std::vector<float> group(choice.begin() + g * size, choice.begin() + (g + 1) * size);
    std::ranges::sort(group, std::greater<>());
    sums.emplace_back(group[0] + (size > 1 ? group[1] : 0.0F), g);
  }
  std::ranges::stable_sort(sums, [](const auto& a, const auto& b) { return a.first > b.first; });
  for (int i = s.top_groups; i < s.groups; ++i)
    std::fill_n(choice.begin() + sums[static_cast<size_t>(i)].second * size, size,
                -std::numeric_limits<float>::infinity());
}

/// A few rows, as in decoding, go to the next power of two instead: there the padding would be most of the work.
int32_t padded_load(int32_t load) {
  if (load >= kExpertRows) return (load + kExpertRows - 1) / kExpertRows * kExpertRows;
  int32_t rows = load == 0 ? 0 : 1;
  while (rows < load) rows *= 2;
  return rows;
}

void zero_padding(const Routing& r, const Tensor& rows) {
  for (size_t e = 0; e < r.loads.size(); ++e) rows.slice(r.offsets[e] + r.loads[e], r.offsets[e + 1]).fill_zero();
}

template <class T>
T* row_of(const Tensor& t, int64_t row) {
  return t.data<T>() + row * t.cols();
}

void score_experts(const float* logits, const RouterSettings& s, float* scores) {
  if (s.scores == RouterSettings::Scores::sigmoid) {
    for (int e = 0; e < s.experts; ++e) scores[e] = 1.0F / (1.0F + std::exp(-logits[e]));
    return;
  }
  const float most = *std::max_element(logits, logits + s.experts);
  float sum = 0;
  for (int e = 0; e < s.experts; ++e) sum += scores[e] = std::exp(logits[e] - most);
  for (int e = 0; e < s.experts; ++e) scores[e] /= sum;
}

}  // namespace

Routing route(const Tensor& logits, const Tensor& bias, const RouterSettings& s) {
  const int64_t tokens = logits.rows();
  Routing r;
  r.scores = Tensor(DType::f32, {tokens, s.experts});
  r.weights = Tensor(DType::f32, {tokens, s.top});
  r.experts.resize(static_cast<size_t>(tokens * s.top));
  r.slots.resize(r.experts.size());
  share_rows(tokens, kRows, [&](int64_t begin, int64_t end, int) {
    std::vector<float> choice(static_cast<size_t>(s.experts));
    for (int64_t t = begin; t < end; ++t) {
      float* scores = row_of<float>(r.scores, t);
      score_experts(row_of<float>(logits, t), s, scores);
      for (int e = 0; e < s.experts; ++e)
        choice[static_cast<size_t>(e)] = bias ? scores[e] + bias.data<float>()[e] : scores[e];
      mask_groups(choice, s);
      int32_t* chosen = r.experts.data() + t * s.top;
      for (int k = 0; k < s.top; ++k) {
        const auto best = std::max_element(choice.begin(), choice.end());
        chosen[k] = static_cast<int32_t>(best - choice.begin());
        *best = -std::numeric_limits<float>::infinity();
      }
      std::sort(chosen, chosen + s.top);
      float sum = 1e-20F;
      for (int k = 0; k < s.top; ++k) sum += scores[chosen[k]];
      for (int k = 0; k < s.top; ++k)
        row_of<float>(r.weights, t)[k] = scores[chosen[k]] / (s.normalise ? sum : 1.0F) * s.scale;
    }
  });
  r.loads.assign(static_cast<size_t>(s.experts), 0);
  for (const int32_t e : r.experts) ++r.loads[static_cast<size_t>(e)];
  r.offsets.assign(1, 0);
  for (const int32_t load : r.loads) r.offsets.push_back(r.offsets.back() + padded_load(load));
  r.tokens.assign(static_cast<size_t>(r.rows()), -1);
  std::vector<int32_t> next(r.offsets.begin(), r.offsets.end() - 1);
  for (size_t i = 0; i < r.experts.size(); ++i) {
    r.slots[i] = next[static_cast<size_t>(r.experts[i])]++;
    r.tokens[static_cast<size_t>(r.slots[i])] = static_cast<int32_t>(i) / s.top;
  }
  return r;
}

Tensor route_backward(const Routing& r, const Tensor& weights_gradient, const RouterSettings& s, float balance_loss,
                      std::span<const int32_t> starts) {
  const int64_t tokens = r.scores.rows();
  Tensor gradient = Tensor::zeros(DType::f32, {tokens, s.experts});  // of the scores first, then of the logits
  share_rows(tokens, kRows, [&](int64_t begin, int64_t end, int) {
    for (int64_t t = begin; t < end; ++t) {
      const float* scores = row_of<float>(r.scores, t);
      const float* dw = row_of<float>(weights_gradient, t);
      const int32_t* chosen = r.experts.data() + t * s.top;
      float* ds = row_of<float>(gradient, t);
      float sum = 1e-20F, dot = 0;
      for (int k = 0; k < s.top; ++k) {
        sum += scores[chosen[k]];
        dot += dw[k] * scores[chosen[k]];
      }
      // w_k = scale s_k / sum: dw_k/ds_j = scale (δ_kj - s_k / sum) / sum.
      for (int k = 0; k < s.top; ++k)
        ds[chosen[k]] += s.normalise ? s.scale * (dw[k] - dot / sum) / sum : s.scale * dw[k];
    }
  });
  if (balance_loss > 0) {
    const auto sequences = static_cast<int64_t>(starts.size()) - 1;
    share_items(sequences, [&](int64_t q) {
      const int64_t first = starts[static_cast<size_t>(q)], last = starts[static_cast<size_t>(q) + 1];
      if (first == last) return;
      std::vector<float> share(static_cast<size_t>(s.experts));
      const auto length = static_cast<float>(last - first);
      for (int64_t i = first * s.top; i < last * s.top; ++i)
        share[static_cast<size_t>(r.experts[static_cast<size_t>(i)])] +=
            static_cast<float>(s.experts) / (static_cast<float>(s.top) * length);
      const float factor = balance_loss / (length * static_cast<float>(sequences));
      for (int64_t t = first; t < last; ++t) {
        const float* scores = row_of<float>(r.scores, t);
        float sum = 1e-20F, dot = 0;
        for (int e = 0; e < s.experts; ++e) {
          sum += scores[e];
          dot += share[static_cast<size_t>(e)] * scores[e];
        }
        for (int e = 0; e < s.experts; ++e)
          row_of<float>(gradient, t)[e] += factor * (share[static_cast<size_t>(e)] - dot / sum) / sum;
      }
    });
  }
  share_rows(tokens, kRows, [&](int64_t begin, int64_t end, int) {
    for (int64_t t = begin; t < end; ++t) {
      const float* score = row_of<float>(r.scores, t);
      float* ds = row_of<float>(gradient, t);
      if (s.scores == RouterSettings::Scores::sigmoid) {
        for (int e = 0; e < s.experts; ++e) ds[e] *= score[e] * (1.0F - score[e]);
        continue;
      }
      float dot = 0;  // softmax: dlogit_e = s_e (ds_e - sum of ds s)
      for (int e = 0; e < s.experts; ++e) dot += ds[e] * score[e];
      for (int e = 0; e < s.experts; ++e) ds[e] = score[e] * (ds[e] - dot);
    }
  });
  return gradient;
}

void gather_rows(const Tensor& x, std::span<const int32_t> tokens, const Tensor& out) {
  const size_t bytes = static_cast<size_t>(x.cols()) * size_of(x.dtype());
  share_rows(static_cast<int64_t>(tokens.size()), kRows, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; ++i) {
      if (tokens[static_cast<size_t>(i)] < 0) {
        std::memset(static_cast<std::byte*>(out.raw()) + static_cast<size_t>(i) * bytes, 0, bytes);
        continue;
      }
      std::memcpy(static_cast<std::byte*>(out.raw()) + static_cast<size_t>(i) * bytes,
                  static_cast<const std::byte*>(x.raw()) + static_cast<size_t>(tokens[static_cast<size_t>(i)]) * bytes,
                  bytes);
    }
  });
}

void gather_rows_backward(const Routing& r, int top, const Tensor& rows_gradient, const Tensor& x_gradient) {
  const int64_t d = x_gradient.cols();
  const std::vector<float> ones(static_cast<size_t>(top), 1.0F);
  share_rows(x_gradient.rows(), kRows, [&](int64_t begin, int64_t end, int) {
    const auto sum_rows = [&]<class T>(T*, auto kernel) {
      std::array<const T*, kMostTop> rows{};
      for (int64_t t = begin; t < end; ++t) {
        for (int k = 0; k < top; ++k)
          rows[static_cast<size_t>(k)] = row_of<T>(rows_gradient, r.slots[static_cast<size_t>(t * top + k)]);
        T* target = row_of<T>(x_gradient, t);
        kernel(rows.data(), ones.data(), top, target, target, d);
      }
    };
    if (x_gradient.dtype() == DType::f32) {
      sum_rows(static_cast<float*>(nullptr), HWY_DYNAMIC_DISPATCH(mix_f32));
    } else {
      sum_rows(static_cast<Bf16*>(nullptr), HWY_DYNAMIC_DISPATCH(mix_bf16));
    }
  });
}

void combine_rows(const Routing& r, int top, const Tensor& rows, const Tensor& base, const Tensor& out) {
  assert(top <= kMostTop);
  const int64_t d = out.cols();
  share_rows(out.rows(), kRows, [&](int64_t begin, int64_t end, int) {
    const auto run = [&]<class T>(T*, auto kernel) {
      std::array<const T*, kMostTop> from{};
      for (int64_t t = begin; t < end; ++t) {
        for (int k = 0; k < top; ++k)
          from[static_cast<size_t>(k)] = row_of<T>(rows, r.slots[static_cast<size_t>(t * top + k)]);
        kernel(from.data(), row_of<float>(r.weights, t), top, base ? row_of<T>(base, t) : nullptr, row_of<T>(out, t),
               d);
      }
    };
    if (out.dtype() == DType::f32) {
      run(static_cast<float*>(nullptr), HWY_DYNAMIC_DISPATCH(mix_f32));
    } else {
      run(static_cast<Bf16*>(nullptr), HWY_DYNAMIC_DISPATCH(mix_bf16));
    }
  });
}

Tensor combine_rows_backward(const Routing& r, int top, const Tensor& rows, const Tensor& out_gradient,
                             const Tensor& rows_gradient) {
  const int64_t d = out_gradient.cols();
  Tensor dweights(DType::f32, {out_gradient.rows(), top});
  zero_padding(r, rows_gradient);
  share_rows(out_gradient.rows(), kRows, [&](int64_t begin, int64_t end, int) {
    const auto run = [&]<class T>(T*, auto kernel) {
      for (int64_t t = begin; t < end; ++t) {
        for (int k = 0; k < top; ++k) {
          const int64_t slot = r.slots[static_cast<size_t>(t * top + k)];
          row_of<float>(dweights, t)[k] = kernel(row_of<T>(out_gradient, t), row_of<float>(r.weights, t)[k],
                                                 row_of<T>(rows, slot), row_of<T>(rows_gradient, slot), d);
        }
      }
    };
    if (out_gradient.dtype() == DType::f32) {
      run(static_cast<float*>(nullptr), HWY_DYNAMIC_DISPATCH(scale_and_dot_f32));
    } else {
      run(static_cast<Bf16*>(nullptr), HWY_DYNAMIC_DISPATCH(scale_and_dot_bf16));
    }
  });
  return dweights;
}

}  // namespace moru::tensor
#endif
