// The corpus report: one HTML file that needs nothing beside it, in Korean and English.
#pragma once

#include <string>

#include "curate/curate.h"
#include "data/dataset.h"

namespace moru::curate {

/// Funnel, languages, lengths, duplicates, licences, personal data, and what stands on both sides of each limit. The
/// same bytes for the same report; the page itself chooses the reader's language.
std::string report_page(const Report& report, const data::DatasetReader& decisions);

}  // namespace moru::curate
