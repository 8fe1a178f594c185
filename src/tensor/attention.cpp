#include "tensor/attention.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/attention.cpp"
#include <hwy/foreach_target.h>
// Highway's headers must come after foreach_target.
#include "tensor/attention_job.h"
#include "tensor/simd-inl.h"

#ifndef MORU_TENSOR_ATTENTION_ONCE
#define MORU_TENSOR_ATTENTION_ONCE
namespace moru::tensor {
constexpr int64_t kQueryBlock =
    32;                       // rows of scores held at once: 32 x 512 floats stay in the first-level cache's neighbour
constexpr int64_t kPad = 16;  // widest vector of floats
inline int64_t padded(int64_t n) {
  return (n + kPad - 1) / kPad * kPad;
}
}  // namespace moru::tensor
#endif

HWY_BEFORE_NAMESPACE();
namespace moru::tensor::HWY_NAMESPACE {

/// Rows x Vectors block of c := a·b (or +=); a(i, p) = a[i * row + p * col], b and c row-major.
template <int Rows, int Vectors>
HWY_INLINE void block(int64_t depth, const float* a, int64_t row, int64_t col, const float* b, int64_t b_stride,
                      float* c, int64_t c_stride, bool add) {
  const F f;
  const auto lanes = static_cast<int64_t>(hn::Lanes(f));
  V sum[Rows][Vectors];
  for (int r = 0; r < Rows; ++r)
    for (int v = 0; v < Vectors; ++v) sum[r][v] = add ? hn::LoadU(f, c + r * c_stride + v * lanes) : hn::Zero(f);
  for (int64_t p = 0; p < depth; ++p) {
    V right[Vectors];
    for (int v = 0; v < Vectors; ++v) right[v] = hn::LoadU(f, b + p * b_stride + v * lanes);
    for (int r = 0; r < Rows; ++r) {
      const V left = hn::Set(f, a[r * row + p * col]);
      for (int v = 0; v < Vectors; ++v) sum[r][v] = hn::MulAdd(left, right[v], sum[r][v]);
    }
  }
  for (int r = 0; r < Rows; ++r)
    for (int v = 0; v < Vectors; ++v) hn::StoreU(sum[r][v], f, c + r * c_stride + v * lanes);
}

template <int Vectors>
HWY_INLINE void column_block(int64_t m, int64_t depth, const float* a, int64_t row, int64_t col, const float* b,
                             int64_t b_stride, float* c, int64_t c_stride, bool add) {
  int64_t i = 0;
  for (; i + 6 <= m; i += 6)
    block<6, Vectors>(depth, a + i * row, row, col, b, b_stride, c + i * c_stride, c_stride, add);
  for (; i + 2 <= m; i += 2)
    block<2, Vectors>(depth, a + i * row, row, col, b, b_stride, c + i * c_stride, c_stride, add);
  for (; i < m; ++i) block<1, Vectors>(depth, a + i * row, row, col, b, b_stride, c + i * c_stride, c_stride, add);
}

/// c [m, n] := a [m, depth] · b [depth, n], or +=. n is a multiple of kPad. Small matrices that lie in the cache.
void product(int64_t m, int64_t n, int64_t depth, const float* a, int64_t row, int64_t col, const float* b,
             int64_t b_stride, float* c, int64_t c_stride, bool add) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(F()));
  int64_t j = 0;
  // 6 x 4 sums, 4 right sides and a left one fill 29 of AVX-512's 32 registers; with 16 registers, 6 x 2 fill 15.
  if constexpr (HWY_MAX_BYTES >= 64)
    for (; j + 4 * lanes <= n; j += 4 * lanes)
      column_block<4>(m, depth, a, row, col, b + j, b_stride, c + j, c_stride, add);
  for (; j + 2 * lanes <= n; j += 2 * lanes)
    column_block<2>(m, depth, a, row, col, b + j, b_stride, c + j, c_stride, add);
  for (; j < n; j += lanes) column_block<1>(m, depth, a, row, col, b + j, b_stride, c + j, c_stride, add);
}

template <class T>
void copy_scaled(const T* in, float factor, float* out, int64_t count) {
  const F f;
  each(
      count, [&](int64_t i) { store(hn::Mul(load(f, in + i), hn::Set(f, factor)), f, out + i); },
      [&](int64_t i) { out[i] = scalar(in[i]) * factor; });
}

template <class T>
void copy_out(const float* in, float factor, T* out, int64_t count) {
  const F f;
  each(
      count, [&](int64_t i) { store(hn::Mul(load(f, in + i), hn::Set(f, factor)), f, out + i); },
      [&](int64_t i) { put(in[i] * factor, out + i); });
}

/// Room for a row of `count` keys. Rows a power of two apart would share so few places of the first-level cache that
/// each product fetched them anew.
inline int64_t row_of_keys(int64_t count) {
  return padded(count) + (padded(count) % 256 == 0 ? kPad : 0);
}

/// Keys first: [head_dim, width], zeros behind the last. `width` is row_of_keys(count). By blocks, so that a row of
/// keys is read from the cache for all its numbers.
template <class T>
void transpose(const T* rows, int64_t stride, int64_t count, int64_t d, float* out) {
  const int64_t width = row_of_keys(count);
  for (int64_t from = 0; from < count; from += kPad)
    for (int64_t i = 0; i < d; ++i)
      for (int64_t j = from; j < std::min(count, from + kPad); ++j) out[i * width + j] = scalar(rows[j * stride + i]);
  for (int64_t i = 0; i < d; ++i) std::fill(out + i * width + count, out + (i + 1) * width, 0.0F);
}

/// The keys that a block of queries sees: [begin, end), begin rounded down to whole vectors.
struct Seen {
  int64_t begin, end, width;
};
HWY_INLINE Seen seen_by(const AttentionJob& job, int64_t first, int64_t last) {
  const int64_t offset = job.keys - job.queries;
  const int64_t begin = job.window > 0 ? std::max<int64_t>(0, first + offset - job.window + 1) / kPad * kPad : 0;
  const int64_t end = last + offset + 1;
  return {begin, end, padded(end) - begin};
}

/// exp(score - shift) where the query sees the key, 0 elsewhere; returns the sum.
HWY_INLINE float exponentials(float* scores, int64_t width, int64_t from, int64_t to, float shift) {
  const F f;
  V sum = hn::Zero(f);
  const auto lanes = static_cast<int64_t>(hn::Lanes(f));
  for (int64_t j = 0; j < width; j += lanes) {
    const V index = hn::Add(hn::Iota(f, 0.0F), hn::Set(f, static_cast<float>(j)));
    const auto seen =
        hn::And(hn::Ge(index, hn::Set(f, static_cast<float>(from))), hn::Lt(index, hn::Set(f, static_cast<float>(to))));
    const V e = hn::IfThenElseZero(seen, hn::Exp(f, hn::Sub(hn::LoadU(f, scores + j), hn::Set(f, shift))));
    hn::StoreU(e, f, scores + j);
    sum = hn::Add(sum, e);
  }
  return hn::GetLane(hn::SumOfLanes(f, sum));
}

HWY_INLINE float largest(const float* scores, int64_t from, int64_t to) {
  const F f;
  V lanes = hn::Set(f, scores[from]);
  float rest = scores[from];
  each(
      to - from, [&](int64_t i) { lanes = hn::Max(lanes, hn::LoadU(f, scores + from + i)); },
      [&](int64_t i) { rest = std::max(rest, scores[from + i]); });
  return std::max(rest, hn::GetLane(hn::MaxOfLanes(f, lanes)));
}

template <class T>
void forward_job(const AttentionJob& job, const T* q, const T* k, const T* v, T* out, float* log_sums) {
  const int64_t d = job.head_dim, wide = padded(d), key_width = padded(job.keys), offset = job.keys - job.queries;
  // Only the keys that the first query sees and later are needed: a decode step in a window reads the window alone.
  const Seen all = seen_by(job, 0, job.queries - 1);
  std::vector<float> keys(static_cast<size_t>(d * row_of_keys(job.keys - all.begin)));
  transpose(k + all.begin * job.k_stride, job.k_stride, job.keys - all.begin, d, keys.data());
  const int64_t kept_width = row_of_keys(job.keys - all.begin);
  std::vector<float> values(static_cast<size_t>((key_width - all.begin) * wide));
  for (int64_t j = all.begin; j < job.keys; ++j)
    copy_scaled(v + j * job.k_stride, 1.0F, values.data() + (j - all.begin) * wide, d);
  std::vector<float> query(static_cast<size_t>(kQueryBlock * d)),
      scores(static_cast<size_t>(kQueryBlock * (key_width + kPad))), result(static_cast<size_t>(kQueryBlock * wide));
  const float scale = job.scale;
  for (int64_t i0 = 0; i0 < job.queries; i0 += kQueryBlock) {
    const int64_t n = std::min(kQueryBlock, job.queries - i0);
    const Seen seen = seen_by(job, i0, i0 + n - 1);
    for (int h = 0; h < job.group; ++h) {
      for (int64_t i = 0; i < n; ++i) copy_scaled(q + (i0 + i) * job.q_stride + h * d, scale, query.data() + i * d, d);
      product(n, seen.width, d, query.data(), d, 1, keys.data() + (seen.begin - all.begin), kept_width, scores.data(),
              seen.width, false);
      float inverse[kQueryBlock];
      for (int64_t i = 0; i < n; ++i) {
        float* row = scores.data() + i * seen.width;
        const int64_t to = i0 + i + offset + 1 - seen.begin;
        const int64_t from = job.window > 0 ? std::max<int64_t>(0, i0 + i + offset - job.window + 1 - seen.begin) : 0;
        const float shift = largest(row, from, to);
        const float sum = exponentials(row, seen.width, from, to, shift);
        inverse[i] = 1.0F / sum;
        if (log_sums != nullptr) log_sums[(i0 + i) * job.sums_stride + h] = shift + std::log(sum);
      }
      product(n, wide, seen.end - seen.begin, scores.data(), seen.width, 1,
              values.data() + (seen.begin - all.begin) * wide, wide, result.data(), wide, false);
      for (int64_t i = 0; i < n; ++i)
        copy_out(result.data() + i * wide, inverse[i], out + (i0 + i) * job.out_stride + h * d, d);
    }
  }
}
void forward_f32(const AttentionJob& job, const float* q, const float* k, const float* v, float* out, float* log_sums) {
  forward_job(job, q, k, v, out, log_sums);
}
void forward_bf16(const AttentionJob& job, const Bf16* q, const Bf16* k, const Bf16* v, Bf16* out, float* log_sums) {
  forward_job(job, q, k, v, out, log_sums);
}

// With P = softmax(S), S = q kᵀ scale: dV = Pᵀ dO, dS = P (dO Vᵀ - rowsum(dO O)), dQ = dS K scale, dK = dSᵀ Q scale.
template <class T>
void backward_job(const AttentionJob& job, const T* q, const T* k, const T* v, const T* out, const float* log_sums,
                  const T* dout, T* dq, T* dk, T* dv) {
  const F f;
  const int64_t d = job.head_dim, wide = padded(d), key_width = row_of_keys(job.keys);
  std::vector<float> keys_t(static_cast<size_t>(d * key_width)), values_t(static_cast<size_t>(d * key_width)),
      keys(static_cast<size_t>(key_width * wide)), dkeys(static_cast<size_t>(key_width * wide)),
      dvalues(static_cast<size_t>(key_width * wide));
  transpose(k, job.k_stride, job.keys, d, keys_t.data());
  transpose(v, job.k_stride, job.keys, d, values_t.data());
  for (int64_t j = 0; j < job.keys; ++j) copy_scaled(k + j * job.k_stride, 1.0F, keys.data() + j * wide, d);
  std::vector<float> query(static_cast<size_t>(kQueryBlock * wide)), dresult(static_cast<size_t>(kQueryBlock * wide)),
      dquery(static_cast<size_t>(kQueryBlock * wide)), scores(static_cast<size_t>(kQueryBlock * (key_width + kPad))),
      dscores(static_cast<size_t>(kQueryBlock * (key_width + kPad)));
  const float scale = job.scale;
  for (int64_t i0 = 0; i0 < job.queries; i0 += kQueryBlock) {
    const int64_t n = std::min(kQueryBlock, job.queries - i0);
    const Seen seen = seen_by(job, i0, i0 + n - 1);
    for (int h = 0; h < job.group; ++h) {
      for (int64_t i = 0; i < n; ++i) {
        copy_scaled(q + (i0 + i) * job.q_stride + h * d, scale, query.data() + i * wide, d);
        copy_scaled(dout + (i0 + i) * job.out_stride + h * d, 1.0F, dresult.data() + i * wide, d);
      }
      product(n, seen.width, d, query.data(), wide, 1, keys_t.data() + seen.begin, key_width, scores.data(), seen.width,
              false);
      product(n, seen.width, d, dresult.data(), wide, 1, values_t.data() + seen.begin, key_width, dscores.data(),
              seen.width, false);
      for (int64_t i = 0; i < n; ++i) {
        float* p = scores.data() + i * seen.width;
        float* ds = dscores.data() + i * seen.width;
        const int64_t to = i0 + i + 1 - seen.begin;
        const int64_t from = job.window > 0 ? std::max<int64_t>(0, i0 + i - job.window + 1 - seen.begin) : 0;
        exponentials(p, seen.width, from, to, log_sums[(i0 + i) * job.sums_stride + h]);
        float delta = 0;
        const T* o = out + (i0 + i) * job.out_stride + h * d;
        for (int64_t x = 0; x < d; ++x) delta += dresult[static_cast<size_t>(i * wide + x)] * scalar(o[x]);
        const V deltas = hn::Set(f, delta);
        for (int64_t j = 0; j < seen.width; j += static_cast<int64_t>(hn::Lanes(f)))
          hn::StoreU(hn::Mul(hn::LoadU(f, p + j), hn::Sub(hn::LoadU(f, ds + j), deltas)), f, ds + j);
      }
      const int64_t count = seen.end - seen.begin;
      product(n, wide, count, dscores.data(), seen.width, 1, keys.data() + seen.begin * wide, wide, dquery.data(), wide,
              false);
      for (int64_t i = 0; i < n; ++i)
        copy_out(dquery.data() + i * wide, scale, dq + (i0 + i) * job.q_stride + h * d, d);
      product(count, wide, n, dscores.data(), 1, seen.width, query.data(), wide, dkeys.data() + seen.begin * wide, wide,
              true);
      product(count, wide, n, scores.data(), 1, seen.width, dresult.data(), wide, dvalues.data() + seen.begin * wide,
              wide, true);
    }
  }
  for (int64_t j = 0; j < job.keys; ++j) {
    copy_out(dkeys.data() + j * wide, 1.0F, dk + j * job.k_stride, d);
    copy_out(dvalues.data() + j * wide, 1.0F, dv + j * job.k_stride, d);
  }
}
void backward_f32(const AttentionJob& job, const float* q, const float* k, const float* v, const float* out,
                  const float* sums, const float* dout, float* dq, float* dk, float* dv) {
  backward_job(job, q, k, v, out, sums, dout, dq, dk, dv);
}
void backward_bf16(const AttentionJob& job, const Bf16* q, const Bf16* k, const Bf16* v, const Bf16* out,
                   const float* sums, const Bf16* dout, Bf16* dq, Bf16* dk, Bf16* dv) {
  backward_job(job, q, k, v, out, sums, dout, dq, dk, dv);
}

}  // namespace moru::tensor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "tensor/attention_amx.h"
#include "tensor/matmul_backend.h"
#include "tensor/parallel.h"

namespace moru::tensor {
namespace {

HWY_EXPORT(forward_f32);
HWY_EXPORT(forward_bf16);
HWY_EXPORT(backward_f32);
HWY_EXPORT(backward_bf16);

/// A test may have narrowed Highway to one instruction set: then that one alone is meant.
bool tiles_allowed() {
  const int64_t targets = hwy::SupportedTargets();
  return amx_available() && (targets & (targets - 1)) != 0;
}

AttentionJob job_of(const AttentionSettings& settings, int64_t queries, int64_t keys, int64_t k_stride) {
  const HeadLayout& l = settings.layout;
  return {queries,
          keys,
          l.width(),
          k_stride,
          static_cast<int64_t>(l.heads) * l.head_dim,
          l.heads,
          l.heads / l.kv_heads,
          l.head_dim,
          settings.window,
          settings.scale > 0 ? settings.scale : 1.0F / std::sqrt(static_cast<float>(l.head_dim))};
}

template <class T>
std::vector<KeySpan> own_keys_of(const Tensor& qkv, std::span<const int32_t> starts, const HeadLayout& layout) {
  std::vector<KeySpan> spans;
  for (size_t s = 0; s + 1 < starts.size(); ++s) {
    const T* row = qkv.data<T>() + starts[s] * layout.width();
    spans.push_back({row + layout.heads * layout.head_dim, row + (layout.heads + layout.kv_heads) * layout.head_dim,
                     layout.width(), starts[s + 1] - starts[s]});
  }
  return spans;
}

template <class T, class Kernel>
void forward_all(const Tensor& qkv, std::span<const int32_t> starts, std::span<const KeySpan> keys,
                 const AttentionSettings& settings, const Tensor& out, const Tensor& log_sums, Kernel kernel) {
  const HeadLayout& l = settings.layout;
  const int group = l.heads / l.kv_heads;
  // A long sequence is shared out in parts, so that no thread waits for the last head. Parts begin where blocks of
  // queries do: the same arithmetic in the same order.
  constexpr int64_t kPart = 512;
  struct Part {
    size_t sequence;
    int64_t from, to;
  };
  std::vector<Part> parts;
  for (size_t s = 0; s < keys.size(); ++s) {
    const int64_t queries = starts[s + 1] - starts[s];
    for (int64_t from = 0; from < queries; from += kPart) parts.push_back({s, from, std::min(queries, from + kPart)});
  }
  share_items(static_cast<int64_t>(parts.size()) * l.kv_heads, [&](int64_t item) {
    const int64_t h = item % l.kv_heads;
    const auto& [s, from, to] = parts[parts.size() - 1 - static_cast<size_t>(item / l.kv_heads)];  // the longest first
    const KeySpan& span = keys[s];
    const int64_t first = starts[s] + from, unseen = starts[s + 1] - starts[s] - to;
    const AttentionJob job = job_of(settings, to - from, span.count - unseen, span.stride);
    kernel(job, qkv.data<T>() + first * l.width() + h * group * l.head_dim,
           static_cast<const T*>(span.keys) + h * l.head_dim, static_cast<const T*>(span.values) + h * l.head_dim,
           out.data<T>() + first * job.out_stride + h * group * l.head_dim,
           log_sums ? log_sums.data<float>() + first * l.heads + h * group : nullptr);
  });
}

template <class T, class Kernel>
void backward_all(const Tensor& qkv, std::span<const int32_t> starts, const AttentionSettings& settings,
                  const Tensor& out, const Tensor& log_sums, const Tensor& dout, const Tensor& dqkv, Kernel kernel) {
  const HeadLayout& l = settings.layout;
  const int group = l.heads / l.kv_heads;
  share_items(static_cast<int64_t>(starts.size() - 1) * l.kv_heads, [&](int64_t item) {
    const int64_t s = item / l.kv_heads, h = item % l.kv_heads;
    const int64_t first = starts[static_cast<size_t>(s)], count = starts[static_cast<size_t>(s) + 1] - first;
    if (count == 0) return;
    const AttentionJob job = job_of(settings, count, count, l.width());
    const int64_t q = first * l.width() + h * group * l.head_dim;
    const int64_t k = first * l.width() + (l.heads + h) * l.head_dim;
    const int64_t v = k + static_cast<int64_t>(l.kv_heads) * l.head_dim;
    const int64_t o = first * job.out_stride + h * group * l.head_dim;
    kernel(job, qkv.data<T>() + q, qkv.data<T>() + k, qkv.data<T>() + v, out.data<T>() + o,
           log_sums.data<float>() + first * l.heads + h * group, dout.data<T>() + o, dqkv.data<T>() + q,
           dqkv.data<T>() + k, dqkv.data<T>() + v);
  });
}

}  // namespace

std::vector<KeySpan> own_keys(const Tensor& qkv, std::span<const int32_t> starts, const HeadLayout& layout) {
  return qkv.dtype() == DType::f32 ? own_keys_of<float>(qkv, starts, layout) : own_keys_of<Bf16>(qkv, starts, layout);
}

void attention(const Tensor& qkv, std::span<const int32_t> starts, std::span<const KeySpan> keys,
               const AttentionSettings& settings, const Tensor& out, const Tensor& log_sums) {
  if (qkv.dtype() == DType::f32) {
    forward_all<float>(qkv, starts, keys, settings, out, log_sums, HWY_DYNAMIC_DISPATCH(forward_f32));
  } else {
    const auto vectors = HWY_DYNAMIC_DISPATCH(forward_bf16);
    // An answer may not depend on how its prompt was cut into chunks: where keys come from a cache, queries that come
    // alone or together get the same arithmetic.
    const bool tiles = tiles_allowed() && log_sums;
    forward_all<Bf16>(qkv, starts, keys, settings, out, log_sums, [=](const AttentionJob& job, auto... operands) {
      (tiles && job.queries >= kLeastQueriesForTiles ? attention_amx : vectors)(job, operands...);
    });
  }
}

void attention_backward(const Tensor& qkv, std::span<const int32_t> starts, const AttentionSettings& settings,
                        const Tensor& out, const Tensor& log_sums, const Tensor& out_gradient,
                        const Tensor& qkv_gradient) {
  if (qkv.dtype() == DType::f32) {
    backward_all<float>(qkv, starts, settings, out, log_sums, out_gradient, qkv_gradient,
                        HWY_DYNAMIC_DISPATCH(backward_f32));
  } else {
    const auto vectors = HWY_DYNAMIC_DISPATCH(backward_bf16);
    const bool tiles = tiles_allowed();
    backward_all<Bf16>(qkv, starts, settings, out, log_sums, out_gradient, qkv_gradient,
                       [=](const AttentionJob& job, auto... operands) {
                         const bool fit = tiles && job.queries >= kLeastQueriesForTiles;
                         (fit ? attention_backward_amx : vectors)(job, operands...);
                       });
  }
}

}  // namespace moru::tensor
#endif
