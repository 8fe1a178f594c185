// Training and measuring the classifier.
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "core/error.h"
#include "core/language.h"
#include "core/random.h"
#include "curate/classifier.h"
#include "curate/clopper_pearson.h"

namespace moru::curate {
namespace {

// McMahan et al.'s alpha and beta; L1 keeps weights that a few examples alone would make at 0.
constexpr double kAlpha = 0.5;
constexpr double kBeta = 1;
constexpr double kL1 = 0.05;
constexpr double kL2 = 0.5;

/// One coordinate of FTRL-Proximal.
struct Coordinate {
  double z = 0, n = 0;

  double weight(double l1) const {
    if (std::abs(z) <= l1) return 0;
    return -(z - (z < 0 ? -l1 : l1)) / ((kBeta + std::sqrt(n)) / kAlpha + kL2);
  }
  void update(double gradient, double weight) {
    const double sigma = (std::sqrt(n + gradient * gradient) - std::sqrt(n)) / kAlpha;
    z += gradient - sigma * weight;
    n += gradient * gradient;
  }
};

}  // namespace

Classifier train_classifier(std::span<const TrainingExample> examples, const ClassifierOptions& options,
                            std::string provenance) {
  const auto good =
      static_cast<uint64_t>(std::ranges::count_if(examples, [](const TrainingExample& e) { return e.good; }));
  const uint64_t bad = examples.size() - good;
  if (good == 0 || bad == 0)
    throw Error("train-classifier",
                std::string(tr("one of the two folders gives no example", "두 폴더 가운데 하나에 예가 없습니다")),
                std::string(tr("put documents of both sorts into the folders; a hundred of each is a beginning",
                               "두 종류의 문서를 폴더에 넣으세요. 각각 백 건이면 시작할 수 있습니다")));
  const double total = static_cast<double>(examples.size()) / 2;
  const double class_weight[2] = {total / static_cast<double>(bad), total / static_cast<double>(good)};
  std::vector<Coordinate> coordinates(size_t{1} << options.bits);
  Coordinate bias;
  std::vector<size_t> order(examples.size());
  std::iota(order.begin(), order.end(), size_t{0});
  Random random(options.seed);
  std::vector<double> weights;
  for (int epoch = 0; epoch < options.epochs; ++epoch) {
    random.shuffle(std::span(order));
    for (const size_t index : order) {
      const TrainingExample& example = examples[index];
      weights.clear();
      const double bias_weight = bias.weight(0);
      double sum = bias_weight;
      for (const TrainingExample::Feature& feature : example.features) {
        weights.push_back(coordinates[feature.bucket].weight(kL1));
        sum += weights.back() * static_cast<double>(feature.value);
      }
      const double p = 1 / (1 + std::exp(-sum));
      const double error = (p - (example.good ? 1 : 0)) * class_weight[example.good ? 1 : 0];
      bias.update(error, bias_weight);
      for (size_t i = 0; i < example.features.size(); ++i) {
        const TrainingExample::Feature& feature = example.features[i];
        coordinates[feature.bucket].update(error * static_cast<double>(feature.value), weights[i]);
      }
    }
  }
  std::vector<float> made(coordinates.size());
  for (size_t i = 0; i < made.size(); ++i) made[i] = static_cast<float>(coordinates[i].weight(kL1));
  return {std::move(made), static_cast<float>(bias.weight(0)), std::move(provenance)};
}

ClassifierScores score_classifier(std::vector<double> good, std::vector<double> bad) {
  ClassifierScores scores;
  scores.good = good.size();
  scores.bad = bad.size();
  if (good.empty() || bad.empty()) return scores;
  std::ranges::sort(good);
  std::ranges::sort(bad);
  // The share of the other class that each beats, ties by half: DeLong's placements.
  const auto placements = [](const std::vector<double>& of, const std::vector<double>& among) {
    std::vector<double> shares;
    for (const double value : of) {
      const auto [low, high] = std::equal_range(among.begin(), among.end(), value);
      const auto below = static_cast<double>(low - among.begin());
      const auto equal = static_cast<double>(high - low);
      shares.push_back((below + equal / 2) / static_cast<double>(among.size()));
    }
    return shares;
  };
  const auto mean = [](const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  };
  const auto variance_of_mean = [&](const std::vector<double>& values) {
    if (values.size() < 2) return 0.25;
    const double m = mean(values);
    double sum = 0;
    for (const double v : values) sum += (v - m) * (v - m);
    return sum / static_cast<double>(values.size() - 1) / static_cast<double>(values.size());
  };
  const std::vector<double> of_good = placements(good, bad);
  scores.auc = mean(of_good);
  const double error = std::sqrt(variance_of_mean(of_good) + variance_of_mean(placements(bad, good)));
  constexpr double kZ = 1.959963984540054;
  if (error > 0) {
    scores.auc_low = std::max(0.0, scores.auc - kZ * error);
    scores.auc_high = std::min(1.0, scores.auc + kZ * error);
  } else {
    const uint64_t smaller = std::min(good.size(), bad.size());
    scores.auc_low = std::min(scores.auc, clopper_pearson(smaller, smaller).low);
    scores.auc_high = 1;
  }
  const auto at_least = [](const std::vector<double>& sorted, double limit) {
    return static_cast<uint64_t>(sorted.end() - std::ranges::lower_bound(sorted, limit));
  };
  const uint64_t right = at_least(good, 0.5) + (bad.size() - at_least(bad, 0.5));
  const uint64_t all = good.size() + bad.size();
  const ShareInterval interval = clopper_pearson(right, all);
  scores.accuracy = static_cast<double>(right) / static_cast<double>(all);
  scores.accuracy_low = interval.low;
  scores.accuracy_high = interval.high;
  const auto limit_that_keeps = [&](double share) {
    return good[static_cast<size_t>((1 - share) * static_cast<double>(good.size()))];
  };
  const auto dropped = [&](double limit) {
    return 1 - static_cast<double>(at_least(bad, limit)) / static_cast<double>(bad.size());
  };
  scores.keep_95 = limit_that_keeps(0.95);
  scores.drop_95 = dropped(scores.keep_95);
  scores.keep_99 = limit_that_keeps(0.99);
  scores.drop_99 = dropped(scores.keep_99);
  return scores;
}

Json to_json(const ClassifierScores& s) {
  return {{"good", s.good},
          {"bad", s.bad},
          {"auc", {{"estimate", s.auc}, {"low", s.auc_low}, {"high", s.auc_high}}},
          {"accuracy", {{"estimate", s.accuracy}, {"low", s.accuracy_low}, {"high", s.accuracy_high}}},
          {"limits",
           {{"keep_95", {{"minimum", s.keep_95}, {"drops_of_bad", s.drop_95}}},
            {"keep_99", {{"minimum", s.keep_99}, {"drops_of_bad", s.drop_99}}}}}};
}

}  // namespace moru::curate
