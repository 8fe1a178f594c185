#include "curate/options.h"

#include <nlohmann/json.hpp>

namespace moru::curate {

Options::Options(const Config& section) : rules_(std::make_unique<Rules>()) {
  for (const Registration& registration : registry()) {
    const Config of_rule = section.section(registration.name);
    Rules::Entry& entry = rules_->entries.emplace_back();
    entry.name = registration.name;
    entry.enabled = of_rule.flag("enabled", registration.by_default || section.has(registration.name));
    // A section that is not there has nothing that its rule could need.
    if (registration.by_default || section.has(registration.name))
      entry.rule = registration.make(of_rule);
    else
      entry.enabled = false;
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
