#include "collect/rows.h"

#include <nlohmann/json.hpp>

#include "collect/extractor.h"
#include "collect/url.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/hash.h"
#include "core/language.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr size_t kLeastChunk = size_t{16} << 10, kMostChunk = size_t{4} << 20;
constexpr size_t kLongestMetadata = 256;

std::string utf8(std::string_view text) {
  if (text::is_valid_utf8(text)) return std::string(text);
  std::string out;  // SQLite keeps whatever it is given
  while (!text.empty()) {
    const size_t valid = text::valid_utf8_length(text);
    out += text.substr(0, valid);
    if (valid == text.size()) break;
    out += "\xEF\xBF\xBD";
    text.remove_prefix(valid + 1);
  }
  return out;
}

size_t column_of(const std::vector<std::string>& columns, const std::string& wanted,
                 std::initializer_list<std::string_view> usual) {
  for (size_t i = 0; i < columns.size(); ++i)
    if (!wanted.empty() && columns[i] == wanted) return i;
  if (!wanted.empty()) return SIZE_MAX;
  for (const std::string_view name : usual)
    for (size_t i = 0; i < columns.size(); ++i)
      if (columns[i] == name) return i;
  return SIZE_MAX;
}

/// "2026-01-31 09:15:00.5+09" as ISO 8601 with "T"; anything else as it is.
std::string time_of(std::string_view text) {
  std::string out(text.substr(0, 40));
  if (out.size() >= 19 && out[4] == '-' && out[7] == '-' && out[10] == ' ') out[10] = 'T';
  return out;
}

}  // namespace

RowWriter::RowWriter(FetchStore& store, std::string address, const RowColumns& wanted,
                     const std::vector<std::string>& columns, const std::string& place)
    : store_(store), address_(std::move(address)), format_(wanted.format), columns_(columns) {
  const auto need = [&](const char* key, const std::string& name, std::initializer_list<std::string_view> usual) {
    const size_t column = column_of(columns_, name, usual);
    if (column != SIZE_MAX) return column;
    throw Error(
        place,
        name.empty()
            ? fmt::format(
                  fmt::runtime(tr("the query gives no column for \"{}\"", "질의 결과에 \"{}\"(으)로 쓸 열이 없습니다")),
                  key)
            : fmt::format(fmt::runtime(tr("the query gives no column \"{}\"", "질의 결과에 \"{}\" 열이 없습니다")),
                          name),
        fmt::format(fmt::runtime(tr("its columns are {}; name one as \"{}\"",
                                    "있는 열은 {}입니다. 그중 하나를 \"{}\"에 적으세요")),
                    fmt::join(columns_, ", "), key));
  };
  id_ = need("id", wanted.id, {"id"});
  text_ = need("text", wanted.text, {"text", "content", "body"});
  title_ =
      wanted.title.empty() ? column_of(columns_, "", {"title", "name", "subject"}) : need("title", wanted.title, {});
  modified_ = wanted.modified.empty() ? column_of(columns_, "", {"modified", "updated_at", "updated"})
                                      : need("modified", wanted.modified, {});
}

void RowWriter::add(const std::vector<RowValue>& values) {
  const std::string id = utf8(values.at(id_).value_or(""));
  if (rows_++ > 0 && id == last_id_) {
    Fetched again;
    again.kind = "rows";
    again.address = fmt::format("{}#{}", address_, percent_encoded(id));
    again.name = "row";
    again.problem = "duplicate-id";
    again.detail = "another row has the same id";
    if (entries_.empty() || entries_.back().address != again.address) entries_.push_back(std::move(again));
    return;
  }
  last_id_ = id;
  Json row = {{"id", id}, {"format", format_}};
  Json& more = row["metadata"] = Json::object();
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (!values.at(i) || i == id_) continue;
    const std::string value = utf8(*values[i]);
    if (i == text_) {
      row["text"] = value;
    } else if (i == title_) {
      row["title"] = value;
    } else if (i == modified_) {
      row["modified"] = time_of(value);
    } else if (!value.empty() && value.size() <= kLongestMetadata) {
      more[columns_[i]] = value;
    }
  }
  const std::string line = dump_json(row) + "\n";
  chunk_ += line;
  // Where a chunk ends is up to its last row's id: what comes before or after does not move it.
  if (chunk_.size() >= kMostChunk || (chunk_.size() >= kLeastChunk && hash64(id) % 64 == 0)) close_chunk();
}

void RowWriter::close_chunk() {
  if (chunk_.empty()) return;
  FetchStore::Blob blob(store_);
  blob.write(chunk_);
  Fetched chunk;
  chunk.kind = "rows";
  // A number with leading zeros: the index is in order of addresses, and the rows in order of ids.
  chunk.address = fmt::format("{}\n{:08}", address_, entries_.size());
  chunk.name = "rows.moru-rows";
  chunk.media_type = "";
  blob.commit(chunk);
  entries_.push_back(std::move(chunk));
  chunk_.clear();
}

std::vector<Fetched> RowWriter::finish() {
  close_chunk();
  const std::string now = utc_now();
  for (Fetched& entry : entries_) entry.fetched = now;
  return std::move(entries_);
}

namespace {

void extract_row(const Input& input, std::string_view line, data::Range range, Output& output) {
  Json row;
  std::string id, format, text, title;
  try {
    row = parse_json(line, "row");
    row.at("id").get_to(id);
    row.at("format").get_to(format);
    text = row.value("text", "");
    title = row.value("title", "");
  } catch (const std::exception&) {
    throw Unreadable("not-json", "no row", range);
  }
  const auto set_id = [&](Unreadable problem) {
    problem.set_member("#" + id);
    output.set_aside.push_back(std::move(problem));
  };
  if (text.find_first_not_of(" \t\r\n") == std::string::npos)
    return set_id(Unreadable("no-text", "the text column is empty", range));
  Output inner;
  try {
    if (format == "text") {
      inner.documents.push_back(plain_text_document(text, title));
    } else {
      const Extractor* extractor = extractor_for(format == "html" ? "row.html" : "row.md");
      extractor->extract({"row", text, {0, text.size()}, input.source, 1}, inner);
    }
  } catch (const Unreadable& problem) {
    return set_id(Unreadable(problem.reason(), problem.what(), range));
  }
  const Json metadata = row.value("metadata", Json::object());
  for (data::Document& document : inner.documents) {
    if (document.title.empty()) document.title = title;
    document.source.member = "#" + id;
    document.source.range = {0, line.size()};
    document.source.file_hash = sha256(line);
    document.source.modified = row.value("modified", "");
    document.metadata["id"] = id;
    for (const auto& [key, value] : metadata.items())
      if (value.is_string() && key.size() <= kLongestMetadata) document.metadata.emplace(key, value.get<std::string>());
    output.documents.push_back(std::move(document));
  }
}

}  // namespace

void extract_rows(const Input& input, Output& output) {
  size_t begin = 0;
  while (begin < input.bytes.size()) {
    const size_t end = std::min(input.bytes.find('\n', begin), input.bytes.size());
    const data::Range range{begin, end};
    try {
      extract_row(input, input.bytes.substr(begin, end - begin), range, output);
    } catch (const Unreadable& problem) {
      output.set_aside.push_back(problem);
    }
    begin = end + 1;
    output.alive();
  }
}

}  // namespace moru::collect
