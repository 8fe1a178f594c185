// Debian's machine-readable copyright files:
// https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
#include "collect/licence.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

/// Debian's globs: "*" and "?" match any character, "/" too; a backslash escapes.
bool matches(std::string_view pattern, std::string_view path) {
  size_t p = 0, n = 0, star = std::string_view::npos, taken = 0;
  while (n < path.size()) {
    const bool escaped = p + 1 < pattern.size() && pattern[p] == '\\';
    if (p < pattern.size() && !escaped && pattern[p] == '*') {
      star = p++;
      taken = n;
    } else if (p < pattern.size() &&
               (escaped ? pattern[p + 1] == path[n] : pattern[p] == '?' || pattern[p] == path[n])) {
      p += escaped ? 2 : 1;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++taken;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace

std::optional<DebianCopyright> DebianCopyright::parse(std::string_view text) {
  DebianCopyright parsed;
  bool has_format = false;
  Files files;
  std::string field;
  size_t number = 0;
  const auto end_paragraph = [&] {
    if (!files.patterns.empty() && !files.licence.empty()) parsed.files_.push_back(files);
    files = {};
    field.clear();
  };
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    begin = end + 1;
    ++number;
    if (line.starts_with('#')) continue;
    if (text::trim(line).empty()) {
      end_paragraph();
      continue;
    }
    std::string_view value = line;
    const bool continues = line[0] == ' ' || line[0] == '\t';
    if (!continues) {
      const size_t colon = line.find(':');
      if (colon == std::string_view::npos) continue;
      field = text::lower(text::repair_utf8(line.substr(0, colon)));
      value = line.substr(colon + 1);
    }
    value = text::trim(value);
    if (field == "format")
      has_format = has_format || value.find("copyright-format") != std::string_view::npos ||
                   value.find("dep5") != std::string_view::npos;
    if (field == "files")
      text::for_each_word(text::repair_utf8(value), [&](std::string_view word) { files.patterns.emplace_back(word); });
    if (field == "license" && !continues && files.licence.empty()) {
      files.licence = spdx_of_debian(text::repair_utf8(value));
      files.line = number;
    }
  }
  end_paragraph();
  if (!has_format || parsed.files_.empty()) return std::nullopt;
  return parsed;
}

std::optional<Recognised> DebianCopyright::for_path(std::string_view path) const {
  for (auto it = files_.rbegin(); it != files_.rend(); ++it)
    if (std::ranges::any_of(it->patterns, [&](const std::string& pattern) { return matches(pattern, path); }))
      return Recognised{it->licence, it->line};
  return std::nullopt;
}

}  // namespace moru::collect
