#include "collect/opendocument_table.h"

#include "collect/extractor.h"

namespace moru::collect {
namespace {

constexpr int kMaxRepeat = 1024;  // of a cell or row with text
constexpr size_t kMaxCells = 1'000'000;

bool is_cell(pugi::xml_node node) {
  return local_name(node) == "table-cell" || local_name(node) == "covered-table-cell";
}

int repeats(pugi::xml_node node, std::string_view attribute) {
  return std::clamp(xml_number(node, attribute, 1), 1, kMaxRepeat);
}

}  // namespace

void for_each_row(pugi::xml_node table, const std::function<void(pugi::xml_node)>& use) {
  for (const pugi::xml_node node : table) {
    const std::string_view name = local_name(node);
    if (name == "table-row")
      use(node);
    else if (name == "table-header-rows" || name == "table-rows" || name == "table-row-group")
      for_each_row(node, use);
  }
}

OpenDocumentTable::OpenDocumentTable(pugi::xml_node table, CellText text) : text_(std::move(text)) {
  for_each_row(table, [&](pugi::xml_node row) {
    rows_.push_back(row);
    size_t width = 0;
    for (const pugi::xml_node cell : row)
      if (local_name(cell) == "table-cell") width += static_cast<size_t>(repeats(cell, "number-columns-repeated"));
    widest_ = std::max(widest_, width);
  });
}

void OpenDocumentTable::for_each_cell(const std::function<void(pugi::xml_node)>& use) const {
  for (const pugi::xml_node row : rows_)
    for (const pugi::xml_node cell : row)
      if (local_name(cell) == "table-cell") use(cell);
}

std::vector<std::vector<std::string>> OpenDocumentTable::cells() const {
  struct Above {
    int rows = 0;  // that the cell still reaches down
    std::string text;
  };
  std::vector<Above> above;
  std::vector<std::vector<std::string>> out;
  size_t count = 0;
  for (const pugi::xml_node row : rows_) {
    std::vector<std::string> texts;
    for (const pugi::xml_node cell : row) {
      if (!is_cell(cell)) continue;
      const bool covered = local_name(cell) == "covered-table-cell";
      const std::string text = covered ? std::string() : text_(cell);
      for (int i = 0; i < repeats(cell, "number-columns-repeated"); ++i) {
        const size_t column = texts.size();
        if (above.size() <= column) above.resize(column + 1);
        if (covered && above[column].rows > 0) {
          --above[column].rows;
          texts.push_back(above[column].text);
        } else {
          above[column] = {std::clamp(xml_number(cell, "number-rows-spanned", 1), 1, 1'000'000) - 1, text};
          texts.push_back(text);
        }
      }
    }
    while (!texts.empty() && texts.back().empty()) texts.pop_back();
    const int times = texts.empty() ? 1 : repeats(row, "number-rows-repeated");
    count += (texts.size() + 1) * static_cast<size_t>(times);
    if (count > kMaxCells) throw Unreadable("archive-limit", "a table's repeated cells are more than a million");
    for (int i = 0; i < times; ++i) out.push_back(texts);
  }
  return out;
}

}  // namespace moru::collect
