// gopher_quality: Gopher's quality rules, by dialect.
#include "curate/gopher_dialects.h"

namespace moru::curate {
namespace {

std::span<const Check> checks(Dialect dialect, LimitLanguage language) {
  switch (dialect) {
    case Dialect::datatrove:
      return gopher::datatrove_quality_checks(language);
    case Dialect::dolma:
      return gopher::dolma_quality_checks();
    case Dialect::dclm:
      return gopher::dclm_quality_checks();
    case Dialect::nemo_curator:
      return gopher::nemo_curator_quality_checks();
  }
  return {};
}

std::unique_ptr<RuleSet> make(const RuleSetSettings& settings, const Config& section) {
  switch (settings.dialect) {
    case Dialect::datatrove:
      return gopher::datatrove_quality(settings, section);
    case Dialect::dolma:
      return gopher::dolma_quality(settings, section);
    case Dialect::dclm:
      return gopher::dclm_quality(settings, section);
    case Dialect::nemo_curator:
      return gopher::nemo_curator_quality(settings, section);
  }
  return nullptr;
}

}  // namespace

const RuleSetKind& gopher_quality_kind() {
  static const RuleSetKind kind{
      "gopher_quality", {Dialect::datatrove, Dialect::dolma, Dialect::dclm, Dialect::nemo_curator}, true, checks, make};
  return kind;
}

}  // namespace moru::curate
