// A scanner for the small XML answers of servers (sitemaps, listings), in the process that asks: no tree, no entities
// but the five of XML and numbers, nothing that grows.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace moru::collect {

/// Calls `use` at the end of each element, with the names of the elements around it and its own last (without
/// prefixes), and the text right in it, references replaced and without white space around. False where the text ends
/// early, elements are not closed in order, or they nest deeper than 32.
bool scan_xml(std::string_view xml,
              const std::function<void(std::span<const std::string_view> path, std::string_view text)>& use);

}  // namespace moru::collect
