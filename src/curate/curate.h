// Curating: documents in, corpus out; every dropped or changed document is kept aside with rule, value and limit.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/config.h"
#include "core/progress.h"
#include "data/dataset.h"

namespace moru::curate {

/// The recipe's `curate:` section, read and checked. Rules are named objects registered one a file.
class Options {
 public:
  explicit Options(const Config& section);
  ~Options();
  Options(Options&&) noexcept;
  Options& operator=(Options&&) noexcept;
  Json to_json() const;

  struct Rules;
  const Rules& rules() const { return *rules_; }

 private:
  std::unique_ptr<Rules> rules_;
};

/// One line of the funnel: what a rule saw, took and changed.
struct FunnelRow {
  std::string rule;
  uint64_t in = 0, dropped = 0, changed = 0, out = 0;
  std::string limit;  ///< Shown to the user ("characters >= 50").
};

struct Report {
  std::vector<FunnelRow> funnel;
  Json facts;
};

/// Reads document/1, writes document/1 to `kept` and decision/1 to `decisions` (dropped: with the whole document).
/// Bit-identical for any number of threads. Finishes both datasets.
Report curate(const data::DatasetReader& documents, const Options& options, data::DatasetWriter& kept,
              data::DatasetWriter& decisions, ProgressSink& progress);

/// The funnel as a table for the terminal.
std::string funnel_text(const std::vector<FunnelRow>& funnel);

}  // namespace moru::curate
