// libarchive as a value: a container that is read entry by entry.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "collect/extractor.h"

struct archive;
struct archive_entry;

namespace moru::collect {

/// An archive or a compressed stream, opened from the input's file or its bytes. Not to be shared between threads.
class ArchiveFile {
 public:
  enum class Formats {
    archives,  ///< zip, tar, 7z, any of them compressed, and single compressed files.
    stream,    ///< Bytes, compressed or not.
  };
  /// Throws Unreadable("damaged") if it is none of these.
  ArchiveFile(const Input& input, Formats formats);
  ArchiveFile(const ArchiveFile&) = delete;
  ArchiveFile& operator=(const ArchiveFile&) = delete;
  ~ArchiveFile();

  enum class Kind { file, folder, link, other };
  struct Entry {
    std::string name;  ///< Bytes as they stand in the archive, UTF-8 where it says so.
    Kind kind = Kind::file;
    std::string link_target;
    bool encrypted = false;
    int64_t size = -1;      ///< -1: not known yet.
    int64_t modified = -1;  ///< Seconds since 1970; -1: not known.
    bool single = false;    ///< The archive is one compressed file without a name.
  };
  /// The next entry, or false at the end. Throws Unreadable("damaged" or "encrypted") where nothing more can be read.
  bool next(Entry& entry);
  /// Reads on in the entry; 0 at its end. Throws Unreadable("damaged") where the entry cannot be read; then fatal()
  /// says whether the next one can.
  size_t read(char* into, size_t size);
  bool fatal() const { return fatal_; }

 private:
  [[noreturn]] void fail(std::string_view what);
  Formats formats_;
  struct Locale;
  std::unique_ptr<Locale> locale_;
  archive* archive_ = nullptr;
  bool fatal_ = false;
};

}  // namespace moru::collect
