// Files: whole reads, mapped reads, and writes that are there whole or not at all.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace moru {

namespace fs = std::filesystem;

/// The whole file. Throws Error if it cannot be read.
std::string read_file(const fs::path& path);

/// Writes beside, fsyncs and renames: after a crash the path holds the old bytes or the new, never a part.
void write_file_atomic(const fs::path& path, std::string_view bytes);

/// Creates the folder and its parents. Throws Error.
void make_directories(const fs::path& path);

/// fsyncs a folder, so that a rename in it survives a power cut.
void sync_directory(const fs::path& path);

/// fsyncs every file and folder below `path`, bottom up: before a folder is renamed into place.
void sync_tree(const fs::path& path);

/// Regular files below `root`, as paths relative to it, sorted by bytes. Does not follow links to folders.
std::vector<fs::path> list_files(const fs::path& root);

/// A read-only memory map of a file. An empty file maps to an empty span.
class MappedFile {
 public:
  explicit MappedFile(const fs::path& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  std::span<const std::byte> bytes() const { return {data_, size_}; }
  std::string_view text() const { return {reinterpret_cast<const char*>(data_), size_}; }

 private:
  const std::byte* data_ = nullptr;
  size_t size_ = 0;
};

/// A file written piece by piece beside its final path; commit() fsyncs and renames, destruction without it deletes.
class AtomicFile {
 public:
  explicit AtomicFile(fs::path path);
  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&&) = delete;
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  ~AtomicFile();

  void write(std::string_view bytes);
  void write(std::span<const std::byte> bytes);
  /// Bytes written so far.
  uint64_t size() const { return size_; }
  void commit();

 private:
  void flush();
  fs::path path_, temporary_;
  int descriptor_ = -1;
  uint64_t size_ = 0;
  std::string buffer_;
};

/// A fresh folder, removed with all it holds on destruction.
class TemporaryDirectory {
 public:
  /// In `parent`, or in the system's folder for temporary files if empty.
  explicit TemporaryDirectory(const fs::path& parent = {});
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

}  // namespace moru
