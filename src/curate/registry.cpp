#include "curate/rule.h"

namespace moru::curate {

// In the order in which they are applied: what cleans the text first, cheap filters before dear ones, and what must
// see the whole collection after what makes it smaller. Masking is last: duplicates are found by the true text.
#define MORU_CURATE_RULES(RULE) \
  RULE(white_space)             \
  RULE(unicode)                 \
  RULE(language)                \
  RULE(boilerplate)             \
  RULE(length)                  \
  RULE(repetition)              \
  RULE(exact_duplicates)        \
  RULE(near_duplicates)         \
  RULE(personal_data)

#define DECLARE(name) std::unique_ptr<Rule> make_##name(const Config& section);
MORU_CURATE_RULES(DECLARE)
#undef DECLARE

std::span<const Registration> registry() {
#define ENTRY(name) {#name, &make_##name},
  static constexpr Registration kRules[] = {MORU_CURATE_RULES(ENTRY)};
#undef ENTRY
  return kRules;
}

}  // namespace moru::curate
