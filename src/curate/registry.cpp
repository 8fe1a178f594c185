#include <nlohmann/json.hpp>

#include "curate/rule.h"

namespace moru::curate {

Json RuleRun::facts() const {
  return nullptr;
}

// In the order in which they are applied: what cleans the text first, cheap filters before dear ones, and what must
// see the whole collection after what makes it smaller. Masking is last: duplicates are found by the true text.
// RULE runs unless it is switched off, ASKED only where the recipe has its section.
#define MORU_CURATE_RULES(RULE, ASKED) \
  RULE(white_space)                    \
  RULE(hangul)                         \
  RULE(unicode)                        \
  RULE(language)                       \
  RULE(boilerplate)                    \
  RULE(length)                         \
  RULE(repetition)                     \
  ASKED(gopher_repetition)             \
  ASKED(gopher_quality)                \
  ASKED(c4_quality)                    \
  ASKED(c4_paragraph)                  \
  ASKED(fineweb_quality)               \
  ASKED(perplexity)                    \
  ASKED(quality_classifier)            \
  RULE(exact_duplicates)               \
  RULE(near_duplicates)                \
  ASKED(exact_substrings)              \
  ASKED(decontamination)               \
  RULE(personal_data)                  \
  ASKED(mixture)

#define DECLARE(name) std::unique_ptr<Rule> make_##name(const Config& section);
MORU_CURATE_RULES(DECLARE, DECLARE)
#undef DECLARE

std::span<const Registration> registry() {
#define ALWAYS(name) {#name, &make_##name, true},
#define ASKED(name) {#name, &make_##name, false},
  static constexpr Registration kRules[] = {MORU_CURATE_RULES(ALWAYS, ASKED)};
#undef ASKED
#undef ALWAYS
  return kRules;
}

}  // namespace moru::curate
