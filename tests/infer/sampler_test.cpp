#include "infer/sampler.h"

#include <cmath>
#include <limits>

#include "core/error.h"

namespace moru::infer {
namespace {

TEST(Sampler, GreedyTakesTheMostLikelyAndTheLowerOfEquals) {
  Sampler sampler(0, 1, 1);
  EXPECT_EQ(sampler.sample(std::vector<float>{0.5F, 2.0F, 2.0F, -1.0F}), 1);
  Sampler no_nucleus(1, 0, 1);
  EXPECT_EQ(no_nucleus.sample(std::vector<float>{0.5F, 2.0F, 3.0F}), 2);
}

TEST(Sampler, DrawsByTheSoftmaxOfTheLogitsOverTheTemperature) {
  const std::vector<float> logits = {std::log(1.0F), std::log(2.0F), std::log(4.0F)};
  for (const double temperature : {1.0, 0.5}) {
    Sampler sampler(temperature, 1, 42);
    std::array<int, 3> counts{};
    constexpr int kDraws = 20000;
    for (int i = 0; i < kDraws; ++i) ++counts[sampler.sample(logits)];
    const double power = 1 / temperature;
    const double total = 1 + std::pow(2, power) + std::pow(4, power);
    for (size_t i = 0; i < 3; ++i) {
      const double p = std::pow(static_cast<double>(1 << i), power) / total;
      // Four standard deviations.
      EXPECT_NEAR(counts[i], kDraws * p, 4 * std::sqrt(kDraws * p * (1 - p))) << i;
    }
  }
}

TEST(Sampler, TheNucleusIsTheFewestTokensThatHoldTheMass) {
  // Probabilities 0.1, 0.4, 0.2, 0.3: top_p 0.65 keeps tokens 1 and 3, in their proportion.
  const std::vector<float> logits = {std::log(0.1F), std::log(0.4F), std::log(0.2F), std::log(0.3F)};
  Sampler sampler(1, 0.65, 7);
  std::array<int, 4> counts{};
  for (int i = 0; i < 7000; ++i) ++counts[sampler.sample(logits)];
  EXPECT_EQ(counts[0], 0);
  EXPECT_EQ(counts[2], 0);
  EXPECT_NEAR(counts[1], 4000, 200);
  // A nucleus smaller than the first token holds that token alone.
  Sampler narrow(1, 0.01, 7);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(narrow.sample(logits), 1);
}

TEST(Sampler, TheSameSeedDrawsTheSame) {
  const std::vector<float> logits(100, 0.0F);
  Sampler a(1, 0.9, 5), b(1, 0.9, 5), c(1, 0.9, 6);
  std::vector<text::Token> from_a, from_b, from_c;
  for (int i = 0; i < 20; ++i) {
    from_a.push_back(a.sample(logits));
    from_b.push_back(b.sample(logits));
    from_c.push_back(c.sample(logits));
  }
  EXPECT_EQ(from_a, from_b);
  EXPECT_NE(from_a, from_c);
}

TEST(Sampler, NotANumberIsNeverChosenAndAloneIsAnError) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  Sampler greedy(0, 1, 1), warm(1, 1, 1), nucleus(1, 0.9, 1);
  const std::vector<float> some = {nan, 1.0F, nan};
  EXPECT_EQ(greedy.sample(some), 1);
  EXPECT_EQ(warm.sample(some), 1);
  EXPECT_EQ(nucleus.sample(some), 1);
  EXPECT_THROW(greedy.sample(std::vector<float>{nan, nan}), Error);
}

TEST(Sampler, ExtremeLogitsAndTemperaturesDoNotOverflow) {
  const std::vector<float> logits = {-1e30F, 3e38F, 1e30F};
  for (const double temperature : {1e-6, 1.0, 100.0}) {
    Sampler sampler(temperature, 0.99, 3);
    EXPECT_EQ(sampler.sample(logits), 1);
  }
}

}  // namespace
}  // namespace moru::infer
