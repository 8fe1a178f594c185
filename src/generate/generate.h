// Generating: chat samples out of the documents' structure, with no teacher model.
#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "core/progress.h"
#include "data/dataset.h"
#include "generate/options.h"

namespace moru::generate {

struct Report {
  uint64_t topics = 0, samples = 0, held_out = 0;
  Json facts;  ///< Counts by generator, language and phrasing, answers' lengths, and topics left out by reason.
  std::set<std::string> held_out_documents;  ///< Ids, of those without topics too.
};

/// Reads document/1, writes sample/1 (kind chat; Sample::held_out marks what evaluation asks). Finishes the dataset.
/// All questions about a held-out document are held out; none of its topics has the answer of one that is trained on.
/// No two topics share a question, by letters and digits; every answer is text of the document that its sample names.
Report generate(const data::DatasetReader& corpus, const Options& options, data::DatasetWriter& samples,
                ProgressSink& progress);

}  // namespace moru::generate
