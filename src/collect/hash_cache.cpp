#include "collect/hash_cache.h"

#include <charconv>

#include "core/error.h"
#include "core/file.h"

namespace moru::collect {
namespace {

constexpr std::string_view kHead = "moru file hashes 1\n";

/// "%0A" for a line feed in a name, and for "%" itself.
std::string escaped(std::string_view path) {
  std::string out;
  for (const char c : path) {
    if (c == '\n' || c == '%') {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

/// Takes the next field, up to a space.
template <typename Number>
bool take(std::string_view& line, Number& number) {
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), number);
  if (error != std::errc() || end == line.data() + line.size() || *end != ' ') return false;
  line.remove_prefix(static_cast<size_t>(end - line.data()) + 1);
  return true;
}

}  // namespace

HashCache::HashCache(const fs::path& file) {
  std::string text;
  try {
    if (file.empty() || !fs::exists(file)) return;
    text = read_file(file);
  } catch (const std::exception&) {
    return;  // what it knew is found out again
  }
  std::string_view rest = text;
  if (!rest.starts_with(kHead)) return;
  rest.remove_prefix(kHead.size());
  while (!rest.empty()) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    Entry entry;
    FileIdentity& id = entry.identity;
    if (line.size() < 66 || line[64] != ' ') continue;
    entry.sha256 = line.substr(0, 64);
    line.remove_prefix(65);
    if (!take(line, id.size) || !take(line, id.modified_ns) || !take(line, id.changed_ns) || !take(line, id.device) ||
        !take(line, id.inode))
      continue;
    entries_.insert_or_assign(std::string(line), std::move(entry));
  }
}

const std::string* HashCache::find(const fs::path& path, const FileIdentity& identity) const {
  const auto found = entries_.find(escaped(path.native()));
  return found != entries_.end() && found->second.identity == identity ? &found->second.sha256 : nullptr;
}

bool HashCache::is_settled(const FileIdentity& identity, int64_t taken_ns) {
  constexpr int64_t kSecond = 1'000'000'000;
  // Times without a fraction come from a file system that counts in seconds, or in two. The others step with the
  // kernel's tick, 10 ms at most.
  const bool coarse = identity.modified_ns % kSecond == 0 && identity.changed_ns % kSecond == 0;
  const int64_t last = std::max(identity.modified_ns, identity.changed_ns);
  return last + (coarse ? 3 * kSecond : kSecond / 20) < taken_ns;
}

void HashCache::Writer::add(const fs::path& path, const FileIdentity& id, std::string_view sha256) {
  text_ += fmt::format("{} {} {} {} {} {} {}\n", sha256, id.size, id.modified_ns, id.changed_ns, id.device, id.inode,
                       escaped(path.native()));
}

void HashCache::Writer::write(const fs::path& file) const {
  const std::string text = std::string(kHead) + text_;
  std::error_code code;
  if (fs::file_size(file, code) == text.size() && !code && read_file(file) == text) return;
  make_directories(file.parent_path());
  write_file_atomic(file, text);
}

}  // namespace moru::collect
