#include "optimize/compare.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "core/random.h"
#include "optimize/resample.h"

namespace moru::optimize {
namespace {

/// Answers given logits, token by token: those of `step` tokens on are `other`.
class TableModel final : public model::Model {
 public:
  explicit TableModel(std::vector<std::vector<float>> by_token) : table_(std::move(by_token)) {
    config_.vocabulary = static_cast<int>(table_[0].size());
  }
  const model::ModelConfig& config() const override { return config_; }
  std::unique_ptr<model::KvCache> make_cache(size_t, size_t) const override { return nullptr; }
  void logits(const model::Batch& batch, std::span<const int32_t> rows, std::span<float> logits) const override {
    auto out = logits.begin();
    for (const int32_t r : rows)
      out = std::ranges::copy(table_[static_cast<size_t>(batch.tokens[static_cast<size_t>(r)])], out).out;
  }
  uint64_t weight_bytes() const override { return 0; }

 private:
  std::vector<std::vector<float>> table_;
  model::ModelConfig config_;
};

TEST(Compare, TheFiguresAreThoseOfTheDefinitions) {
  // After 0 the models are far apart, after 1 they agree.
  const TableModel p({{std::log(0.9F), std::log(0.1F)}, {0, 0}}), q({{std::log(0.4F), std::log(0.6F)}, {2, 2}});
  const Sequences text = {{0, 0, 1}, {1, 1}, {1}};
  SilentProgress silent;
  const Comparison c = compare(p, q, text, silent);
  EXPECT_EQ(c.sequences, 3U);
  EXPECT_EQ(c.tokens, 6U);
  EXPECT_EQ(c.predicted, 3U);
  const double kl = 0.9 * std::log(0.9 / 0.4) + 0.1 * std::log(0.1 / 0.6);
  EXPECT_NEAR(c.mean_kl.value, 2 * kl / 6, 1e-6);
  EXPECT_NEAR(c.p99_kl.value, kl, 1e-6);
  EXPECT_NEAR(c.same_top.value, 4.0 / 6, 1e-9);
  EXPECT_NEAR(c.original_perplexity.value, std::exp(-(std::log(0.9) + std::log(0.1) + std::log(0.5)) / 3), 1e-5);
  EXPECT_NEAR(c.perplexity.value, std::exp(-(std::log(0.4) + std::log(0.6) + std::log(0.5)) / 3), 1e-5);
  EXPECT_LE(c.perplexity_ratio.low, c.perplexity_ratio.value);
  EXPECT_GE(c.perplexity_ratio.high, c.perplexity_ratio.value);
}

TEST(Compare, AModelWhoseLogitsAreNoNumbersIsNotCompared) {
  const TableModel good({{0.5F, 1}, {0, 0}});
  SilentProgress silent;
  for (const float bad : {NAN, INFINITY, -INFINITY}) {
    const TableModel broken({{0.5F, bad}, {0, 0}}), all_bad({{bad, bad}, {bad, bad}});
    EXPECT_THROW(compare(good, broken, {{0, 0, 1}, {1, 1}}, silent), Error) << bad;
    EXPECT_THROW(compare(broken, good, {{0, 0, 1}, {1, 1}}, silent), Error) << bad;
    EXPECT_THROW(compare(all_bad, all_bad, {{0, 0, 1}, {1, 1}}, silent), Error) << bad;
  }
}

TEST(Compare, TheIntervalOfAMeanIsTheOneThatTheoryGives) {
  Random random(5);
  std::vector<double> x(400);
  double mean = 0, square = 0;
  for (double& v : x) {
    v = 3 + random.normal();
    mean += v / 400;
  }
  for (const double v : x) square += (v - mean) * (v - mean) / 399;
  const Estimate e = bootstrap(x.size(), [&](Draw draw) {
    double sum = 0;
    for (size_t i = 0; i < x.size(); ++i) sum += draw[i] * x[i];
    return sum / 400;
  });
  EXPECT_NEAR(e.value, mean, 1e-9);
  const double half = 1.96 * std::sqrt(square / 400);
  EXPECT_NEAR(e.low, mean - half, 0.15 * half);
  EXPECT_NEAR(e.high, mean + half, 0.15 * half);
}

TEST(Compare, ThePairedTestTellsADifferenceFromNone) {
  Random random(6);
  std::vector<double> none(100), some(100);
  for (size_t i = 0; i < 100; ++i) {
    none[i] = random.normal();
    some[i] = 0.5 + random.normal();
  }
  EXPECT_GT(sign_flip_p_value(none), 0.05);
  EXPECT_LT(sign_flip_p_value(some), 0.001);
  EXPECT_EQ(sign_flip_p_value(std::vector<double>(10)), 1.0);
  EXPECT_NEAR(sign_flip_p_value(std::vector<double>{1, 1, 1}), 0.25, 0.02) << "2 of 8 choices of signs";
}

TEST(Compare, AVerdictNeedsTheWholeInterval) {
  Comparison c;
  c.sequences = 100;
  c.predicted = 5000;
  c.perplexity_ratio = {1.004, 1.001, 1.008};
  EXPECT_EQ(judge(c, 0), Verdict::none);
  EXPECT_EQ(judge(c, 0.01), Verdict::as_good);
  EXPECT_EQ(judge(c, 0.005), Verdict::undecided) << "the figure itself is under the margin, the interval is not";
  EXPECT_EQ(judge(c, 0.0005), Verdict::worse);
  c.mean_kl = {0.15, 0.14, 0.16};
  EXPECT_EQ(judge(c, 0.01), Verdict::worse) << "the text is predicted as well, but much has changed";
  c.mean_kl = {0.009, 0.008, 0.011};
  EXPECT_EQ(judge(c, 0.01), Verdict::undecided);
  c.mean_kl = {};
  c.sequences = 20;
  EXPECT_EQ(judge(c, 0.01), Verdict::too_little);
  c.sequences = 100;
  c.predicted = 1500;
  EXPECT_EQ(judge(c, 0.01), Verdict::too_little);
}

}  // namespace
}  // namespace moru::optimize
