#include "generate/other_names.h"

#include <algorithm>
#include <set>

#include "generate/outline.h"
#include "generate/prose.h"
#include "text/unicode.h"

namespace moru::generate {
namespace {

constexpr size_t kShortest = 4, kLongest = 40;  // characters; shorter ones say too little

std::vector<std::string> lines(const data::Document& document, const char* key) {
  std::vector<std::string> found;
  const auto entry = document.metadata.find(key);
  if (entry == document.metadata.end()) return found;
  const std::string& text = entry->second;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    found.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return found;
}

/// An index entry "main, sub" as one would type it.
std::string spoken(std::string_view entry) {
  std::string text;
  for (const char c : entry) text += c == ',' || c == ';' ? ' ' : c;
  return clean_name(text);
}

}  // namespace

void OtherNames::add(const data::Document& document) {
  std::set<std::string> mine{fingerprint(document.title)};
  std::vector<std::string>& names = names_[document.id];
  const auto take = [&](std::string name) {
    const size_t size = text::count_code_points(name);
    if (size < kShortest || size > kLongest || is_divider(name)) return;
    const std::string print = fingerprint(name);
    if (!mine.insert(print).second) return;
    ++documents_[print];
    names.push_back(std::move(name));
  };
  for (const std::string& line : lines(document, "page_title")) take(clean_name(line));
  for (const std::string& line : lines(document, "keywords")) take(spoken(line));
  std::set<std::string> related;
  for (const std::string& line : lines(document, "related")) related.insert(fingerprint(clean_name(line)));
  for (const std::string& title : related) ++mentions_[title];
}

std::vector<std::string> OtherNames::of(const std::string& document) const {
  std::vector<std::string> own;
  const auto found = names_.find(document);
  if (found == names_.end()) return own;
  for (const std::string& name : found->second)
    if (documents_.at(fingerprint(name)) == 1) own.push_back(name);
  std::stable_partition(own.begin(), own.end(), [](const std::string& name) { return is_korean(name); });
  return own;
}

uint64_t OtherNames::mentions(std::string_view title) const {
  const auto found = mentions_.find(fingerprint(title));
  return found == mentions_.end() ? 0 : found->second;
}

}  // namespace moru::generate
