// What a report says in words: where the baseline is beaten and where not, and how small a difference could be seen.
#pragma once

#include <string>
#include <vector>

#include "evaluate/evaluate.h"

namespace moru::evaluate {

/// The names of the sets in the report's order.
std::vector<std::string> set_names(const Report& report);

/// "0.412 (0.380 to 0.444)"; with a sign for differences.
std::string interval_text(const Interval& interval, bool with_sign = false);

/// "< 0.001" or three decimals.
std::string p_text(double p);

/// The comparison's verdict in words.
std::string verdict_text(const Comparison& comparison);

/// Sentences on one set: each baseline against each other system, the smallest difference these questions could show,
/// and a warning where there is one document only. A system is called better only where Comparison::verdict says so.
std::vector<std::string> findings(const Report& report, const std::string& set);

}  // namespace moru::evaluate
