// WARC 1.0 and 1.1 (ISO 28500): records out of a stream of bytes, and the HTTP messages in them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace moru::collect {

/// Field names in lower case; of a name that stands there twice, the last.
using HeaderFields = std::map<std::string, std::string, std::less<>>;

struct WarcRecord {
  HeaderFields fields;
  std::string block;       ///< At most the limit of bytes.
  bool too_large = false;  ///< The block was longer, and is left out.
};

/// Reads records from a stream that gives its bytes piece by piece, in bounded memory.
class WarcReader {
 public:
  /// `more`: appends bytes to the string, or nothing at the end of the stream. `limit`: most bytes of a block.
  WarcReader(std::function<void(std::string&)> more, uint64_t limit) : more_(std::move(more)), limit_(limit) {}
  /// The next record whose type `wanted` accepts; others are passed over. False at the end. Throws
  /// Unreadable("damaged") where no record begins.
  bool next(WarcRecord& record, const std::function<bool(const HeaderFields&)>& wanted);
  uint64_t records() const { return records_; }

 private:
  bool fill(size_t size);
  bool line(std::string& out);
  void pass_over(uint64_t size);

  std::function<void(std::string&)> more_;
  uint64_t limit_;
  std::string buffer_;
  size_t at_ = 0;
  uint64_t records_ = 0;
};

struct HttpMessage {
  int status = 0;
  HeaderFields fields;
  std::string body;  ///< Without the transfer's chunks and the content's compression.
};

/// An HTTP response. What the chunks or the compression leave unfinished keeps what came. Throws Unreadable: "damaged"
/// where it has no status line, "archive-limit" where the body unpacks to more than `limit` bytes.
HttpMessage parse_http_response(std::string_view bytes, uint64_t limit);

}  // namespace moru::collect
