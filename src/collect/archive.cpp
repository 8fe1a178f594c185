// Archives: zip, tar, 7z, compressed or not, and single compressed files. Opened in place, read once from front to end.
#include <xxhash.h>

#include <unordered_set>

#include "collect/archive_file.h"
#include "collect/archive_licences.h"
#include "collect/encoding.h"
#include "collect/files.h"
#include "collect/glob.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr size_t kChunk = 128 << 10;
constexpr uint64_t kSignOfLife = uint64_t{16} << 20;      // bytes between two
constexpr uint64_t kMaxLicenceBytes = uint64_t{4} << 20;  // a larger file is no licence text
constexpr int64_t kSkip = int64_t{32} << 20;              // bytes that libarchive may pass over in one go

std::string iso_time(int64_t seconds) {
  const time_t time = seconds;
  std::tm parts{};
  if (::gmtime_r(&time, &parts) == nullptr || parts.tm_year < 0 || parts.tm_year > 8099) return "";
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

/// A member's name in UTF-8 with "/" between folders. Windows' Korean ZIP programs write CP949 and "\".
std::string readable_name(std::string_view raw) {
  std::string name;
  if (text::is_valid_utf8(raw)) {
    name = raw;
  } else {
    try {
      name = decode(raw).text;
    } catch (const Unreadable&) {
      name = text::repair_utf8(raw);
    }
  }
  if (name.find('/') == std::string::npos) std::ranges::replace(name, '\\', '/');
  while (name.starts_with("./")) name.erase(0, name.find_first_not_of('/', 1));
  return name;
}

bool climbs_out(std::string_view name) {
  if (name.starts_with('/') || (name.size() > 1 && name[1] == ':')) return true;
  for (size_t begin = 0; begin <= name.size();) {
    const size_t end = std::min(name.find('/', begin), name.size());
    if (name.substr(begin, end - begin) == "..") return true;
    begin = end + 1;
  }
  return false;
}

/// The name of what a single compressed file holds.
std::string without_ending(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const size_t dot = name.rfind('.');
  return std::string(dot == std::string_view::npos || dot == 0 ? name : name.substr(0, dot));
}

class Reading {
 public:
  Reading(const Input& input, Output& output) : input_(input), output_(output), settings_(input.source.extract) {
    for (const std::string& pattern : settings_.members) include_.emplace_back(pattern);
    for (const std::string& pattern : input.source.exclude) exclude_.emplace_back(pattern);
    if (input.unpacked == nullptr) {
      std::error_code code;
      const bool on_disk = input.bytes.empty() && !input.real.empty();
      own_.packed = on_disk ? std::filesystem::file_size(std::string(input.real), code) : input.bytes.size();
    }
    inner_.unpacked = &unpacked();
  }

  void all() {
    if (input_.source.licence.empty() && input_.source.licence_file.empty()) find_licences();
    ArchiveFile file(input_, ArchiveFile::Formats::archives);
    ArchiveFile::Entry entry;
    uint64_t entries = 0;
    try {
      while (file.next(entry)) {
        ++entries;
        count_unpacked(input_, unpacked(), 0, 1);
        one(file, entry);
        output_.alive();
      }
    } catch (const Unreadable& problem) {
      if (entries == 0 || problem.reason() == "archive-limit") throw;
      throw Unreadable(problem.reason(), fmt::format("after {} entries: {}", entries, problem.what()));
    }
    if (entries == 0) throw Unreadable("no-text", "an archive without entries");
  }

 private:
  Unpacked& unpacked() { return input_.unpacked != nullptr ? *input_.unpacked : own_; }

  std::string name_of(const ArchiveFile::Entry& entry) const {
    return entry.single ? without_ending(input_.path) : readable_name(entry.name);
  }

  bool chosen(std::string_view name) const {
    const auto matches = [&](const Glob& glob) { return glob.matches(name); };
    return std::ranges::any_of(include_, matches) && std::ranges::none_of(exclude_, matches);
  }

  /// Reads the licence files, which may stand behind what they are about. Mistakes in the archive wait for the reading
  /// itself.
  void find_licences() {
    Unpacked counted = unpacked();
    try {
      ArchiveFile file(input_, ArchiveFile::Formats::archives);
      ArchiveFile::Entry entry;
      while (file.next(entry)) {
        output_.alive();
        const std::string name = name_of(entry);
        const bool licence = entry.kind == ArchiveFile::Kind::file && !entry.encrypted && !entry.single &&
                             !climbs_out(name) && is_licence_file(name.substr(name.rfind('/') + 1));
        count_unpacked(input_, counted, licence || entry.size < 0 ? 0 : static_cast<uint64_t>(entry.size), 1);
        if (!licence) {
          pass_over(file, entry);
          continue;
        }
        std::string text;
        const auto add = [&](std::string_view piece) {
          count_unpacked(input_, counted, piece.size(), 0);
          if (text.size() <= kMaxLicenceBytes) text += piece;
        };
        read_data(file, add);
        if (text.size() <= kMaxLicenceBytes) licences_.add(name, "!/" + path_in_file(name), text);
      }
    } catch (const Unreadable&) {
    }
  }

  std::string path_in_file(std::string_view name) const {
    return input_.inside.empty() ? std::string(name) : fmt::format("{}!/{}", input_.inside, name);
  }

  /// libarchive says nothing while it unpacks what nobody wants: large members are read here.
  void pass_over(ArchiveFile& file, const ArchiveFile::Entry& entry) {
    if (entry.size < 0 || entry.size > kSkip) read_data(file, [](std::string_view) {});
  }

  template <typename Add>
  void read_data(ArchiveFile& file, const Add& add) {
    uint64_t since = 0;
    while (const size_t n = file.read(buffer_.data(), buffer_.size())) {
      add(std::string_view(buffer_.data(), n));
      since += n;
      if (since >= kSignOfLife) {
        output_.alive();
        since = 0;
      }
    }
  }

  void set_aside(const std::string& name, std::string reason, const std::string& detail) {
    Unreadable& problem =
        output_.set_aside.emplace_back(std::move(reason), detail.empty() ? name : name + ": " + detail);
    problem.set_member(name);
  }

  void one(ArchiveFile& file, const ArchiveFile::Entry& entry) {
    if (entry.kind == ArchiveFile::Kind::folder) return;
    std::string name = name_of(entry);
    if (name.empty()) return set_aside("(no name)", "unreadable", "an entry without a name");
    if (climbs_out(name)) return set_aside(name, "leaves-folder", "a path that climbs out of the archive");
    if (!chosen(name)) return count_skipped(file, entry);
    if (is_licence_file(name.substr(name.rfind('/') + 1)) && !entry.single) return;
    if (entry.kind == ArchiveFile::Kind::link)
      return set_aside(name, "not-a-file", "a link to " + text::repair_utf8(entry.link_target));
    if (entry.kind != ArchiveFile::Kind::file) return set_aside(name, "not-a-file", "neither a file nor a folder");
    if (entry.encrypted) return set_aside(name, "encrypted", "");
    // An archive may hold a name twice (a file that was added again); each is a document with its own address.
    const std::string plain = name;
    for (int copy = 2; !names_.insert(XXH3_64bits(name.data(), name.size())).second; ++copy)
      name = fmt::format("{}#{}", plain, copy);
    try {
      read_member(file, entry, name, plain);
    } catch (const TooMuchUnpacked&) {
      throw;
    } catch (const Unreadable& problem) {
      if (file.fatal()) throw;
      set_aside(name, problem.reason(), problem.what());
    }
  }

  /// What is not chosen counts too: it has to be unpacked to come to the next one.
  void count_skipped(ArchiveFile& file, const ArchiveFile::Entry& entry) {
    if (entry.size > 0) count_unpacked(input_, unpacked(), static_cast<uint64_t>(entry.size), 0);
    try {
      pass_over(file, entry);
    } catch (const Unreadable&) {
      if (file.fatal()) throw;
    }
  }

  void read_member(ArchiveFile& file, const ArchiveFile::Entry& entry, const std::string& name,
                   const std::string& plain) {
    if (entry.size > 0 && static_cast<uint64_t>(entry.size) > settings_.member_bytes) {
      set_aside(name, "too-large", fmt::format("{} bytes", entry.size));
      return count_skipped(file, entry);
    }
    data_.clear();
    bool known = false, too_large = false;
    read_data(file, [&](std::string_view piece) {
      count_unpacked(input_, unpacked(), piece.size(), 0);
      if (data_.size() + piece.size() > settings_.member_bytes) too_large = true;
      if (too_large) return;
      // A picture is not read whole to know that it is none of ours.
      if (!known && data_.size() >= 4096) {
        known = extractor_for(plain, data_.substr(0, 4096)) != nullptr;
        if (!known) return;
      }
      data_ += piece;
    });
    if (too_large) return set_aside(name, "too-large", fmt::format("more than {} bytes", settings_.member_bytes));
    Member member{.name = name, .bytes = data_};
    if (name != plain) member.format_name = plain;
    if (entry.modified >= 0) member.modified = iso_time(entry.modified);
    if (auto licence = licences_.of(plain))
      member.licence = std::move(*licence);
    else if (input_.licence != nullptr)
      member.licence = *input_.licence;
    extract_member(inner_, member, output_);
  }

  const Input& input_;
  Output& output_;
  const ExtractSettings& settings_;
  Unpacked own_;
  Input inner_ = input_;  // with what has come out so far
  std::vector<Glob> include_, exclude_;
  ArchiveLicences licences_;
  std::unordered_set<uint64_t> names_;  // hashes; never gone through
  std::vector<char> buffer_ = std::vector<char>(kChunk);
  std::string data_;
};

}  // namespace

void extract_archive(const Input& input, Output& output) {
  Reading(input, output).all();
}

}  // namespace moru::collect
