// The YAML between "---" lines at the top of a Markdown file.
#pragma once

#include <string_view>

#include "collect/builder.h"

namespace moru::collect {

/// Puts the front matter's texts and lists of texts into the builder's metadata, and returns the text after it with the
/// title that it gives, if any. A text without front matter, or whose front matter is not YAML, comes back whole.
std::pair<std::string_view, std::string> read_front_matter(std::string_view text, DocumentBuilder& builder);

}  // namespace moru::collect
