// Extractors: the bytes of a file in, documents with structure out. One file a format, one line in extractors.cpp.
#pragma once

#include <functional>
#include <map>
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
  /// The member of a container that it is about, as in data::Source::member; empty: the file.
  const std::string& member() const { return member_; }
  void set_member(std::string member) { member_ = std::move(member); }

 private:
  std::string reason_;
  data::Range range_;
  std::string member_;
};

/// What has come out of a file and of the containers in it so far: the limits of ExtractSettings hold for the sum.
struct Unpacked {
  uint64_t packed = 0;  ///< Bytes of the file.
  uint64_t entries = 0;
  uint64_t bytes = 0;
};

struct Input {
  std::string_view path;   ///< In the source's folder.
  std::string_view bytes;  ///< The whole file. Empty for an extractor that streams where `real` is given.
  /// For formats that are read by line: lines that begin in these bytes. Else 0 … size.
  data::Range part;
  const FolderSource& source;
  /// Containers around these bytes (archives, mailboxes): 0 for a file of the source itself.
  int depth = 0;
  /// The file on disk where `depth` is 0, for programs that want a name; else empty.
  std::string_view real = {};
  /// The containers around these bytes in the file, as in data::Source::member.
  std::string_view inside = {};
  /// What the containers around say of the licence; nullptr: nothing.
  const data::Licence* licence = nullptr;
  /// Of the file; nullptr: nothing has come out yet.
  Unpacked* unpacked = nullptr;
};

/// A file in a container.
struct Member {
  std::string_view name;  ///< In the container.
  std::string_view bytes;
  std::string format_name = {};  ///< What stands for the name where that does not tell the format ("page.html").
  std::string modified = {};     ///< ISO 8601 UTC; empty: as the container.
  data::Licence licence = {};    ///< Without an id: as the container.
  std::map<std::string, std::string> metadata = {};  ///< What the container says of it.
};

/// Where members go that are to be read by other processes.
class MemberSink {
 public:
  virtual ~MemberSink() = default;
  /// `inside`: the containers around it in the file. `depth`: how many.
  virtual void add(const Member& member, std::string_view inside, int depth, const Unpacked& unpacked) = 0;
};

struct Output {
  /// With title, text, blocks, metadata and source.range filled, and source.member by containers; the rest is the
  /// caller's.
  std::vector<data::Document> documents;
  std::vector<Unreadable> set_aside;
  /// nullptr: extract_member reads members at once.
  MemberSink* members = nullptr;
  std::function<void()> sign_of_life;
  /// Says that the work goes on: the limit of time runs from the last sign of life.
  void alive() const {
    if (sign_of_life) sign_of_life();
  }
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
  /// A container of any size: it reads Input::real piece by piece, and hands its members to extract_member.
  bool streams = false;
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
/// Unreadable("archive-limit") past source.extract.archive_depth, or where too much came out of the whole file.
void extract_member(const Input& container, const Member& member, Output& output);
void extract_member(const Input& container, std::string_view name, std::string_view bytes, Output& output);

/// Thrown where more has come out of a file than its source allows: ends the reading of the whole file.
class TooMuchUnpacked : public Unreadable {
 public:
  explicit TooMuchUnpacked(const std::string& detail) : Unreadable("archive-limit", detail) {}
};
/// Counts bytes or an entry that came out of a container. Throws TooMuchUnpacked.
void count_unpacked(const Input& container, Unpacked& unpacked, uint64_t bytes, uint64_t entries);

void extract_archive(const Input& input, Output& output);
void extract_csv(const Input& input, Output& output);
bool recognise_eml(std::string_view head);
void extract_eml(const Input& input, Output& output);
bool recognise_mbox(std::string_view head);
void extract_mbox(const Input& input, Output& output);
void extract_json(const Input& input, Output& output);
bool recognise_hwp(std::string_view head);
bool recognise_hwpx(std::string_view head);
void extract_hwpx(const Input& input, Output& output);
void extract_hwp(const Input& input, Output& output);
void extract_docx(const Input& input, Output& output);
void extract_epub(const Input& input, Output& output);
void extract_image(const Input& input, Output& output);
void extract_pdf(const Input& input, Output& output);
bool recognise_pdf(std::string_view head);
void extract_warc(const Input& input, Output& output);
bool recognise_warc(std::string_view head);
void extract_html(const Input& input, Output& output);
void extract_jsonl(const Input& input, Output& output);
void extract_markdown(const Input& input, Output& output);
void extract_odp(const Input& input, Output& output);
void extract_ods(const Input& input, Output& output);
void extract_odt(const Input& input, Output& output);
void extract_plain_text(const Input& input, Output& output);
void extract_pptx(const Input& input, Output& output);
/// Rows of a database, as rows.h wrote them.
void extract_rows(const Input& input, Output& output);
void extract_xlsx(const Input& input, Output& output);
void extract_xml(const Input& input, Output& output);

bool is_docx(std::string_view head);
bool is_epub(std::string_view head);
bool is_odp(std::string_view head);
bool is_ods(std::string_view head);
bool is_odt(std::string_view head);
bool is_pptx(std::string_view head);
bool is_xlsx(std::string_view head);

/// The structure of plain text, for formats that carry texts in fields.
data::Document plain_text_document(std::string_view text, std::string_view title = {});

}  // namespace moru::collect
