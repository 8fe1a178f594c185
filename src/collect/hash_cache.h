// Hashes of files that nobody has written to since: an unchanged tree is not read again to know that it is unchanged.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "collect/files.h"

namespace moru::collect {

/// SHA-256 by path and identity (size, times, inode). Reading it is thread-safe.
class HashCache {
 public:
  /// Reads `file`; one that is not there, or is damaged, counts as empty.
  explicit HashCache(const std::filesystem::path& file);

  /// The hash that the file had when it had this identity.
  const std::string* find(const std::filesystem::path& path, const FileIdentity& identity) const;

  /// May an identity taken at `taken_ns` (nanoseconds since 1970) stand for the content? Not where the file was written
  /// so shortly before that a second write could have left the same times.
  static bool is_settled(const FileIdentity& identity, int64_t taken_ns);

  /// Writes a new cache, whole or not at all.
  class Writer {
   public:
    void add(const std::filesystem::path& path, const FileIdentity& identity, std::string_view sha256);
    /// Does nothing where the file holds the same already.
    void write(const std::filesystem::path& file) const;

   private:
    std::string text_;
  };

 private:
  struct Entry {
    FileIdentity identity;
    std::string sha256;
  };
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace moru::collect
