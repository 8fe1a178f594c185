#include "curate/rule_set_chain.h"

namespace moru::curate {

RuleSetChain::RuleSetChain(const Config& curate)
    : name_(curate.has("rule_set") ? curate.choice("rule_set", "", {"fineweb", "fineweb-2"}) : "") {}

std::unique_ptr<Rule> RuleSetChain::make(std::string_view rule, const Config& section) const {
  if (name_.empty()) return nullptr;
  RuleSetSettings defaults;
  if (name_ == "fineweb-2") {
    defaults.by_document = true;
    defaults.words = text::WordKind::morpheme;
  }
  if (rule == "gopher_repetition") return make_rule_set_rule(gopher_repetition_kind(), section, defaults);
  if (rule == "gopher_quality") return make_rule_set_rule(gopher_quality_kind(), section, defaults);
  if (rule == "fineweb_quality") return make_rule_set_rule(fineweb_quality_kind(), section, defaults);
  if (rule == "c4_quality" && name_ == "fineweb") return make_c4_quality_rule(section, false);
  return nullptr;
}

}  // namespace moru::curate
