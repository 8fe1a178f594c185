// What reading a file gave, kept for the next run: after one file of many has changed, only that one is read again.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/file.h"

namespace moru::collect {

/// Texts by key in a folder of append-only files. A killed run loses at most its last record; a damaged record is one
/// that is not there. A cache that cannot be written to (a full disk) stops growing and never stops a run.
class ResultCache {
 public:
  /// `key`s are hashes: of all that decides the result. `maximum`: most bytes on disk; 0: nothing is kept or found.
  ResultCache(std::filesystem::path folder, uint64_t maximum);
  ResultCache(const ResultCache&) = delete;
  ResultCache& operator=(const ResultCache&) = delete;
  ~ResultCache();

  /// Is it there, whole?
  bool has(std::string_view key) const;
  /// What was put under the key. It counts as used.
  std::optional<std::string> find(std::string_view key);
  /// False where it could not be kept.
  bool put(std::string_view key, std::string_view text);
  /// Throws away what was not used since the cache was opened.
  void finish();

 private:
  struct Record {
    uint32_t segment = 0;
    uint64_t offset = 0;  // of the packed bytes
    uint32_t packed = 0, size = 0;
    uint64_t check = 0;
    bool used = false;
  };
  struct Segment {
    std::filesystem::path path;
    MappedFile file;
  };
  using Key = std::array<char, 16>;
  struct KeyHash {
    size_t operator()(const Key& key) const;
  };
  static Key key_of(std::string_view key);
  std::string_view packed(const Record& record) const;
  void read(const std::filesystem::path& path);
  bool append(const Key& key, uint32_t size, std::string_view packed);

  std::filesystem::path folder_;
  uint64_t maximum_;
  std::vector<Segment> segments_;
  std::unordered_map<Key, Record, KeyHash> records_;
  std::filesystem::path fresh_path_;
  int fresh_ = -1;
  uint64_t fresh_bytes_ = 0, used_bytes_ = 0;
  bool full_ = false;
  std::string buffer_;
};

}  // namespace moru::collect
