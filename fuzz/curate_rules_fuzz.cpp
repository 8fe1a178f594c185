// Any bytes through all rule sets in all dialects: every number is finite, a verdict does not depend on what the view
// held before, no limit is passed in silence, and what C4 leaves can be judged again.
#include <cmath>
#include <cstdlib>

#include "core/config.h"
#include "curate/c4_quality.h"
#include "curate/rule_set.h"
#include "curate/text_view.h"
#include "text/unicode.h"

namespace {

using namespace moru::curate;

void require(bool condition) {
  if (!condition) std::abort();
}

std::vector<std::unique_ptr<RuleSet>> all_sets() {
  std::vector<std::unique_ptr<RuleSet>> sets;
  const auto add = [&](const RuleSetKind& kind, const std::string& yaml) {
    const moru::Config section = moru::Config::parse(yaml, "fuzz");
    const RuleSetSettings settings =
        kind.has_settings ? rule_set_settings(section, {}, kind.dialects) : RuleSetSettings{};
    sets.push_back(make_rule_set(kind, settings, section));
  };
  for (const char* dialect : {"datatrove", "dolma", "dclm", "nemo-curator"})
    for (const char* words : {"", "\nwords: unicode", "\nwords: morpheme"}) {
      add(gopher_repetition_kind(), std::string("dialect: ") + dialect + words);
      add(gopher_quality_kind(), std::string("dialect: ") + dialect + words);
    }
  add(gopher_repetition_kind(), "language: kor_Hang");
  add(gopher_quality_kind(), "language: kor_Hang");
  add(fineweb_quality_kind(), "");
  add(fineweb_quality_kind(), "language: kor_Hang\nwords: morpheme");
  add(c4_paragraph_kind(), "{minimum_lines: 2, minimum_line_length: 5}");
  return sets;
}

bool same(const std::optional<Failure>& a, const std::optional<Failure>& b) {
  if (!a || !b) return !a && !b;
  return a->reason == b->reason && a->value == b->value && a->limit == b->limit;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::vector<std::unique_ptr<RuleSet>> sets = all_sets();
  static const C4Quality c4(moru::Config::parse("{minimum_sentences: 1, minimum_words_per_line: 1}", "fuzz"));
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  TextView used;
  used.assign(text.substr(0, size / 2));
  for (const auto& set : sets) set->values(used);
  used.assign(text);
  for (const auto& set : sets) {
    const std::optional<Failure> first = set->judge(used);
    const std::vector<double> values = set->values(used);
    TextView fresh;
    fresh.assign(text);
    require(same(first, set->judge(fresh)));
    // Stopping early names the first check that fails.
    std::string_view reason;
    for (size_t i = 0; i < values.size(); ++i) {
      const Check& check = set->checks()[i];
      if (std::isnan(values[i])) continue;
      require(std::isfinite(values[i]) && values[i] >= 0);
      if (reason.empty() && !check.off() && !check.passes(values[i])) reason = check.reason;
    }
    require(first ? first->reason == reason : reason.empty());
  }
  const C4Quality::Outcome outcome = c4.judge(used);
  if (outcome.failure) return 0;
  const std::string left = outcome.edit.apply(used.text());
  require(moru::text::is_valid_utf8(left) && left.size() <= used.text().size());
  used.assign(left);
  require(used.text() == left);
  c4.judge(used);
  return 0;
}
