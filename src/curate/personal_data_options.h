// What the rule personal_data does with each kind.
#pragma once

#include <array>
#include <cstdint>

#include "core/config.h"
#include "core/json.h"
#include "curate/personal_data_matcher.h"

namespace moru::curate {

/// ignore: not looked for. keep: counted, left as it is. mask: replaced by a mark. tag: left as it is, its place
/// written to the document's metadata. drop: masked, and a document with too many of them is dropped.
enum class PersonalDataAction : uint8_t { ignore, keep, mask, tag, drop };
inline constexpr size_t kPersonalDataActions = 5;

std::string_view name_of(PersonalDataAction action);

struct PersonalDataOptions {
  std::array<PersonalDataAction, kPersonalDataKinds> actions;
  bool example_domains = false;    ///< Also addresses that nobody can have.
  bool private_addresses = false;  ///< Also IP addresses that are not of the public internet.
  uint64_t drop_over = 5;          ///< So many pieces with the action drop a document may hold.
  bool record_text = true;         ///< Decisions hold what was taken out; without it they cannot be undone.
  uint64_t risk_sample = 400;      ///< Documents on which the residual risk is estimated; 0: none.
  uint64_t seed = 7;

  explicit PersonalDataOptions(const Config& section);
  Json to_json() const;

  PersonalDataAction action(PersonalDataKind kind) const { return actions[static_cast<size_t>(kind)]; }
  /// What to do with a match, `found` its text.
  PersonalDataAction action(PersonalDataKind kind, std::string_view found) const;
};

}  // namespace moru::curate
