#include "collect/json_scanner.h"

#include "collect/extractor.h"

namespace moru::collect {
namespace {

constexpr size_t kMaxNesting = 64;

[[noreturn]] void not_json(size_t at, std::string_view what) {
  throw Unreadable("not-json", fmt::format("byte {}: {}", at, what));
}

}  // namespace

size_t JsonScanner::skip_space(size_t at) const {
  return std::min(text_.find_first_not_of(" \t\r\n", at), text_.size());
}

/// Past the closing quote of the string that begins at `at`.
size_t JsonScanner::end_of_string(size_t at) const {
  for (size_t i = at + 1;;) {
    i = text_.find_first_of("\"\\", i);
    if (i == std::string_view::npos) not_json(at, "a string that does not end");
    if (text_[i] == '"') return i + 1;
    i += 2;
  }
}

data::Range JsonScanner::value(size_t at) const {
  at = skip_space(at);
  if (at >= text_.size()) not_json(at, "a value is missing");
  if (text_[at] == '"') return {at, end_of_string(at)};
  if (text_[at] != '{' && text_[at] != '[') {
    const size_t end = std::min(text_.find_first_of(" \t\r\n,:[]{}\"", at), text_.size());
    if (end == at) not_json(at, "a value is missing");
    return {at, end};
  }
  std::string open;  // the brackets that wait for their ends
  for (size_t i = at; i < text_.size();) {
    i = text_.find_first_of("\"{}[]", i);
    if (i == std::string_view::npos) break;
    const char c = text_[i];
    if (c == '"') {
      i = end_of_string(i);
      continue;
    }
    ++i;
    if (c == '{' || c == '[') {
      open += c == '{' ? '}' : ']';
      if (open.size() > kMaxNesting) not_json(at, "nested too deep");
      continue;
    }
    if (open.back() != c) not_json(i - 1, "brackets that do not match");
    open.pop_back();
    if (open.empty()) return {at, i};
  }
  not_json(at, "brackets that do not close");
}

JsonKind JsonScanner::kind(data::Range value) const {
  switch (text_[value.begin]) {
    case '{':
      return JsonKind::object;
    case '[':
      return JsonKind::array;
    case '"':
      return JsonKind::string;
    default:
      return JsonKind::other;
  }
}

void JsonScanner::inside(data::Range container,
                         const std::function<bool(std::string_view key, data::Range value)>& use) const {
  const bool object = kind(container) == JsonKind::object;
  const size_t end = container.end - 1;  // of the closing bracket
  size_t at = skip_space(container.begin + 1);
  while (at < end) {
    std::string_view key;
    if (object) {
      if (text_[at] != '"') not_json(at, "a name is missing");
      const size_t after = end_of_string(at);
      key = text_.substr(at + 1, after - at - 2);
      at = skip_space(after);
      if (at >= end || text_[at] != ':') not_json(at, "\":\" is missing");
      ++at;
    }
    const data::Range value = this->value(at);
    if (value.end > end) not_json(value.begin, "a value is missing");
    if (!use(key, value)) return;
    at = skip_space(value.end);
    if (at >= end) return;
    if (text_[at] != ',') not_json(at, "\",\" is missing");
    at = skip_space(at + 1);
  }
}

}  // namespace moru::collect
