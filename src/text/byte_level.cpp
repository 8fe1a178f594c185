#include "text/byte_level.h"

#include <array>

namespace moru::text {
namespace {

constexpr size_t kCodes = 324;  // 188 printable bytes below U+0100, 68 codes from U+0100

struct ByteTable {
  std::array<uint16_t, 256> code{};
  std::array<int16_t, kCodes> byte{};
};

constexpr ByteTable make_table() {
  ByteTable table;
  for (int16_t& byte : table.byte) byte = -1;
  uint16_t next = 256;
  for (unsigned b = 0; b < 256; ++b) {
    const bool printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
    table.code[b] = printable ? static_cast<uint16_t>(b) : next++;
    table.byte[table.code[b]] = static_cast<int16_t>(b);
  }
  return table;
}

constexpr ByteTable kTable = make_table();

}  // namespace

std::string to_byte_level(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char byte : bytes) {
    const unsigned code = kTable.code[static_cast<unsigned char>(byte)];
    if (code < 0x80) {
      text += static_cast<char>(code);
    } else {
      text += static_cast<char>(0xC0 | (code >> 6));
      text += static_cast<char>(0x80 | (code & 63));
    }
  }
  return text;
}

std::optional<std::string> from_byte_level(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned code = static_cast<unsigned char>(text[i]);
    if (code >= 0x80) {
      if (code < 0xC2 || code > 0xC5 || i + 1 == text.size() || (text[i + 1] & 0xC0) != 0x80) return std::nullopt;
      code = ((code & 31) << 6) | (static_cast<unsigned char>(text[++i]) & 63U);
    }
    if (code >= kCodes || kTable.byte[code] < 0) return std::nullopt;
    bytes += static_cast<char>(kTable.byte[code]);
  }
  return bytes;
}

}  // namespace moru::text
