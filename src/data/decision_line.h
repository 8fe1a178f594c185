// What a line of a decision/1 dataset says, without the document that it may hold.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace moru::data {

/// Texts as they stand; numbers as JSON writes them; empty where there is none.
struct DecisionLine {
  std::string document, rule, action, value, limit, detail;
  std::string uri;      ///< Of the document's file: `source`, or source.uri where a whole source stands.
  std::string cluster;  ///< `cluster`, else `kept`: what a dropped copy is a copy of.
  /// Only where a whole source stands: a file from which no document came.
  bool whole_source = false;
  std::string file_hash, modified, licence, evidence;
};

/// Holds the parser's memory: one object a thread.
class DecisionLineReader {
 public:
  DecisionLineReader();
  DecisionLineReader(DecisionLineReader&&) noexcept;
  ~DecisionLineReader();
  /// Throws Error naming `place` if the line is not an object.
  DecisionLine read(std::string_view line, std::string_view place);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace moru::data
