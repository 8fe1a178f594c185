// What the rules ask of a character, as bits in one table.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace moru::curate {

/// Bits of a character's class.
namespace char_bit {
inline constexpr uint8_t space = 1;        ///< Python's str.isspace(): White_Space and U+001C … U+001F.
inline constexpr uint8_t line_break = 2;   ///< Ends a line for Python's str.splitlines().
inline constexpr uint8_t letter = 4;       ///< Python's str.isalpha(): General_Category L.
inline constexpr uint8_t symbol = 8;       ///< In datatrove's PUNCTUATION_SET: 129 marks and `terminal`.
inline constexpr uint8_t terminal = 16;    ///< In datatrove's TERMINAL_PUNCTUATION: 159 marks that end a sentence.
inline constexpr uint8_t alphabetic = 32;  ///< The property Alphabetic, POSIX's [[:alpha:]].
inline constexpr uint8_t number = 64;      ///< General_Category N.
}  // namespace char_bit

/// A two-stage table over all of Unicode. Built once, on first use (some ms); immutable.
class CharBits {
 public:
  static const CharBits& get();

  uint8_t ascii(unsigned char byte) const { return entries_[byte]; }
  uint8_t operator[](char32_t code) const { return entries_[block_[code >> 8] * 256U + (code & 255U)]; }

 private:
  CharBits();
  std::array<uint16_t, 0x1100> block_{};  ///< Of a code's upper bits: which 256 entries hold its lower ones.
  std::vector<uint8_t> entries_;
};

/// Reads the character at `bytes`, which does not begin with ASCII, and sets its length; 0 if it is not well-formed
/// UTF-8 (Unicode 15, table 3-7). Reads up to four bytes whatever they are: the text must be followed by three more.
inline char32_t decode_non_ascii(const unsigned char* bytes, unsigned& length) {
  const auto low = [&](int i) { return bytes[i] & 0x3FU; };
  const auto continues = [&](int i) { return (bytes[i] & 0xC0U) == 0x80U; };
  const unsigned lead = bytes[0];
  char32_t code = 0;
  length = 0;
  if (lead >= 0xE0 && lead < 0xF0) {
    code = ((lead & 15U) << 12) | (low(1) << 6) | low(2);
    if (continues(1) && continues(2) && code >= 0x800 && (code & 0xF800U) != 0xD800U) length = 3;
  } else if (lead >= 0xC2 && lead < 0xE0) {
    code = ((lead & 31U) << 6) | low(1);
    if (continues(1)) length = 2;
  } else if (lead >= 0xF0 && lead < 0xF5) {
    code = ((lead & 7U) << 18) | (low(1) << 12) | (low(2) << 6) | low(3);
    if (continues(1) && continues(2) && continues(3) && code >= 0x10000 && code <= 0x10FFFF) length = 4;
  }
  return code;
}

}  // namespace moru::curate
