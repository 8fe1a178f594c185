#include "curate/digit_groups.h"

#include "text/unicode.h"

namespace moru::curate {
namespace {

bool is_hyphen(char32_t c) {
  return c == '-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xFE63 || c == 0xFF0D;
}
bool is_opening(char32_t c) {
  return c == '(' || c == 0xFF08;
}
bool is_closing(char32_t c) {
  return c == ')' || c == 0xFF09;
}
bool is_plus(char32_t c) {
  return c == '+' || c == 0xFF0B;
}
bool is_word(char32_t c) {
  return (c < 0x80 && std::isalpha(static_cast<int>(c))) || c == '_';
}

char32_t at(std::string_view text, size_t position) {
  return position < text.size() ? text::next_code_point(text, position) : 0;
}

/// The code point before `position`, 0 at the beginning.
char32_t before(std::string_view text, size_t position) {
  return position == 0 ? 0 : at(text, text::previous_boundary(text, position));
}

/// Reads what parts two groups: up to three signs. A dot with a space is the end of a sentence, not a separator.
Separator read_separator(std::string_view text, size_t& position, bool& closes) {
  bool hyphen = false;
  bool dot = false;
  bool space = false;
  bool parenthesis = false;
  for (int signs = 0; signs < 3 && position < text.size(); ++signs) {
    size_t next = position;
    const char32_t c = text::next_code_point(text, next);
    if (is_hyphen(c))
      hyphen = true;
    else if (c == '.')
      dot = true;
    else if (c == ' ' || c == 0xA0)
      space = true;
    else if (is_closing(c))
      parenthesis = closes = true;
    else if (is_opening(c))
      parenthesis = true;
    else
      break;
    position = next;
  }
  if (dot && (space || hyphen || parenthesis)) return Separator::none;
  if (parenthesis) return Separator::parenthesis;
  if (hyphen) return Separator::hyphen;
  if (dot) return Separator::dot;
  return space ? Separator::space : Separator::none;
}

}  // namespace

int digit_value(char32_t c) {
  if (c >= '0' && c <= '9') return static_cast<int>(c - '0');
  if (c >= 0xFF10 && c <= 0xFF19) return static_cast<int>(c - 0xFF10);
  return -1;
}

std::string_view DigitGroups::joined(size_t count) const {
  size_t total = 0;
  for (size_t i = 0; i < count; ++i) total += groups_[i].digits.size();
  return {digits_.data(), total};
}

bool DigitGroups::has_form(std::initializer_list<size_t> lengths) const {
  if (count_ < lengths.size()) return false;
  for (size_t i = 0; i < lengths.size(); ++i) {
    if (groups_[i].digits.size() != lengths.begin()[i]) return false;
    if (i == 0) continue;
    const Separator separator = groups_[i].before;
    if ((separator != Separator::hyphen && separator != Separator::space) || separator != groups_[1].before)
      return false;
  }
  return true;
}

data::Range DigitGroups::range(size_t count) const {
  bool closes = false;
  for (size_t i = 1; i < count; ++i) closes = closes || groups_[i].closes_before;
  uint64_t begin = start.begin;
  // "(010-1234-5678)": the parenthesis belongs to the sentence.
  if (opens && !closes) begin = plus ? plus_begin : groups_[0].range.begin;
  return {begin, groups_[count - 1].range.end};
}

DigitGroups::DigitGroups(std::string_view text, size_t position) : start{position, position} {
  for (int signs = 0; signs < 2; ++signs) {
    size_t next = position;
    const char32_t c = position < text.size() ? text::next_code_point(text, next) : 0;
    if (is_opening(c) && !opens) {
      opens = true;
    } else if (is_plus(c) && !plus) {
      plus = true;
      plus_begin = position;
    } else {
      break;
    }
    position = next;
    start.end = position;
  }
  size_t total = 0;
  while (count_ < kMaxGroups && total < kMaxDigits) {
    DigitGroup& group = groups_[count_];
    size_t p = position;
    if (count_ > 0) {
      group.before = read_separator(text, p, group.closes_before);
      if (group.before == Separator::none) break;
    }
    group.range.begin = p;
    size_t length = 0;
    while (p < text.size() && length <= kMaxDigits) {
      size_t next = p;
      const int digit = digit_value(text::next_code_point(text, next));
      if (digit < 0) break;
      digits_[total + length++] = static_cast<char>('0' + digit);
      p = next;
    }
    if (length == 0) break;
    group.digits = {&digits_[total], length};
    group.range.end = position = p;
    total += length;
    ++count_;
  }
}

bool number_may_begin(std::string_view text, size_t position) {
  const char32_t previous = before(text, position);
  if (digit_value(previous) >= 0 || is_word(previous) || previous == text::kReplacement) return false;
  if (is_plus(at(text, position)) &&
      (is_closing(previous) ||
       (previous < 0x80 && std::strchr("=*/^&]$%", static_cast<int>(previous)) && previous != 0)))
    return false;
  if (previous == '.' || previous == ',' || previous == '/' || is_hyphen(previous)) {
    const size_t sign = text::previous_boundary(text, position);
    return digit_value(before(text, sign)) < 0;
  }
  return true;
}

bool number_may_end(std::string_view text, size_t position) {
  if (position >= text.size()) return true;
  const char32_t next = text::next_code_point(text, position);
  if (digit_value(next) >= 0 || is_word(next) || next == text::kReplacement) return false;
  if (next == '.' || next == ',' || next == '/' || is_hyphen(next)) return digit_value(at(text, position)) < 0;
  return true;
}

}  // namespace moru::curate
