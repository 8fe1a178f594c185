// The lines of a document that are prose: not tables, not code.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "data/document.h"

namespace moru::curate {

/// Calls line(range, block) for every line of the text that is not empty, in order, without its line break; `block` is
/// the block it stands in, or null. Blocks must be in the order of the text; a line ends where a block does.
void for_each_line(const data::Document& document, const std::function<void(data::Range, const data::Block*)>& line);

/// The document's text without its tables and code, each left out with its line.
std::string prose_of(const data::Document& document);

}  // namespace moru::curate
