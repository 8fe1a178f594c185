// A table of OpenDocument: rows and cells that may be repeated, merged and grouped.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "collect/xml_reader.h"

namespace moru::collect {

class OpenDocumentTable {
 public:
  using CellText = std::function<std::string(pugi::xml_node)>;

  OpenDocumentTable(pugi::xml_node table, CellText text);

  /// No row has more than one cell.
  bool is_frame() const { return widest_ <= 1; }
  void for_each_cell(const std::function<void(pugi::xml_node)>& use) const;
  /// Texts by row. A cell that reaches down says its text in every row, one that reaches across says it in its first
  /// column. Throws Unreadable("archive-limit") past a million cells out of repeated ones.
  std::vector<std::vector<std::string>> cells() const;

 private:
  std::vector<pugi::xml_node> rows_;
  CellText text_;
  size_t widest_ = 0;
};

/// Calls `use` for the rows of a table in order, those in groups and header rows included.
void for_each_row(pugi::xml_node table, const std::function<void(pugi::xml_node)>& use);

}  // namespace moru::collect
