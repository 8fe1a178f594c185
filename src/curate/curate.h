// Curating: documents in, corpus out; every dropped or changed document is kept aside with rule, value and limit.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>  // Report holds a Json by value
#include <string>
#include <vector>

#include "core/config.h"
#include "core/progress.h"
#include "curate/scratch.h"
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
  /// {documents, characters, bytes, languages: {code: {documents, characters}}, licences: {id: documents}, lengths:
  /// quantiles of characters, funnel: [{rule, in, dropped, changed, out}], counts: {rule: {name: number}}}: what was
  /// found by kind under counts.personal_data, which lines went under counts.boilerplate. Under the name of a rule, what
  /// it knows of the whole run: personal_data: {kinds: {kind: {documents, actions: {action: n}, confidence: {format,
  /// context, checksum: n}}}, residual_risk: see personal_data_risk.h}.
  Json facts;
  /// For the report page: [{rule, key, bound, limit, off, count, beyond, quantiles, histogram, kept, taken}] over a
  /// sample of the documents; kept and taken are those nearest to the limit, [{value, document, title, uri, text}].
  Json limits;
};

/// Reads document/1, writes document/1 to `kept` and decision/1 to `decisions` (dropped: with the whole document).
/// A kept document whose text was changed gets the id of its new text and names the old one in metadata "collected_as";
/// decisions name documents by their ids as collected. A document that a rule cannot work on is set aside with the
/// reason. Bit-identical for any number of threads and any memory. Finishes both datasets. `resources.memory` bounds
/// what is held of the collection, whatever its size (0: a quarter of the machine's); the rest lies in unnamed files in
/// `resources.folder`. Throws Error if a dataset cannot be read or written.
Report curate(const data::DatasetReader& documents, const Options& options, data::DatasetWriter& kept,
              data::DatasetWriter& decisions, ProgressSink& progress, const Resources& resources = {});

/// The funnel as a table for the terminal.
std::string funnel_text(const std::vector<FunnelRow>& funnel);

}  // namespace moru::curate
