#include "curate/personal_data_risk.h"

#include <nlohmann/json.hpp>

#include "core/hash.h"
#include "curate/pii/wide_net.h"

namespace moru::curate {

void RiskSample::offer(std::string_view id, std::string_view text) {
  const uint64_t order = hash64(id, seed_);
  const auto enters = [&] {
    return size_ > 0 && (drawn_.size() < size_ || std::pair{order, std::string(id)} < drawn_.rbegin()->first);
  };
  {
    const std::lock_guard lock(mutex_);
    ++population_;
    if (!enters()) return;
  }
  std::vector<PersonalData> candidates = pii::wide_net(text);
  const std::lock_guard lock(mutex_);
  if (!enters()) return;
  drawn_.emplace(std::pair{order, std::string(id)}, std::move(candidates));
  if (drawn_.size() > size_) drawn_.erase(std::prev(drawn_.end()));
}

std::vector<RiskDocument> RiskSample::documents() const {
  const std::lock_guard lock(mutex_);
  std::vector<RiskDocument> documents;
  documents.reserve(drawn_.size());
  for (const auto& [key, candidates] : drawn_) documents.push_back({key.first, key.second, candidates});
  return documents;
}

uint64_t RiskSample::population() const {
  const std::lock_guard lock(mutex_);
  return population_;
}

RiskEstimate estimate_risk(const std::vector<RiskDocument>& sample, uint64_t population, const RiskLabels& labels) {
  RiskEstimate estimate;
  estimate.population = population;
  estimate.sample = sample.size();
  for (const RiskDocument& document : sample) {
    const bool with = !document.candidates.empty();
    if (with) ++estimate.with_candidates;
    for (const PersonalData& candidate : document.candidates)
      ++estimate.candidates[static_cast<size_t>(candidate.kind)];
    const auto label = labels.find(document.id);
    if (label == labels.end()) continue;
    ++estimate.labelled;
    ++(with ? estimate.labelled_with : estimate.labelled_without);
    if (label->second) ++(with ? estimate.personal_with : estimate.personal_without);
  }
  if (sample.empty()) return estimate;
  const auto size = static_cast<double>(sample.size());
  estimate.share = static_cast<double>(estimate.with_candidates) / size;
  estimate.interval = clopper_pearson(estimate.with_candidates, sample.size());
  if (estimate.labelled == 0) return estimate;
  // Bonferroni: two intervals that each fail in 2.5 % fail together in at most 5 %.
  constexpr double kEach = 0.975;
  const auto stratum = [&](uint64_t documents, uint64_t labelled, uint64_t personal) {
    const double weight = static_cast<double>(documents) / size;
    if (documents == 0) return;
    const ShareInterval interval = clopper_pearson(personal, labelled, kEach);
    const double share = labelled == 0 ? 0 : static_cast<double>(personal) / static_cast<double>(labelled);
    estimate.labelled_share += weight * share;
    estimate.labelled_interval.low += weight * interval.low;
    estimate.labelled_interval.high += weight * interval.high;
  };
  estimate.labelled_interval = {0, 0};
  stratum(estimate.with_candidates, estimate.labelled_with, estimate.personal_with);
  stratum(estimate.sample - estimate.with_candidates, estimate.labelled_without, estimate.personal_without);
  return estimate;
}

Json to_json(const RiskEstimate& estimate) {
  const auto per_1000 = [](double share, const ShareInterval& interval) {
    const auto rounded = [](double x) { return std::round(x * 1e5) / 100; };
    return Json{{"estimate", rounded(share)}, {"low", rounded(interval.low)}, {"high", rounded(interval.high)}};
  };
  Json candidates = Json::object();
  for (size_t i = 0; i < kPersonalDataKinds; ++i)
    if (estimate.candidates[i] > 0)
      candidates[std::string(name_of(static_cast<PersonalDataKind>(i)))] = estimate.candidates[i];
  Json json = {{"population", estimate.population},
               {"sample", estimate.sample},
               {"documents_with_candidates", estimate.with_candidates},
               {"candidates", std::move(candidates)},
               {"per_1000", per_1000(estimate.share, estimate.interval)}};
  if (estimate.labelled > 0) {
    json["labelled"] = {{"with_candidates", estimate.labelled_with},
                        {"personal_with_candidates", estimate.personal_with},
                        {"without_candidates", estimate.labelled_without},
                        {"personal_without_candidates", estimate.personal_without}};
    json["labelled_per_1000"] = per_1000(estimate.labelled_share, estimate.labelled_interval);
  }
  return json;
}

}  // namespace moru::curate
