// The kinds of word splitters, and what they share.
#pragma once

#include <array>
#include <string_view>

#include "text/word_splitter.h"

namespace moru::text {

const WordSplitter& unicode_splitter();
const WordSplitter& morpheme_splitter();

/// Bytes of the white space character that begins at `i` < text.size(), or 0 if none does. White space as Python's
/// str.isspace() has it: Unicode's White_Space and the separators U+001C … U+001F.
inline size_t python_space_length(std::string_view text, size_t i) {
  static constexpr auto kSpaces = [] {
    std::array<bool, 256> table{};
    for (const unsigned c : {0x09U, 0x0AU, 0x0BU, 0x0CU, 0x0DU, 0x1CU, 0x1DU, 0x1EU, 0x1FU, 0x20U}) table[c] = true;
    return table;
  }();
  const auto byte = [&](size_t k) { return static_cast<unsigned char>(text[i + k]); };
  const unsigned lead = byte(0);
  if (lead < 0xC2) return kSpaces[lead] ? 1 : 0;
  if (lead > 0xE3) return 0;
  const size_t left = text.size() - i;
  if (lead == 0xC2) return left > 1 && (byte(1) == 0x85 || byte(1) == 0xA0) ? 2 : 0;  // U+0085, U+00A0
  if (lead < 0xE1 || left < 3) return 0;
  const unsigned code = ((byte(1) & 0x3FU) << 6) | (byte(2) & 0x3FU);
  if (lead == 0xE1) return byte(1) == 0x9A && byte(2) == 0x80 ? 3 : 0;  // U+1680
  if (lead == 0xE3) return byte(1) == 0x80 && byte(2) == 0x80 ? 3 : 0;  // U+3000
  if (byte(1) != 0x80 && byte(1) != 0x81) return 0;
  // U+2000 … U+200A, U+2028, U+2029, U+202F, U+205F.
  const bool space = code <= 0x0A || code == 0x28 || code == 0x29 || code == 0x2F || code == 0x5F;
  return space && (byte(2) & 0xC0U) == 0x80 ? 3 : 0;
}

}  // namespace moru::text
