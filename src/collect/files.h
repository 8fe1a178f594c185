// The files of a source folder.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "collect/source.h"

namespace moru::collect {

/// A file that a source's globs choose.
struct FoundFile {
  std::string path;            ///< In the folder, with "/" between components.
  std::filesystem::path real;  ///< Without links; empty where `problem` is set.
  uint64_t size = 0;
  std::string modified;  ///< ISO 8601 UTC.
  std::string problem;   ///< Why it is not read: "leaves-folder", "not-a-file", "unreadable"; else empty.
  std::string detail;
};

/// Chosen files in byte order of their paths. Links to folders are not followed; a link to a file is, if what it names
/// lies in the folder. Throws Error if the folder itself cannot be listed.
std::vector<FoundFile> find_files(const FolderSource& source);

/// Is this a file that states a licence (LICENSE, COPYING, copyright, …) rather than a document?
bool is_licence_file(std::string_view name);

}  // namespace moru::collect
