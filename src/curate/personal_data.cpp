// personal_data: what is found of persons is masked, tagged or counted, or the document dropped, as the recipe says for
// each kind; what may be left is estimated on a sample.
#include <mutex>
#include <nlohmann/json.hpp>

#include "core/language.h"
#include "curate/change.h"
#include "curate/personal_data_matcher.h"
#include "curate/personal_data_options.h"
#include "curate/personal_data_risk.h"
#include "curate/rule.h"

namespace moru::curate {
namespace {

using Action = PersonalDataAction;

/// What was found of one kind.
struct Count {
  std::array<uint64_t, kPersonalDataActions> actions{};
  std::array<uint64_t, kConfidences> confidences{};
  uint64_t documents = 0;
};
using Counts = std::array<Count, kPersonalDataKinds>;

/// A match and what becomes of it.
struct Found {
  PersonalData match;
  Action action = Action::ignore;
};

class PersonalDataRun final : public RuleRun {
 public:
  explicit PersonalDataRun(const PersonalDataOptions& options)
      : options_(options), sample_(options.risk_sample, options.seed) {}

  Verdict apply(Item& item) const override {
    data::Document& document = item.document;
    Counts counts;
    const std::vector<Found> found = find(document.text, &counts);
    uint64_t dropping = 0;
    for (const Found& one : found) dropping += one.action == Action::drop ? 1 : 0;
    if (dropping > options_.drop_over) {
      Verdict verdict;
      verdict.action = Verdict::Action::drop;
      verdict.value = static_cast<double>(dropping);
      verdict.limit = static_cast<double>(options_.drop_over);
      add_up(counts, verdict);
      return verdict;
    }
    const bool korean = document.language == "ko";
    const TextEdit edit = edit_of(found, korean);
    const auto masked = [&](std::string_view other) { return edit_of(find(other, nullptr), korean).apply(other); };
    Verdict verdict = change_document(edit, masked, document);
    change_metadata([&](std::string_view value) { return edit_of(find(value, &counts), korean).apply(value); },
                    document, verdict);
    tag(found, edit, document, verdict);
    if (!options_.record_text)
      for (Removed& piece : verdict.removed) piece.text.clear();
    add_up(counts, verdict);
    sample_.offer(item.collected_id, document.text);
    return verdict;
  }

  Json facts() const override {
    Json kinds = Json::object();
    const std::lock_guard lock(mutex_);
    for (size_t i = 0; i < kPersonalDataKinds; ++i) {
      const Count& count = totals_[i];
      if (count.documents == 0) continue;
      Json actions = Json::object();
      for (size_t a = 1; a < kPersonalDataActions; ++a)
        if (count.actions[a] > 0) actions[std::string(name_of(static_cast<Action>(a)))] = count.actions[a];
      Json confidences = Json::object();
      for (size_t c = 0; c < kConfidences; ++c)
        if (count.confidences[c] > 0)
          confidences[std::string(name_of(static_cast<Confidence>(c)))] = count.confidences[c];
      kinds[std::string(name_of(static_cast<PersonalDataKind>(i)))] = {
          {"documents", count.documents}, {"actions", std::move(actions)}, {"confidence", std::move(confidences)}};
    }
    Json facts = {{"kinds", std::move(kinds)}};
    if (options_.risk_sample > 0)
      facts["residual_risk"] = to_json(estimate_risk(sample_.documents(), sample_.population()));
    return facts;
  }

 private:
  /// What is to be done in a text; counts it where asked to.
  std::vector<Found> find(std::string_view text, Counts* counts) const {
    std::vector<Found> found;
    for (const PersonalData& match : find_personal_data(text)) {
      const Action action =
          options_.action(match.kind, text.substr(match.range.begin, match.range.end - match.range.begin));
      if (action == Action::ignore) continue;
      found.push_back({match, action});
      if (counts == nullptr) continue;
      Count& count = (*counts)[static_cast<size_t>(match.kind)];
      ++count.actions[static_cast<size_t>(action)];
      ++count.confidences[static_cast<size_t>(match.confidence)];
      count.documents = 1;
    }
    return found;
  }

  static TextEdit edit_of(const std::vector<Found>& found, bool korean) {
    TextEdit edit;
    for (const Found& one : found) {
      if (one.action != Action::mask && one.action != Action::drop) continue;
      const KindInfo& kind = kind_info(one.match.kind);
      edit.replace(one.match.range.begin, one.match.range.end, korean ? kind.korean_mark : kind.english_mark);
    }
    return edit;
  }

  /// "phone 12-25, email 40-52" under metadata.personal_data: bytes of the text as it is kept.
  static void tag(const std::vector<Found>& found, const TextEdit& edit, data::Document& document, Verdict& verdict) {
    std::string tags;
    uint64_t number = 0;
    for (const Found& one : found) {
      if (one.action != Action::tag) continue;
      const data::Range range = edit.map(one.match.range);
      tags += fmt::format("{}{} {}-{}", tags.empty() ? "" : ", ", name_of(one.match.kind), range.begin, range.end);
      ++number;
    }
    if (number == 0) return;
    std::string& value = document.metadata["personal_data"];
    verdict.removed.push_back({"metadata.personal_data", {0, value.size()}, value, tags});
    value = std::move(tags);
    document.measures["personal_data"] = static_cast<double>(number);
    verdict.action = Verdict::Action::change;
    verdict.value = static_cast<double>(verdict.removed.size());
  }

  void add_up(const Counts& counts, Verdict& verdict) const {
    bool any = false;
    for (size_t i = 0; i < kPersonalDataKinds; ++i) {
      const uint64_t number = std::reduce(counts[i].actions.begin(), counts[i].actions.end());
      if (number == 0) continue;
      any = true;
      const std::string name(name_of(static_cast<PersonalDataKind>(i)));
      verdict.counts[name] = number;
      verdict.detail += fmt::format("{}{} {}", verdict.detail.empty() ? "" : ", ", name, number);
    }
    if (!any) return;
    const std::lock_guard lock(mutex_);
    for (size_t i = 0; i < kPersonalDataKinds; ++i) {
      for (size_t a = 0; a < kPersonalDataActions; ++a) totals_[i].actions[a] += counts[i].actions[a];
      for (size_t c = 0; c < kConfidences; ++c) totals_[i].confidences[c] += counts[i].confidences[c];
      totals_[i].documents += counts[i].documents;
    }
  }

  const PersonalDataOptions& options_;
  // Sums, and a sample that does not depend on the order: the threads may come as they like.
  mutable std::mutex mutex_;
  mutable Counts totals_{};
  mutable RiskSample sample_;
};

class PersonalDataRule final : public Rule {
 public:
  explicit PersonalDataRule(const Config& section) : options_(section) {}
  Json parameters() const override { return options_.to_json(); }
  std::string limit() const override {
    std::array<std::vector<std::string_view>, kPersonalDataActions> kinds;
    for (size_t i = 0; i < kPersonalDataKinds; ++i) {
      const KindInfo& kind = kind_info(static_cast<PersonalDataKind>(i));
      kinds[static_cast<size_t>(options_.actions[i])].push_back(tr(kind.english, kind.korean));
    }
    constexpr std::array<std::pair<std::string_view, std::string_view>, kPersonalDataActions> kWords = {
        {{"", ""}, {"counted", "세기만"}, {"masked", "가림"}, {"tagged", "표시"}, {"dropped", "버림"}}};
    std::string limit;
    for (size_t a = 1; a < kPersonalDataActions; ++a) {
      if (kinds[a].empty()) continue;
      const std::string_view word = tr(kWords[a].first, kWords[a].second);
      const bool all = kinds[a].size() == kPersonalDataKinds;
      limit +=
          fmt::format("{}{}: {}", limit.empty() ? "" : "; ", word,
                      all ? std::string(tr("all kinds", "모든 종류")) : fmt::format("{}", fmt::join(kinds[a], ", ")));
    }
    return limit.empty() ? std::string(tr("nothing", "없음")) : limit;
  }
  std::unique_ptr<RuleRun> start() const override { return std::make_unique<PersonalDataRun>(options_); }

 private:
  PersonalDataOptions options_;
};

}  // namespace

std::unique_ptr<Rule> make_personal_data(const Config& section) {
  return std::make_unique<PersonalDataRule>(section);
}

}  // namespace moru::curate
