// Generating: chat samples out of the documents' structure, with no teacher model.
#pragma once

#include <string>

#include "core/config.h"
#include "core/progress.h"
#include "data/dataset.h"

namespace moru::generate {

struct Options {
  double held_out_share = 0.2;  ///< Share of each topic's phrasings that is never trained on (at least one a topic).
  int phrasings = 6;            ///< Most phrasings a topic gets, held-out ones included.
  size_t max_answer_chars = 160;
  uint64_t seed = 7;
};

Options read_options(const Config& section);
Json to_json(const Options& options);

struct Report {
  uint64_t topics = 0, samples = 0, held_out = 0;
  Json facts;  ///< Counts by generator and language.
};

/// Reads document/1, writes sample/1 (kind chat; Sample::held_out marks what evaluation asks). Finishes the dataset.
Report generate(const data::DatasetReader& corpus, const Options& options, data::DatasetWriter& samples, ProgressSink& progress);

}  // namespace moru::generate
