// Documents to and from lines of JSON.
#include <simdjson.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/error.h"
#include "data/document_record.h"

namespace moru::data {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

/// What a fast reading of the usual cannot read is left to the reader that knows the errors.
struct Unusual {};

/// `found`: an element, or the result of looking for one.
template <class T, class Found>
T value_of(const Found& found) {
  T value;
  if (found.get(value) != simdjson::SUCCESS) throw Unusual{};
  return value;
}

template <class Found>
std::string text_of(const Found& found) {
  return std::string(value_of<std::string_view>(found));
}

template <class Found>
int int_of(const Found& found) {
  const auto value = value_of<int64_t>(found);
  if (!std::in_range<int>(value)) throw Unusual{};
  return static_cast<int>(value);
}

template <class Found>
Range range_of(const Found& found, uint64_t limit) {
  const auto pair = value_of<simdjson::dom::array>(found);
  const Range range{value_of<uint64_t>(pair.at(0)), value_of<uint64_t>(pair.at(1))};
  if (pair.size() != 2 || range.begin > range.end || range.end > limit) throw Unusual{};
  return range;
}

Block block_of(const object& item, uint64_t limit) {
  Block b;
  bool has_kind = false, has_range = false;
  for (const auto [key, value] : item) {
    if (key == "kind") {
      b.kind = block_kind(value_of<std::string_view>(value), "");
      has_kind = true;
    } else if (key == "range") {
      b.range = range_of(value, limit);
      has_range = true;
    } else if (key == "level") {
      b.level = int_of(value);
    } else if (key == "mark") {
      b.mark = text_of(value);
    } else if (key == "role") {
      b.role = text_of(value);
    } else if (key == "page") {
      b.page = int_of(value);
    } else if (key == "paragraph") {
      b.paragraph = int_of(value);
    } else if (key == "cells") {
      for (const element row : value_of<simdjson::dom::array>(value)) {
        auto& cells = b.cells.emplace_back();
        for (const element cell : value_of<simdjson::dom::array>(row)) cells.push_back(text_of(cell));
      }
    }
  }
  if (!has_kind || !has_range) throw Unusual{};
  return b;
}

Document document_of(const object& json) {
  Document d;
  d.id = text_of(json["id"]);
  d.title = text_of(json["title"]);
  d.text = text_of(json["text"]);
  const auto blocks = value_of<simdjson::dom::array>(json["blocks"]);
  d.blocks.reserve(blocks.size());
  for (const element item : blocks) d.blocks.push_back(block_of(value_of<object>(item), d.text.size()));
  const auto source = value_of<object>(json["source"]);
  d.source.uri = text_of(source["uri"]);
  d.source.file_hash = text_of(source["file_hash"]);
  d.source.range = range_of(source["range"], std::numeric_limits<uint64_t>::max());
  d.source.collector = text_of(source["collector"]);
  d.source.modified = text_of(source["modified"]);
  if (const auto member = source["member"]; member.error() == simdjson::SUCCESS) d.source.member = text_of(member);
  const auto licence = value_of<object>(json["licence"]);
  d.licence.id = text_of(licence["id"]);
  d.licence.evidence = text_of(licence["evidence"]);
  d.language = text_of(json["language"]);
  if (const auto measures = json["measures"]; measures.error() == simdjson::SUCCESS)
    for (const auto [key, value] : value_of<object>(measures))
      d.measures.emplace(std::string(key), value_of<double>(value));
  if (const auto metadata = json["metadata"]; metadata.error() == simdjson::SUCCESS)
    for (const auto [key, value] : value_of<object>(metadata)) d.metadata.emplace(std::string(key), text_of(value));
  return d;
}

/// A text as the JSON library prints it: U+0000 to U+001F, the quote and the backslash escaped, the rest as it is.
void append_quoted(std::string_view text, std::string& out) {
  if (!simdjson::validate_utf8(text.data(), text.size())) {
    out += dump_json(Json(text));
    return;
  }
  out += '"';
  size_t done = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    out += text.substr(done, i - done);
    done = i + 1;
    static constexpr std::string_view kShort = "\bb\tt\nn\ff\rr\"\"\\\\";
    size_t at = 0;
    while (at < kShort.size() && kShort[at] != text[i]) at += 2;
    if (at < kShort.size()) {
      out += '\\';
      out += kShort[at + 1];
    } else {
      out += fmt::format("\\u{:04x}", byte);
    }
  }
  out += text.substr(done);
  out += '"';
}

template <class Integer>
void append_integer(Integer number, std::string& out) {
  char digits[24];
  const auto [end, code] = std::to_chars(std::begin(digits), std::end(digits), number);
  out.append(digits, end);
}

void append_range(Range range, std::string& out) {
  out += '[';
  append_integer(range.begin, out);
  out += ',';
  append_integer(range.end, out);
  out += ']';
}

/// Writes members in the order in which they are given: that of their names, as the JSON library sorts them.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }
  std::string& member(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    append_quoted(name, out_);
    out_ += ':';
    return out_;
  }
  void text(std::string_view name, std::string_view value) { append_quoted(value, member(name)); }
  void number(std::string_view name, int64_t value) { append_integer(value, member(name)); }
  void end() { out_ += '}'; }

 private:
  std::string& out_;
  bool first_ = true;
};

void append_cells(const std::vector<std::vector<std::string>>& cells, std::string& out) {
  out += '[';
  for (const auto& row : cells) {
    out += &row == cells.data() ? "[" : ",[";
    for (const std::string& cell : row) {
      if (&cell != row.data()) out += ',';
      append_quoted(cell, out);
    }
    out += ']';
  }
  out += ']';
}

void append_block(const Block& block, std::string& out) {
  const auto& [kind, range, level, mark, cells, role, page, paragraph] = block;
  ObjectWriter object(out);
  if (!cells.empty()) append_cells(cells, object.member("cells"));
  object.text("kind", name_of(kind));
  if (level != 0) object.number("level", level);
  if (!mark.empty()) object.text("mark", mark);
  if (page != 0) object.number("page", page);
  if (paragraph != 0) object.number("paragraph", paragraph);
  append_range(range, object.member("range"));
  if (!role.empty()) object.text("role", role);
  object.end();
}

}  // namespace

struct DocumentLineReader::Parser {
  simdjson::dom::parser parser;
};

DocumentLineReader::DocumentLineReader() : parser_(std::make_unique<Parser>()) {}
DocumentLineReader::DocumentLineReader(DocumentLineReader&&) noexcept = default;
DocumentLineReader::~DocumentLineReader() = default;

Document DocumentLineReader::read(std::string_view line, std::string_view place) {
  try {
    return document_of(value_of<object>(parser_->parser.parse(line.data(), line.size())));
  } catch (const Unusual&) {
  } catch (const Error&) {
  }
  return document_from_json(parse_json(line, place), place);
}

void append_json(const Document& document, std::string& out) {
  // Bound by name and number, so that a new member cannot be forgotten here.
  const auto& [id, title, text, blocks, source, licence, language, measures, metadata] = document;
  out.reserve(out.size() + text.size() + text.size() / 4 + blocks.size() * 48 + 1024);
  ObjectWriter object(out);
  object.member("blocks") += '[';
  for (const Block& block : blocks) {
    if (&block != blocks.data()) out += ',';
    append_block(block, out);
  }
  out += ']';
  object.text("id", id);
  object.text("language", language);
  const auto& [licence_id, evidence] = licence;
  ObjectWriter licence_object(object.member("licence"));
  licence_object.text("evidence", evidence);
  licence_object.text("id", licence_id);
  licence_object.end();
  if (!measures.empty()) object.member("measures") += dump_json(measures);
  if (!metadata.empty()) {
    ObjectWriter entries(object.member("metadata"));
    for (const auto& [key, value] : metadata) entries.text(key, value);
    entries.end();
  }
  const auto& [uri, file_hash, range, collector, modified, member] = source;
  ObjectWriter source_object(object.member("source"));
  source_object.text("collector", collector);
  source_object.text("file_hash", file_hash);
  if (!member.empty()) source_object.text("member", member);
  source_object.text("modified", modified);
  append_range(range, source_object.member("range"));
  source_object.text("uri", uri);
  source_object.end();
  object.text("text", text);
  object.text("title", title);
  object.end();
}

}  // namespace moru::data
