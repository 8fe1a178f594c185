// Rows of a database on their way to documents: chunks of JSON lines in the store, read by the extractor "rows".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collect/fetch_store.h"

namespace moru::collect {

/// Which column of a query is what. Empty names: the first of the usual ones that is there.
struct RowColumns {
  std::string id, text, title, modified;
  std::string format = "text";  ///< What the text column holds: "text", "html" or "markdown".
};

/// A value as the database writes it, or none (NULL).
using RowValue = std::optional<std::string_view>;

/// Cuts rows into chunks that stay the same where rows are put in or taken out elsewhere. Rows come in order of id.
class RowWriter {
 public:
  /// `columns`: those of the query. Throws Error at `place` if one that is needed is not there.
  RowWriter(FetchStore& store, std::string address, const RowColumns& wanted, const std::vector<std::string>& columns,
            const std::string& place);
  void add(const std::vector<RowValue>& values);
  /// What belongs into the index.
  std::vector<Fetched> finish();
  uint64_t rows() const { return rows_; }
  /// Names of the columns that put the rows in an order: the id's, then the text's.
  std::vector<std::string> order() const { return {columns_[id_], columns_[text_]}; }

 private:
  void close_chunk();
  FetchStore& store_;
  std::string address_, format_;
  std::vector<std::string> columns_;
  size_t id_ = 0, text_ = 0, title_ = SIZE_MAX, modified_ = SIZE_MAX;
  std::string chunk_, last_id_;
  uint64_t rows_ = 0;
  std::vector<Fetched> entries_;
};

}  // namespace moru::collect
