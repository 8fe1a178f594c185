#include "tensor/attention.h"

#include <cmath>

#include "tensor/every_target.h"

namespace moru::tensor {
namespace {

/// Query i of a sequence with `queries` of `keys` rows sees key j.
bool sees(int64_t i, int64_t j, int64_t queries, int64_t keys, int window) {
  const int64_t position = i + keys - queries;
  return j <= position && (window == 0 || j > position - window);
}

struct Plain {
  std::vector<double> out;
  double log_sum = 0;
};

/// One query of one head, in double. key(j, x), value(j, x): element x of row j of its key head.
template <class Query, class Key, class Value>
Plain plain_attention(int64_t i, int64_t queries, int64_t keys, int window, int d, Query query, Key key, Value value) {
  std::vector<double> scores;
  std::vector<int64_t> seen;
  for (int64_t j = 0; j < keys; ++j) {
    if (!sees(i, j, queries, keys, window)) continue;
    double dot = 0;
    for (int x = 0; x < d; ++x) dot += static_cast<double>(query(x)) * key(j, x);
    scores.push_back(dot / std::sqrt(static_cast<double>(d)));
    seen.push_back(j);
  }
  double sum = 0;
  for (const double s : scores) sum += std::exp(s);
  Plain result{std::vector<double>(static_cast<size_t>(d)), std::log(sum)};
  for (size_t n = 0; n < seen.size(); ++n)
    for (int x = 0; x < d; ++x) result.out[static_cast<size_t>(x)] += std::exp(scores[n]) / sum * value(seen[n], x);
  return result;
}

class AttentionTest : public EveryTarget {};

TEST_P(AttentionTest, RaggedSequencesWindowsAndGroupedHeads) {
  const std::vector<int32_t> starts = {0, 1, 1, 34, 100, 103};
  for (const DType type : {DType::f32, DType::bf16}) {
    for (const auto& [heads, kv_heads, head_dim] : {std::tuple{4, 2, 16}, {3, 3, 10}, {6, 1, 64}}) {
      for (const int window : {0, 1, 5, 17, 64, 1000}) {
        const HeadLayout layout{heads, kv_heads, head_dim};
        const AttentionSettings settings{layout, window};
        const Tensor qkv = random_of(type, {103, layout.width()}, 1, 1.5), out(type, {103, int64_t{heads} * head_dim}),
                     log_sums(DType::f32, {103, heads});
        attention(qkv, starts, own_keys(qkv, starts, layout), settings, out, log_sums);
        for (size_t s = 0; s + 1 < starts.size(); ++s) {
          const int64_t first = starts[s], count = starts[s + 1] - first;
          for (int64_t i = 0; i < count; i += 3) {
            for (int h = 0; h < heads; ++h) {
              const int kv = h / (heads / kv_heads);
              const auto at = [&](int64_t row, int head, int x) {
                return element(qkv, (first + row) * layout.width() + int64_t{head} * head_dim + x);
              };
              const Plain plain = plain_attention(
                  i, count, count, window, head_dim, [&](int x) { return at(i, h, x); },
                  [&](int64_t j, int x) { return at(j, heads + kv, x); },
                  [&](int64_t j, int x) { return at(j, heads + kv_heads + kv, x); });
              ASSERT_NEAR(element(log_sums, (first + i) * heads + h), plain.log_sum, 1e-4);
              for (int x = 0; x < head_dim; ++x)
                ASSERT_NEAR(element(out, ((first + i) * heads + h) * head_dim + x), plain.out[static_cast<size_t>(x)],
                            rounding(type) * 4)
                    << "window " << window << ", sequence " << s << ", row " << i;
            }
          }
        }
      }
    }
  }
}

TEST_P(AttentionTest, KeysInACache) {
  // Decoding (one query), a chunk of prefill behind other keys, and a first chunk; keys lie elsewhere with their own
  // stride.
  const HeadLayout layout{4, 2, 16};
  const std::vector<int32_t> starts = {0, 1, 38, 43};
  const std::vector<int64_t> counts = {70, 90, 5};
  for (const DType type : {DType::f32, DType::bf16}) {
    for (const int window : {0, 1, 8, 33, 128}) {
      const AttentionSettings settings{layout, window};
      const Tensor qkv = random_of(type, {43, layout.width()}, 1, 1.5), out(type, {43, 64});
      std::vector<Tensor> keys, values;
      std::vector<KeySpan> spans;
      for (size_t s = 0; s < 3; ++s) {
        keys.push_back(random_of(type, {counts[s], 40}, 10 + s));
        values.push_back(random_of(type, {counts[s], 40}, 20 + s));
        spans.push_back({keys[s].raw(), values[s].raw(), 40, counts[s]});
      }
      attention(qkv, starts, spans, settings, out, Tensor());
      for (size_t s = 0; s < 3; ++s) {
        const int64_t first = starts[s], count = starts[s + 1] - first;
        for (int64_t i = 0; i < count; ++i) {
          for (int h = 0; h < 4; ++h) {
            const Plain plain = plain_attention(
                i, count, counts[s], window, 16,
                [&](int x) { return element(qkv, (first + i) * layout.width() + int64_t{h} * 16 + x); },
                [&](int64_t j, int x) { return element(keys[s], j * 40 + int64_t{h / 2} * 16 + x); },
                [&](int64_t j, int x) { return element(values[s], j * 40 + int64_t{h / 2} * 16 + x); });
            for (int x = 0; x < 16; ++x)
              ASSERT_NEAR(element(out, ((first + i) * 4 + h) * 16 + x), plain.out[static_cast<size_t>(x)],
                          rounding(type) * 4)
                  << "window " << window << ", sequence " << s << ", row " << i;
          }
        }
      }
    }
  }
}

TEST_P(AttentionTest, ALongSequenceIsSharedOutInParts) {
  constexpr int kRows = 1030, kCut = 600;
  const HeadLayout layout{2, 1, 16};
  const std::vector<int32_t> starts = {0, kRows}, rest = {0, kRows - kCut};
  for (const DType type : {DType::f32, DType::bf16}) {
    for (const int window : {0, 100}) {
      const AttentionSettings settings{layout, window};
      const Tensor qkv = random_of(type, {kRows, layout.width()}, 1, 1.5), out(type, {kRows, 32});
      const std::vector<KeySpan> keys = own_keys(qkv, starts, layout);
      attention(qkv, starts, keys, settings, out, Tensor());
      const auto at = [&](int64_t row, int head, int x) { return element(qkv, row * 64 + int64_t{head} * 16 + x); };
      for (const int64_t i : {0, 99, 511, 512, 1029})
        for (int h = 0; h < 2; ++h) {
          const Plain plain = plain_attention(
              i, kRows, kRows, window, 16, [&](int x) { return at(i, h, x); },
              [&](int64_t j, int x) { return at(j, 2, x); }, [&](int64_t j, int x) { return at(j, 3, x); });
          for (int x = 0; x < 16; ++x)
            ASSERT_NEAR(element(out, (i * 2 + h) * 16 + x), plain.out[static_cast<size_t>(x)], rounding(type) * 4)
                << "window " << window << ", row " << i;
        }
      // Cut anywhere, each query gets the same bits.
      const Tensor chunk(type, {kRows - kCut, 32});
      attention(qkv.slice(kCut, kRows), rest, keys, settings, chunk, Tensor());
      EXPECT_EQ(std::memcmp(chunk.raw(), out.slice(kCut, kRows).raw(), chunk.bytes()), 0) << "window " << window;
    }
  }
}

TEST_P(AttentionTest, LargeScoresDoNotOverflow) {
  const HeadLayout layout{1, 1, 16};
  const std::vector<int32_t> starts = {0, 40};
  const Tensor qkv = random_of(DType::f32, {40, 48}, 3, 300.0), out(DType::f32, {40, 16});
  attention(qkv, starts, own_keys(qkv, starts, layout), {layout, 0}, out, Tensor());
  for (const float x : elements(out)) ASSERT_TRUE(std::isfinite(x));
}

TEST_P(AttentionTest, TheWayBackIsThatOfPlainCode) {
  const HeadLayout layout{4, 2, 12};
  const std::vector<int32_t> starts = {0, 1, 38, 90};
  for (const DType type : {DType::f32, DType::bf16}) {
    for (const int window : {0, 9}) {
      expect_as_scalar(
          [&] {
            const Tensor qkv = random_of(type, {90, layout.width()}, 1), out(type, {90, 48}), sums(DType::f32, {90, 4}),
                         dout = random_of(type, {90, 48}, 2), dqkv = Tensor::empty_like(qkv);
            attention(qkv, starts, own_keys(qkv, starts, layout), {layout, window}, out, sums);
            attention_backward(qkv, starts, {layout, window}, out, sums, dout, dqkv);
            return elements(dqkv);
          },
          type == DType::f32 ? 1e-4F : 2e-2F);
    }
  }
}

TEST_P(AttentionTest, TheWayBackOfALongSequence) {
  // Longer than what any kernel takes at once, in both directions.
  const HeadLayout layout{3, 1, 64};
  const std::vector<int32_t> starts = {0, 301};
  for (const int window : {0, 70}) {
    expect_as_scalar(
        [&] {
          const Tensor qkv = random_of(DType::bf16, {301, layout.width()}, 1), out(DType::bf16, {301, 192}),
                       sums(DType::f32, {301, 3}), dout = random_of(DType::bf16, {301, 192}, 2),
                       dqkv = Tensor::empty_like(qkv);
          attention(qkv, starts, own_keys(qkv, starts, layout), {layout, window}, out, sums);
          attention_backward(qkv, starts, {layout, window}, out, sums, dout, dqkv);
          return elements(dqkv);
        },
        2e-2F);
  }
}
MORU_EVERY_TARGET(AttentionTest);

}  // namespace
}  // namespace moru::tensor
