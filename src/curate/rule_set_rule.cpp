// gopher_repetition, gopher_quality, c4_paragraph, fineweb_quality as rules of a recipe.
#include "curate/rule.h"

#include <nlohmann/json.hpp>

#include "core/language.h"
#include "curate/rule_set.h"
#include "curate/rule_set_chain.h"

namespace moru::curate {
namespace {

class RuleSetRule final : public DocumentRule<RuleSetRule> {
 public:
  RuleSetRule(const RuleSetKind& kind, const Config& section, const RuleSetSettings& defaults) {
    settings_ = kind.has_settings ? rule_set_settings(section, defaults, kind.dialects) : RuleSetSettings{};
    set_ = make_rule_set(kind, settings_, section);
    has_settings_ = kind.has_settings;
    if (!settings_.by_document) return;
    RuleSetSettings korean = settings_;
    korean.language = LimitLanguage::kor_Hang;
    korean_ = make_rule_set(kind, korean, section);
  }

  Json parameters() const override {
    Json json = set_->parameters();
    if (has_settings_) {
      json["dialect"] = name_of(settings_.dialect);
      json["language"] = settings_.by_document ? "auto" : name_of(settings_.language);
      json["words"] = text::name_of(settings_.words);
    }
    if (korean_) json["kor_Hang"] = korean_->parameters();
    return json;
  }
  std::string limit() const override {
    if (!has_settings_) return shown(set_->checks().front());
    std::string name = fmt::format(fmt::runtime(tr("{}, words: {}", "{}, 단어: {}")), name_of(settings_.dialect),
                                   text::name_of(settings_.words));
    if (settings_.by_document || settings_.language != LimitLanguage::eng_Latn)
      name += fmt::format(", {}", settings_.by_document ? "auto" : name_of(settings_.language));
    return name;
  }
  std::vector<Quantity> quantities(const Item& item) const override {
    const RuleSet& set = set_for(item);
    const std::vector<double> values = set.values(text_view(item.document.text));
    std::vector<Quantity> all;
    for (size_t i = 0; i < values.size(); ++i) {
      const Check& check = set.checks()[i];
      if (check.key.empty() || std::isnan(values[i])) continue;
      // Two limits of one name must not be taken for one.
      std::string key(check.key);
      if (&set == korean_.get()) key += " (kor_Hang)";
      all.push_back(
          {std::move(key), values[i], check.limit, check.bound == Check::Bound::most, check.off(), check.highest});
    }
    return all;
  }
  Verdict apply(Item& item) const {
    const std::optional<Failure> failure = set_for(item).judge(text_view(item.document.text));
    Verdict verdict;
    if (!failure) return verdict;
    verdict.action = Verdict::Action::drop;
    verdict.value = failure->value;
    verdict.limit = failure->limit;
    verdict.detail = failure->reason;
    return verdict;
  }

 private:
  const RuleSet& set_for(const Item& item) const {
    return korean_ && item.document.language == "ko" ? *korean_ : *set_;
  }
  static std::string shown(const Check& check) {
    return fmt::format("{} {} {:g}", check.key, check.bound == Check::Bound::most ? "<=" : ">=", check.limit);
  }
  RuleSetSettings settings_;
  bool has_settings_ = false;
  std::unique_ptr<RuleSet> set_, korean_;
};

}  // namespace

std::unique_ptr<Rule> make_rule_set_rule(const RuleSetKind& kind, const Config& section,
                                         const RuleSetSettings& defaults) {
  return std::make_unique<RuleSetRule>(kind, section, defaults);
}

std::unique_ptr<Rule> make_gopher_repetition(const Config& section) {
  return make_rule_set_rule(gopher_repetition_kind(), section, {});
}
std::unique_ptr<Rule> make_gopher_quality(const Config& section) {
  return make_rule_set_rule(gopher_quality_kind(), section, {});
}
std::unique_ptr<Rule> make_c4_paragraph(const Config& section) {
  return make_rule_set_rule(c4_paragraph_kind(), section, {});
}
std::unique_ptr<Rule> make_fineweb_quality(const Config& section) {
  return make_rule_set_rule(fineweb_quality_kind(), section, {});
}

}  // namespace moru::curate
