// Packages for the fuzz targets of office files: where the bytes are no ZIP file, they are parts, so that the fuzzer
// reaches the XML behind the packing.
#pragma once

#include <zlib.h>

#include <string>
#include <string_view>

namespace moru::collect {

/// Bytes that begin with "PK" as they are. Of others, lines "@NAME" begin the part of that name, which ends at the next
/// such line; they are stored in a package, unpacked.
inline std::string office_package(std::string_view bytes) {
  if (bytes.substr(0, 2) == "PK") return std::string(bytes);
  std::string out, directory;
  uint64_t count = 0;
  const auto put = [](std::string& to, uint64_t value, int width) {
    for (int i = 0; i < width; ++i) to += static_cast<char>(value >> (8 * i));
  };
  while (bytes.substr(0, 1) == "@" && count < 64) {
    const size_t line = bytes.find('\n');
    if (line == std::string_view::npos) break;
    const std::string_view name = bytes.substr(1, line - 1);
    size_t end = bytes.find("\n@", line);
    end = end == std::string_view::npos ? bytes.size() : end + 1;
    const std::string_view part = bytes.substr(line + 1, end - line - 1);
    if (name.size() > 256) break;
    std::string fields;
    put(fields, 20, 2);
    put(fields, 0, 8);
    put(fields, crc32_z(0, reinterpret_cast<const Bytef*>(part.data()), part.size()), 4);
    put(fields, part.size(), 4);
    put(fields, part.size(), 4);
    put(fields, name.size(), 2);
    put(fields, 0, 2);
    directory += std::string("PK\1\2\x14\0", 6) + fields;
    put(directory, 0, 8);
    put(directory, 0, 2);
    put(directory, out.size(), 4);
    directory += name;
    out += "PK\3\4" + fields;
    out += name;
    out += part;
    ++count;
    bytes.remove_prefix(end);
  }
  const size_t begin = out.size();
  out += directory + "PK\5\6";
  put(out, 0, 4);
  put(out, count, 2);
  put(out, count, 2);
  put(out, directory.size(), 4);
  put(out, begin, 4);
  put(out, 0, 2);
  return out;
}

}  // namespace moru::collect
