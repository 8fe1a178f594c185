#include "evaluate/perplexity.h"

#include <cmath>
#include <numbers>
#include <numeric>

#include "core/error.h"
#include "core/random.h"
#include "infer/tiny_model.h"

namespace moru::evaluate {
namespace {

/// -log(probability) of tokens [first, end) of a sequence, each read with all before it, in double.
double plain_nats(const model::Model& model, std::span<const int32_t> tokens, size_t first) {
  const auto vocabulary = static_cast<size_t>(model.config().vocabulary);
  std::vector<int32_t> rows(tokens.size());
  std::iota(rows.begin(), rows.end(), 0);
  const std::vector<int32_t> starts = {0, static_cast<int32_t>(tokens.size())};
  std::vector<float> logits(tokens.size() * vocabulary);
  model.logits({tokens, rows, starts, nullptr, {}}, rows, logits);
  double sum = 0;
  for (size_t t = first; t < tokens.size(); ++t) {
    const float* row = logits.data() + (t - 1) * vocabulary;
    double all = 0;
    for (size_t v = 0; v < vocabulary; ++v) all += std::exp(static_cast<double>(row[v]));
    sum += std::log(all) - static_cast<double>(row[static_cast<size_t>(tokens[t])]);
  }
  return sum;
}

std::string long_text() {
  std::string text;
  for (int i = 0; i < 12; ++i)
    text += "What is a table? 표를 만들려면 삽입을 선택하십시오. Choose Insert " + std::to_string(i * 7) + ". ";
  return text;
}

TEST(Perplexity, OfAShortTextIsThatOfOnePass) {
  const infer::TinyModel tiny = infer::tiny_model();
  const std::vector<std::string> texts = {"A table holds cells. 모루는 문서를 모델로 만듭니다.", "Choose Insert.", ""};
  double nats = 0;
  uint64_t tokens = 0, bytes = 0;
  for (const std::string& text : texts) {
    const auto ids = tiny.tokenizer.encode(text);
    if (ids.empty()) continue;
    nats += plain_nats(*tiny.model, ids, 1);
    tokens += ids.size() - 1;
    bytes += text.size() - tiny.tokenizer.bytes(ids[0]).size();
  }
  SilentProgress silent;
  const Perplexity p = perplexity(*tiny.model, tiny.tokenizer, texts, {.context = 256, .stride = 128}, silent);
  EXPECT_EQ(p.texts, 2U);
  EXPECT_EQ(p.tokens, tokens);
  EXPECT_EQ(p.bytes, bytes);
  EXPECT_EQ(p.blocks, 2U);
  EXPECT_NEAR(p.nats_per_token, nats / static_cast<double>(tokens), 2e-2);  // bf16, in other chunks
  EXPECT_DOUBLE_EQ(p.perplexity, std::exp(p.nats_per_token));
  EXPECT_NEAR(p.bits_per_byte,
              p.nats_per_token * static_cast<double>(tokens) / std::numbers::ln2 / static_cast<double>(bytes), 1e-9);
}

TEST(Perplexity, EveryTokenButTheFirstIsScoredOnceWithTheContextPromised) {
  const infer::TinyModel tiny = infer::tiny_model();
  const auto ids = tiny.tokenizer.encode(long_text());
  ASSERT_GT(ids.size(), 120U);
  const size_t context = 48, stride = 20;
  double nats = 0;
  size_t scored = 1, windows = 0;
  for (size_t begin = 0; scored < ids.size(); begin += stride, ++windows) {
    const size_t end = std::min(begin + context, ids.size());
    if (begin > 0) {
      EXPECT_GE(scored - begin, context - stride);
    }
    nats += plain_nats(*tiny.model, std::span(ids).subspan(begin, end - begin), scored - begin);
    scored = end;
  }
  SilentProgress silent;
  const std::vector<std::string> texts = {long_text()};
  const Perplexity p = perplexity(*tiny.model, tiny.tokenizer, texts, {context, stride}, silent);
  EXPECT_EQ(p.tokens, ids.size() - 1);
  EXPECT_EQ(p.blocks, windows);
  EXPECT_NEAR(p.nats_per_token * static_cast<double>(p.tokens), nats, 5e-3 * nats);
  EXPECT_EQ(perplexity(*tiny.model, tiny.tokenizer, texts, {context, stride}, silent).perplexity, p.perplexity);
  EXPECT_NE(perplexity_text(p).find("28 to 47 tokens"), std::string::npos) << perplexity_text(p);
}

TEST(Perplexity, TheMeanIsWeightedByTokensAndItsIntervalByBlocks) {
  std::vector<ScoredBlock> blocks = {{300, 100, 400}, {20, 10, 50}};
  const Perplexity p = summarise(blocks);
  EXPECT_DOUBLE_EQ(p.nats_per_token, 320.0 / 110);
  EXPECT_DOUBLE_EQ(p.bits_per_byte, 320.0 / std::numbers::ln2 / 450);
  ASSERT_TRUE(p.perplexity_interval);
  EXPECT_DOUBLE_EQ(p.perplexity_interval->low, std::exp(2.0))
      << "both draws the second block in a quarter of the draws";
  EXPECT_DOUBLE_EQ(p.perplexity_interval->high, std::exp(3.0));

  // As many blocks of known spread as make the interval that of the normal approximation.
  blocks.clear();
  Random random(3);
  for (int i = 0; i < 400; ++i) blocks.push_back({100 * (3 + 0.5 * random.normal()), 100, 450});
  const Perplexity q = summarise(blocks);
  const double half = 1.96 * 0.5 / std::sqrt(400.0);
  EXPECT_NEAR(std::log(q.perplexity_interval->low), q.nats_per_token - half, 0.15 * half);
  EXPECT_NEAR(std::log(q.perplexity_interval->high), q.nats_per_token + half, 0.15 * half);

  EXPECT_FALSE(summarise(std::vector<ScoredBlock>{{300, 100, 400}}).perplexity_interval);
}

TEST(Perplexity, WhatCannotBeMeasuredIsSaid) {
  const infer::TinyModel tiny = infer::tiny_model();
  SilentProgress silent;
  const auto measure = [&](std::vector<std::string> texts, PerplexityOptions options) {
    return perplexity(*tiny.model, tiny.tokenizer, texts, options, silent);
  };
  EXPECT_THROW(measure({}, {64, 32}), Error);
  EXPECT_THROW(measure({"", "a"}, {64, 32}), Error);
  EXPECT_THROW(measure({long_text()}, {257, 32}), Error) << "more than the model's 256 positions";
  EXPECT_THROW(measure({long_text()}, {64, 64}), Error) << "a token between two windows would not be scored";
  EXPECT_THROW(measure({long_text()}, {1, 1}), Error);
  EXPECT_THROW(measure({long_text()}, {64, 0}), Error);
}

/// Its logits are those of another model, but for one that is no number.
class BrokenModel final : public model::Model {
 public:
  BrokenModel(const model::Model& model, float bad) : model_(model), bad_(bad) {}
  const model::ModelConfig& config() const override { return model_.config(); }
  std::unique_ptr<model::KvCache> make_cache(size_t sequences, size_t context) const override {
    return model_.make_cache(sequences, context);
  }
  void logits(const model::Batch& batch, std::span<const int32_t> rows, std::span<float> logits) const override {
    model_.logits(batch, rows, logits);
    if (!logits.empty()) logits.back() = bad_;
  }
  uint64_t weight_bytes() const override { return model_.weight_bytes(); }

 private:
  const model::Model& model_;
  float bad_;
};

TEST(Perplexity, LogitsThatAreNoNumbersGiveNoFigure) {
  const infer::TinyModel tiny = infer::tiny_model();
  const std::vector<std::string> texts = {long_text()};
  SilentProgress silent;
  for (const float bad : {NAN, INFINITY}) {
    const BrokenModel broken(*tiny.model, bad);
    EXPECT_THROW(perplexity(broken, tiny.tokenizer, texts, {64, 32}, silent), Error) << bad;
  }
}

}  // namespace
}  // namespace moru::evaluate
