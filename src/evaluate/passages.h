// Passages: the pieces of a document that retrieval answers with.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "data/document.h"

namespace moru::evaluate {

struct Passage {
  std::string headings;  ///< Title and headings above the passage, outermost first, one a line; no heading twice.
  std::string text;      ///< Without the headings; blocks joined by newlines.
};

/// Cuts a document into passages: neighbouring blocks under the same heading together, up to `max_chars` characters a
/// passage, and a list kept with the paragraph that leads to it where both fit. A longer block is a passage of its own,
/// and so is each row of a table: tables hold keys, options and error codes, which are asked for one by one. A document
/// without blocks is taken as paragraphs, split at empty lines.
std::vector<Passage> cut_passages(const data::Document& document, size_t max_chars);

/// The text cut to at most `max_chars` characters, at the last end of a sentence or line past half of that, else at the
/// last space, else anywhere between characters.
std::string_view cut_text(std::string_view text, size_t max_chars);

}  // namespace moru::evaluate
