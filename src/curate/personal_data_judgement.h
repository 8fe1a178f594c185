// The sample of the residual risk as a list that a person judges.
#pragma once

#include <filesystem>
#include <string>

#include "core/progress.h"
#include "curate/personal_data_risk.h"
#include "data/dataset.h"

namespace moru::curate {

struct RiskDraw {
  std::vector<RiskDocument> sample;
  uint64_t population = 0;
};

/// Draws from a corpus (document/1) the sample that curating drew with the same size and seed, if no later rule dropped
/// any of it.
RiskDraw draw_risk_sample(const data::DatasetReader& corpus, uint64_t size, uint64_t seed, ProgressSink& progress);

/// Tab-separated lines with a header: label (empty), document, kind, excerpt, source. One line a candidate, and one of
/// kind "none" for each of the first 50 documents without any, whose beginning is shown: what the net misses can only
/// be seen by reading them. The text is in the clear.
std::string risk_list(const data::DatasetReader& corpus, const std::vector<RiskDocument>& sample);

/// Reads the list back with "yes" (personal data) or "no" in its first column. A document is personal if one of its
/// lines is; lines without a label are left out. Throws Error naming the line that has another label, or if none has
/// one.
RiskLabels read_risk_labels(const std::filesystem::path& file);

/// The estimate in a few sentences, in the user's language.
std::string risk_text(const RiskEstimate& estimate);

}  // namespace moru::curate
