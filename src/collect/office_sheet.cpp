#include "collect/office_sheet.h"

#include <map>

namespace moru::collect {
namespace {

constexpr size_t kMaxEmpty = size_t{1} << 20;  // cells that are drawn for columns' sake

/// Only the columns that are used, at their places; where a few cells far apart would make a huge table, each row has
/// only its own cells.
std::vector<std::vector<std::string>> dense(std::vector<SheetRow>& rows, size_t begin, size_t end) {
  std::map<int, size_t> columns;
  size_t count = 0;
  for (size_t r = begin; r < end; ++r)
    for (const auto& [column, text] : rows[r].cells) columns.emplace(column, 0), ++count;
  size_t next = 0;
  for (auto& [column, place] : columns) place = next++;
  const bool aligned = columns.size() * (end - begin) <= 8 * count + kMaxEmpty;
  std::vector<std::vector<std::string>> table;
  table.reserve(end - begin);
  for (size_t r = begin; r < end; ++r) {
    std::vector<std::string>& out = table.emplace_back();
    for (auto& [column, text] : rows[r].cells) {
      if (aligned) out.resize(columns.at(column));
      out.push_back(std::move(text));
    }
  }
  return table;
}

}  // namespace

void add_sheet(DocumentBuilder& builder, int page, std::string_view name, std::vector<SheetRow> rows) {
  if (rows.empty()) return;
  builder.place(page, 0);
  builder.heading(2, name);
  for (size_t begin = 0; begin < rows.size();) {
    size_t end = begin + 1;
    while (end < rows.size() && rows[end].number == rows[end - 1].number + 1) ++end;
    // Single cells above a table are its title, or notes.
    size_t table = begin;
    while (table < end && rows[table].cells.size() == 1) ++table;
    for (size_t r = begin; r < table; ++r) {
      builder.place(page, rows[r].number);
      builder.paragraph(rows[r].cells.front().second);
    }
    if (table < end) {
      builder.place(page, rows[table].number);
      builder.table(dense(rows, table, end));
    }
    begin = end;
  }
}

}  // namespace moru::collect
