// How much personal data is left: a wide net over a sample of what was kept.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "curate/clopper_pearson.h"
#include "curate/personal_data_matcher.h"

namespace moru::curate {

/// One document of the sample.
struct RiskDocument {
  uint64_t order = 0;  ///< Its place in the draw: the hash of seed and id.
  std::string id;      ///< As collected.
  std::vector<PersonalData> candidates;
};

/// Draws a sample of fixed size without knowing the size of the collection: the documents whose ids have the smallest
/// hashes. The same sample in whatever order and on whatever threads they come. Holds no text.
class RiskSample {
 public:
  RiskSample(uint64_t size, uint64_t seed) : size_(size), seed_(seed) {}

  /// On any thread. The net is cast only over documents that enter the sample.
  void offer(std::string_view id, std::string_view text);
  /// In the order of the draw.
  std::vector<RiskDocument> documents() const;
  uint64_t population() const;

 private:
  const uint64_t size_, seed_;
  mutable std::mutex mutex_;
  std::map<std::pair<uint64_t, std::string>, std::vector<PersonalData>> drawn_;
  uint64_t population_ = 0;
};

/// What a person found in a document of the sample.
using RiskLabels = std::map<std::string, bool>;

struct RiskEstimate {
  uint64_t population = 0, sample = 0;
  uint64_t with_candidates = 0;                           ///< Documents of the sample.
  std::array<uint64_t, kPersonalDataKinds> candidates{};  ///< In all of them, by guessed kind.
  /// Share of documents with a candidate: an upper estimate, since most candidates are nobody's data.
  double share = 0;
  ShareInterval interval;
  /// From labels: documents labelled with and without candidates, and how many of each held personal data.
  uint64_t labelled = 0, labelled_with = 0, labelled_without = 0, personal_with = 0, personal_without = 0;
  double labelled_share = 0;
  ShareInterval labelled_interval;
};

/// The interval is Clopper and Pearson's at 95 %. With labels, the documents with and without candidates are two
/// strata, each with its own 97.5 % interval, weighted by their shares of the sample: together at least 95 %
/// (Bonferroni).
RiskEstimate estimate_risk(const std::vector<RiskDocument>& sample, uint64_t population, const RiskLabels& labels = {});

/// {population, sample, documents_with_candidates, candidates: {kind: n}, per_1000: [share, low, high], and with labels
/// labelled, labelled_per_1000}.
Json to_json(const RiskEstimate& estimate);

}  // namespace moru::curate
