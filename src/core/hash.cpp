#include "core/hash.h"

#include <openssl/evp.h>
#include <sys/mman.h>
#include <xxhash.h>

#include <cassert>

#include "core/file.h"

namespace moru {

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  State() { EVP_DigestInit_ex(context, EVP_sha256(), nullptr); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

Sha256& Sha256::update(std::string_view bytes) {
  EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
  return *this;
}

Sha256& Sha256::update(std::span<const std::byte> bytes) {
  EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
  return *this;
}

std::string Sha256::hex() {
  std::array<unsigned char, 32> digest{};
  unsigned int size = 0;
  EVP_DigestFinal_ex(state_->context, digest.data(), &size);
  assert(size == digest.size());
  std::string text;
  for (const unsigned char byte : digest) text += fmt::format("{:02x}", byte);
  return text;
}

std::string sha256(std::string_view bytes) {
  return Sha256().update(bytes).hex();
}

std::string sha256_file(const fs::path& path) {
  // The file may be larger than memory: what has been read counts no more as this process's.
  constexpr size_t kPiece = size_t{16} << 20;
  const MappedFile file(path);
  Sha256 hash;
  for (std::span<const std::byte> rest = file.bytes(); !rest.empty();) {
    const auto piece = rest.first(std::min(kPiece, rest.size()));
    hash.update(piece);
    ::madvise(const_cast<std::byte*>(file.bytes().data()), file.bytes().size(), MADV_DONTNEED);
    rest = rest.subspan(piece.size());
  }
  return hash.hex();
}

std::string sha256_tree(const fs::path& path) {
  Sha256 hash;
  for (const fs::path& file : list_files(path)) {
    hash.update(file.generic_string()).update(std::string_view("\0", 1)).update(sha256_file(path / file)).update("\n");
  }
  return hash.hex();
}

uint64_t hash64(std::string_view bytes, uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

}  // namespace moru
