#include "collect/little_endian.h"

#include "text/unicode.h"

namespace moru::collect {

std::string utf16le_to_utf8(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (size_t at = 0; at + 2 <= bytes.size(); at += 2) {
    const char32_t unit = read_u16(bytes, at);
    char32_t c = unit;
    if (unit >= 0xD800 && unit < 0xDC00 && at + 4 <= bytes.size()) {
      const char32_t low = read_u16(bytes, at + 2);
      if (low >= 0xDC00 && low < 0xE000) {
        c = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
        at += 2;
      }
    }
    text::append_utf8(out, c);
  }
  return out;
}

std::string read_counted_utf16(std::string_view bytes, size_t& at) {
  const size_t units = read_u16(bytes, at);
  at = std::min(at + 2, bytes.size());
  const std::string_view text = bytes.substr(at, 2 * units);
  at += text.size();
  return utf16le_to_utf8(text);
}

}  // namespace moru::collect
