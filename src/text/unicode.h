// Unicode over UTF-8: validation, iteration, categories, NFC, case, white space and display width.
// Data and algorithms are ICU's; nothing of ICU shows in this header.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace moru::text {

/// What stands for a sequence of bytes that is not UTF-8.
inline constexpr char32_t kReplacement = U'\uFFFD';

namespace detail {
/// The code point at `position`, which does not hold an ASCII byte; moves past it.
char32_t next_non_ascii(std::string_view text, size_t& position);
}  // namespace detail

/// The code point that begins at `position` (< text.size()); moves `position` past it. Ill-formed bytes give
/// kReplacement once per maximal subpart (Unicode 15, section 3.9, U+FFFD substitution), so that every loop ends.
inline char32_t next_code_point(std::string_view text, size_t& position) {
  const auto byte = static_cast<unsigned char>(text[position]);
  if (byte < 0x80) {
    ++position;
    return byte;
  }
  return detail::next_non_ascii(text, position);
}

/// The byte where the code point that ends before `position` (> 0) begins. The text must be valid UTF-8.
size_t previous_boundary(std::string_view text, size_t position);

/// Appends a code point as UTF-8; surrogates and values past U+10FFFF become kReplacement.
void append_utf8(std::string& text, char32_t code_point);

/// Bytes before the first ill-formed sequence: text.size() if all of it is UTF-8.
size_t valid_utf8_length(std::string_view text);
inline bool is_valid_utf8(std::string_view text) {
  return valid_utf8_length(text) == text.size();
}
/// The text with each ill-formed sequence replaced by U+FFFD.
std::string repair_utf8(std::string_view text);

/// Number of code points. The text must be valid UTF-8.
size_t count_code_points(std::string_view text);

// Categories, by Unicode's General_Category unless said otherwise.
bool is_letter(char32_t c);       ///< L
bool is_mark(char32_t c);         ///< M
bool is_number(char32_t c);       ///< N
bool is_digit(char32_t c);        ///< Nd
bool is_punctuation(char32_t c);  ///< P
bool is_symbol(char32_t c);       ///< S
bool is_upper(char32_t c);        ///< Lu
/// A character of words to regular expressions, \w (UTS #18, annex C): Alphabetic, M, Nd, Pc and the joiners.
bool is_word_character(char32_t c);
/// Property White_Space: the line breaks, the tab, and every space, the no-break ones included.
bool is_space(char32_t c);
/// Hangul syllables and jamo: conjoining, compatibility and half-width.
bool is_hangul(char32_t c);
/// Has no shape and no meaning in running text: controls except tab and line feed, zero-width space, word joiner,
/// soft hyphen, byte-order mark, direction marks. Joiners (U+200C, U+200D) and variation selectors are not: they shape
/// what is seen.
bool is_invisible(char32_t c);

/// Unicode normalization form C (UAX #15). The text must be valid UTF-8.
std::string nfc(std::string_view text);
bool is_nfc(std::string_view text);
/// Calls change(begin, end, replacement) for every piece that NFC changes, in order and as small as they are; bytes
/// [begin, end) of `text`.
void nfc_changes(std::string_view text, const std::function<void(size_t, size_t, std::string_view)>& change);

/// Lower case without regard to a locale. The text must be valid UTF-8.
std::string lower(std::string_view text);
/// Upper case, likewise.
std::string upper(std::string_view text);

/// Runs of white space become one space; none at the ends.
std::string normalise_space(std::string_view text);
/// Without white space at its ends.
std::string_view trim(std::string_view text);
/// Calls word(piece) for every run of characters that are not white space.
void for_each_word(std::string_view text, const std::function<void(std::string_view)>& word);

/// Columns on a terminal: East Asian wide and full-width characters take two, marks none (UAX #11).
size_t display_width(std::string_view text);

}  // namespace moru::text
