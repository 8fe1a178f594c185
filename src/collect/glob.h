// Globs over paths in a folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace moru::collect {

/// A pattern of path components split by "/": "?" is one character, "*" any number of them, "**" as a whole component
/// any number of folders. Wildcards do not match the dot that begins a hidden name, as in the shell.
class Glob {
 public:
  /// A pattern that ends in "/" means everything below that folder.
  explicit Glob(std::string_view pattern);
  /// `path`: relative, with "/" between components.
  bool matches(std::string_view path) const;

 private:
  std::vector<std::string> components_;
};

}  // namespace moru::collect
