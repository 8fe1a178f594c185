// Records of delimiter-separated values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace moru::collect {

/// RFC 4180, and what is written in its name: a quoted field ends at a quote before a delimiter or line end, so that
/// quotes within one do no harm; a field whose quote does not end within 1 MiB begins with a plain quote. Linear in the
/// text whatever stands in it. Works on bytes of any encoding whose characters hold no ASCII: UTF-8, CP949, EUC.
class CsvReader {
 public:
  static constexpr size_t kMaxCells = 16384;  ///< Of a record; the rest of it is left out.

  CsvReader(std::string_view text, char delimiter, size_t from = 0) : text_(text), delimiter_(delimiter), at_(from) {}

  /// The next record that is not empty; `cells` nullptr: only where it ends is wanted. False at the end.
  bool next(std::vector<std::string>* cells);
  /// Moves to the first record that begins at or after `position`.
  void skip_to(size_t position);

  size_t begin() const { return begin_; }  ///< Of the last record.
  size_t end() const { return end_; }      ///< Of the last record, without its line end.
  size_t at() const { return at_; }        ///< Where the next record begins, or an empty line before it.
  bool cut() const { return cut_; }        ///< Did the last record have more than kMaxCells?

 private:
  bool record(std::vector<std::string>* cells);
  size_t closing_quote(size_t opening);
  bool ends_field(size_t at) const;

  std::string_view text_;
  char delimiter_;
  size_t at_, begin_ = 0, end_ = 0;
  size_t searched_ = 0;  ///< No quote before this closes a field that was opened before it.
  bool cut_ = false;
};

/// How a file's records are written.
struct CsvDialect {
  char delimiter = ',';
  bool has_header = false;  ///< The first record names the columns.
};

/// By the first records of a text: the delimiter (",", tab, ";", "|") that cuts them into most columns alike.
/// `likely`: what the file's name says, preferred where it cuts them at all; 0: nothing.
CsvDialect csv_dialect(std::string_view head, char likely);

}  // namespace moru::collect
