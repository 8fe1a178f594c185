#include "curate/spread.h"

#include <nlohmann/json.hpp>

#include "text/unicode.h"

namespace moru::curate {
namespace {

constexpr size_t kExampleCharacters = 240;  // three lines on a page
constexpr size_t kBins = 32;

}  // namespace

Example example_of(const Item& item, double value) {
  const std::string_view text = item.document.text;
  size_t end = 0;
  for (size_t characters = 0; end < text.size() && characters < kExampleCharacters; ++characters)
    text::next_code_point(text, end);
  std::string line = text::normalise_space(text.substr(0, end));
  if (end < text.size()) line += " …";
  return {value, item.collected_id, item.document.title, item.document.source.uri, std::move(line)};
}

Json to_json(const Example& e) {
  return {{"value", e.value}, {"document", e.document}, {"title", e.title}, {"uri", e.uri}, {"text", e.text}};
}

bool Spread::wants(double value) const {
  const std::vector<Example>& side = passes(value) ? within_ : beyond_;
  return side.size() < examples_ || std::abs(value - limit_) < std::abs(side.back().value - limit_);
}

void Spread::add_example(Example example) {
  std::vector<Example>& side = passes(example.value) ? within_ : beyond_;
  const auto distance = [&](const Example& e) { return std::abs(e.value - limit_); };
  const auto at = std::ranges::upper_bound(side, distance(example), {}, distance);
  side.insert(at, std::move(example));
  if (side.size() > examples_) side.pop_back();
}

uint64_t Spread::beyond(double bound) const {
  return static_cast<uint64_t>(std::ranges::count_if(values_, [&](float value) { return is_beyond(value, bound); }));
}

Json Spread::to_json() const {
  std::vector<float> sorted = values_;
  std::ranges::sort(sorted);
  Json quantiles = Json::array(), within = Json::array(), beyond = Json::array();
  for (const double q : {0.0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0})
    if (!sorted.empty())
      quantiles.push_back({q, sorted[static_cast<size_t>(q * static_cast<double>(sorted.size() - 1) + 0.5)]});
  // The outermost half per cent would squeeze the rest into one bin.
  Json histogram;
  if (!sorted.empty()) {
    const auto at = [&](double q) {
      return static_cast<double>(sorted[static_cast<size_t>(q * static_cast<double>(sorted.size() - 1))]);
    };
    double from = at(0.005), to = std::max(at(0.995), from + 1e-9);
    // Lengths run from tens to millions: on a plain scale nearly all would stand in the first bin.
    const bool logarithmic = from > 0 && to / from > 50;
    const auto scaled = [&](double value) { return logarithmic ? std::log(std::max(value, 1e-9)) : value; };
    std::vector<uint64_t> bins(kBins);
    for (const float value : sorted) {
      const double place = (scaled(static_cast<double>(value)) - scaled(from)) / (scaled(to) - scaled(from));
      ++bins[static_cast<size_t>(std::clamp(place * kBins, 0.0, static_cast<double>(kBins - 1)))];
    }
    histogram = {{"from", from}, {"to", to}, {"logarithmic", logarithmic}, {"bins", bins}};
  }
  for (const Example& e : within_) within.push_back(curate::to_json(e));
  for (const Example& e : beyond_) beyond.push_back(curate::to_json(e));
  return {{"bound", most_ ? "most" : "least"},
          {"limit", limit_},
          {"off", off_},
          {"count", values_.size()},
          {"beyond", off_ ? 0 : this->beyond(limit_)},
          {"quantiles", std::move(quantiles)},
          {"histogram", std::move(histogram)},
          {"kept", std::move(within)},
          {"taken", std::move(beyond)}};
}

}  // namespace moru::curate
