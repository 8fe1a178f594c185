// Makes small ZIP files for tests, right ones and wrong ones.
#pragma once

#include <zlib.h>

#include <string>
#include <string_view>
#include <vector>

namespace moru::collect {

/// Writes entries one by one; `finish` adds the directory. `zip.entry` holds what the last header said, to be bent.
class ZipMaker {
 public:
  /// `flags`: bit 0 says that the entry is encrypted. `method`: 8 deflates, all else stores.
  ZipMaker& add(std::string_view name, std::string_view content, int method = 8, int flags = 0) {
    const std::string packed = method == 8 ? deflated(content) : std::string(content);
    const auto crc = crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size());
    std::string fields;  // of both headers
    put(fields, 20, 2);
    put(fields, static_cast<uint64_t>(flags), 2);
    put(fields, static_cast<uint64_t>(method), 2);
    put(fields, 0, 4);
    put(fields, crc, 4);
    put(fields, packed.size(), 4);
    put(fields, content.size(), 4);
    put(fields, name.size(), 2);
    put(fields, 0, 2);
    directory_ += "PK\1\2" + std::string("\x14\0", 2) + fields;
    put(directory_, 0, 10);
    put(directory_, bytes_.size(), 4);
    directory_ += name;
    bytes_ += "PK\3\4" + fields;
    bytes_ += name;
    bytes_ += packed;
    ++count_;
    return *this;
  }

  std::string finish(std::string_view comment = {}) const {
    std::string bytes = bytes_ + directory_ + "PK\5\6";
    put(bytes, 0, 4);
    put(bytes, count_, 2);
    put(bytes, count_, 2);
    put(bytes, directory_.size(), 4);
    put(bytes, bytes_.size(), 4);
    put(bytes, comment.size(), 2);
    return bytes.append(comment);
  }

 private:
  static void put(std::string& out, uint64_t value, int width) {
    for (int i = 0; i < width; ++i) out += static_cast<char>(i < 8 ? value >> (8 * i) : 0);
  }

  static std::string deflated(std::string_view content) {
    z_stream stream{};
    deflateInit2(&stream, 1, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&stream, content.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
    stream.avail_in = static_cast<uInt>(content.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
  }

  std::string bytes_, directory_;
  uint64_t count_ = 0;
};

}  // namespace moru::collect
