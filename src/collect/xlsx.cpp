// XLSX: SpreadsheetML (ECMA-376 part 1, 18) in a package. A sheet is a page; cells show what a reader sees.
#include "collect/office_package.h"
#include "collect/office_sheet.h"
#include "collect/xlsx_number_format.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr int kMaxRow = 1'048'576, kMaxColumn = 16'384;
constexpr size_t kChunk = size_t{4} << 20;  // bytes of rows that are a tree at a time
constexpr size_t kMaxFilled = 1'000'000;    // cells that merged ones reach down to

/// The texts of a shared or inline string, without phonetic guides.
std::string string_of(pugi::xml_node item) {
  std::string out;
  for (const pugi::xml_node node : item) {
    if (local_name(node) == "t") out += xml_text(node);
    if (local_name(node) == "r") out += xml_text(xml_child(node, "t"));
  }
  return out;
}

/// "BC12": column 54 (from 0), row 12; what is missing stays as it was.
void read_reference(std::string_view reference, int& column, int& row) {
  int letters = 0;
  size_t i = 0;
  for (; i < reference.size() && i < 4; ++i) {
    const char c = reference[i];
    if (c < 'A' || c > 'Z') break;
    letters = letters * 26 + (c - 'A' + 1);
  }
  if (i > 0) column = std::min(letters, kMaxColumn) - 1;
  if (i < reference.size()) row = std::clamp(parse_int(reference.substr(i), row), 1, kMaxRow);
}

class Workbook {
 public:
  Workbook(OfficePackage& package, DocumentBuilder& builder) : package_(package), builder_(builder) {}

  void read() {
    const std::string main = package_.main_part();
    const XmlDocument workbook = package_.xml(main);
    if (local_name(workbook.root()) != "workbook") throw Unreadable("unknown-format", main + " is no workbook");
    const std::string_view flag = xml_attribute(xml_child(workbook.root(), "workbookPr"), "date1904");
    date1904_ = flag == "1" || flag == "true";
    const auto relationships = package_.relationships(main);
    for (const auto& [id, relationship] : relationships) {
      if (relationship.type == "sharedStrings") read_strings(relationship.target);
      if (relationship.type == "styles") read_styles(relationship.target);
      if (relationship.type == "vbaProject") builder_.metadata("macros", "left out");
    }
    int page = 0;
    for (const pugi::xml_node sheet : xml_child(workbook.root(), "sheets")) {
      if (local_name(sheet) != "sheet") continue;
      ++page;
      const std::string name = text::repair_utf8(xml_attribute(sheet, "name"));
      const auto part = relationships.find(xml_attribute(sheet, "r:id"));
      if (part == relationships.end() || part->second.type != "worksheet") continue;  // charts and dialogs
      if (xml_attribute(sheet, "state").ends_with("idden")) {
        builder_.metadata_line("hidden_sheets", name);
        continue;
      }
      read_sheet(part->second.target);
      add_sheet(builder_, page, name, std::move(rows_));
      rows_ = {};
    }
  }

 private:
  void read_strings(const std::string& part) {
    const std::optional<XmlDocument> xml = package_.xml_if(part);
    if (!xml) return;
    for (const pugi::xml_node item : xml->root())
      if (local_name(item) == "si") strings_.push_back(string_of(item));
  }

  void read_styles(const std::string& part) {
    const std::optional<XmlDocument> xml = package_.xml_if(part);
    if (!xml) return;
    std::map<int, std::string> own;
    for (const pugi::xml_node format : xml_child(xml->root(), "numFmts"))
      own[xml_number(format, "numFmtId")] = text::repair_utf8(xml_attribute(format, "formatCode"));
    for (const pugi::xml_node style : xml_child(xml->root(), "cellXfs")) {
      if (local_name(style) != "xf") continue;
      const int id = xml_number(style, "numFmtId");
      const auto found = own.find(id);
      formats_.push_back(found != own.end() ? found->second : std::string(builtin_number_format(id)));
    }
  }

  /// Rows are made a tree by pieces, so that a large sheet does not take many times its size.
  void read_sheet(const std::string& part) {
    number_ = 0;
    const std::string bytes = package_.zip().read(part);
    const size_t open = bytes.find("<sheetData");
    const size_t close = bytes.rfind("</sheetData>");
    if (bytes.size() <= kChunk || open == std::string::npos || close == std::string::npos || close < open) {
      const XmlDocument xml(bytes, part);
      read_rows(xml_child(xml.root(), "sheetData"));
      read_merges(xml.root());
      return;
    }
    const size_t begin = std::min(bytes.find('>', open) + 1, close);
    const std::string_view rows = std::string_view(bytes).substr(begin, close - begin);
    static constexpr std::string_view kEnd = "</row>";
    for (size_t at = 0; at < rows.size();) {
      size_t end = rows.find(kEnd, std::min(at + kChunk, rows.size()));
      end = end == std::string_view::npos ? rows.size() : end + kEnd.size();
      const XmlDocument xml(fmt::format("<sheetData>{}</sheetData>", rows.substr(at, end - at)), part);
      read_rows(xml.root());
      at = end;
    }
    const XmlDocument frame(bytes.substr(0, begin) + bytes.substr(close), part);
    read_merges(frame.root());
  }

  void read_rows(pugi::xml_node data) {
    for (const pugi::xml_node node : data) {
      if (local_name(node) != "row") continue;
      number_ = std::clamp(xml_number(node, "r", number_ + 1), 1, kMaxRow);
      SheetRow row;
      int column = -1;
      for (const pugi::xml_node cell : node) {
        if (local_name(cell) != "c") continue;
        ++column;
        read_reference(xml_attribute(cell, "r"), column, number_);
        std::string text = shown(cell);
        if (!text::trim(text).empty()) row.cells.emplace_back(column, std::move(text));
      }
      row.number = number_;
      if (row.cells.empty()) continue;
      std::ranges::stable_sort(row.cells, {}, [](const auto& cell) { return cell.first; });
      rows_.push_back(std::move(row));
    }
  }

  std::string shown(pugi::xml_node cell) const {
    const std::string_view type = xml_attribute(cell, "t", "n");
    if (type == "inlineStr") return string_of(xml_child(cell, "is"));
    const std::string value = xml_text(xml_child(cell, "v"));
    if (value.empty() || type == "str" || type == "e" || type == "d") return value;
    if (type == "s") {
      const int index = parse_int(value, -1);
      return index >= 0 && static_cast<size_t>(index) < strings_.size() ? strings_[static_cast<size_t>(index)]
                                                                        : std::string();
    }
    if (type == "b") return value == "1" || value == "true" ? "TRUE" : "FALSE";
    char* end = nullptr;
    const double number = std::strtod(value.c_str(), &end);
    if (end == value.c_str()) return value;
    const int style = xml_number(cell, "s", 0);
    if (style < 0 || static_cast<size_t>(style) >= formats_.size()) return general_number(number);
    return format_number(number, formats_[static_cast<size_t>(style)], date1904_);
  }

  /// A merged cell that reaches down says its text in every row that has other text.
  void read_merges(pugi::xml_node root) {
    size_t filled = 0;
    const auto by_number = [](const SheetRow& row) { return row.number; };
    std::ranges::stable_sort(rows_, {}, by_number);
    for (const pugi::xml_node merge : xml_child(root, "mergeCells")) {
      const std::string_view range = xml_attribute(merge, "ref");
      const size_t colon = range.find(':');
      if (colon == std::string_view::npos) continue;
      int left = 0, top = 0, right = 0, bottom = 0;
      read_reference(range.substr(0, colon), left, top);
      read_reference(range.substr(colon + 1), right, bottom);
      auto row = std::ranges::lower_bound(rows_, top, {}, by_number);
      if (row == rows_.end() || row->number != top || bottom <= top) continue;
      const auto first = std::ranges::find(row->cells, left, &std::pair<int, std::string>::first);
      if (first == row->cells.end()) continue;
      const std::string text = first->second;
      for (++row; row != rows_.end() && row->number <= bottom && filled < kMaxFilled; ++row, ++filled) {
        const auto at = std::ranges::lower_bound(row->cells, left, {}, &std::pair<int, std::string>::first);
        if (at == row->cells.end() || at->first != left) row->cells.insert(at, {left, text});
      }
    }
  }

  OfficePackage& package_;
  DocumentBuilder& builder_;
  std::vector<std::string> strings_, formats_;
  std::vector<SheetRow> rows_;
  bool date1904_ = false;
  int number_ = 0;
};

}  // namespace

void extract_xlsx(const Input& input, Output& output) {
  OfficePackage package(input);
  DocumentBuilder builder;
  const std::string title = package.read_properties(builder);
  Workbook(package, builder).read();
  output.documents.push_back(finish_document(builder, input, title));
}

bool is_xlsx(std::string_view head) {
  return begins_as_office(head, "xl/");
}

}  // namespace moru::collect
