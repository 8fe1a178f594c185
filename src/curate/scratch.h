// What a run may use besides its output: memory up to a limit, and unnamed files for the rest.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace moru::curate {

struct Resources {
  std::filesystem::path folder;  ///< For temporary files; empty: the system's.
  uint64_t memory = 0;           ///< Bytes that one rule may hold at a time.
};

/// Bytes written once, then read at will: in memory up to a limit, beyond it in a file without a name, of which a
/// killed run leaves nothing behind. Throws Error if the disk is full.
class ScratchFile {
 public:
  explicit ScratchFile(const Resources& resources) : ScratchFile(resources.folder, resources.memory) {}
  ScratchFile(std::filesystem::path folder, uint64_t memory);
  ScratchFile(ScratchFile&& other) noexcept;
  ScratchFile& operator=(ScratchFile&& other) noexcept;
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  ~ScratchFile();

  /// Returns where the bytes begin.
  uint64_t append(std::string_view bytes);
  uint64_t size() const { return written_ + buffer_.size(); }
  /// Bytes [offset, offset + size), which must be there. On any thread, while nobody appends.
  void read(uint64_t offset, char* to, size_t size) const;
  bool spilled() const { return descriptor_ >= 0; }

 private:
  void write_out();
  [[noreturn]] void fail(int code) const;
  std::filesystem::path folder_;
  uint64_t memory_;
  int descriptor_ = -1;
  uint64_t written_ = 0;  ///< Bytes in the file; the rest is in the buffer.
  std::string buffer_;
};

/// Texts by number, written in order and read at will.
class ScratchTexts {
 public:
  explicit ScratchTexts(const Resources& resources)
      : bytes_(resources.folder, resources.memory / 2), ends_(resources.folder, resources.memory / 4) {}
  void add(std::string_view text);
  uint64_t count() const { return ends_.size() / sizeof(uint64_t); }
  std::string at(uint64_t number) const;

 private:
  ScratchFile bytes_, ends_;
};

/// Reads a scratch file from front to back in large pieces.
class ScratchReader {
 public:
  explicit ScratchReader(const ScratchFile& file, uint64_t begin = 0, uint64_t end = UINT64_MAX,
                         size_t buffer = size_t{1} << 20);
  /// False at the end; the end in the middle of a record is an assertion.
  bool read(char* to, size_t size);

 private:
  const ScratchFile* file_;
  uint64_t next_, end_;
  size_t capacity_, at_ = 0;
  std::string buffer_;
};

}  // namespace moru::curate
