#include "curate/rule_set_check.h"

#include "core/error.h"
#include "core/language.h"
#include "core/nearest.h"
#include "curate/c4_quality.h"
#include "curate/rule_set.h"

namespace moru::curate {
namespace {

struct Named {
  std::string_view name;
  const RuleSetKind& (*kind)();  ///< Null: c4-quality, which is no list of limits.
};

constexpr Named kRules[] = {
    {"gopher-repetition", gopher_repetition_kind}, {"gopher-quality", gopher_quality_kind},   {"c4-quality", nullptr},
    {"c4-paragraph", c4_paragraph_kind},           {"fineweb-quality", fineweb_quality_kind},
};

struct Chain {
  std::string_view name;
  std::vector<std::string> rules;
};

const std::vector<Chain>& chains() {
  static const std::vector<Chain> all = {
      {"fineweb", {"gopher-repetition", "gopher-quality", "c4-quality", "fineweb-quality"}},
      {"fineweb-2", {"gopher-repetition", "fineweb-quality", "gopher-quality"}},
  };
  return all;
}

}  // namespace

struct RuleChain::Link {
  std::string_view name;
  std::unique_ptr<RuleSet> set;
  std::optional<C4Quality> c4;
};

RuleChain::RuleChain(const std::vector<std::string>& names, const Config& settings) {
  std::vector<std::string> rules;
  bool fineweb = false;
  for (const std::string& name : names) {
    const auto chain = std::ranges::find(chains(), name, &Chain::name);
    if (chain == chains().end()) {
      rules.push_back(name);
      continue;
    }
    rules.insert(rules.end(), chain->rules.begin(), chain->rules.end());
    fineweb = fineweb || name == "fineweb";
  }
  // c4-paragraph and c4-quality have one meaning; the others share what is read once here.
  const RuleSetSettings common =
      rule_set_settings(settings, {}, {Dialect::datatrove, Dialect::dolma, Dialect::dclm, Dialect::nemo_curator});
  for (const std::string& name : rules) {
    const auto rule = std::ranges::find(kRules, name, &Named::name);
    if (rule == std::end(kRules)) {
      std::vector<std::string> known = rule_names();
      std::ranges::copy(chain_names(), std::back_inserter(known));
      const std::string nearest = nearest_name(name, known);
      std::string mend = fmt::format(fmt::runtime(tr("rules: {}", "규칙: {}")), fmt::join(known, ", "));
      if (!nearest.empty())
        mend =
            fmt::format(fmt::runtime(tr("did you mean \"{}\"? {}", "\"{}\"을(를) 쓰려던 것인가요? {}")), nearest, mend);
      throw Error("--rules", fmt::format(fmt::runtime(tr("unknown rule \"{}\"", "알 수 없는 규칙 \"{}\"")), name),
                  mend);
    }
    Link& link = links_.emplace_back();
    link.name = rule->name;
    if (rule->kind == nullptr) {
      // FineWeb leaves C4's rule on terminal marks out, which alone would take 30 % of its tokens.
      link.c4.emplace(settings, !fineweb);
      continue;
    }
    const RuleSetKind& kind = rule->kind();
    if (std::ranges::find(kind.dialects, common.dialect) == kind.dialects.end())
      throw Error("--dialect",
                  fmt::format(fmt::runtime(tr("\"{}\" has no dialect \"{}\"", "\"{}\"에는 방언 \"{}\"이(가) 없습니다")),
                              name, name_of(common.dialect)),
                  std::string(tr("only the Gopher rules differ from tool to tool: leave the dialect out",
                                 "도구마다 다른 것은 Gopher 규칙뿐입니다. 방언을 빼세요")));
    link.set = make_rule_set(kind, common, settings);
  }
  settings.finish();
}

RuleChain::~RuleChain() = default;
RuleChain::RuleChain(RuleChain&&) noexcept = default;

size_t RuleChain::size() const {
  return links_.size();
}

CheckResult RuleChain::check(std::string_view text) const {
  CheckResult result;
  std::string changed;
  for (const Link& link : links_) {
    TextView& view = text_view(text);
    std::optional<Failure> failure;
    if (link.set) {
      failure = link.set->judge(view);
    } else {
      C4Quality::Outcome outcome = link.c4->judge(view);
      failure = outcome.failure;
      result.lines_dropped += outcome.lines - outcome.kept;
      if (!failure && !outcome.edit.empty()) {
        changed = outcome.edit.apply(view.text());
        text = changed;
      }
    }
    if (!failure) continue;
    result.rule = link.name;
    result.reason = failure->reason;
    result.value = failure->value;
    result.limit = failure->limit;
    return result;
  }
  return result;
}

std::vector<std::string> RuleChain::rule_names() {
  std::vector<std::string> names;
  for (const Named& rule : kRules) names.emplace_back(rule.name);
  return names;
}

std::vector<std::string> RuleChain::chain_names() {
  std::vector<std::string> names;
  for (const Chain& chain : chains()) names.emplace_back(chain.name);
  return names;
}

}  // namespace moru::curate
