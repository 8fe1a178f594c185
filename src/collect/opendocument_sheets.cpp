// ODS: spreadsheets of OpenDocument, packed or flat. A sheet is a page.
#include "collect/office_sheet.h"
#include "collect/opendocument_reader.h"
#include "collect/opendocument_table.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr int kMaxRows = 1'048'576, kMaxColumns = 16'384;
constexpr int kMaxRepeat = 1024;            // of a cell or row with text
constexpr size_t kMaxRepeated = 1'000'000;  // cells of a sheet that stand only as repetitions of others

/// What a cell shows; of one that shows nothing, its value.
std::string shown(pugi::xml_node cell, OpenDocumentReader& reader) {
  std::string text = reader.flat(cell);
  if (!text.empty() || !xml_attribute(cell, "value-type").size()) return text;
  for (const std::string_view name : {"string-value", "date-value", "time-value", "boolean-value", "value"})
    if (const std::string_view value = xml_attribute(cell, name); !value.empty()) return std::string(value);
  return text;
}

class SheetReader {
 public:
  explicit SheetReader(OpenDocumentReader& reader) : reader_(reader) {}

  std::vector<SheetRow> read(pugi::xml_node table) {
    for_each_row(table, [&](pugi::xml_node row) { this->row(row); });
    return std::move(rows_);
  }

 private:
  struct Merged {
    int until = 0;  ///< The last row that it reaches.
    std::string text;
  };

  void repeat(size_t cells) {
    repeated_ += cells;
    if (repeated_ > kMaxRepeated) throw Unreadable("archive-limit", "a sheet's repeated cells are more than a million");
  }

  void row(pugi::xml_node node) {
    const int repeats = std::clamp(xml_number(node, "number-rows-repeated", 1), 1, kMaxRows);
    SheetRow row;
    row.number = number_;
    int column = 0;
    for (const pugi::xml_node cell : node) {
      const std::string_view name = local_name(cell);
      if (name != "table-cell" && name != "covered-table-cell") continue;
      const int across = std::clamp(xml_number(cell, "number-columns-repeated", 1), 1, kMaxColumns);
      std::string text;
      if (name == "table-cell") text = shown(cell, reader_);
      const int down = std::clamp(xml_number(cell, "number-rows-spanned", 1), 1, kMaxRows);
      if (down > 1 && !text.empty()) merged_[column] = {number_ + down - 1, text};
      if (name == "covered-table-cell" && across == 1)
        if (const auto above = merged_.find(column); above != merged_.end() && above->second.until >= number_)
          text = above->second.text;
      if (!text::trim(text).empty()) {
        repeat(static_cast<size_t>(std::min(across, kMaxRepeat) - 1));
        for (int i = 0; i < std::min(across, kMaxRepeat); ++i) row.cells.emplace_back(column + i, text);
      }
      column = std::min(column + across, kMaxColumns);
    }
    if (!row.cells.empty()) {
      repeat(row.cells.size() * static_cast<size_t>(std::min(repeats, kMaxRepeat) - 1));
      for (int i = 0; i < std::min(repeats, kMaxRepeat); ++i) {
        rows_.push_back(row);
        rows_.back().number = std::min(number_ + i, kMaxRows);
      }
    }
    number_ = std::min(number_ + repeats, kMaxRows);
  }

  OpenDocumentReader& reader_;
  std::vector<SheetRow> rows_;
  std::map<int, Merged> merged_;
  int number_ = 1;
  size_t repeated_ = 0;
};

}  // namespace

void extract_ods(const Input& input, Output& output) {
  const OpenDocument document(input);
  const OpenDocumentStyles styles(document);
  DocumentBuilder builder;
  const std::string title = document.read_properties(builder);
  OpenDocumentReader reader(document, builder);
  int page = 0;
  for (const pugi::xml_node table : document.content("spreadsheet")) {
    if (local_name(table) != "table") continue;
    ++page;
    const std::string name = text::repair_utf8(xml_attribute(table, "table:name"));
    if (styles.is_hidden(xml_attribute(table, "table:style-name")))
      builder.metadata_line("hidden_sheets", name);
    else
      add_sheet(builder, page, name, SheetReader(reader).read(table));
  }
  output.documents.push_back(finish_document(builder, input, title));
}

bool is_ods(std::string_view head) {
  return begins_as_package(head, "application/vnd.oasis.opendocument.spreadsheet");
}

}  // namespace moru::collect
