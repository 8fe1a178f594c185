// A ZIP file in memory whose entries are read by name: the package of DOCX, PPTX, XLSX, OpenDocument, EPUB and HWPX.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collect/source.h"

namespace moru::collect {

struct ZipEntry {
  std::string name;     ///< As it stands in the archive, with "/" between folders.
  uint64_t packed = 0;  ///< Bytes in the archive.
  uint64_t size = 0;    ///< Bytes unpacked, as the archive says.
  uint64_t offset = 0;  ///< Of its local header.
  uint32_t crc = 0;     ///< CRC-32 of its unpacked bytes.
  uint16_t method = 0;  ///< 0 stored, 8 deflate.
  bool encrypted = false;
};

/// Reads the central directory (APPNOTE.TXT 4.3.12, ZIP64 included); entries unpack when they are asked for. Throws
/// Unreadable:
///   "damaged"        no central directory, a record that runs out of the file, a checksum that differs
///   "archive-limit"  more entries than archive_entries, more bytes than archive_bytes or than kMaxEntry in one entry,
///   or
///                    more than archive_ratio times the file
///   "encrypted"      an entry that is read is encrypted
///   "leaves-folder"  a name that climbs out ("../x", "/x", "C:x")
///   "unknown-format" an entry that is read is packed by a method other than deflate
class ZipPackage {
 public:
  static constexpr uint64_t kMaxEntry = uint64_t{256} << 20;

  /// `bytes` must outlive the package.
  ZipPackage(std::string_view bytes, const ExtractSettings& limits);

  /// In the order of the archive; folders are left out.
  const std::vector<ZipEntry>& entries() const { return entries_; }
  /// By its name, else by its name without regard to ASCII case (as OPC part names are), or nullptr. Of two entries
  /// with one name it is the last, as in other readers.
  const ZipEntry* find(std::string_view name) const;
  /// The unpacked bytes. Throws Unreadable("damaged") where there is no such entry.
  std::string read(std::string_view name);
  std::string read(const ZipEntry& entry);
  /// The unpacked bytes, or nothing where there is no such entry.
  std::optional<std::string> read_if(std::string_view name);

 private:
  void read_directory(uint64_t offset, uint64_t size, uint64_t count);
  std::string_view packed_bytes(const ZipEntry& entry) const;
  std::string inflate(const ZipEntry& entry, std::string_view packed) const;
  /// The most bytes that may still come out.
  uint64_t allowance() const;

  std::string_view bytes_;
  ExtractSettings limits_;
  uint64_t unpacked_ = 0;  ///< Bytes that came out.
  uint64_t shift_ = 0;     ///< Bytes before the archive, which its offsets do not count.
  std::vector<ZipEntry> entries_;
  std::map<std::string, size_t, std::less<>> by_name_, by_lower_;
};

}  // namespace moru::collect
