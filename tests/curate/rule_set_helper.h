// Rule sets on texts that stand in the test.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "core/error.h"
#include "curate/rule_set.h"
#include "curate/rule_set_check.h"

namespace moru::curate::testing {

inline std::unique_ptr<RuleSet> make_set(const RuleSetKind& kind, const std::string& yaml) {
  const Config section = Config::parse(yaml, "recipe.yaml");
  const RuleSetSettings settings =
      kind.has_settings ? rule_set_settings(section, {}, kind.dialects) : RuleSetSettings{};
  std::unique_ptr<RuleSet> set = make_rule_set(kind, settings, section);
  section.finish();
  return set;
}

/// What a check measures in a text.
inline double value_of(const RuleSetKind& kind, const std::string& yaml, std::string_view key, std::string_view text) {
  const std::unique_ptr<RuleSet> set = make_set(kind, yaml);
  const std::vector<double> values = set->values(text_view(text));
  for (size_t i = 0; i < values.size(); ++i)
    if (set->checks()[i].key == key) return values[i];
  throw std::runtime_error("no such check");
}

/// "keep", or "reason value limit".
inline std::string verdict(const std::vector<std::string>& rules, const std::string& yaml, std::string_view text) {
  const CheckResult result = RuleChain(rules, Config::parse(yaml, "recipe.yaml")).check(text);
  if (result.kept()) return "keep";
  return fmt::format("{} {:.4g} {:g}", result.reason, result.value, result.limit);
}

/// The problem and mend of the error that it is; empty if none.
inline std::string error_of(const std::vector<std::string>& rules, const std::string& yaml) {
  try {
    RuleChain(rules, Config::parse(yaml, "recipe.yaml"));
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace moru::curate::testing
