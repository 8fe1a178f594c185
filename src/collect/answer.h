// What a worker says of what it read: lines that go into the dataset as they are, and the few facts that are counted.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "collect/extractor.h"
#include "data/document.h"

namespace moru::collect {

struct PlannedFile;

/// A text: the facts as JSON in its first line, then a line for each document.
class AnswerWriter {
 public:
  /// Takes what an extractor made of the file or of a member of it: the documents get their URI, licence and id, those
  /// without text are set aside. Empties `output`.
  void take(const PlannedFile& planned, const Extractor* extractor, Output& output);
  bool empty() const { return documents_ == 0 && set_aside_.empty(); }
  /// Bytes of the lines so far.
  size_t size() const { return lines_.size(); }
  /// The text; then the writer is empty again.
  std::string finish();

 private:
  std::string lines_;
  uint64_t documents_ = 0;
  std::map<std::string, uint64_t> collectors_, licences_, encodings_;
  std::vector<Unreadable> set_aside_;
  std::string hash_;
};

struct Answer {
  std::string hash;  ///< SHA-256 of the file; empty where the worker did not know it.
  uint64_t documents = 0;
  std::map<std::string, uint64_t> collectors, licences, encodings;
  std::vector<Unreadable> set_aside;
  std::string_view lines;  ///< In the text that was read; each ends in "\n".
};

/// Throws Error, naming `place`, for a text that no AnswerWriter wrote.
Answer read_answer(std::string_view text, std::string_view place);

/// The address of a member of a file, or of a row of a database; of the file itself where `member` is empty.
std::string address_in(const PlannedFile& planned, std::string_view member);

/// A path with bytes that are not UTF-8 as "%XX".
std::string printable(std::string_view path);

}  // namespace moru::collect
