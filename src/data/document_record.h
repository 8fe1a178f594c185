// Documents as lines of JSON and as compact records, without a tree of JSON in between: what datasets and passes over
// them spend their time on.
#pragma once

#include <string>
#include <string_view>

#include "data/document.h"

namespace moru::data {

/// Reads lines of a dataset. Holds the parser's memory: one object a thread.
class DocumentLineReader {
 public:
  DocumentLineReader();
  DocumentLineReader(DocumentLineReader&&) noexcept;
  ~DocumentLineReader();
  /// The same as document_from_json(parse_json(line, place), place), errors included.
  Document read(std::string_view line, std::string_view place);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

/// Appends the bytes of dump_json(to_json(document)).
void append_json(const Document& document, std::string& out);

/// Appends a record that take_record gives back: for this process only, lengths in the machine's byte order.
void append_record(const Document& document, std::string& out);
/// Reads a record and moves `bytes` past it. Throws std::out_of_range where it is cut short.
Document take_record(std::string_view& bytes);

/// The parts of a record, for those who put something of their own beside a document.
void append_number(uint64_t number, std::string& out);
void append_text(std::string_view text, std::string& out);
uint64_t take_number(std::string_view& bytes);
std::string take_text(std::string_view& bytes);

}  // namespace moru::data
