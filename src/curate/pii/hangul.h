// Reading Hangul syllables, three bytes each in UTF-8.
#pragma once

#include <cstddef>
#include <string_view>

namespace moru::curate::pii {

inline constexpr size_t kSyllable = 3;

/// Whether a syllable of 가 … 힣 begins at `position`.
inline bool is_syllable(std::string_view text, size_t position) {
  if (position + kSyllable > text.size()) return false;
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[position + i]); };
  if (byte(0) < 0xEA || byte(0) > 0xED || (byte(1) & 0xC0) != 0x80 || (byte(2) & 0xC0) != 0x80) return false;
  const unsigned c = ((byte(0) & 0x0FU) << 12) | ((byte(1) & 0x3FU) << 6) | (byte(2) & 0x3FU);
  return c >= 0xAC00 && c <= 0xD7A3;
}
/// Whether one ends at `position`.
inline bool follows_syllable(std::string_view text, size_t position) {
  return position >= kSyllable && is_syllable(text, position - kSyllable);
}
/// Number of syllables in a row from `position`, at most `limit`.
inline size_t syllables_at(std::string_view text, size_t position, size_t limit) {
  size_t n = 0;
  while (n < limit && is_syllable(text, position + n * kSyllable)) ++n;
  return n;
}
/// Number of syllables in a row before `position`, at most `limit`.
inline size_t syllables_before(std::string_view text, size_t position, size_t limit) {
  size_t n = 0;
  while (n < limit && position >= (n + 1) * kSyllable && is_syllable(text, position - (n + 1) * kSyllable)) ++n;
  return n;
}

}  // namespace moru::curate::pii
