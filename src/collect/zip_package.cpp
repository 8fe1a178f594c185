#include "collect/zip_package.h"

#include <zlib.h>

#include "collect/extractor.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr std::string_view kEndMark = "PK\5\6", kEnd64Mark = "PK\6\6", kLocator64Mark = "PK\6\7", kEntryMark = "PK\1\2",
                           kLocalMark = "PK\3\4";
constexpr size_t kEndSize = 22, kEnd64Size = 56, kLocator64Size = 20, kEntrySize = 46, kLocalSize = 30;
constexpr uint64_t kFreeBytes = uint64_t{1} << 20;  // below this no ratio is too high
constexpr uint64_t kDeflateRatio = 1032;            // no deflate stream unpacks to more (zlib's technical details)

/// A little-endian number of `width` bytes.
uint64_t number(std::string_view bytes, size_t offset, size_t width) {
  uint64_t value = 0;
  for (size_t i = width; i > 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[offset + i - 1]);
  return value;
}

[[noreturn]] void damaged(const std::string& what) {
  throw Unreadable("damaged", "ZIP: " + what);
}

std::string shown(std::string_view name) {
  return text::repair_utf8(name.substr(0, 200));
}

std::string lower_ascii(std::string_view name) {
  std::string lower(name);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return lower;
}

bool climbs_out(std::string_view name) {
  if (name.starts_with('/') || (name.size() > 1 && name[1] == ':') || name.find('\0') != std::string_view::npos)
    return true;
  while (!name.empty()) {
    const size_t end = std::min(name.find('/'), name.size());
    if (name.substr(0, end) == "..") return true;
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return false;
}

/// The ZIP64 sizes and offset of an entry, where its own fields have no room for them (APPNOTE.TXT 4.5.3).
void read_zip64(ZipEntry& entry, std::string_view extra) {
  while (extra.size() >= 4) {
    const size_t id = number(extra, 0, 2), size = number(extra, 2, 2);
    extra.remove_prefix(4);
    if (size > extra.size()) return;
    if (id == 1) {
      std::string_view field = extra.substr(0, size);
      for (uint64_t* value : {&entry.size, &entry.packed, &entry.offset}) {
        if (*value != 0xFFFFFFFF) continue;
        if (field.size() < 8) return;
        *value = number(field, 0, 8);
        field.remove_prefix(8);
      }
      return;
    }
    extra.remove_prefix(size);
  }
}

struct InflateState {
  z_stream stream{};
  InflateState() {
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
  }
  InflateState(const InflateState&) = delete;
  InflateState& operator=(const InflateState&) = delete;
  ~InflateState() { inflateEnd(&stream); }
};

}  // namespace

ZipPackage::ZipPackage(std::string_view bytes, const ExtractSettings& limits) : bytes_(bytes), limits_(limits) {
  // The end record stands last, before a comment of up to 65,535 bytes.
  if (bytes.size() < kEndSize) damaged("too short");
  const size_t from = bytes.size() - std::min(bytes.size(), kEndSize + 0xFFFF);
  const size_t found = bytes.substr(from, bytes.size() - kEndSize + kEndMark.size() - from).rfind(kEndMark);
  if (found == std::string_view::npos) damaged("no end record: the file is cut off or is no ZIP file");
  const size_t end = from + found;
  uint64_t count = number(bytes, end + 10, 2), size = number(bytes, end + 12, 4), offset = number(bytes, end + 16, 4);
  uint64_t after = end;  // where the directory must end
  if (count == 0xFFFF || size == 0xFFFFFFFF || offset == 0xFFFFFFFF) {
    if (end >= kLocator64Size && bytes.substr(end - kLocator64Size).starts_with(kLocator64Mark)) {
      const uint64_t at = number(bytes, end - kLocator64Size + 8, 8);
      if (at > bytes.size() || bytes.size() - at < kEnd64Size || !bytes.substr(at).starts_with(kEnd64Mark))
        damaged("its ZIP64 end record is not where it should be");
      count = number(bytes, at + 32, 8);
      size = number(bytes, at + 40, 8);
      offset = number(bytes, at + 48, 8);
      after = at;
    }
  }
  if (size > after) damaged("its directory runs out of the file");
  if (offset > after - size) damaged("its directory is not where it should be");
  shift_ = after - size - offset;
  read_directory(after - size, size, count);
}

void ZipPackage::read_directory(uint64_t offset, uint64_t size, uint64_t count) {
  std::string_view directory = bytes_.substr(offset, size);
  for (uint64_t i = 0; i < count; ++i) {
    if (i >= limits_.archive_entries)
      throw Unreadable("archive-limit", fmt::format("more than {} entries", limits_.archive_entries));
    if (directory.size() < kEntrySize || !directory.starts_with(kEntryMark)) damaged("its directory is cut off");
    ZipEntry entry;
    entry.encrypted = (number(directory, 8, 2) & 1) != 0;
    entry.method = static_cast<uint16_t>(number(directory, 10, 2));
    entry.crc = static_cast<uint32_t>(number(directory, 16, 4));
    entry.packed = number(directory, 20, 4);
    entry.size = number(directory, 24, 4);
    entry.offset = number(directory, 42, 4);
    const size_t name = number(directory, 28, 2), extra = number(directory, 30, 2), comment = number(directory, 32, 2);
    directory.remove_prefix(kEntrySize);
    if (directory.size() < name + extra + comment) damaged("its directory is cut off");
    entry.name = directory.substr(0, name);
    std::ranges::replace(entry.name, '\\', '/');
    read_zip64(entry, directory.substr(name, extra));
    directory.remove_prefix(name + extra + comment);
    if (climbs_out(entry.name)) throw Unreadable("leaves-folder", shown(entry.name));
    if (entry.name.empty() || entry.name.back() == '/') continue;
    by_name_[entry.name] = entries_.size();
    by_lower_[lower_ascii(entry.name)] = entries_.size();
    entries_.push_back(std::move(entry));
  }
}

const ZipEntry* ZipPackage::find(std::string_view name) const {
  if (const auto found = by_name_.find(name); found != by_name_.end()) return &entries_[found->second];
  if (const auto found = by_lower_.find(lower_ascii(name)); found != by_lower_.end()) return &entries_[found->second];
  return nullptr;
}

std::string ZipPackage::read(std::string_view name) {
  const ZipEntry* const entry = find(name);
  if (entry == nullptr) damaged(fmt::format("{} is missing", shown(name)));
  return read(*entry);
}

std::optional<std::string> ZipPackage::read_if(std::string_view name) {
  const ZipEntry* const entry = find(name);
  if (entry == nullptr) return std::nullopt;
  return read(*entry);
}

std::string_view ZipPackage::packed_bytes(const ZipEntry& entry) const {
  if (entry.offset > bytes_.size() - shift_) damaged(shown(entry.name) + " begins past the end of the file");
  const std::string_view local = bytes_.substr(entry.offset + shift_);
  if (local.size() < kLocalSize || !local.starts_with(kLocalMark)) damaged(shown(entry.name) + " has no header");
  const uint64_t header = kLocalSize + number(local, 26, 2) + number(local, 28, 2);
  if (header > local.size() || entry.packed > local.size() - header) damaged(shown(entry.name) + " is cut off");
  return local.substr(header, entry.packed);
}

uint64_t ZipPackage::allowance() const {
  const double by_ratio = limits_.archive_ratio * static_cast<double>(bytes_.size());
  uint64_t most = limits_.archive_bytes;
  if (by_ratio < static_cast<double>(most)) most = std::max(kFreeBytes, static_cast<uint64_t>(by_ratio));
  most = std::min(most, limits_.archive_bytes);
  return most - std::min(most, unpacked_);
}

std::string ZipPackage::read(const ZipEntry& entry) {
  if (entry.encrypted) throw Unreadable("encrypted", shown(entry.name) + " is encrypted");
  const std::string_view packed = packed_bytes(entry);
  std::string out;
  if (entry.method == 0) {
    if (packed.size() > std::min(allowance(), kMaxEntry))
      throw Unreadable("archive-limit", shown(entry.name) + " is too large");
    out = packed;
  } else if (entry.method == 8) {
    out = inflate(entry, packed);
  } else {
    throw Unreadable("unknown-format", fmt::format("{} is packed by method {}", shown(entry.name), entry.method));
  }
  const uLong crc = crc32_z(crc32_z(0, nullptr, 0), reinterpret_cast<const Bytef*>(out.data()), out.size());
  if (crc != entry.crc) damaged(shown(entry.name) + " has another checksum than the directory says");
  unpacked_ += out.size();
  return out;
}

std::string ZipPackage::inflate(const ZipEntry& entry, std::string_view packed) const {
  const uint64_t most = std::min(allowance(), kMaxEntry);
  const auto too_large = [&] {
    throw Unreadable("archive-limit", fmt::format("{} unpacks to more than {} bytes", shown(entry.name), most));
  };
  if (packed.size() > UINT32_MAX) too_large();
  InflateState state;
  state.stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  state.stream.avail_in = static_cast<uInt>(packed.size());
  // What the archive says is only a hint: room is made for no more than these packed bytes can give.
  std::string out(std::min({entry.size, packed.size() * kDeflateRatio, most}) + 1, '\0');
  for (uint64_t size = 0;;) {
    state.stream.next_out = reinterpret_cast<Bytef*>(out.data() + size);
    state.stream.avail_out = static_cast<uInt>(out.size() - size);
    const int end = ::inflate(&state.stream, Z_NO_FLUSH);
    size = out.size() - state.stream.avail_out;
    if (size > most) too_large();
    if (end == Z_STREAM_END) {
      out.erase(size);
      return out;
    }
    if (end != Z_OK || state.stream.avail_out > 0) damaged(shown(entry.name) + " does not unpack");
    out.resize(std::min(most + 1, out.size() * 2 + 4096));
  }
}

}  // namespace moru::collect
