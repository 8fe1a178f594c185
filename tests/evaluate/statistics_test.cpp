#include <cmath>
#include <numeric>

#include "core/random.h"
#include "evaluate/intervals.h"
#include "evaluate/paired_tests.h"
#include "evaluate/student_t.h"

namespace moru::evaluate {
namespace {

TEST(StudentT, QuantilesMatchThePrintedTable) {
  EXPECT_NEAR(student_t_quantile(0.975, 1), 12.7062, 5e-5);
  EXPECT_NEAR(student_t_quantile(0.975, 2), 4.3027, 5e-5);
  EXPECT_NEAR(student_t_quantile(0.975, 10), 2.2281, 5e-5);
  EXPECT_NEAR(student_t_quantile(0.8, 10), 0.8791, 5e-5);
  EXPECT_NEAR(student_t_quantile(0.975, 1000), 1.9623, 5e-5);
  EXPECT_NEAR(student_t_quantile(0.025, 10), -2.2281, 5e-5);
  EXPECT_NEAR(student_t_cdf(student_t_quantile(0.9, 7.5), 7.5), 0.9, 1e-10);
}

TEST(ClusteredMean, WithOneValueAClusterIsTheUsualStandardError) {
  const std::vector<double> values = {1, 2, 3, 4};
  const std::vector<uint32_t> clusters = {0, 1, 2, 3};
  const ClusteredMean mean = clustered_mean(values, clusters);
  EXPECT_DOUBLE_EQ(mean.mean, 2.5);
  EXPECT_NEAR(mean.standard_error, std::sqrt(5.0 / 3) / 2, 1e-12);
  EXPECT_EQ(mean.clusters, 4U);
}

TEST(ClusteredMean, AddsDeviationsWithinAClusterByHand) {
  // Mean 0.5. Deviations by cluster: 0.5 + 0.5 = 1, -0.5 - 0.5 = -1, 0.5 - 0.5 = 0. Squares 2; times 3/2; root; over 6.
  const std::vector<double> values = {1, 1, 0, 0, 1, 0};
  const std::vector<uint32_t> clusters = {0, 0, 1, 1, 2, 2};
  const ClusteredMean mean = clustered_mean(values, clusters);
  EXPECT_NEAR(mean.standard_error, std::sqrt(3.0) / 6, 1e-12);
  const Interval interval = difference_interval(mean);
  EXPECT_NEAR(interval.low, 0.5 - 4.30265 * std::sqrt(3.0) / 6, 1e-5);
  EXPECT_NEAR(interval.high, 1, 1e-12) << "cut to the scale";
}

TEST(ClusteredMean, OneClusterSaysNothing) {
  const std::vector<double> values = {0.2, 0.4};
  const std::vector<uint32_t> clusters = {0, 0};
  const ClusteredMean mean = clustered_mean(values, clusters);
  EXPECT_EQ(mean.clusters, 1U);
  EXPECT_EQ(score_interval(mean).low, 0);
  EXPECT_EQ(score_interval(mean).high, 1);
  EXPECT_EQ(share_interval(mean).high, 1);
  EXPECT_EQ(difference_interval(mean).low, -1);
  EXPECT_LT(smallest_detectable(mean), 0);
}

TEST(ClusterNumbers, AreGivenInOrderOfFirstSight) {
  const std::vector<std::string> names = {"b", "a", "b", "c"};
  EXPECT_EQ(cluster_numbers(names), (std::vector<uint32_t>{0, 1, 0, 2}));
}

TEST(ShareInterval, NothingRightIsNotCertainlyNothing) {
  const std::vector<double> values(20, 0.0);
  std::vector<uint32_t> clusters(20);
  std::iota(clusters.begin(), clusters.end(), 0U);
  const Interval none = share_interval(clustered_mean(values, clusters));
  EXPECT_EQ(none.low, 0);
  // Wilson at p = 0: t^2 / (n + t^2) with t = 2.0930 (19 degrees of freedom).
  EXPECT_NEAR(none.high, 2.0930 * 2.0930 / (20 + 2.0930 * 2.0930), 1e-4);
  EXPECT_EQ(score_interval(clustered_mean(values, clusters)).high, none.high);
  const std::vector<double> all(20, 1.0);
  const Interval every = share_interval(clustered_mean(all, clusters));
  EXPECT_EQ(every.high, 1);
  EXPECT_NEAR(every.low, 1 - none.high, 1e-12);
}

TEST(ShareInterval, LiesWithinZeroAndOneAndAroundTheShare) {
  std::vector<double> values(30, 0.0);
  values[0] = 1;
  std::vector<uint32_t> clusters(30);
  for (uint32_t i = 0; i < 30; ++i) clusters[i] = i / 2;
  const Interval interval = share_interval(clustered_mean(values, clusters));
  EXPECT_GT(interval.low, 0);
  EXPECT_LT(interval.low, 1.0 / 30);
  EXPECT_GT(interval.high, 1.0 / 30);
  EXPECT_LT(interval.high, 0.25);
}

struct Sample {
  std::vector<double> values;
  std::vector<uint32_t> clusters;
};

// Scores with a shared part by document: an intra-cluster correlation of one half, 1 to 6 questions a document.
Sample draw(Random& random, uint32_t documents, double centre) {
  Sample sample;
  for (uint32_t document = 0; document < documents; ++document) {
    const double shared = 0.1 * random.normal();
    const uint64_t questions = 1 + random.below(6);
    for (uint64_t i = 0; i < questions; ++i) {
      sample.values.push_back(centre + shared + 0.1 * random.normal());
      sample.clusters.push_back(document);
    }
  }
  return sample;
}

TEST(ScoreInterval, CoversTheTruthNineteenTimesInTwentyWhereTheNaiveOneDoesNot) {
  Random random(1);
  int covered = 0, naive = 0;
  constexpr int kRuns = 3000;
  for (int run = 0; run < kRuns; ++run) {
    const Sample sample = draw(random, 30, 0.5);
    const Interval interval = score_interval(clustered_mean(sample.values, sample.clusters));
    covered += interval.low <= 0.5 && 0.5 <= interval.high;
    std::vector<uint32_t> apart(sample.values.size());
    std::iota(apart.begin(), apart.end(), 0U);
    const Interval wrong = score_interval(clustered_mean(sample.values, apart));
    naive += wrong.low <= 0.5 && 0.5 <= wrong.high;
  }
  EXPECT_NEAR(covered / double{kRuns}, 0.95, 0.015);
  EXPECT_LT(naive / double{kRuns}, 0.85);
}

TEST(ShareInterval, CoversAClusteredShareThatIsRare) {
  Random random(2);
  int covered = 0;
  constexpr int kRuns = 2000;
  for (int run = 0; run < kRuns; ++run) {
    // One document in four has questions that are right 4 times in 10: a share of 0.1.
    std::vector<double> values;
    std::vector<uint32_t> clusters;
    for (uint32_t document = 0; document < 60; ++document) {
      const double rate = random.uniform() < 0.25 ? 0.4 : 0;
      for (int i = 0; i < 3; ++i) values.push_back(random.uniform() < rate ? 1 : 0), clusters.push_back(document);
    }
    const Interval interval = share_interval(clustered_mean(values, clusters));
    covered += interval.low <= 0.1 && 0.1 <= interval.high;
  }
  EXPECT_GE(covered / double{kRuns}, 0.93);
  EXPECT_LE(covered / double{kRuns}, 0.98);
}

TEST(SmallestDetectable, IsDetectedFourTimesInFive) {
  Random random(3);
  // Where the formula puts 80 % for such samples.
  double detectable = 0;
  constexpr int kRuns = 2000;
  for (int run = 0; run < kRuns; ++run) {
    const Sample sample = draw(random, 24, 0);
    detectable += smallest_detectable(clustered_mean(sample.values, sample.clusters)) / kRuns;
  }
  EXPECT_NEAR(detectable, 0.07, 0.01);
  int shown = 0;
  for (int run = 0; run < kRuns; ++run) {
    const Sample sample = draw(random, 24, detectable);
    shown += difference_interval(clustered_mean(sample.values, sample.clusters)).low > 0;
  }
  EXPECT_NEAR(shown / double{kRuns}, 0.8, 0.03);
}

TEST(SignFlip, CountsEveryFlipByHand) {
  // Sums 3, 2, 1: totals 6 4 2 0 0 -2 -4 -6; only two of eight reach 6.
  const std::vector<double> differences = {1.5, 1.5, 2, 1};
  const std::vector<uint32_t> clusters = {0, 0, 1, 2};
  EXPECT_DOUBLE_EQ(sign_flip_p_value(differences, clusters, 1), 2.0 / 8);
  // Sums 3, 2, -1: four of eight reach 4 in size.
  const std::vector<double> mixed = {3, 2, -1};
  EXPECT_DOUBLE_EQ(sign_flip_p_value(mixed, std::vector<uint32_t>{0, 1, 2}, 1), 4.0 / 8);
}

TEST(SignFlip, EqualSystemsDoNotDiffer) {
  EXPECT_EQ(sign_flip_p_value(std::vector<double>(50, 0.0), std::vector<uint32_t>(50, 0), 1), 1);
  // Differences that cancel within a document say nothing either.
  EXPECT_EQ(sign_flip_p_value(std::vector<double>{0.1, -0.1}, std::vector<uint32_t>{0, 0}, 1), 1);
}

TEST(SignFlip, IsSeededAndNeverZero) {
  Random random(4);
  std::vector<double> differences;
  std::vector<uint32_t> clusters;
  for (uint32_t i = 0; i < 200; ++i) differences.push_back(0.3 + 0.1 * random.normal()), clusters.push_back(i / 2);
  const double p = sign_flip_p_value(differences, clusters, 9);
  EXPECT_GT(p, 0);
  EXPECT_LT(p, 1e-4);
  EXPECT_EQ(p, sign_flip_p_value(differences, clusters, 9));
}

TEST(SignFlip, IsRightOneTimeInTwentyWhereNothingDiffers) {
  Random random(5);
  int rejected = 0;
  constexpr int kRuns = 2000;
  for (int run = 0; run < kRuns; ++run) {
    const Sample sample = draw(random, 12, 0);
    rejected += sign_flip_p_value(sample.values, sample.clusters, 1) < 0.05;
  }
  EXPECT_NEAR(rejected / double{kRuns}, 0.05, 0.015);
}

TEST(SignFlip, RandomFlipsAgreeWithAllOfThem) {
  Random random(6);
  const Sample sample = draw(random, 16, 0.05);
  const double all = sign_flip_p_value(sample.values, sample.clusters, 1);
  // A seventeenth document that hardly differs makes the flips random, and changes nothing else.
  std::vector<double> values = sample.values;
  std::vector<uint32_t> clusters = sample.clusters;
  values.push_back(1e-9);
  clusters.push_back(16);
  EXPECT_NEAR(sign_flip_p_value(values, clusters, 1), all, 0.015);
}

TEST(McNemar, CountsTheBinomialByHand) {
  EXPECT_DOUBLE_EQ(mcnemar_exact_p_value(0, 0), 1);
  EXPECT_DOUBLE_EQ(mcnemar_exact_p_value(4, 4), 1);
  EXPECT_NEAR(mcnemar_exact_p_value(5, 0), 2.0 / 32, 1e-12);
  EXPECT_NEAR(mcnemar_exact_p_value(1, 5), 2.0 * 7 / 64, 1e-12);
}

TEST(Holm, AdjustsByHand) {
  const std::vector<double> adjusted = holm_adjust(std::vector<double>{0.01, 0.04, 0.03, 0.005});
  const std::vector<double> expected = {0.03, 0.06, 0.06, 0.02};
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(adjusted[i], expected[i], 1e-12) << i;
  EXPECT_EQ(holm_adjust(std::vector<double>{0.6, 0.7})[1], 1);
  EXPECT_TRUE(holm_adjust({}).empty());
}

}  // namespace
}  // namespace moru::evaluate
