#include "curate/options.h"

#include <nlohmann/json.hpp>

namespace moru::curate {

Options::Options(const Config& section) : rules_(std::make_unique<Rules>()) {
  for (const Registration& registration : registry()) {
    const Config of_rule = section.section(registration.name);
    Rules::Entry& entry = rules_->entries.emplace_back();
    entry.name = registration.name;
    entry.enabled = of_rule.flag("enabled", true);
    entry.rule = registration.make(of_rule);
  }
}

Options::~Options() = default;
Options::Options(Options&&) noexcept = default;
Options& Options::operator=(Options&&) noexcept = default;

Json Options::to_json() const {
  // A list, since the order decides too.
  Json json = Json::array();
  for (const Rules::Entry& entry : rules_->entries)
    if (entry.enabled) json.push_back({{"rule", entry.name}, {"parameters", entry.rule->parameters()}});
  return json;
}

}  // namespace moru::curate
