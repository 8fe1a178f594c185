// What filters and methods share.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "text/jinja/interpreter.h"

namespace moru::text::jinja {

struct FilterEntry {
  std::string_view name;
  Filter filter;
};
/// filters_lists.cpp
std::span<const FilterEntry> list_filters();

/// Python's str.strip(characters), or of one side; Undefined or None: white space.
MarkedText strip(const MarkedText& text, const Value& characters, bool left, bool right);
/// str.replace(old, new, count); all if count < 0.
MarkedText replaced(const Interpreter& interpreter, const MarkedText& text, std::string_view old,
                    const MarkedText& with, int64_t count);
/// str.capitalize().
std::string capitalized(std::string_view text);
/// str.lower() and str.upper().
Value lower_of(const MarkedText& text);
Value upper_of(const MarkedText& text);

}  // namespace moru::text::jinja
