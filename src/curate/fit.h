// Fitting: limits out of the collection's own distributions, and what each limit would cost before it is applied.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/progress.h"
#include "curate/curate.h"
#include "data/dataset.h"

namespace moru::curate {

struct FitOptions {
  /// Rules to fit beside those of the recipe, with the limits that they have by themselves.
  std::vector<std::string> rules;
  /// Whose limits those have: "eng_Latn" or "kor_Hang"; empty: the rule's own choice.
  std::string language;
  double take = 0.01;         ///< About this share of the documents may lie beyond a proposed limit.
  bool tighten = false;       ///< Also propose limits tighter than the present ones.
  size_t examples = 3;        ///< On each side of a limit.
  uint64_t sample = 200'000;  ///< At most about so many documents are measured, chosen by their ids.
};

/// Documents lost, in all and by group.
struct FitCost {
  uint64_t documents = 0;
  std::map<std::string, uint64_t> by_language, by_source;
};

/// One limit: what it costs, and what is proposed instead.
struct FittedLimit {
  std::string rule, key;
  bool most = true;        ///< Values may not be over it; else not under.
  bool in_recipe = false;  ///< Its rule runs in the recipe as it is.
  bool off = false;        ///< The present limit is switched off.
  double limit = 0;        ///< The present one.
  double proposed = 0;
  uint64_t measured = 0;          ///< Documents that it applies to.
  uint64_t cost = 0;              ///< Of them beyond the present limit,
  uint64_t proposed_cost = 0;     ///< and beyond the proposed one.
  Json details = Json::object();  ///< {curve: [[limit, cost]], quantiles, histogram, kept, taken: examples}
};

struct FitReport {
  uint64_t documents = 0, measured = 0;  ///< In the collection; looked at.
  std::map<std::string, uint64_t> languages, sources;
  std::string limit_language;  ///< FitOptions::language
  std::vector<FittedLimit> limits;
  FitCost present, proposed;  ///< All limits of the rules together.
};

/// Measures the documents as they are after the rules that clean text. A proposed limit is the present one where that
/// costs no more than `take`; else it lies in the widest gap between values near the quantile that `take` asks for. It
/// is tighter than the present one only with `tighten`. Bit-identical for any number of threads. Throws Error for an
/// unknown rule or one that measures nothing.
FitReport fit(const data::DatasetReader& documents, const Options& options, const FitOptions& fit_options,
              ProgressSink& progress);

Json to_json(const FitReport& report);
/// As tables for the terminal, with examples.
std::string fit_text(const FitReport& report, bool examples);
/// The limits that differ from the recipe's, as its `curate:` section; empty if none does.
std::string fit_recipe(const FitReport& report);

}  // namespace moru::curate
