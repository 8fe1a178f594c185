// The files of a source.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "collect/source.h"

namespace moru::collect {

/// What stands for a file's content as long as nobody writes to it.
struct FileIdentity {
  uint64_t size = 0;
  int64_t modified_ns = 0, changed_ns = 0;  ///< Of the content, and of the content or its description.
  uint64_t device = 0, inode = 0;
  bool operator==(const FileIdentity&) const = default;
};

/// A file that a source chooses.
struct FoundFile {
  std::string path;            ///< In the folder, with "/" between components.
  std::filesystem::path real;  ///< Without links; empty where `problem` is set.
  uint64_t size = 0;
  std::string modified;  ///< ISO 8601 UTC.
  std::string problem;   ///< Why it is not read: "leaves-folder", "not-a-file", "unreadable"; else empty.
  std::string detail;
  FileIdentity identity{};
  // Of files that were fetched:
  std::string uri{};                              ///< Their address; empty: the source's name and the path.
  std::string media_type{};                       ///< As the server named it; empty: the name decides.
  std::string hash{};                             ///< SHA-256, where it is known without reading.
  std::map<std::string, std::string> metadata{};  ///< Goes into each of its documents.
};

/// "2026-01-31T09:15:00Z" of seconds since 1970.
std::string iso_time(int64_t seconds);

/// The file as it is now; `file.real` is followed where it is a link. Sets size, times and identity, or `problem`.
void look_at_file(FoundFile& file);
/// The identity of the file now; nothing where it is gone.
std::optional<FileIdentity> identity_of(const std::filesystem::path& path);

/// Chosen files in byte order of their paths. Links to folders are not followed; a link to a file is, if what it names
/// lies in the folder. Throws Error if the folder itself cannot be listed.
std::vector<FoundFile> find_files(const Source& source);

/// Is this a file that states a licence (LICENSE, COPYING, copyright, …) rather than a document?
bool is_licence_file(std::string_view name);

}  // namespace moru::collect
