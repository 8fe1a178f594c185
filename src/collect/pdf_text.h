// The text of pages: paragraphs across lines and pages, headings, lists and tables out of words with places.
#pragma once

#include "collect/pdf_layout.h"
#include "data/document.h"

namespace moru::collect {

/// Headings are short lines larger than the body; the largest of the first page is the title. Lines that stand at the
/// head or foot of many pages, and page numbers there, are left out; metadata "running_lines" counts them. Lines join
/// to paragraphs by pdf_lines.h. Tables are found by words that stand in columns. Every block knows its page. The
/// caller fills source.
data::Document document_of_pages(const PageLayout& layout);

}  // namespace moru::collect
