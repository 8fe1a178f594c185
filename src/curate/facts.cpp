#include "curate/facts.h"

#include <bit>
#include <nlohmann/json.hpp>

#include "text/unicode.h"

namespace moru::curate {
namespace {

/// The number cut to its 11 highest bits.
uint64_t rounded(uint64_t number) {
  const int width = std::bit_width(number);
  return width <= 11 ? number : number >> (width - 11) << (width - 11);
}

/// The nearest-rank quantile.
uint64_t quantile(const std::map<uint64_t, uint64_t>& counts, uint64_t total, double q) {
  const auto rank = static_cast<uint64_t>(std::ceil(q * static_cast<double>(total)));
  uint64_t seen = 0;
  for (const auto& [value, count] : counts)
    if ((seen += count) >= rank) return value;
  return counts.rbegin()->first;
}

}  // namespace

Tally::Measured Tally::measure(const data::Document& document) {
  return {text::count_code_points(document.text)};
}

void Tally::keep(const data::Document& document, const Measured& measured) {
  const uint64_t characters = measured.characters;
  Share& share = languages_[document.language.empty() ? "und" : document.language];
  ++share.documents;
  share.characters += characters;
  ++licences_[document.licence.id.empty() ? "unknown" : document.licence.id];
  ++lengths_[rounded(characters)];
  ++documents_;
  shortest_ = std::min(shortest_, characters);
  longest_ = std::max(longest_, characters);
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
  if (documents_ > 0) {
    const auto at = [&](double q) { return quantile(lengths_, documents_, q); };
    lengths = {{"min", shortest_}, {"p10", at(0.1)},
               {"p25", at(0.25)},  {"p50", at(0.5)},
               {"p75", at(0.75)},  {"p90", at(0.9)},
               {"max", longest_},  {"mean", static_cast<double>(characters_) / static_cast<double>(documents_)}};
  }
  Json rows = Json::array();
  for (const FunnelRow& row : funnel)
    rows.push_back(
        {{"rule", row.rule}, {"in", row.in}, {"dropped", row.dropped}, {"changed", row.changed}, {"out", row.out}});
  return {{"documents", documents_},           {"characters", characters_}, {"bytes", bytes_},
          {"languages", std::move(languages)}, {"licences", licences_},     {"lengths", std::move(lengths)},
          {"funnel", std::move(rows)},         {"counts", counts_}};
}

}  // namespace moru::curate
