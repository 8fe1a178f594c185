#include "curate/rule_set.h"

#include <limits>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/language.h"

namespace moru::curate {

RuleSet::RuleSet(std::span<const Check> checks, const Config& section) : checks_(checks.begin(), checks.end()) {
  for (Check& check : checks_)
    if (!check.key.empty()) check.limit = section.number(check.key, check.limit, 0, check.highest);
}

Json RuleSet::parameters() const {
  Json json = Json::object();
  for (const Check& check : checks_)
    if (!check.key.empty()) json[std::string(check.key)] = check.limit;
  add_settings(json);
  return json;
}

std::optional<Failure> RuleSet::judge(TextView& text) const {
  struct Judge final : Watcher {
    explicit Judge(std::span<const Check> c) : checks(c) {}
    bool wants(size_t check) const override { return !checks[check].off(); }
    bool found(size_t check, double value) override {
      const Check& of = checks[check];
      if (of.passes(value)) return true;
      failure = {of.reason, of.key, value, of.limit};
      return false;
    }
    std::span<const Check> checks;
    std::optional<Failure> failure;
  };
  Judge judge(checks_);
  measure(text, judge);
  return judge.failure;
}

std::vector<double> RuleSet::values(TextView& text) const {
  struct Collector final : Watcher {
    explicit Collector(size_t checks) : values(checks, std::numeric_limits<double>::quiet_NaN()) {}
    bool wants(size_t) const override { return true; }
    bool found(size_t check, double value) override {
      values[check] = value;
      return true;
    }
    std::vector<double> values;
  };
  Collector collector(checks_.size());
  measure(text, collector);
  return std::move(collector.values);
}

std::unique_ptr<RuleSet> make_rule_set(const RuleSetKind& kind, const RuleSetSettings& settings,
                                       const Config& section) {
  std::unique_ptr<RuleSet> made = kind.make(settings, section);
  // A limit of another dialect would be read by nobody: said here, and not only that it is unknown.
  for (const Dialect other : kind.dialects) {
    for (const Check& check : kind.checks(other, settings.language)) {
      const auto same = [&](const Check& mine) { return mine.key == check.key; };
      if (check.key.empty() || std::ranges::any_of(made->checks(), same) || !section.mentions(check.key)) continue;
      std::vector<std::string_view> own;
      for (const Check& mine : made->checks())
        if (!mine.key.empty()) own.push_back(mine.key);
      throw Error(section.place(check.key),
                  fmt::format(fmt::runtime(tr("\"{}\" has no meaning in the dialect \"{}\"",
                                              "\"{}\"은(는) 방언 \"{}\"에서 뜻이 없습니다")),
                              check.key, name_of(settings.dialect)),
                  fmt::format(fmt::runtime(tr("it is a limit of the dialect \"{}\"; this one has: {}",
                                              "방언 \"{}\"의 한도입니다. 이 방언의 한도: {}")),
                              name_of(other), fmt::join(own, ", ")));
    }
  }
  return made;
}

}  // namespace moru::curate
