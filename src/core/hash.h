// Hashes: SHA-256 names artefacts and documents; XXH3 is for tables in memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace moru {

/// SHA-256, fed piece by piece.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  Sha256& update(std::string_view bytes);
  Sha256& update(std::span<const std::byte> bytes);
  /// 64 lower-case hexadecimal digits. Ends the hash: no update may follow.
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// SHA-256 of the bytes, 64 hexadecimal digits.
std::string sha256(std::string_view bytes);

/// SHA-256 of a file's bytes. Throws Error if it cannot be read.
std::string sha256_file(const std::filesystem::path& path);

/// SHA-256 of a folder: over "relative path, NUL, file hash, newline" of its files in byte order of their paths.
std::string sha256_tree(const std::filesystem::path& path);

/// XXH3, 64 bits. The same on every machine.
uint64_t hash64(std::string_view bytes, uint64_t seed = 0);

}  // namespace moru
