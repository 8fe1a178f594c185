// Where a source's files come from. One kind of source is one file in sources/ and one line in sources/kinds.cpp.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collect/files.h"
#include "collect/source.h"
#include "core/config.h"
#include "core/progress.h"

namespace moru::collect {

class Origin {
 public:
  virtual ~Origin() = default;
  /// For the plan: a folder, an address. Never a password.
  virtual std::string about(const Source& source) const = 0;
  /// What in the recipe decides which files there are, for the artefact's key. Never a password.
  virtual Json parameters(const Source& source) const = 0;
  /// Does fetch() bring its files from elsewhere?
  virtual bool is_remote() const { return false; }
  /// Brings the files into `store`, a folder of this source alone: what is there already and still holds is not asked
  /// for again. Killed and called again it goes on where it was. Throws Error if nothing could be fetched.
  virtual void fetch(const Source& /*source*/, const std::filesystem::path& /*store*/, ProgressSink& /*sink*/) const {}
  /// The files as they are now, in byte order of their addresses. Of a remote source: what was fetched, and nothing
  /// before that.
  virtual std::vector<FoundFile> files(const Source& source, const std::filesystem::path& store) const = 0;
  /// Throws Error: the source has no files.
  [[noreturn]] virtual void nothing_found(const Source& source) const = 0;
};

struct SourceKind {
  std::string_view key;  ///< The key of a `collect:` entry that tells the kind: "folder", "http".
  /// Reads the keys of this kind; sets source.name to a good default, source.origin and source.folder.
  void (*read)(const Config& section, const std::filesystem::path& base, Source& source);
};

/// All there are.
std::span<const SourceKind> source_kinds();

/// The one of a source that names none.
const std::shared_ptr<const Origin>& folder_origin();
inline const Origin& origin_of(const Source& source) {
  return source.origin ? *source.origin : *folder_origin();
}

void read_folder_source(const Config& section, const std::filesystem::path& base, Source& source);
void read_file_source(const Config& section, const std::filesystem::path& base, Source& source);
void read_list_source(const Config& section, const std::filesystem::path& base, Source& source);
void read_http_source(const Config& section, const std::filesystem::path& base, Source& source);
void read_s3_source(const Config& section, const std::filesystem::path& base, Source& source);
void read_sql_source(const Config& section, const std::filesystem::path& base, Source& source);

}  // namespace moru::collect
