#include "tensor/attention_amx.h"

#if defined(__x86_64__) && defined(__linux__)

#include <cmath>

#include "tensor/amx_output.h"
#include "tensor/amx_tiles.h"
#include "tensor/memory.h"

namespace moru::tensor {
namespace amx {
namespace {

constexpr float kLog2E = 1.44269504088896341F;
constexpr int64_t kQueryBlock = 256;  // queries whose way back is worked out together: sums of keys wait in memory
                                      // until the next block, gradients of scores take 512 bytes a key

const uint16_t* words(const Bf16* p) {
  return reinterpret_cast<const uint16_t*>(p);
}

/// Working memory from the tensors' own, as elements of T.
template <class T>
class Scratch {
 public:
  explicit Scratch(int64_t count) : block_(allocate(static_cast<size_t>(count) * sizeof(T))) {}
  T* data() const { return reinterpret_cast<T*>(block_.get()); }

 private:
  std::shared_ptr<std::byte> block_;
};

/// Lines [line, line + lines) of an operand, over its whole depth, packed to `out`.
void pack_lines(const Bf16* data, int64_t line_stride, int64_t depth_stride, int64_t lines, int64_t depth, Side side,
                uint16_t* out) {
  pack({words(data), lines, depth, line_stride, depth_stride}, side, 0, lines, 0, depth, out);
}

/// 2^x to seven digits; 0 far below. Taylor's series of 2^r for |r| <= 1/2, times the whole power.
MORU_AMX inline __m512 power_of_two(__m512 x) {
  const __m512 whole = _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  const __m512 r = _mm512_sub_ps(x, whole);
  __m512 p = _mm512_set1_ps(1.5403530e-4F);
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.3333558e-3F));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(9.6181291e-3F));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(5.5504109e-2F));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(2.4022651e-1F));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(6.9314718e-1F));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.0F));
  return _mm512_scalef_ps(p, whole);
}

/// Of lanes at, at + 1, …, at + 15 those in [from, to).
inline __mmask16 lanes_in(int64_t at, int64_t from, int64_t to) {
  const auto below = [at](int64_t end) { return (1U << std::clamp<int64_t>(end - at, 0, kTile)) - 1; };
  return static_cast<__mmask16>(below(to) & ~below(from));
}

MORU_AMX inline __m512i as_bf16(__m512 low, __m512 high) {
  return (__m512i)_mm512_cvtne2ps_pbh(high, low);
}

MORU_AMX inline __m512 widened(const Bf16* in, __mmask16 mask) {
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask, in)), 16));
}

/// Rows of a block of sums as bf16: row r < rows to out + r * stride, its first `columns` (up to 32), times factor[r]
/// or, if `factors` is null, `factor`.
MORU_AMX void write_rows(const float* sums, int64_t rows, int64_t columns, const float* factors, float factor,
                         Bf16* out, int64_t stride) {
  const auto mask = static_cast<__mmask32>(columns >= kPanel ? 0xFFFFFFFFU : (1U << columns) - 1);
  for (int64_t r = 0; r < rows; ++r) {
    const float* row = sums + r / kTile * (2 * kTile * kTile) + r % kTile * kTile;
    const __m512 scale = _mm512_set1_ps(factors != nullptr ? factors[r] : factor);
    const __m512 low = _mm512_mul_ps(_mm512_load_ps(row), scale);
    const __m512 high = _mm512_mul_ps(_mm512_load_ps(row + kTile * kTile), scale);
    _mm512_mask_storeu_epi16(out + r * stride, mask, as_bf16(low, high));
  }
}

/// The keys that each of a panel's queries sees, and the panels of keys that any of them sees.
struct Sight {
  int64_t offset, window, first_key;

  int64_t from(int64_t query) const {
    return window > 0 ? std::max<int64_t>(0, query + offset - window + 1 - first_key) : 0;
  }
  int64_t to(int64_t query) const { return query + offset + 1 - first_key; }
};

/// One row of scores to weights: e = 2^(score * factor - shift) in bf16 to the rows of left tiles, a step of 32 keys
/// after the other. Returns the sum; `shift` is the largest score * factor.
MORU_AMX float soften(const float* scores, int64_t width, int64_t from, int64_t to, float factor, uint16_t* row,
                      float& shift) {
  __m512 most = _mm512_set1_ps(-std::numeric_limits<float>::infinity());
  for (int64_t j = from / kTile * kTile; j < to; j += kTile)
    most = _mm512_mask_max_ps(most, lanes_in(j, from, to), most, _mm512_loadu_ps(scores + j));
  shift = _mm512_reduce_max_ps(most) * factor;
  const __m512 factors = _mm512_set1_ps(factor), shifts = _mm512_set1_ps(shift);
  __m512 sum = _mm512_setzero_ps();
  for (int64_t j = 0; j < width; j += kPanel, row += kStepWords) {
    __m512 e[2];
    for (int64_t half = 0; half < 2; ++half) {
      const int64_t at = j + half * kTile;
      e[half] = _mm512_maskz_mov_ps(lanes_in(at, from, to),
                                    power_of_two(_mm512_fmsub_ps(_mm512_loadu_ps(scores + at), factors, shifts)));
      sum = _mm512_add_ps(sum, e[half]);
    }
    _mm512_store_si512(row, as_bf16(e[0], e[1]));
  }
  return _mm512_reduce_add_ps(sum);
}

MORU_AMX void forward(const AttentionJob& job, const Bf16* q, const Bf16* k, const Bf16* v, Bf16* out,
                      float* log_sums) {
  const int64_t d = job.head_dim, offset = job.keys - job.queries;
  const int64_t begin = job.window > 0 ? std::max<int64_t>(0, offset - job.window + 1) / kPanel * kPanel : 0;
  const Sight sight{offset, job.window, begin};
  const int64_t keys = job.keys - begin, panels = panels_of(keys), steps = steps_of(d), value_panels = panels_of(d);
  const Scratch<uint16_t> packed_keys(panels * steps * kStepWords), packed_values(value_panels * panels * kStepWords),
      query(steps * kStepWords), weights(panels * kStepWords);
  const int64_t row = panels * kPanel + kTile;  // not a power of two: rows share no places of the cache
  const Scratch<float> scores(kPanel * row);
  pack_lines(k + begin * job.k_stride, job.k_stride, 1, keys, d, Side::right, packed_keys.data());
  pack_lines(v + begin * job.k_stride, 1, job.k_stride, d, keys, Side::right, packed_values.data());
  const float factor = job.scale * kLog2E;
  alignas(64) std::array<float, kBlockFloats> sums;
  alignas(64) std::array<float, kPanel> inverse{};
  const TilesInUse tiles;
  for (int64_t i0 = 0; i0 < job.queries; i0 += kPanel) {
    const int64_t n = std::min(kPanel, job.queries - i0);
    const int64_t first = sight.from(i0) / kPanel, last = (sight.to(i0 + n - 1) + kPanel - 1) / kPanel;
    for (int h = 0; h < job.group; ++h) {
      pack_lines(q + i0 * job.q_stride + h * d, job.q_stride, 1, n, d, Side::left, query.data());
      for (int64_t j = first; j < last; ++j)
        sum_panels(query.data(), packed_keys.data() + j * steps * kStepWords, steps,
                   {scores.data() + (j - first) * kPanel, row, kTile, kTile * row}, false);
      for (int64_t i = 0; i < n; ++i) {
        float shift = 0;
        const float sum = soften(scores.data() + i * row, (last - first) * kPanel, sight.from(i0 + i) - first * kPanel,
                                 sight.to(i0 + i) - first * kPanel, factor,
                                 weights.data() + i / kTile * kTileWords + i % kTile * kDepth, shift);
        inverse[static_cast<size_t>(i)] = 1.0F / sum;
        log_sums[(i0 + i) * job.sums_stride + h] = shift / kLog2E + std::log(sum);
      }
      for (int64_t p = 0; p < value_panels; ++p) {
        sum_panels(weights.data(), packed_values.data() + (p * panels + first) * kStepWords, last - first,
                   {sums.data()}, false);
        write_rows(sums.data(), n, d - p * kPanel, inverse.data(), 1, out + i0 * job.out_stride + h * d + p * kPanel,
                   job.out_stride);
      }
    }
  }
}

// The way back works on scores with the keys as rows: then what the softmax gives are left tiles as they are for the
// gradients of keys and values, and right tiles, pairs of rows interleaved, for that of the queries.
class Backward {
 public:
  Backward(const AttentionJob& job, const Bf16* q, const Bf16* k, const Bf16* v, const Bf16* out, const float* log_sums,
           const Bf16* dout, Bf16* dq, Bf16* dk, Bf16* dv)
      : job_(job), q_(q), out_(out), log_sums_(log_sums), dout_(dout), dq_(dq), dk_(dk), dv_(dv) {
    pack_lines(k, job.k_stride, 1, job.keys, d_, Side::left, keys_.data());
    pack_lines(v, job.k_stride, 1, job.keys, d_, Side::left, values_.data());
    pack_lines(k, 1, job.k_stride, d_, job.keys, Side::left, key_columns_.data());
  }

  MORU_AMX void run() {
    const TilesInUse tiles;
    std::fill_n(dkeys_.data(), panels_ * depth_panels_ * kBlockFloats, 0.0F);
    std::fill_n(dvalues_.data(), panels_ * depth_panels_ * kBlockFloats, 0.0F);
    for (int64_t i0 = 0; i0 < job_.queries; i0 += kQueryBlock)
      for (int h = 0; h < job_.group; ++h) run_block(i0, std::min(kQueryBlock, job_.queries - i0), h);
    for (int64_t j = 0; j < panels_; ++j)
      for (int64_t p = 0; p < depth_panels_; ++p) {
        const int64_t block = (j * depth_panels_ + p) * kBlockFloats, to = j * kPanel * job_.k_stride + p * kPanel;
        const int64_t rows = std::min(kPanel, job_.keys - j * kPanel), columns = d_ - p * kPanel;
        write_rows(dkeys_.data() + block, rows, columns, nullptr, job_.scale, dk_ + to, job_.k_stride);
        write_rows(dvalues_.data() + block, rows, columns, nullptr, 1, dv_ + to, job_.k_stride);
      }
  }

 private:
  /// Query panels of the block from `first` to before `last` see some key of panel j.
  int64_t first_panel(int64_t i0, int64_t j) const { return std::max<int64_t>(0, j * kPanel - i0) / kPanel; }
  int64_t last_panel(int64_t i0, int64_t count, int64_t j) const {
    const int64_t end = job_.window > 0 ? std::min(count, (j + 1) * kPanel - 1 + job_.window - i0) : count;
    return panels_of(std::max<int64_t>(0, end));
  }

  MORU_AMX void run_block(int64_t i0, int64_t count, int h) {
    const int64_t q_at = i0 * job_.q_stride + h * d_, o_at = i0 * job_.out_stride + h * d_;
    pack_lines(q_ + q_at, job_.q_stride, 1, count, d_, Side::right, queries_.data());
    pack_lines(dout_ + o_at, job_.out_stride, 1, count, d_, Side::right, dresults_.data());
    pack_lines(q_ + q_at, 1, job_.q_stride, d_, count, Side::right, query_columns_.data());
    pack_lines(dout_ + o_at, 1, job_.out_stride, d_, count, Side::right, dresult_columns_.data());
    for (int64_t i = 0; i < kQueryBlock; ++i) {
      const auto at = static_cast<size_t>(i);
      logs_[at] = i < count ? log_sums_[(i0 + i) * job_.sums_stride + h] * kLog2E : 0;
      deltas_[at] = i < count ? dot(out_ + o_at + i * job_.out_stride, dout_ + o_at + i * job_.out_stride) : 0;
    }
    const int64_t query_panels = panels_of(count);
    const int64_t end_key = panels_of(std::min(job_.keys, i0 + count));
    const int64_t first_key = job_.window > 0 ? std::max<int64_t>(0, i0 - job_.window + 1) / kPanel : 0;
    for (int64_t j = first_key; j < end_key; ++j) {
      const int64_t first = first_panel(i0, j), last = last_panel(i0, count, j);
      for (int64_t i = first; i < last; ++i) soften(i0, i, j, count);
      for (int64_t p = 0; p < depth_panels_; ++p) {
        const int64_t block = (j * depth_panels_ + p) * kBlockFloats;
        const int64_t right = (p * query_panels + first) * kStepWords;
        sum_panels(weights_.data() + first * kStepWords, dresult_columns_.data() + right, last - first,
                   {dvalues_.data() + block}, true);
        sum_panels(dscores_.data() + first * kStepWords, query_columns_.data() + right, last - first,
                   {dkeys_.data() + block}, true);
      }
    }
    for (int64_t i = 0; i < query_panels; ++i) {
      const int64_t last = panels_of(std::min(job_.keys, i0 + (i + 1) * kPanel));
      const int64_t from = job_.window > 0 ? std::max<int64_t>(0, i0 + i * kPanel - job_.window + 1) / kPanel : 0;
      for (int64_t p = 0; p < depth_panels_; ++p) {
        sum_panels(key_columns_.data() + (p * panels_ + from) * kStepWords,
                   dscore_pairs_.data() + (i * panels_ + from) * kStepWords, last - from, {sums_.data()}, false);
        write_columns(std::min(kPanel, count - i * kPanel), std::min(kPanel, d_ - p * kPanel),
                      dq_ + q_at + i * kPanel * job_.q_stride + p * kPanel);
      }
    }
  }

  MORU_AMX float dot(const Bf16* a, const Bf16* b) const {
    __m512 sum = _mm512_setzero_ps();
    for (int64_t x = 0; x < d_; x += kTile) {
      const __mmask16 mask = lanes_in(x, 0, d_);
      sum = _mm512_fmadd_ps(widened(a + x, mask), widened(b + x, mask), sum);
    }
    return _mm512_reduce_add_ps(sum);
  }

  /// Scores of key panel j with the block's query panel i, then P = 2^(S factor - log sum) and dS = P (dP - delta).
  MORU_AMX void soften(int64_t i0, int64_t i, int64_t j, int64_t count) {
    const int64_t key_at = j * steps_ * kStepWords, query_at = i * steps_ * kStepWords;
    sum_panels(keys_.data() + key_at, queries_.data() + query_at, steps_, {sums_.data()}, false);
    sum_panels(values_.data() + key_at, dresults_.data() + query_at, steps_, {dsums_.data()}, false);
    alignas(64) static constexpr uint16_t kPairs[32] = {0, 16, 1, 17, 2,  18, 3,  19, 4,  20, 5,  21, 6,  22, 7,  23,
                                                        8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31};
    const __m512i pairs = _mm512_load_si512(kPairs);
    const __m512 factor = _mm512_set1_ps(job_.scale * kLog2E);
    const float* log = logs_.data() + i * kPanel;
    const float* delta = deltas_.data() + i * kPanel;
    const __m512 logs[2] = {_mm512_load_ps(log), _mm512_load_ps(log + kTile)};
    const __m512 deltas[2] = {_mm512_load_ps(delta), _mm512_load_ps(delta + kTile)};
    uint16_t* weights = weights_.data() + i * kStepWords;
    uint16_t* dscores = dscores_.data() + i * kStepWords;
    uint16_t* dpairs = dscore_pairs_.data() + (i * panels_ + j) * kStepWords;
    for (int64_t r = 0; r < kPanel; r += 2) {
      __m512 p[2][2], ds[2][2];
      for (int64_t row = 0; row < 2; ++row) {
        // In terms of the panel's queries: those from the key on, within the window.
        const int64_t key = j * kPanel + r + row - i0 - i * kPanel;
        const int64_t end = std::min(count - i * kPanel, job_.window > 0 ? key + job_.window : count);
        for (int64_t half = 0; half < 2; ++half) {
          const int64_t at = (r + row) / kTile * (2 * kTile * kTile) + half * kTile * kTile + (r + row) % kTile * kTile;
          p[row][half] =
              _mm512_maskz_mov_ps(lanes_in(half * kTile, key, end),
                                  power_of_two(_mm512_fmsub_ps(_mm512_load_ps(sums_.data() + at), factor, logs[half])));
          ds[row][half] = _mm512_mul_ps(p[row][half], _mm512_sub_ps(_mm512_load_ps(dsums_.data() + at), deltas[half]));
        }
        const int64_t to = (r + row) / kTile * kTileWords + (r + row) % kTile * kDepth;
        _mm512_store_si512(weights + to, as_bf16(p[row][0], p[row][1]));
        _mm512_store_si512(dscores + to, as_bf16(ds[row][0], ds[row][1]));
      }
      for (int64_t half = 0; half < 2; ++half)
        _mm512_store_si512(dpairs + half * kTileWords + r / 2 * kDepth,
                           _mm512_permutexvar_epi16(pairs, as_bf16(ds[0][half], ds[1][half])));
    }
  }

  /// The block of sums, of which rows are columns of dq.
  MORU_AMX void write_columns(int64_t rows, int64_t columns, Bf16* out) {
    transpose_sums(sums_.data());
    write_rows(sums_.data(), rows, columns, nullptr, job_.scale, out, job_.q_stride);
  }

  const AttentionJob& job_;
  const Bf16 *q_, *out_;
  const float* log_sums_;
  const Bf16* dout_;
  Bf16 *dq_, *dk_, *dv_;
  const int64_t d_ = job_.head_dim, panels_ = panels_of(job_.keys), steps_ = steps_of(d_),
                depth_panels_ = panels_of(d_), block_panels_ = panels_of(std::min(kQueryBlock, job_.queries));
  // Left tiles of keys and values, over d; of the keys' columns, over the keys.
  const Scratch<uint16_t> keys_{panels_ * steps_ * kStepWords}, values_{panels_ * steps_ * kStepWords},
      key_columns_{depth_panels_ * panels_ * kStepWords};
  // Right tiles of a block's queries and results' gradients, over d; of their columns, over the queries.
  const Scratch<uint16_t> queries_{block_panels_ * steps_ * kStepWords}, dresults_{block_panels_ * steps_ * kStepWords},
      query_columns_{depth_panels_ * block_panels_ * kStepWords},
      dresult_columns_{depth_panels_ * block_panels_ * kStepWords};
  // Left tiles of a key panel's P and dS, over the block's queries; right tiles of dS, over the keys.
  const Scratch<uint16_t> weights_{block_panels_ * kStepWords}, dscores_{block_panels_ * kStepWords},
      dscore_pairs_{block_panels_ * panels_ * kStepWords};
  const Scratch<float> dkeys_{panels_ * depth_panels_ * kBlockFloats}, dvalues_{panels_ * depth_panels_ * kBlockFloats};
  alignas(64) std::array<float, kBlockFloats> sums_, dsums_;
  alignas(64) std::array<float, kQueryBlock> logs_, deltas_;
};

}  // namespace
}  // namespace amx

void attention_amx(const AttentionJob& job, const Bf16* q, const Bf16* k, const Bf16* v, Bf16* out, float* log_sums) {
  amx::forward(job, q, k, v, out, log_sums);
}

void attention_backward_amx(const AttentionJob& job, const Bf16* q, const Bf16* k, const Bf16* v, const Bf16* out,
                            const float* log_sums, const Bf16* dout, Bf16* dq, Bf16* dk, Bf16* dv) {
  amx::Backward(job, q, k, v, out, log_sums, dout, dq, dk, dv).run();
}

}  // namespace moru::tensor

#else

namespace moru::tensor {

void attention_amx(const AttentionJob&, const Bf16*, const Bf16*, const Bf16*, Bf16*, float*) {
  assert(false);
}

void attention_backward_amx(const AttentionJob&, const Bf16*, const Bf16*, const Bf16*, const Bf16*, const float*,
                            const Bf16*, Bf16*, Bf16*, Bf16*) {
  assert(false);
}

}  // namespace moru::tensor

#endif
