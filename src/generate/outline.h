// Outline: a document's sections, as its headings divide it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/document.h"
#include "generate/options.h"

namespace moru::generate {

struct Section {
  static constexpr size_t kNone = SIZE_MAX;

  size_t heading = kNone;  ///< Index of the heading's block; kNone before the first heading.
  std::string name;        ///< The heading's text without what punctuates it; empty if it says nothing.
  data::Range range;       ///< Of the heading.
  int level = 0;
  size_t parent = kNone;  ///< Index of the section that it is part of.
  size_t begin = 0;       ///< Body: blocks [begin, end), up to the next heading of any level.
  size_t end = 0;
  bool is_title = false;  ///< Names the whole document.
  std::string role;       ///< The heading block's role.
};

struct Outline {
  const data::Document* document = nullptr;
  std::string title;
  std::string place;  ///< What the document is about as a whole ("Calc"), by Options::places; may be empty.
  double weight = 1;  ///< Place::weight.
  std::vector<Section> sections;

  const data::Block& block(size_t index) const { return document->blocks[index]; }
  std::string_view text(size_t index) const { return document->slice(block(index).range); }
  /// The section's children with this role, in order.
  std::vector<const Section*> parts(const Section& section, std::string_view role) const;
};

Outline outline(const data::Document& document, const std::vector<Place>& places);

/// A heading or term as it can be named in a question: one line, no closing colon or dots, no quotes around the whole.
/// Empty if there is no letter or digit in it or it is markup left over.
std::string clean_name(std::string_view text);

/// True for headings that divide a page instead of naming a thing ("Syntax", "예", "관련 주제").
bool is_divider(std::string_view name);

}  // namespace moru::generate
