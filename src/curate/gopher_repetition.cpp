// gopher_repetition: Gopher's repetition rules, by dialect.
#include "curate/gopher_dialects.h"

namespace moru::curate {
namespace {

std::span<const Check> checks(Dialect dialect, LimitLanguage language) {
  switch (dialect) {
    case Dialect::datatrove:
      return gopher::datatrove_repetition_checks(language);
    case Dialect::dolma:
      return gopher::dolma_repetition_checks();
    case Dialect::dclm:
      return gopher::dclm_repetition_checks();
    case Dialect::nemo_curator:
      return gopher::nemo_curator_repetition_checks();
  }
  return {};
}

std::unique_ptr<RuleSet> make(const RuleSetSettings& settings, const Config& section) {
  switch (settings.dialect) {
    case Dialect::datatrove:
      return gopher::datatrove_repetition(settings, section);
    case Dialect::dolma:
      return gopher::dolma_repetition(settings, section);
    case Dialect::dclm:
      return gopher::dclm_repetition(settings, section);
    case Dialect::nemo_curator:
      return gopher::nemo_curator_repetition(settings, section);
  }
  return nullptr;
}

}  // namespace

const RuleSetKind& gopher_repetition_kind() {
  static const RuleSetKind kind{"gopher_repetition",
                                {Dialect::datatrove, Dialect::dolma, Dialect::dclm, Dialect::nemo_curator},
                                true,
                                checks,
                                make};
  return kind;
}

}  // namespace moru::curate
