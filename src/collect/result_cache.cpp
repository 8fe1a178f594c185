#include "collect/result_cache.h"

#include <fcntl.h>
#include <unistd.h>
#include <zstd.h>

#include "core/error.h"
#include "core/hash.h"

namespace moru::collect {
namespace {

// A record: this head, then the packed bytes (zstd). Numbers in the order of this machine, which wrote them.
struct Head {
  std::array<char, 4> magic{};
  uint32_t packed = 0, size = 0;
  std::array<char, 16> key{};
  std::array<char, 8> check{};  // XXH3 of the packed bytes, seeded with the key's
};
static_assert(sizeof(Head) == 36);
constexpr std::array<char, 4> kMagic = {'M', 'R', 'C', '1'};
constexpr uint32_t kLargest = uint32_t{512} << 20;

uint64_t check_of(std::string_view packed, const std::array<char, 16>& key) {
  return hash64(packed, hash64({key.data(), key.size()}));
}

}  // namespace

size_t ResultCache::KeyHash::operator()(const Key& key) const {
  size_t value = 0;
  std::memcpy(&value, key.data(), sizeof value);  // a hash already
  return value;
}

ResultCache::Key ResultCache::key_of(std::string_view key) {
  // Two names of one key would be found in half of 2^64 tries.
  Key out{};
  const uint64_t parts[2] = {hash64(key, 1), hash64(key, 2)};
  std::memcpy(out.data(), parts, sizeof parts);
  return out;
}

ResultCache::ResultCache(fs::path folder, uint64_t maximum) : folder_(std::move(folder)), maximum_(maximum) {
  std::vector<fs::path> paths;
  std::error_code code;
  for (fs::directory_iterator it(folder_, code); !code && it != fs::directory_iterator(); it.increment(code))
    if (it->path().extension() == ".pack") paths.push_back(it->path());
  std::ranges::sort(paths);
  uint64_t last = 0;
  for (const fs::path& path : paths) {
    last = std::max<uint64_t>(last, std::strtoull(path.stem().c_str(), nullptr, 10));
    if (maximum_ > 0) read(path);
  }
  fresh_path_ = folder_ / fmt::format("{:06}.pack", last + 1);
}

ResultCache::~ResultCache() {
  if (fresh_ >= 0) ::close(fresh_);
}

void ResultCache::read(const fs::path& path) {
  try {
    segments_.push_back({path, MappedFile(path)});
  } catch (const Error&) {
    return;
  }
  const std::string_view bytes = segments_.back().file.text();
  for (size_t at = 0; bytes.size() - at >= sizeof(Head);) {
    Head head;
    std::memcpy(static_cast<void*>(&head), bytes.data() + at, sizeof head);
    at += sizeof head;
    if (head.magic != kMagic || head.packed > bytes.size() - at || head.size > kLargest) return;
    Record record{static_cast<uint32_t>(segments_.size() - 1), at, head.packed, head.size, 0, false};
    std::memcpy(&record.check, head.check.data(), sizeof record.check);
    records_.insert_or_assign(head.key, record);
    at += head.packed;
  }
}

std::string_view ResultCache::packed(const Record& record) const {
  return segments_[record.segment].file.text().substr(record.offset, record.packed);
}

bool ResultCache::has(std::string_view key) const {
  if (records_.empty()) return false;
  const Key name = key_of(key);
  const auto found = records_.find(name);
  return found != records_.end() && check_of(packed(found->second), name) == found->second.check;
}

std::optional<std::string> ResultCache::find(std::string_view key) {
  const Key name = key_of(key);
  const auto found = records_.find(name);
  if (found == records_.end()) return std::nullopt;
  Record& record = found->second;
  const std::string_view bytes = packed(record);
  if (check_of(bytes, name) != record.check) return std::nullopt;
  std::string text(record.size, '\0');
  if (ZSTD_decompress(text.data(), text.size(), bytes.data(), bytes.size()) != text.size()) return std::nullopt;
  if (!record.used) used_bytes_ += sizeof(Head) + record.packed;
  record.used = true;
  return text;
}

bool ResultCache::append(const Key& key, uint32_t size, std::string_view packed) {
  if (full_ || used_bytes_ + fresh_bytes_ + sizeof(Head) + packed.size() > maximum_) return false;
  if (fresh_ < 0) {
    std::error_code code;
    fs::create_directories(folder_, code);
    fresh_ = ::open(fresh_path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fresh_ < 0) {
      full_ = true;
      return false;
    }
  }
  Head head{kMagic, static_cast<uint32_t>(packed.size()), size, key, {}};
  const uint64_t check = check_of(packed, key);
  std::memcpy(head.check.data(), &check, sizeof check);
  buffer_.assign(reinterpret_cast<const char*>(&head), sizeof head);
  buffer_ += packed;
  for (std::string_view rest = buffer_; !rest.empty();) {
    const ssize_t n = ::write(fresh_, rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      full_ = true;  // what was half-written goes, so that what the disk still has is left to the documents
      if (::ftruncate(fresh_, static_cast<off_t>(fresh_bytes_)) != 0) fresh_bytes_ = 0;
      return false;
    }
    rest.remove_prefix(static_cast<size_t>(n));
  }
  fresh_bytes_ += buffer_.size();
  return true;
}

bool ResultCache::put(std::string_view key, std::string_view text) {
  if (full_ || maximum_ == 0 || text.size() > kLargest) return false;
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 1));
  return append(key_of(key), static_cast<uint32_t>(text.size()), packed);
}

void ResultCache::finish() {
  std::vector<uint64_t> used(segments_.size());
  for (const auto& [key, record] : records_)
    if (record.used) used[record.segment] += sizeof(Head) + record.packed;
  std::vector<bool> drop(segments_.size());
  for (size_t i = 0; i < segments_.size(); ++i) drop[i] = used[i] * 2 < segments_[i].file.text().size();
  // In the order in which they lie, so that the same runs leave the same files.
  std::vector<std::pair<Key, Record>> move;
  for (const auto& [key, record] : records_)
    if (record.used && drop[record.segment]) move.emplace_back(key, record);
  std::ranges::sort(move, {}, [](const auto& item) { return std::pair(item.second.segment, item.second.offset); });
  for (const auto& [key, record] : move) {
    used_bytes_ -= sizeof(Head) + record.packed;
    append(key, record.size, packed(record));
  }
  if (fresh_ >= 0) ::close(std::exchange(fresh_, -1));
  std::error_code code;
  for (size_t i = 0; i < segments_.size(); ++i)
    if (drop[i]) fs::remove(segments_[i].path, code);
  records_.clear();
  segments_.clear();
}

}  // namespace moru::collect
