// Sheets of spreadsheets as headings, tables and lines.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collect/builder.h"

namespace moru::collect {

/// A row that has text: cells by column from 0, in order.
struct SheetRow {
  int number = 0;  ///< From 1.
  std::vector<std::pair<int, std::string>> cells;
};

/// A heading with the sheet's name, then its rows in order of their numbers: rows without a gap are one table; rows of
/// one cell before it, or alone, are paragraphs. Blocks carry the sheet as page and their first row as paragraph. A
/// sheet without text adds nothing.
void add_sheet(DocumentBuilder& builder, int page, std::string_view name, std::vector<SheetRow> rows);

}  // namespace moru::collect
