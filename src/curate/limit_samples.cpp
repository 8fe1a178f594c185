#include "curate/limit_samples.h"

#include <nlohmann/json.hpp>

#include "core/hash.h"

namespace moru::curate {
namespace {

constexpr double kSample = 2000;  // enough for a histogram, little enough that measuring it twice does not show
constexpr size_t kExamples = 4;   // on each side

}  // namespace

LimitSamples::LimitSamples(uint64_t documents)
    : share_(documents == 0 ? 1 : kSample / static_cast<double>(documents)) {}

bool LimitSamples::chosen(const std::string& document) const {
  return static_cast<double>(hash64(document, 13) >> 11U) * 0x1p-53 < share_;
}

void LimitSamples::add(const std::string& rule, const std::vector<Quantity>& quantities, const Example& example) {
  for (const Quantity& q : quantities) {
    if (!std::isfinite(q.value)) continue;
    const std::pair<std::string, std::string> name(rule, q.key);
    auto it = spreads_.find(name);
    if (it == spreads_.end()) {
      it = spreads_.emplace(name, Spread(q.most, q.limit, q.off, kExamples)).first;
      order_.push_back(name);
    }
    it->second.add(q.value);
    if (q.off || !it->second.wants(q.value)) continue;
    Example one = example;
    one.value = q.value;
    it->second.add_example(std::move(one));
  }
}

Json LimitSamples::facts() const {
  Json all = Json::array();
  for (const auto& name : order_) {
    Json one = spreads_.at(name).to_json();
    one["rule"] = name.first;
    one["key"] = name.second;
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace moru::curate
