// Extractors: the bytes of a file in, documents with structure out. One file a format, one line in extractors.cpp.
#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "collect/source.h"
#include "data/document.h"

namespace moru::collect {

/// Thrown by an extractor when a file, or the part of it in `range`, cannot become a document.
class Unreadable : public std::runtime_error {
 public:
  Unreadable(std::string reason, const std::string& detail, data::Range range = {})
      : std::runtime_error(detail), reason_(std::move(reason)), range_(range) {}
  const std::string& reason() const { return reason_; }  ///< As collect.h lists them.
  data::Range range() const { return range_; }           ///< Bytes of the file; empty: all of it.

 private:
  std::string reason_;
  data::Range range_;
};

struct Input {
  std::string_view path;   ///< In the source's folder.
  std::string_view bytes;  ///< The whole file.
  /// For formats that are read by line: lines that begin in these bytes. Else 0 … size.
  data::Range part;
  const FolderSource& source;
  /// Containers around these bytes (archives, mailboxes): 0 for a file of the source itself.
  int depth = 0;
  /// The file on disk where `depth` is 0, for programs that want a name; else empty.
  std::string_view real = {};
};

struct Output {
  /// With title, text, blocks, metadata and source.range filled, and source.member by containers; the rest is the
  /// caller's.
  std::vector<data::Document> documents;
  std::vector<Unreadable> set_aside;
};

struct Extractor {
  std::string_view name;
  int version;                            ///< Rises when the documents it makes change.
  std::vector<std::string_view> endings;  ///< Of the file's name, in lower case: ".html", or a whole name: "readme".
  bool by_line;                           ///< A large file may be read in parts.
  void (*extract)(const Input& input, Output& output);
  /// Do these first bytes of a file (up to 4,096) show the format? For names that say nothing, and against names that
  /// say something false. nullptr: the name decides.
  bool (*recognise)(std::string_view head) = nullptr;
};

/// All there are, in order of their names.
std::span<const Extractor> extractors();
/// The one for a file of this name, or nullptr.
const Extractor* extractor_for(std::string_view path);
/// The one for a file of this name that begins with these bytes: by its name, unless the bytes show another format, or
/// nullptr.
const Extractor* extractor_for(std::string_view path, std::string_view head);

/// For containers: reads one of their members by its own format. The documents get `name` put before their
/// source.member ("!/" between levels); a member that cannot be read is set aside with its name in the detail. Throws
/// Unreadable("archive-limit") past source.extract.archive_depth.
void extract_member(const Input& container, std::string_view name, std::string_view bytes, Output& output);

bool recognise_hwp(std::string_view head);
bool recognise_hwpx(std::string_view head);
void extract_hwpx(const Input& input, Output& output);
void extract_hwp(const Input& input, Output& output);
void extract_html(const Input& input, Output& output);
void extract_jsonl(const Input& input, Output& output);
void extract_markdown(const Input& input, Output& output);
void extract_plain_text(const Input& input, Output& output);

/// The structure of plain text, for formats that carry texts in fields.
data::Document plain_text_document(std::string_view text, std::string_view title = {});

}  // namespace moru::collect
