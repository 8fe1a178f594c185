#include "curate/personal_data_options.h"

#include <nlohmann/json.hpp>

namespace moru::curate {
namespace {

constexpr std::string_view kActions[kPersonalDataActions] = {"ignore", "keep", "mask", "tag", "drop"};

PersonalDataAction read_action(const Config& section, std::string_view key, PersonalDataAction fallback) {
  // true and false are what the first recipes said.
  const std::string value =
      section.choice(key, name_of(fallback), {"mask", "tag", "drop", "keep", "ignore", "true", "false"});
  if (value == "true") return PersonalDataAction::mask;
  if (value == "false") return PersonalDataAction::ignore;
  return static_cast<PersonalDataAction>(std::ranges::find(kActions, value) - std::begin(kActions));
}

}  // namespace

std::string_view name_of(PersonalDataAction action) {
  return kActions[static_cast<size_t>(action)];
}

PersonalDataOptions::PersonalDataOptions(const Config& section) {
  for (size_t i = 0; i < kPersonalDataKinds; ++i) {
    const auto kind = static_cast<PersonalDataKind>(i);
    // Where a recipe says something of resident numbers, it means foreigners' too.
    const PersonalDataAction fallback = kind == PersonalDataKind::foreigner_number
                                            ? action(PersonalDataKind::resident_number)
                                            : PersonalDataAction::mask;
    actions[i] = read_action(section, kind_info(kind).option, fallback);
  }
  example_domains = section.flag("mask_example_domains", false);
  private_addresses = section.flag("mask_private_addresses", false);
  drop_over = static_cast<uint64_t>(section.integer("drop_over", 5));
  record_text = section.flag("record_text", true);
  risk_sample = static_cast<uint64_t>(section.integer("risk_sample", 400, 0, 1000000));
  seed = static_cast<uint64_t>(section.integer("seed", 7));
}

Json PersonalDataOptions::to_json() const {
  Json json = {{"mask_example_domains", example_domains},
               {"mask_private_addresses", private_addresses},
               {"drop_over", drop_over},
               {"record_text", record_text},
               {"risk_sample", risk_sample},
               {"seed", seed},
               {"detectors", 2}};  // the version of what is found
  for (size_t i = 0; i < kPersonalDataKinds; ++i)
    json[std::string(kind_info(static_cast<PersonalDataKind>(i)).option)] = name_of(actions[i]);
  return json;
}

PersonalDataAction PersonalDataOptions::action(PersonalDataKind kind, std::string_view found) const {
  if (kind == PersonalDataKind::email && !example_domains && is_example_address(found))
    return PersonalDataAction::ignore;
  if (kind == PersonalDataKind::ip_address && !private_addresses && !is_public_address(found))
    return PersonalDataAction::ignore;
  return action(kind);
}

}  // namespace moru::curate
