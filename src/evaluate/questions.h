// Questions from text.
#pragma once

#include <string_view>
#include <vector>

#include "evaluate/evaluate.h"

namespace moru::evaluate {

/// The questions of a JSONL text, as read_questions() takes them from a file. `place` names it in errors, `set` in
/// reports.
std::vector<Question> parse_questions(std::string_view text, std::string_view place, std::string_view set);

}  // namespace moru::evaluate
