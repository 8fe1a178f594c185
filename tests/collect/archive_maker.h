// Archives for tests, written by libarchive.
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace moru::collect {

struct ArchiveMember {
  std::string name, content;
  int type = AE_IFREG;
  std::string link = {};  ///< For AE_IFLNK: where it leads. For AE_IFREG: a hard link to it.
};

inline constexpr const char* kZip = "zip";
inline constexpr const char* kTar = "pax";
inline constexpr const char* k7z = "7zip";

/// `filter`: "gzip", "xz", "zstd", "bzip2" or empty. `options`: libarchive's ("zip:encryption=traditional").
inline std::string make_archive(const std::vector<ArchiveMember>& members, const char* format,
                                const std::string& filter = "", const std::string& options = "") {
  const locale_t utf8 = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  const locale_t before = ::uselocale(utf8);
  std::string out((size_t{4} << 20), '\0');
  for (const ArchiveMember& m : members) out.resize(out.size() + m.content.size() + 4096);
  archive* const a = ::archive_write_new();
  EXPECT_EQ(::archive_write_set_format_by_name(a, format), ARCHIVE_OK);
  if (!filter.empty()) {
    EXPECT_EQ(::archive_write_add_filter_by_name(a, filter.c_str()), ARCHIVE_OK);
  }
  if (!options.empty()) {
    EXPECT_EQ(::archive_write_set_options(a, options.c_str()), ARCHIVE_OK) << ::archive_error_string(a);
    ::archive_write_set_passphrase(a, "secret");
  }
  ::archive_write_set_bytes_in_last_block(a, 1);
  size_t used = 0;
  EXPECT_EQ(::archive_write_open_memory(a, out.data(), out.size(), &used), ARCHIVE_OK);
  for (const ArchiveMember& m : members) {
    archive_entry* const e = ::archive_entry_new();
    ::archive_entry_set_pathname(e, m.name.c_str());
    ::archive_entry_set_filetype(e, static_cast<unsigned>(m.type));
    ::archive_entry_set_perm(e, 0644);
    ::archive_entry_set_mtime(e, 1'600'000'000, 0);
    if (m.type == AE_IFLNK)
      ::archive_entry_set_symlink(e, m.link.c_str());
    else if (!m.link.empty())
      ::archive_entry_set_hardlink(e, m.link.c_str());
    ::archive_entry_set_size(e, m.link.empty() ? static_cast<la_int64_t>(m.content.size()) : 0);
    EXPECT_GE(::archive_write_header(a, e), ARCHIVE_WARN) << ::archive_error_string(a);
    if (m.link.empty()) ::archive_write_data(a, m.content.data(), m.content.size());
    ::archive_entry_free(e);
  }
  EXPECT_EQ(::archive_write_close(a), ARCHIVE_OK) << ::archive_error_string(a);
  ::archive_write_free(a);
  out.resize(used);
  ::uselocale(before);
  ::freelocale(utf8);
  return out;
}

/// One compressed file.
inline std::string compressed(std::string_view content, const std::string& filter) {
  return make_archive({{"x", std::string(content)}}, "raw", filter);
}

}  // namespace moru::collect
