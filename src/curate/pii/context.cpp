#include "curate/pii/context.h"

#include <algorithm>

namespace moru::curate::pii {
namespace {

char lowered(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
bool is_letter(char c) {
  return c >= 'a' && c <= 'z';
}

/// Where the last of the words ends in `line`, 0 if none stands there.
size_t last_end(std::string_view line, Words words) {
  constexpr size_t kMayGoOn = 4;
  size_t best = 0;
  for (const std::string_view word : words) {
    if (word.size() > line.size()) continue;
    // Only what would end after the best counts.
    for (size_t at = line.size() - word.size() + 1; at-- > 0 && at + word.size() > best;) {
      if (line[at] != word[0] || line[at + word.size() - 1] != word.back() || line.substr(at, word.size()) != word)
        continue;
      const size_t end = at + word.size();
      if (is_letter(word.front())) {
        const bool inside = at > 0 && is_letter(line[at - 1]);
        const bool goes_on = word.size() < kMayGoOn && end < line.size() && is_letter(line[end]);
        if (inside || goes_on) continue;
      }
      best = end;
      break;
    }
  }
  return best;
}

}  // namespace

std::string_view Context::before() const {
  if (length_ == npos) {
    size_t begin = position_ > kReach ? position_ - kReach : 0;
    const std::string_view window = text_.substr(begin, position_ - begin);
    if (const size_t line = window.find_last_of("\n\r"); line != std::string_view::npos) begin += line + 1;
    length_ = position_ - begin;
    for (size_t i = 0; i < length_; ++i) buffer_[i] = lowered(text_[begin + i]);
  }
  return {buffer_.data(), length_};
}

size_t Context::distance(Words words) const {
  const std::string_view line = before();
  const size_t end = last_end(line, words);
  return end == 0 ? npos : line.size() - end;
}

bool Context::labelled(Words words) const {
  if (has(words)) return true;
  constexpr size_t kLabel = 40;
  // Only spaces before the place on its line, and a short line above.
  size_t p = position_;
  while (p > 0 && (text_[p - 1] == ' ' || text_[p - 1] == '\t')) --p;
  if (p == 0 || text_[p - 1] != '\n') return false;
  while (p > 0 && (text_[p - 1] == '\n' || text_[p - 1] == '\r') && position_ - p < 8) --p;
  const size_t from = p > kLabel + 1 ? p - kLabel - 1 : 0;
  std::string_view above = text_.substr(from, p - from);
  if (const size_t line = above.rfind('\n'); line != std::string_view::npos)
    above.remove_prefix(line + 1);
  else if (above.size() > kLabel)
    return false;
  std::array<char, kLabel + 1> lower;
  std::ranges::transform(above, lower.begin(), lowered);
  return last_end({lower.data(), above.size()}, words) > 0;
}

bool begins_with_word(std::string_view text, Words words) {
  size_t p = 0;
  while (p < text.size() && p < 4 && (text[p] == ' ' || text[p] == ',' || text[p] == '(' || text[p] == '[')) ++p;
  const std::string_view rest = text.substr(p);
  return std::ranges::any_of(words, [&](std::string_view word) { return rest.starts_with(word); });
}

}  // namespace moru::curate::pii
