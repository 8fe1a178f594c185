// Markdown's inline marks, reduced to the text that a reader sees.
#pragma once

#include <string>
#include <string_view>

namespace moru::collect {

/// Emphasis, strong, struck-through, code spans, links, autolinks and inline HTML become their text; images nothing;
/// backslash escapes and character references what they stand for (CommonMark 0.30, section 6, without link reference
/// look-up: "[text][label]" gives its text). Linear in the length, apart from runs of unmatched delimiters.
std::string markdown_text(std::string_view inlines);

/// "&amp;", "&#44032;" and their like become the characters. Names beyond HTML's commonest stay as they are.
std::string decode_references(std::string_view text);

}  // namespace moru::collect
