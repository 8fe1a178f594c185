// A document's lines, and those of them that are running text.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "data/document.h"

namespace moru::curate {

/// Calls line(range, block) for every line of the blocks that is not empty, in order, without its line break. What
/// stands between blocks is markup. Of a document without blocks, every line of the text, with a null block. Blocks
/// must be in the order of the text.
void for_each_line(const data::Document& document, const std::function<void(data::Range, const data::Block*)>& line);

/// The paragraphs, list items and captions of a document, an empty line after each but the items; the whole text of one
/// without blocks. Headings, tables and code are left out: manuals use the same ones again and again.
std::string prose_of(const data::Document& document);

/// The text without its code blocks, whose names and keywords are in no language.
std::string text_without_code(const data::Document& document);

}  // namespace moru::curate
