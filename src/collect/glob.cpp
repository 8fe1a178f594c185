#include "collect/glob.h"

namespace moru::collect {
namespace {

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const size_t end = std::min(path.find('/'), path.size());
    if (const std::string_view part = path.substr(0, end); !part.empty() && part != ".") parts.push_back(part);
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return parts;
}

size_t character(std::string_view text, size_t at) {
  size_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
  return end;
}

/// One component against one name, in time of their product: the last star takes more when what follows does not fit.
bool component_matches(std::string_view pattern, std::string_view name) {
  if (name.starts_with('.') && !pattern.starts_with('.')) return false;
  size_t p = 0, n = 0, star = std::string_view::npos, taken = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken = n;
    } else if (p < pattern.size() && pattern[p] == '?') {
      ++p;
      n = character(name, n);
    } else if (p < pattern.size() && pattern[p] == name[n]) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = taken = character(name, taken);
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace

Glob::Glob(std::string_view pattern) {
  for (const std::string_view part : split(pattern)) components_.emplace_back(part);
  if (pattern.ends_with('/')) components_.emplace_back("**");
}

bool Glob::matches(std::string_view path) const {
  const std::vector<std::string_view> names = split(path);
  // reach[j]: the components so far match the first j names.
  std::vector<char> reach(names.size() + 1, 0);
  reach[0] = 1;
  for (const std::string& component : components_) {
    std::vector<char> next(names.size() + 1, 0);
    for (size_t j = 0; j <= names.size(); ++j) {
      if (component == "**") {
        next[j] = reach[j] || (j > 0 && next[j - 1] && !names[j - 1].starts_with('.'));
      } else if (j > 0) {
        next[j] = reach[j - 1] && component_matches(component, names[j - 1]);
      }
    }
    reach = std::move(next);
  }
  return reach.back() != 0;
}

}  // namespace moru::collect
