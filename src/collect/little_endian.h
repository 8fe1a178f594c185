// Little-endian numbers and texts in the bytes of binary formats.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace moru::collect {

/// The number at byte `at`; bytes past the end count as zero.
inline uint64_t read_little(std::string_view bytes, size_t at, size_t size) {
  uint64_t value = 0;
  for (size_t i = 0; i < size && at + i < bytes.size(); ++i)
    value |= uint64_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
  return value;
}
inline uint16_t read_u16(std::string_view bytes, size_t at) {
  return static_cast<uint16_t>(read_little(bytes, at, 2));
}
inline uint32_t read_u32(std::string_view bytes, size_t at) {
  return static_cast<uint32_t>(read_little(bytes, at, 4));
}
inline uint64_t read_u64(std::string_view bytes, size_t at) {
  return read_little(bytes, at, 8);
}

/// UTF-16LE as UTF-8; a surrogate without its other half gives U+FFFD. An odd last byte is left out.
std::string utf16le_to_utf8(std::string_view bytes);
/// The text at byte `at` with its number of units (u16) before it, and moves `at` past it; what is beyond the end is
/// left out.
std::string read_counted_utf16(std::string_view bytes, size_t& at);

}  // namespace moru::collect
