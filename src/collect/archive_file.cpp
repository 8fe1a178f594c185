#include "collect/archive_file.h"

#include <archive.h>
#include <archive_entry.h>

#include <clocale>
#include <new>

namespace moru::collect {
namespace {

constexpr size_t kBlock = 128 << 10;

}  // namespace

/// libarchive converts names to the thread's locale. In the "C" locale that loses every name that is not ASCII.
struct ArchiveFile::Locale {
  locale_t utf8 = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  locale_t before = utf8 != nullptr ? ::uselocale(utf8) : nullptr;
  Locale() = default;
  Locale(const Locale&) = delete;
  Locale& operator=(const Locale&) = delete;
  ~Locale() {
    if (utf8 == nullptr) return;
    ::uselocale(before);
    ::freelocale(utf8);
  }
};

ArchiveFile::ArchiveFile(const Input& input, Formats formats)
    : formats_(formats), locale_(std::make_unique<Locale>()), archive_(::archive_read_new()) {
  if (archive_ == nullptr) throw std::bad_alloc();
  ::archive_read_support_filter_gzip(archive_);
  ::archive_read_support_filter_bzip2(archive_);
  ::archive_read_support_filter_xz(archive_);
  ::archive_read_support_filter_lzma(archive_);
  ::archive_read_support_filter_zstd(archive_);
  if (formats == Formats::archives) {
    ::archive_read_support_format_zip(archive_);
    ::archive_read_support_format_tar(archive_);
    ::archive_read_support_format_7zip(archive_);
  }
  ::archive_read_support_format_raw(archive_);
  ::archive_read_support_format_empty(archive_);
  const int opened = input.real.empty() || !input.bytes.empty()
                         ? ::archive_read_open_memory(archive_, input.bytes.data(), input.bytes.size())
                         : ::archive_read_open_filename(archive_, std::string(input.real).c_str(), kBlock);
  if (opened < ARCHIVE_WARN) {
    const std::string why = ::archive_error_string(archive_) != nullptr ? ::archive_error_string(archive_) : "";
    ::archive_read_free(archive_);
    archive_ = nullptr;
    throw Unreadable("damaged", why);
  }
}

ArchiveFile::~ArchiveFile() {
  if (archive_ != nullptr) ::archive_read_free(archive_);
}

void ArchiveFile::fail(std::string_view what) {
  if (::archive_errno(archive_) == ENOMEM) throw std::bad_alloc();
  const char* const why = ::archive_error_string(archive_);
  const std::string detail = why != nullptr ? why : std::string(what);
  const bool encrypted = detail.find("ncrypt") != std::string::npos || detail.find("assphrase") != std::string::npos;
  throw Unreadable(encrypted ? "encrypted" : "damaged", detail);
}

bool ArchiveFile::next(Entry& entry) {
  archive_entry* found = nullptr;
  const int result = ::archive_read_next_header(archive_, &found);
  if (result == ARCHIVE_EOF) return false;
  if (result < ARCHIVE_WARN) {
    fatal_ = result == ARCHIVE_FATAL;
    fail("the next entry cannot be read");
  }
  entry = Entry{};
  const bool raw = ::archive_format(archive_) == ARCHIVE_FORMAT_RAW;
  const char* name = ::archive_entry_pathname(found);
  if (name == nullptr) name = ::archive_entry_pathname_utf8(found);
  entry.name = name != nullptr ? name : "";
  entry.single = raw;
  const char* link = ::archive_entry_hardlink(found);
  if (link == nullptr) link = ::archive_entry_symlink(found);
  const auto type = ::archive_entry_filetype(found);
  if (link != nullptr || type == AE_IFLNK)
    entry.kind = Kind::link;
  else if (type == AE_IFDIR)
    entry.kind = Kind::folder;
  else if (type == AE_IFREG || type == 0)
    entry.kind = Kind::file;
  else
    entry.kind = Kind::other;
  if (link != nullptr) entry.link_target = link;
  entry.encrypted = ::archive_entry_is_encrypted(found) > 0;
  if (!raw && ::archive_entry_size_is_set(found)) entry.size = ::archive_entry_size(found);
  if (!raw && ::archive_entry_mtime_is_set(found)) entry.modified = ::archive_entry_mtime(found);
  // Without a compression, "raw" means that the bytes are of no known format.
  if (raw && formats_ == Formats::archives && ::archive_filter_count(archive_) <= 1) {
    fatal_ = true;
    throw Unreadable("damaged", "it does not begin as an archive does");
  }
  return true;
}

size_t ArchiveFile::read(char* into, size_t size) {
  const la_ssize_t n = ::archive_read_data(archive_, into, size);
  if (n >= 0) return static_cast<size_t>(n);
  fatal_ = n == ARCHIVE_FATAL;
  fail("the entry cannot be read");
}

}  // namespace moru::collect
