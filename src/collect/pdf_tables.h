// Tables on a page: words that stand in columns over several rows.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "collect/pdf_layout.h"

namespace moru::collect {

struct PageTable {
  std::vector<std::vector<std::string>> cells;  ///< By row; all rows have the same length.
  std::set<const PageLine*> lines;              ///< The lines that it is made of.
};

/// `lines`: those of a page that may belong to tables, in any order. Two columns of running text are no table: their
/// lines fill the columns.
std::vector<PageTable> find_tables(const std::vector<const PageLine*>& lines);

}  // namespace moru::collect
