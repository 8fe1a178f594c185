#include "curate/options.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/language.h"
#include "curate/rule_set_chain.h"

namespace moru::curate {

Options::Options(const Config& section) : rules_(std::make_unique<Rules>()) {
  const RuleSetChain chain(section);
  for (const Registration& registration : registry()) {
    const Config of_rule = section.section(registration.name);
    Rules::Entry& entry = rules_->entries.emplace_back();
    entry.name = registration.name;
    entry.enabled = of_rule.flag("enabled", registration.by_default || section.has(registration.name));
    if ((entry.rule = chain.make(registration.name, of_rule))) {
      entry.enabled = of_rule.flag("enabled", true);
      continue;
    }
    // A section that is not there has nothing that its rule could need.
    if (registration.by_default || section.has(registration.name))
      entry.rule = registration.make(of_rule);
    else
      entry.enabled = false;
  }
  const std::filesystem::path file = section.folder() / section.text("overrides", std::string(kOverridesFile));
  if (section.has("overrides") && !std::filesystem::exists(file))
    throw Error(section.place("overrides"),
                fmt::format(fmt::runtime(tr("the file \"{}\" is not there", "\"{}\" 파일이 없습니다")), file.string()),
                std::string(tr("correct the path; `moru curate undo` writes such a file",
                               "경로를 고치세요. `moru curate undo`가 이런 파일을 씁니다")));
  rules_->overrides = Overrides::load(file);
}

Options::~Options() = default;
Options::Options(Options&&) noexcept = default;
Options& Options::operator=(Options&&) noexcept = default;

Json Options::to_json() const {
  // A list, since the order decides too.
  Json json = Json::array();
  for (const Rules::Entry& entry : rules_->entries)
    if (entry.enabled) json.push_back({{"rule", entry.name}, {"parameters", entry.rule->parameters()}});
  if (!rules_->overrides.empty()) json.push_back({{"rule", "overrides"}, {"parameters", rules_->overrides.to_json()}});
  return json;
}

}  // namespace moru::curate
