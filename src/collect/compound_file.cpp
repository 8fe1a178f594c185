#include "collect/compound_file.h"

#include "collect/extractor.h"
#include "collect/little_endian.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr uint32_t kEndOfChain = 0xFFFFFFFE, kLastSector = 0xFFFFFFFA, kNoStream = 0xFFFFFFFF;
constexpr size_t kEntryBytes = 128, kMiniSector = 64, kHeaderDifat = 109;
// Owners of sectors besides the streams, whose ids are those of their directory entries.
constexpr uint32_t kFree = 0, kTables = 1, kDirectory = 2, kFirstStream = 3;

[[noreturn]] void damaged(const std::string& what) {
  throw Unreadable("damaged", "compound file: " + what);
}

std::string entry_name(std::string_view entry) {
  const size_t bytes = read_u16(entry, 64);
  if (bytes > 64) damaged("a directory entry's name is too long");
  return utf16le_to_utf8(entry.substr(0, bytes >= 2 ? bytes - 2 : 0));  // without its final zero
}

}  // namespace

bool CompoundFile::recognise(std::string_view head) {
  return head.starts_with("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
}

CompoundFile::CompoundFile(std::string_view bytes) : bytes_(bytes) {
  if (!recognise(bytes) || bytes.size() < 512) damaged("it does not begin with a compound file's header");
  const unsigned version = read_u16(bytes, 26), shift = read_u16(bytes, 30), mini_shift = read_u16(bytes, 32);
  if (!(version == 3 && shift == 9) && !(version == 4 && shift == 12))
    damaged(fmt::format("version {} with sectors of 2^{} bytes is not known", version, shift));
  if (mini_shift != 6) damaged(fmt::format("small sectors of 2^{} bytes are not known", mini_shift));
  sector_size_ = size_t{1} << shift;
  // The last sector may be cut short.
  sectors_ = bytes.size() <= sector_size_
                 ? 0
                 : static_cast<uint32_t>(std::min<uint64_t>((bytes.size() - 1) / sector_size_, kLastSector));
  owner_.assign(sectors_, kFree);
  mini_cutoff_ = read_u32(bytes, 56);
  read_fat(read_u32(bytes, 44), read_u32(bytes, 68), read_u32(bytes, 72));
  const uint32_t mini_fat_sectors = read_u32(bytes, 64);
  if (mini_fat_sectors > sectors_) damaged("the table of small sectors is larger than the file");
  if (mini_fat_sectors > 0) {
    const std::string table = chain(read_u32(bytes, 60), uint64_t{mini_fat_sectors} * sector_size_, kTables);
    for (size_t at = 0; at + 4 <= table.size(); at += 4) mini_fat_.push_back(read_u32(table, at));
  }
  read_directory(read_u32(bytes, 48));
}

std::string_view CompoundFile::sector(uint32_t number) const {
  if (number >= sectors_) damaged(fmt::format("sector {} is beyond its end", number));
  return bytes_.substr((size_t{number} + 1) * sector_size_, sector_size_);
}

void CompoundFile::read_fat(uint32_t fat_sectors, uint32_t first_difat, uint32_t difat_sectors) {
  if (fat_sectors > sectors_ || difat_sectors > sectors_) damaged("the sector table is larger than the file");
  std::vector<uint32_t> where;
  const auto take = [&](uint32_t number) {
    if (number >= sectors_) damaged(fmt::format("sector {} of the sector table is beyond its end", number));
    if (owner_[number] != kFree) damaged("the sector table holds a sector twice");
    owner_[number] = kTables;
    where.push_back(number);
  };
  for (size_t i = 0; i < kHeaderDifat && where.size() < fat_sectors; ++i) take(read_u32(bytes_, 76 + 4 * i));
  uint32_t at = first_difat;
  for (uint32_t i = 0; i < difat_sectors && where.size() < fat_sectors; ++i) {
    const std::string_view table = sector(at);
    if (owner_[at] != kFree) damaged("the sector table runs in a circle");
    owner_[at] = kTables;
    const size_t entries = sector_size_ / 4 - 1;
    if (table.size() < sector_size_) damaged("the sector table is cut short");
    for (size_t k = 0; k < entries && where.size() < fat_sectors; ++k) take(read_u32(table, 4 * k));
    at = read_u32(table, 4 * entries);
  }
  if (where.size() < fat_sectors) damaged("the sector table is cut short");
  fat_.reserve(where.size() * sector_size_ / 4);
  for (const uint32_t number : where) {
    const std::string_view table = sector(number);
    for (size_t k = 0; k + 4 <= table.size(); k += 4) fat_.push_back(read_u32(table, k));
  }
}

std::string CompoundFile::chain(uint32_t first, uint64_t size, uint32_t owner) {
  if (size > uint64_t{sectors_} * sector_size_) damaged("a stream is larger than the file");
  std::string out;
  out.reserve(size);
  for (uint32_t at = first; out.size() < size;) {
    const std::string_view piece = sector(at);
    if (owner_[at] != kFree)
      damaged(fmt::format("sector {} {}", at, owner_[at] == owner ? "stands in a circle" : "belongs to two streams"));
    owner_[at] = owner;
    const size_t wanted = std::min<uint64_t>(size - out.size(), sector_size_);
    if (piece.size() < wanted) damaged("it is cut short");
    out += piece.substr(0, wanted);
    if (out.size() == size) break;
    if (at >= fat_.size()) damaged("a stream runs past the sector table");
    at = fat_[at];
  }
  return out;
}

std::string CompoundFile::mini_chain(uint32_t first, uint64_t size, uint32_t owner) {
  if (size > mini_.size()) damaged("a small stream is larger than all of them");
  std::string out;
  out.reserve(size);
  for (uint32_t at = first; out.size() < size;) {
    if (at >= mini_owner_.size()) damaged(fmt::format("small sector {} is beyond their end", at));
    if (mini_owner_[at] != kFree)
      damaged(fmt::format("small sector {} {}", at,
                          mini_owner_[at] == owner ? "stands in a circle" : "belongs to two streams"));
    mini_owner_[at] = owner;
    const size_t wanted = std::min<uint64_t>(size - out.size(), kMiniSector);
    const std::string_view piece = std::string_view(mini_).substr(size_t{at} * kMiniSector, wanted);
    if (piece.size() < wanted) damaged("a small stream is cut short");
    out += piece;
    if (out.size() == size) break;
    if (at >= mini_fat_.size()) damaged("a small stream runs past its table");
    at = mini_fat_[at];
  }
  return out;
}

void CompoundFile::read_directory(uint32_t first) {
  // The directory's size is not written down in version 3: its chain is followed to the end.
  std::string directory;
  for (uint32_t at = first; at != kEndOfChain;) {
    const std::string_view piece = sector(at);
    if (owner_[at] != kFree) damaged("the directory runs in a circle");
    owner_[at] = kDirectory;
    if (piece.size() < sector_size_) damaged("the directory is cut short");
    directory += piece;
    if (at >= fat_.size()) damaged("the directory runs past the sector table");
    at = fat_[at];
  }
  const size_t count = directory.size() / kEntryBytes;
  if (count == 0) damaged("it has no directory");
  const auto entry = [&](uint32_t id) { return std::string_view(directory).substr(id * kEntryBytes, kEntryBytes); };
  const std::string_view root = entry(0);
  if (static_cast<unsigned char>(root[66]) != 5) damaged("its first directory entry is not the root");

  struct Step {
    uint32_t id;
    std::string folder;
  };
  std::vector<char> seen(count, 0);
  std::vector<Step> open{{read_u32(root, 76), ""}};
  while (!open.empty()) {
    const Step step = std::move(open.back());
    open.pop_back();
    if (step.id == kNoStream) continue;
    if (step.id >= count) damaged("the directory names an entry that it does not have");
    if (seen[step.id]++) damaged("the directory runs in a circle");
    const std::string_view e = entry(step.id);
    const auto kind = static_cast<unsigned char>(e[66]);
    open.push_back({read_u32(e, 68), step.folder});
    open.push_back({read_u32(e, 72), step.folder});
    std::string path = step.folder + entry_name(e);
    // Paths of nested folders add up: a longer one is a trap.
    if (path.size() > 1024) damaged("folders in folders, too deep");
    if (kind == 1) {
      open.push_back({read_u32(e, 76), path + "/"});
    } else if (kind == 2) {
      // Version 3 leaves the upper half of the size undefined.
      const uint64_t size = sector_size_ == 512 ? read_u32(e, 120) : read_u64(e, 120);
      entries_.emplace(std::move(path), Entry{read_u32(e, 116), size, kFirstStream + step.id});
    }
  }
  const uint64_t mini_bytes = sector_size_ == 512 ? read_u32(root, 120) : read_u64(root, 120);
  if (mini_bytes > 0) mini_ = chain(read_u32(root, 116), mini_bytes, kFirstStream);
  mini_owner_.assign((mini_.size() + kMiniSector - 1) / kMiniSector, kFree);
}

std::vector<std::string> CompoundFile::streams() const {
  std::vector<std::string> paths;
  for (const auto& [path, entry] : entries_) paths.push_back(path);
  return paths;
}

std::string CompoundFile::read(std::string_view path) {
  const auto it = entries_.find(path);
  if (it == entries_.end()) damaged(fmt::format("there is no stream \"{}\"", path));
  Entry& e = it->second;
  if (std::exchange(e.read, true))  // its sectors are its own, the chain has been walked before
    std::ranges::replace(e.size < mini_cutoff_ ? mini_owner_ : owner_, e.id, kFree);
  return e.size < mini_cutoff_ ? mini_chain(e.first, e.size, e.id) : chain(e.first, e.size, e.id);
}

}  // namespace moru::collect
