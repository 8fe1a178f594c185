// Classes of characters as the pre-tokenizer sees them, UTF-8 reading that never fails, and NFC.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace moru::text {

/// What the pre-tokenizer's pattern can tell apart. `mark` is \p{M}, `space` is \s without carriage return and line
/// feed.
enum class CharClass : uint8_t { other, letter, mark, number, space, newline };

/// One character of UTF-8 text. A byte that is not part of valid UTF-8 counts as one character of class `other`.
struct Character {
  char32_t code = 0;  ///< The byte's value if `valid` is false.
  CharClass kind = CharClass::other;
  bool valid = true;
  bool nfc_starter = true;  ///< Allowed in NFC, of combining class 0, and never joined to the character before it.
  uint8_t length = 1;       ///< In bytes.
};

/// General categories and \s (White_Space) of ICU's Unicode version, as a two-stage table.
class CharTable {
 public:
  /// Built once, on first use (a few ms); immutable.
  static const CharTable& get();

  CharClass kind(char32_t code) const { return static_cast<CharClass>(entry(code) & 7); }
  /// The character that begins at `position` < text.size().
  Character at(std::string_view text, size_t position) const {
    const auto lead = static_cast<unsigned char>(text[position]);
    if (lead < 0x80) {
      return {lead, static_cast<CharClass>(entries_[lead] & 7), true, true, 1};
    }
    return beyond_ascii(text, position);
  }
  CharClass ascii(unsigned char byte) const { return static_cast<CharClass>(entries_[byte] & 7); }

 private:
  CharTable();
  uint8_t entry(char32_t code) const { return entries_[block_[code >> 8] * 256U + (code & 255)]; }
  Character beyond_ascii(std::string_view text, size_t position) const;

  static constexpr uint8_t kNfcStarter = 8;
  std::array<uint16_t, 0x1100> block_{};  ///< Of a code's upper bits: which 256 entries hold its lower ones.
  std::vector<uint8_t> entries_;
};

inline Character CharTable::beyond_ascii(std::string_view text, size_t position) const {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[position + i]); };
  const size_t left = text.size() - position;
  const unsigned lead = byte(0);
  const auto continues = [&](size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  char32_t code = 0;
  uint8_t length = 0;
  // Shortest forms only, no surrogates, nothing above U+10FFFF (RFC 3629).
  if (lead >= 0xE0 && lead < 0xF0 && left >= 3 && continues(1) && continues(2)) {
    code = ((lead & 15U) << 12) | ((byte(1) & 63U) << 6) | (byte(2) & 63U);
    length = (code >= 0x800 && (code < 0xD800 || code > 0xDFFF)) ? 3 : 0;
  } else if (lead >= 0xC2 && lead < 0xE0 && left >= 2 && continues(1)) {
    code = ((lead & 31U) << 6) | (byte(1) & 63U);
    length = 2;
  } else if (lead >= 0xF0 && lead < 0xF5 && left >= 4 && continues(1) && continues(2) && continues(3)) {
    code = ((lead & 7U) << 18) | ((byte(1) & 63U) << 12) | ((byte(2) & 63U) << 6) | (byte(3) & 63U);
    length = (code >= 0x10000 && code <= 0x10FFFF) ? 4 : 0;
  }
  if (length == 0) return {lead, CharClass::other, false, true, 1};
  const uint8_t e = entry(code);
  return {code, static_cast<CharClass>(e & 7), true, (e & kNfcStarter) != 0, length};
}

/// The text in Unicode normalisation form C. Bytes that are not UTF-8 stay as they are. If the text is NFC already it
/// comes back itself; else it is written to `storage` and the result points there.
std::string_view normalized_nfc(std::string_view text, std::string& storage);

}  // namespace moru::text
