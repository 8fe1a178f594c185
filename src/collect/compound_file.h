// OLE Compound File Binary: a small file system in a file, which HWP 5 and other office formats of its time are kept
// in.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace moru::collect {

/// The streams of a compound file, version 3 or 4 (Microsoft's [MS-CFB]). Every chain of sectors is as long as its
/// stream's size asks for, no sector belongs to two streams, and no directory entry is reached twice: whatever the
/// bytes, reading costs time and memory in proportion to the file.
class CompoundFile {
 public:
  /// Reads header, tables and directory. `bytes` must outlive the object. Throws Unreadable("damaged") for what is no
  /// compound file, for tables or a directory that run in a circle, and for sectors that the file does not have.
  explicit CompoundFile(std::string_view bytes);

  /// Do the bytes begin with a compound file's mark?
  static bool recognise(std::string_view head);

  /// Paths of all streams in byte order, "BodyText/Section0"; names in UTF-8.
  std::vector<std::string> streams() const;
  bool has(std::string_view path) const { return entries_.find(path) != entries_.end(); }
  /// A stream's bytes. Throws Unreadable("damaged") if there is no such stream, or its chain of sectors is broken, runs
  /// in a circle, or crosses another stream's.
  std::string read(std::string_view path);

 private:
  struct Entry {
    uint32_t first = 0;
    uint64_t size = 0;
    uint32_t id = 0;
    bool read = false;
  };

  std::string_view sector(uint32_t number) const;
  void read_fat(uint32_t fat_sectors, uint32_t first_difat, uint32_t difat_sectors);
  void read_directory(uint32_t first);
  std::string chain(uint32_t first, uint64_t size, uint32_t owner);
  std::string mini_chain(uint32_t first, uint64_t size, uint32_t owner);

  std::string_view bytes_;
  size_t sector_size_ = 512;
  uint32_t sectors_ = 0;  // that the file has
  uint32_t mini_cutoff_ = 4096;
  std::vector<uint32_t> fat_, mini_fat_;
  std::string mini_;  // the root's stream, which the small streams are cut from
  std::vector<uint32_t> owner_, mini_owner_;
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace moru::collect
