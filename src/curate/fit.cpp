#include "curate/fit.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/hash.h"
#include "core/language.h"
#include "core/threads.h"
#include "curate/options.h"
#include "curate/spread.h"

namespace moru::curate {
namespace {

// Rules that clean a text before others measure it.
constexpr std::array<std::string_view, 4> kCleaners = {"white_space", "unicode", "hangul", "language"};
constexpr size_t kBatch = 512;  // documents measured before their numbers are gathered in order

struct Measured {
  Item item;
  std::vector<std::vector<Quantity>> by_rule;
};

struct FittedRule {
  std::string name;
  bool in_recipe = false;
  const Rule* rule = nullptr;
};

/// A limit's numbers, and those of each document, which the proposed limits are tried on.
struct Column {
  std::string rule, key;
  bool in_recipe;
  double highest;
  Spread spread;
  std::vector<uint32_t> documents;  ///< Whose value it is.
};

/// A little further out than `value`, in three digits, so that a reader can remember it.
double rounded(double value, bool up) {
  if (value == 0) return 0;
  const double unit = std::pow(10, std::floor(std::log10(std::abs(value))) - 2);
  return (up ? std::ceil(value / unit - 1e-9) : std::floor(value / unit + 1e-9)) * unit;
}

/// The limit in the widest gap among the values between `2 take` and `take / 2` from the end, so that it parts groups
/// of documents rather than runs through one.
double in_gap(std::vector<float> values, bool most, double take) {
  if (!most)
    for (float& value : values) value = -value;
  std::ranges::sort(values);
  const auto n = static_cast<double>(values.size());
  const auto rank = [&](double share) {
    return static_cast<size_t>(std::clamp(std::floor(n * (1 - share)), 0.0, n - 1));
  };
  size_t best = rank(take);
  float widest = 0;
  for (size_t i = rank(2 * take); i < rank(take / 2); ++i)
    if (const float gap = values[i + 1] - values[i]; gap > widest) {
      widest = gap;
      best = i;
    }
  auto limit = static_cast<double>(values[best]);
  // Of whole numbers (characters, words) a limit stays one.
  const bool whole = std::ranges::all_of(values, [](float value) { return value == std::floor(value); });
  if (whole && std::abs(limit) < 1000) return most ? limit : -limit;
  return most ? rounded(limit, true) : -rounded(limit, true);
}

std::string source_of(const data::Document& document) {
  return document.source.uri.substr(0, document.source.uri.find('/'));
}

class Fitter {
 public:
  Fitter(const Options& options, const FitOptions& fit) : fit_(fit) {
    for (const auto& entry : options.rules().entries) {
      if (!entry.enabled) continue;
      if (std::ranges::find(kCleaners, entry.name) != kCleaners.end()) cleaners_.push_back(entry.rule->start());
      rules_.push_back({entry.name, true, entry.rule.get()});
    }
    for (const std::string& name : fit.rules) {
      if (std::ranges::find(rules_, name, &FittedRule::name) != rules_.end()) continue;
      const auto registration = std::ranges::find(registry(), name, &Registration::name);
      if (registration == registry().end())
        throw Error("--rules", fmt::format(fmt::runtime(tr("there is no rule \"{}\"", "\"{}\" 규칙은 없습니다")), name),
                    std::string(tr("docs/recipe.md lists the rules", "docs/recipe.md에 규칙이 있습니다")));
      const Config section = Config::parse(fit.language.empty() ? "" : "language: " + fit.language, "--language");
      made_.push_back(registration->make(section));
      section.finish();
      rules_.push_back({name, false, made_.back().get()});
    }
  }

  FitReport run(const data::DatasetReader& documents, ProgressSink& sink) {
    Progress progress(sink, std::string(tr("measure", "재기")), std::string(tr("documents", "문서")),
                      documents.count());
    const double share =
        documents.count() == 0 ? 1 : static_cast<double>(fit_.sample) / static_cast<double>(documents.count());
    std::vector<Measured> batch;
    documents.for_each([&](const Json& json, std::string_view place) {
      data::Document document = data::document_from_json(json, place);
      progress.advance();
      const double draw = static_cast<double>(hash64(document.id, 11) >> 11U) * 0x1p-53;
      if (draw >= share) return;
      Measured& one = batch.emplace_back();
      one.item.collected_id = document.id;
      one.item.document = std::move(document);
      if (batch.size() == kBatch) gather(batch);
    });
    gather(batch);
    progress.finish();
    report_.documents = documents.count();
    report_.limit_language = fit_.language;
    conclude();
    return std::move(report_);
  }

 private:
  void gather(std::vector<Measured>& batch) {
    parallel_for(batch.size(), [&](size_t i) {
      for (const auto& cleaner : cleaners_) cleaner->apply(batch[i].item);
      for (const FittedRule& rule : rules_) batch[i].by_rule.push_back(rule.rule->quantities(batch[i].item));
    });
    for (Measured& one : batch) {
      const auto number = static_cast<uint32_t>(report_.measured++);
      languages_.push_back(one.item.document.language);
      sources_.push_back(source_of(one.item.document));
      ++report_.languages[languages_.back()];
      ++report_.sources[sources_.back()];
      for (size_t r = 0; r < rules_.size(); ++r)
        for (const Quantity& quantity : one.by_rule[r]) {
          if (!std::isfinite(quantity.value)) continue;
          Column& column = column_of(rules_[r], quantity);
          column.spread.add(quantity.value);
          column.documents.push_back(number);
        }
      kept_.push_back(std::move(one.item));
      // The texts are needed for a few examples only; a beginning is enough.
      data::Document& document = kept_.back().document;
      document.blocks.clear();
      if (document.text.size() > kExcerpt) document.text = example_of(kept_.back(), 0).text;
    }
    batch.clear();
  }

  Column& column_of(const FittedRule& rule, const Quantity& quantity) {
    const auto [it, is_new] = index_.try_emplace({rule.name, quantity.key}, columns_.size());
    if (is_new)
      columns_.push_back({rule.name,
                          quantity.key,
                          rule.in_recipe,
                          quantity.highest,
                          Spread(quantity.most, quantity.limit, quantity.off, fit_.examples),
                          {}});
    return columns_[it->second];
  }

  void conclude() {
    std::vector<bool> lost(report_.measured), lost_after(report_.measured);
    for (const Column& column : columns_) {
      const Spread& spread = column.spread;
      FittedLimit& limit = report_.limits.emplace_back();
      limit.rule = column.rule;
      limit.key = column.key;
      limit.most = spread.most();
      limit.in_recipe = column.in_recipe;
      limit.off = spread.off();
      limit.limit = spread.limit();
      limit.measured = spread.count();
      limit.cost = limit.off ? 0 : spread.beyond(limit.limit);
      const auto allowed = static_cast<uint64_t>(fit_.take * static_cast<double>(spread.count()));
      limit.proposed = limit.limit;
      if (limit.cost > allowed || (fit_.tighten && !limit.off && spread.count() > 0)) {
        const double gap = in_gap(spread.values(), spread.most(), fit_.take);
        const double looser = spread.most() ? std::max(gap, limit.limit) : std::min(gap, limit.limit);
        limit.proposed = std::min(fit_.tighten ? gap : looser, column.highest);
      }
      limit.proposed_cost = limit.off ? 0 : spread.beyond(limit.proposed);
      Spread sides(spread.most(), limit.proposed, limit.off, fit_.examples);
      for (size_t i = 0; i < spread.count(); ++i) {
        const auto value = static_cast<double>(spread.values()[i]);
        sides.add(value);
        const uint32_t document = column.documents[i];
        if (fit_.examples > 0 && sides.wants(value)) sides.add_example(example_of(kept_[document], value));
        if (limit.off) continue;
        if (!spread.passes(value)) lost[document] = true;
        if (!sides.passes(value)) lost_after[document] = true;
      }
      limit.details = sides.to_json();
      Json curve = Json::array();
      for (const double share : {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5}) {
        const double bound = quantile(spread, share);
        curve.push_back({bound, spread.beyond(bound)});
      }
      limit.details["curve"] = std::move(curve);
    }
    report_.present = cost(lost);
    report_.proposed = cost(lost_after);
  }

  /// The value that this share of the documents is beyond.
  static double quantile(const Spread& spread, double share) {
    std::vector<float> sorted = spread.values();
    std::ranges::sort(sorted);
    if (!spread.most()) std::ranges::reverse(sorted);
    const auto n = static_cast<double>(sorted.size());
    return sorted.empty() ? 0 : static_cast<double>(sorted[static_cast<size_t>(std::min(n - 1, n * (1 - share)))]);
  }

  FitCost cost(const std::vector<bool>& lost) const {
    FitCost cost;
    for (size_t i = 0; i < lost.size(); ++i) {
      if (!lost[i]) continue;
      ++cost.documents;
      ++cost.by_language[languages_[i]];
      ++cost.by_source[sources_[i]];
    }
    return cost;
  }

  static constexpr size_t kExcerpt = 2048;
  const FitOptions& fit_;
  std::vector<std::unique_ptr<RuleRun>> cleaners_;
  std::vector<std::unique_ptr<Rule>> made_;
  std::vector<FittedRule> rules_;
  std::vector<Column> columns_;
  std::map<std::pair<std::string, std::string>, size_t> index_;
  std::vector<Item> kept_;
  std::vector<std::string> languages_, sources_;
  FitReport report_;
};

}  // namespace

FitReport fit(const data::DatasetReader& documents, const Options& options, const FitOptions& fit_options,
              ProgressSink& progress) {
  return Fitter(options, fit_options).run(documents, progress);
}

}  // namespace moru::curate
