// A linear classifier of texts over hashed n-grams: good or bad, as two folders of examples say.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"

namespace moru::curate {

/// Calls use(bucket) for every feature of a text, as often as it occurs: words and pairs of neighbouring words, for
/// Korean's endings and for unknown words also the runs of 2, 3 and 4 characters inside a word with its borders.
/// Letters in lower case (ASCII), digits all alike. Of a text only the first 32 KiB are read. `bits`: buckets are 0 …
/// 2^bits-1.
void for_each_feature(std::string_view text, int bits, const std::function<void(uint32_t)>& use);

/// Logistic regression: p(good) = 1 / (1 + exp(-(bias + sum of weights[f] over all occurrences of features / sqrt of
/// their number))).
class Classifier {
 public:
  Classifier() = default;
  /// `weights`: a power of two of them. `provenance`: a JSON object: what it was made from, and how well it does.
  Classifier(std::vector<float> weights, float bias, std::string provenance);

  /// Throws Error if the file is not a classifier, is cut short, or was changed.
  static Classifier load(const std::filesystem::path& path);
  void save(const std::filesystem::path& path) const;

  /// Probability that the text is good, in 0 … 1; the bias alone for an empty text.
  double probability(std::string_view text) const;

  /// The same with another provenance: how well it does is known only once it is made.
  Classifier with_provenance(std::string provenance) const { return {weights_, bias_, std::move(provenance)}; }
  const std::string& provenance() const { return provenance_; }
  /// Number of weights that are not 0.
  uint64_t size() const;

 private:
  std::vector<float> weights_;
  float bias_ = 0;
  int bits_ = 0;
  std::string provenance_;
};

struct ClassifierOptions {
  int bits = 20;
  int epochs = 5;
  uint64_t seed = 7;
};

/// One example: its features and how often each occurs, divided by the root of their number.
struct TrainingExample {
  struct Feature {
    uint32_t bucket;
    float value;
  };
  std::vector<Feature> features;
  bool good = false;
};
TrainingExample make_training_example(std::string_view text, bool good, int bits);

/// FTRL-Proximal (McMahan et al. 2013, "Ad click prediction: a view from the trenches", algorithm 1) on the logistic
/// loss, classes weighted to count alike, examples in an order drawn by the seed. The same bytes on every machine of
/// one type. Throws Error if one class has no example.
Classifier train_classifier(std::span<const TrainingExample> examples, const ClassifierOptions& options,
                            std::string provenance);

struct ClassifierScores {
  uint64_t good = 0, bad = 0;  ///< Examples.
  double auc = 0, auc_low = 0, auc_high = 1;
  double accuracy = 0, accuracy_low = 0, accuracy_high = 1;  ///< At p >= 0.5.
  /// The largest limits that keep 95 % and 99 % of the good, and the shares of the bad that they drop.
  double keep_95 = 0, drop_95 = 0, keep_99 = 0, drop_99 = 0;
};

/// From the probabilities of good and bad examples that were not trained on. The interval of the AUC is DeLong's
/// (DeLong, DeLong and Clarke-Pearson 1988) at 95 %; where it has no width, Clopper and Pearson's of the smaller class.
/// Accuracy's is Clopper and Pearson's.
ClassifierScores score_classifier(std::vector<double> good, std::vector<double> bad);
Json to_json(const ClassifierScores& scores);

}  // namespace moru::curate
