// `rule_set:` in a recipe: a published chain of rules by one name, each with the settings that it has there.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/config.h"
#include "curate/dialect.h"
#include "curate/rule.h"
#include "curate/rule_set.h"

namespace moru::curate {

/// `fineweb`: gopher_repetition, gopher_quality, c4_quality without its rule on terminal marks, fineweb_quality.
/// `fineweb-2`: the same without c4_quality, with the limits of each document's own language (kor_Hang or eng_Latn) and
/// words as an analyser cuts them. URL and language filters and the duplicates are rules of their own.
class RuleSetChain {
 public:
  /// Reads `rule_set` of the section `curate`. Throws Error for an unknown name.
  explicit RuleSetChain(const Config& curate);
  /// A rule of the chain, as the chain means it unless its own section says otherwise. Null if it is not one of it.
  std::unique_ptr<Rule> make(std::string_view rule, const Config& section) const;

 private:
  std::string name_;
};

/// A rule of limits; `defaults` stand where the section says nothing.
std::unique_ptr<Rule> make_rule_set_rule(const RuleSetKind& kind, const Config& section,
                                         const RuleSetSettings& defaults);
/// c4_quality; `terminal_mark`: whether lines need one, unless the section says.
std::unique_ptr<Rule> make_c4_quality_rule(const Config& section, bool terminal_mark);

}  // namespace moru::curate
