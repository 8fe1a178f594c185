#include "text/morpheme_scanner.h"

#include <algorithm>
#include <array>

#include "text/unicode.h"
#include "text/word_splitter_kinds.h"

namespace moru::text {
namespace {

constexpr uint16_t ascii_class(unsigned char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return kLatin;
  if (c >= '0' && c <= '9') return kNumber;
  switch (c) {
    case '.':
    case '!':
    case '?':
      return kStop;
    case ',':
    case ':':
    case ';':
    case '/':
      return kSeparator;
    case '(':
    case '[':
    case '{':
    case '<':
      return kOpen;
    case ')':
    case ']':
    case '}':
    case '>':
      return kClose;
    case '"':
    case '\'':
      return kQuote;
    case '-':
    case '~':
      return kDash;
    case '\n':
    case '\r':
      return kBreak;
    case ' ':
    case '\t':
    case '\v':
    case '\f':
    case 0x1C:
    case 0x1D:
    case 0x1E:
    case 0x1F:
      return kSpace;
    default:
      return kSymbol;
  }
}

constexpr auto kAscii = [] {
  std::array<uint8_t, 128> table{};
  for (unsigned c = 0; c < 128; ++c) table[c] = static_cast<uint8_t>(ascii_class(static_cast<unsigned char>(c)));
  return table;
}();

bool is_han(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0x20000 && c <= 0x3FFFF) || c == 0x3005 || c == 0x3007;
}

uint16_t class_of(char32_t c) {
  switch (c) {
    case 0x2026:
    case 0x3002:
    case 0xFF01:
    case 0xFF0E:
    case 0xFF1F:
      return kStop;
    case 0xB7:
    case 0x3001:
    case 0x30FB:
    case 0x318D:
    case 0xFF0C:
    case 0xFF1A:
    case 0xFF1B:
      return kSeparator;
    case 0x2018:
    case 0x2019:
    case 0x201C:
    case 0x201D:
      return kQuote;
    case 0x223C:
    case 0x301C:
    case 0xFF5E:
      return kDash;
    default:
      break;
  }
  if (is_han(c)) return kHan;
  if (is_hangul(c)) return kJamo;
  if ((c >= 0x3008 && c <= 0x3011) || (c >= 0x3014 && c <= 0x301B)) return (c & 1) == 0 ? kOpen : kClose;
  if (c < 0x250 && is_letter(c)) return kLatin;
  if (is_letter(c) || is_mark(c)) return kLetter;
  if (is_number(c)) return kNumber;
  return kSymbol;
}

/// Reads the character at `position` and moves past it. A syllable is its own class.
inline uint16_t read(std::string_view text, size_t& position) {
  const auto lead = static_cast<unsigned char>(text[position]);
  if (lead < 0x80) {
    ++position;
    return kAscii[lead];
  }
  if (const size_t space = python_space_length(text, position); space > 0) {
    position += space;
    return kSpace;
  }
  const char32_t c = next_code_point(text, position);
  if (c >= 0xAC00 && c <= 0xD7A3) return static_cast<uint16_t>(c);
  return class_of(c);
}

bool is_digit_at(std::string_view text, size_t i) {
  return i < text.size() && text[i] >= '0' && text[i] <= '9';
}
bool is_latin_at(std::string_view text, size_t i) {
  return i < text.size() && static_cast<unsigned char>(text[i]) < 0x80 &&
         kAscii[static_cast<unsigned char>(text[i])] == kLatin;
}

}  // namespace

/// "1,234.5", "2021-03-12", "10:30"; at the beginning of a line "1. " with its point.
size_t MorphemeScanner::number_end(size_t end, bool begins_line) const {
  while (end + 1 < text_.size() && std::string_view(".,:/-").find(text_[end]) != std::string_view::npos &&
         is_digit_at(text_, end + 1)) {
    ++end;
    while (is_digit_at(text_, end)) ++end;
  }
  if (begins_line && end + 1 < text_.size() && text_[end] == '.' && text_[end + 1] == ' ') ++end;
  return end;
}

/// The end of a web address whose scheme ends at `end`, or `end`.
size_t MorphemeScanner::address_end(size_t end) const {
  const std::string_view rest = text_.substr(end);
  if (!rest.starts_with("://") || !is_latin_at(text_, end + 3)) return end;
  size_t last = end + 3;
  while (last < text_.size() && text_[last] > ' ' && text_[last] < 0x7F) ++last;
  return last;
}

size_t MorphemeScanner::word_end(uint16_t code, size_t end) const {
  size_t after = end;
  while (after < text_.size() && read(text_, after) == code) end = after;
  return end;
}

MorphemePiece MorphemeScanner::next() {
  const size_t begin = position_;
  size_t end = begin;
  uint16_t code = read(text_, end);
  const bool begins_line = begins_line_;
  begins_line_ = false;
  if (code >= 0xAC00) {
    position_ = end;
    return {text_.data() + begin, static_cast<uint32_t>(end - begin), code};
  }
  switch (code) {
    case kSpace:
    case kBreak: {
      size_t after = end;
      while (after < text_.size()) {
        const uint16_t next = read(text_, after);
        if (next != kSpace && next != kBreak) break;
        code = std::max(code, next);
        end = after;
      }
      begins_line_ = code == kBreak || (begins_line && code == kSpace);
      break;
    }
    case kLatin:
      end = word_end(kLatin, end);
      if (end < text_.size() && text_[end] == ':' && end - begin >= 3 && end - begin <= 5) {
        end = address_end(end);
        break;
      }
      while (end < text_.size() && text_[end] == '.' && is_latin_at(text_, end + 1)) end = word_end(kLatin, end + 1);
      break;
    case kNumber:
      end = word_end(kNumber, end);
      end = number_end(end, begins_line);
      break;
    case kOpen:
    case kClose:
    case kQuote:
      break;
    case kSymbol:
      if (text_[begin] == '#' || text_[begin] == '@') {
        size_t last = end;
        while (is_latin_at(text_, last) || is_digit_at(text_, last) ||
               (last > end && last < text_.size() && (text_[last] == '_' || text_[last] == '-')))
          ++last;
        if (last > end) {
          end = last;
          break;
        }
      }
      end = word_end(kSymbol, end);
      break;
    default:
      end = word_end(code, end);
      break;
  }
  // A piece's length must fit its field: longer runs are cut, at a character's begin.
  constexpr size_t kLongest = size_t{1} << 30;
  if (end - begin > kLongest) {
    end = begin + kLongest;
    while ((static_cast<unsigned char>(text_[end]) & 0xC0U) == 0x80U && end > begin + kLongest - 4) --end;
  }
  position_ = end;
  return {text_.data() + begin, static_cast<uint32_t>(end - begin), code};
}

}  // namespace moru::text
