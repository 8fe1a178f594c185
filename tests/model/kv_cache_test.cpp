#include "model/kv_cache.h"

#include "core/error.h"
#include "core/random.h"
#include "model/decoder.h"
#include "model/small_config.h"

namespace moru::model {
namespace {

using tensor::DType;
using tensor::Tensor;

const tensor::HeadLayout kLayout{2, 1, 4};  // rows of 16: queries 8, keys 4, values 4

/// Row i holds 100 * first + i in each element, values negative.
Tensor rows(int count, int first) {
  Tensor t(DType::f32, {count, kLayout.width()});
  for (int i = 0; i < count; ++i)
    for (int j = 0; j < 16; ++j) t.data<float>()[i * 16 + j] = (j < 12 ? 1.0F : -1.0F) * static_cast<float>(first + i);
  return t;
}

float key_of(const tensor::KeySpan& span, int64_t row) {
  return static_cast<const float*>(span.keys)[row * span.stride];
}
float value_of(const tensor::KeySpan& span, int64_t row) {
  return static_cast<const float*>(span.values)[row * span.stride];
}

TEST(KvCache, RowsGoBehindThoseThatTheSlotHolds) {
  LayeredKvCache cache(std::vector<int>{0, 0}, 3, 8, 4, DType::f32);
  EXPECT_EQ(cache.slots(), 3U);
  EXPECT_EQ(cache.context(), 8U);
  const std::vector<int32_t> starts = {0, 2, 5}, slots = {2, 0};
  for (size_t layer = 0; layer < 2; ++layer) {
    const auto spans = cache.append(layer, rows(5, 10), starts, slots, kLayout);
    ASSERT_EQ(spans.size(), 2U);
    EXPECT_EQ(spans[0].count, 2);
    EXPECT_EQ(spans[1].count, 3);
    EXPECT_EQ(key_of(spans[0], 1), 11.0F);
    EXPECT_EQ(key_of(spans[1], 0), 12.0F);
    EXPECT_EQ(value_of(spans[1], 2), -14.0F);
    EXPECT_EQ(cache.length(2), 0U) << "lengths stay until advance()";
  }
  cache.advance(starts, slots);
  EXPECT_EQ(cache.length(0), 3U);
  EXPECT_EQ(cache.length(1), 0U);
  EXPECT_EQ(cache.length(2), 2U);

  const std::vector<int32_t> one = {0, 1}, third = {2};
  const auto spans = cache.append(1, rows(1, 50), one, third, kLayout);
  EXPECT_EQ(spans[0].count, 3);
  EXPECT_EQ(key_of(spans[0], 0), 10.0F) << "another slot's rows did not touch this one";
  EXPECT_EQ(key_of(spans[0], 2), 50.0F);
}

TEST(KvCache, TruncatedItGoesOnFromThere) {
  LayeredKvCache cache(std::vector<int>{0}, 1, 8, 4, DType::f32);
  const std::vector<int32_t> starts = {0, 6}, one = {0, 1}, slots = {0};
  cache.append(0, rows(6, 1), starts, slots, kLayout);
  cache.advance(starts, slots);
  cache.truncate(0, 100);
  EXPECT_EQ(cache.length(0), 6U) << "nothing to forget";
  cache.truncate(0, 3);
  EXPECT_EQ(cache.length(0), 3U);
  const auto spans = cache.append(0, rows(1, 70), one, slots, kLayout);
  EXPECT_EQ(spans[0].count, 4);
  EXPECT_EQ(key_of(spans[0], 2), 3.0F);
  EXPECT_EQ(key_of(spans[0], 3), 70.0F);
}

TEST(KvCache, ATokenPastTheContextIsAnErrorAndChangesNothing) {
  LayeredKvCache cache(std::vector<int>{0}, 2, 4, 4, DType::f32);
  const std::vector<int32_t> four = {0, 4}, one = {0, 1}, slots = {0}, other = {1};
  cache.append(0, rows(4, 1), four, slots, kLayout);
  cache.advance(four, slots);
  EXPECT_THROW(cache.append(0, rows(1, 90), one, slots, kLayout), Error);
  EXPECT_EQ(cache.length(0), 4U);
  const auto spans = cache.append(0, rows(1, 5), one, other, kLayout);
  EXPECT_EQ(key_of(spans[0], 0), 5.0F) << "the slot behind was not written";
  EXPECT_THROW(cache.length(2), std::out_of_range);
}

TEST(KvCache, ASlidingLayerHoldsNoMoreThanItsWindowCanReach) {
  const LayeredKvCache cache(std::vector<int>{0, 128, 4096}, 2, 100'000, 4, DType::f32);
  EXPECT_EQ(LayeredKvCache::window_rows(128, 100'000), 255U);
  EXPECT_EQ(LayeredKvCache::window_rows(128, 200), 200U) << "no more than the context";
  EXPECT_EQ(cache.bytes(), 2U * 2 * (100'000 + 255 + 8191) * 4 * 4);
}

TEST(KvCache, ASlidingLayerGivesTheRowsOfItsWindowWhateverTheChunks) {
  // Chunks of all lengths, some longer than the layer has room for, and steps back in between.
  for (const int window : {1, 2, 7, 40}) {
    LayeredKvCache cache(std::vector<int>{window, 0}, 2, 2000, 4, DType::f32);
    const auto reach = static_cast<size_t>(window) - 1;
    Random random(static_cast<uint64_t>(window));
    size_t length = 0;
    while (length < 1500) {
      const auto count = static_cast<size_t>(random.below(4) == 0 ? 1 + random.below(150) : 1 + random.below(5));
      const std::vector<int32_t> starts = {0, static_cast<int32_t>(count)}, slots = {1};
      const Tensor qkv = rows(static_cast<int>(count), static_cast<int>(length));
      const auto spans = cache.append(0, qkv, starts, slots, kLayout);
      const size_t before = std::min(length, reach);
      ASSERT_EQ(static_cast<size_t>(spans[0].count), before + count);
      for (size_t i = 0; i < before + count; ++i) {
        ASSERT_EQ(key_of(spans[0], static_cast<int64_t>(i)), static_cast<float>(length - before + i)) << window;
        ASSERT_EQ(value_of(spans[0], static_cast<int64_t>(i)), -static_cast<float>(length - before + i));
      }
      cache.append(1, qkv, starts, slots, kLayout);
      cache.advance(starts, slots);
      length += count;
      if (count <= static_cast<size_t>(window) && random.below(3) == 0) {
        length -= random.below(count + 1);
        cache.truncate(1, length);
      }
      ASSERT_EQ(cache.length(1), length);
    }
    EXPECT_EQ(cache.length(0), 0U);
    cache.truncate(1, 0);
    const std::vector<int32_t> one = {0, 1}, slots = {1};
    EXPECT_EQ(cache.append(0, rows(1, 9), one, slots, kLayout)[0].count, 1) << "begun anew";
  }
}

TEST(KvCache, GoingBackToWhatASlidingLayerForgotIsAnErrorAndChangesNothing) {
  LayeredKvCache cache(std::vector<int>{8}, 1, 1000, 4, DType::f32);
  const std::vector<int32_t> starts = {0, 300}, slots = {0};
  cache.append(0, rows(300, 0), starts, slots, kLayout);
  cache.advance(starts, slots);
  EXPECT_THROW(cache.truncate(0, 100), Error);
  EXPECT_EQ(cache.length(0), 300U);
  cache.truncate(0, 290);
  EXPECT_EQ(cache.length(0), 290U);
  cache.truncate(0, 0);
  EXPECT_EQ(cache.length(0), 0U);
}

TEST(KvCache, SlotsAreIndependentInTheModel) {
  const ModelConfig config = small_config();
  DecoderModel model(config, DType::f32);
  model.initialise(7);
  Random random(1);
  std::vector<int32_t> a, b;
  for (int i = 0; i < 24; ++i) {
    a.push_back(static_cast<int32_t>(random.below(61)));
    b.push_back(static_cast<int32_t>(random.below(61)));
  }
  // Each token of both sequences in turn, in one batch of two rows; against each sequence by itself in one piece.
  const auto cache = model.make_cache(2, 64);
  std::vector<float> together(2 * 61);
  for (int32_t i = 0; i < 24; ++i) {
    const std::vector<int32_t> tokens = {a[static_cast<size_t>(i)], b[static_cast<size_t>(i)]}, positions = {i, i},
                               starts = {0, 1, 2}, slots = {1, 0};
    model.logits({tokens, positions, starts, cache.get(), slots}, std::vector<int32_t>{0, 1}, together);
  }
  EXPECT_EQ(cache->length(0), 24U);
  std::vector<int32_t> positions(24);
  for (int i = 0; i < 24; ++i) positions[static_cast<size_t>(i)] = i;
  const std::vector<int32_t> starts = {0, 24};
  std::vector<float> alone(61);
  for (const bool second : {false, true}) {
    model.logits({second ? b : a, positions, starts, nullptr, {}}, std::vector<int32_t>{23}, alone);
    for (size_t i = 0; i < 61; ++i) ASSERT_NEAR(alone[i], together[(second ? 61 : 0) + i], 1e-4) << second;
  }
}

TEST(KvCache, TheModelsContextIsNoLongerThanItsPositions) {
  DecoderModel model(small_config(), DType::f32);
  EXPECT_EQ(model.make_cache(1, 1 << 20)->context(), 128U);
  EXPECT_EQ(model.make_cache(1, 16)->context(), 16U);
}

}  // namespace
}  // namespace moru::model
