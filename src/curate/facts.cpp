#include "curate/facts.h"

#include <nlohmann/json.hpp>

#include "text/unicode.h"

namespace moru::curate {
namespace {

/// The nearest-rank quantile of sorted numbers.
uint64_t quantile(const std::vector<uint64_t>& sorted, double q) {
  const auto rank = static_cast<size_t>(std::ceil(q * static_cast<double>(sorted.size())));
  return sorted[std::clamp<size_t>(rank, 1, sorted.size()) - 1];
}

}  // namespace

void Tally::keep(const data::Document& document) {
  const uint64_t characters = text::count_code_points(document.text);
  Share& share = languages_[document.language.empty() ? "und" : document.language];
  ++share.documents;
  share.characters += characters;
  ++licences_[document.licence.id.empty() ? "unknown" : document.licence.id];
  lengths_.push_back(characters);
  bytes_ += document.text.size();
  characters_ += characters;
}

void Tally::count(std::string_view rule, const std::map<std::string, uint64_t>& counts) {
  if (counts.empty()) return;
  auto& sums = counts_[std::string(rule)];
  for (const auto& [name, number] : counts) sums[name] += number;
}

Json Tally::facts(const std::vector<FunnelRow>& funnel) const {
  Json languages = Json::object();
  for (const auto& [code, share] : languages_)
    languages[code] = {{"documents", share.documents}, {"characters", share.characters}};
  Json lengths = Json::object();
  if (!lengths_.empty()) {
    std::vector<uint64_t> sorted = lengths_;
    std::ranges::sort(sorted);
    lengths = {{"min", sorted.front()},
               {"p10", quantile(sorted, 0.1)},
               {"p25", quantile(sorted, 0.25)},
               {"p50", quantile(sorted, 0.5)},
               {"p75", quantile(sorted, 0.75)},
               {"p90", quantile(sorted, 0.9)},
               {"max", sorted.back()},
               {"mean", static_cast<double>(characters_) / static_cast<double>(sorted.size())}};
  }
  Json rows = Json::array();
  for (const FunnelRow& row : funnel)
    rows.push_back(
        {{"rule", row.rule}, {"in", row.in}, {"dropped", row.dropped}, {"changed", row.changed}, {"out", row.out}});
  return {{"documents", lengths_.size()},      {"characters", characters_}, {"bytes", bytes_},
          {"languages", std::move(languages)}, {"licences", licences_},     {"lengths", std::move(lengths)},
          {"funnel", std::move(rows)},         {"counts", counts_}};
}

}  // namespace moru::curate
