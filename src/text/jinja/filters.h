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
std::string strip(std::string_view text, const Value& characters, bool left, bool right);
/// str.replace(old, new, count); all if count < 0.
std::string replaced(const Interpreter& interpreter, std::string_view text, std::string_view old, std::string_view with,
                     int64_t count);
/// str.capitalize().
std::string capitalized(std::string_view text);

}  // namespace moru::text::jinja
