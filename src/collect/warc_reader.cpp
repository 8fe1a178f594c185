#include "collect/warc_reader.h"

#include <zlib.h>

#include <charconv>

#include "collect/extractor.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr size_t kMaxLine = 64 << 10;
constexpr size_t kMaxFields = 512;

std::string lower_ascii(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

void add_field(HeaderFields& fields, std::string_view line) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || fields.size() >= kMaxFields) return;
  fields.insert_or_assign(lower_ascii(trimmed(line.substr(0, colon))),
                          text::repair_utf8(trimmed(line.substr(colon + 1))));
}

/// The chunks' contents (RFC 9112, 7.1).
std::string without_chunks(std::string_view bytes) {
  std::string out;
  while (!bytes.empty()) {
    const size_t end = std::min(bytes.find('\n'), bytes.size());
    uint64_t size = 0;
    const std::string_view head = trimmed(bytes.substr(0, end));
    const auto parsed = std::from_chars(head.data(), head.data() + head.size(), size, 16);
    // Some writers keep the header of a body that they have put together already.
    if (parsed.ec != std::errc() || parsed.ptr == head.data()) return out.empty() ? std::string(bytes) : out;
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    if (size == 0) break;
    size = std::min<uint64_t>(size, bytes.size());
    out += bytes.substr(0, size);
    bytes.remove_prefix(size);
    bytes.remove_prefix(std::min(bytes.find('\n') == std::string_view::npos ? 0 : bytes.find('\n') + 1, bytes.size()));
  }
  return out;
}

/// gzip, zlib or (as some servers mean by "deflate") neither's header. Nothing if it is none of these.
std::optional<std::string> inflated(std::string_view bytes, int window_bits, uint64_t limit) {
  z_stream stream{};
  if (::inflateInit2(&stream, window_bits) != Z_OK) throw std::bad_alloc();
  struct End {
    z_stream* stream;
    ~End() { ::inflateEnd(stream); }
  } end{&stream};
  std::string out;
  std::vector<char> buffer(64 << 10);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(std::min<size_t>(bytes.size(), UINT32_MAX));
  for (;;) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = static_cast<uInt>(buffer.size());
    const int result = ::inflate(&stream, Z_NO_FLUSH);
    out.append(buffer.data(), buffer.size() - stream.avail_out);
    if (out.size() > limit) throw Unreadable("archive-limit", fmt::format("a body of more than {} bytes", limit));
    if (result == Z_STREAM_END && stream.avail_in > 0 && window_bits > 15) {
      if (::inflateReset(&stream) != Z_OK) break;  // gzip members one after the other
      continue;
    }
    if (result != Z_OK || (stream.avail_in == 0 && stream.avail_out > 0)) {
      if (result == Z_DATA_ERROR && out.empty()) return std::nullopt;
      break;
    }
  }
  return out;
}

}  // namespace

bool WarcReader::fill(size_t size) {
  if (at_ > (size_t{1} << 20)) {
    buffer_.erase(0, at_);
    at_ = 0;
  }
  while (buffer_.size() - at_ < size) {
    const size_t before = buffer_.size();
    more_(buffer_);
    if (buffer_.size() == before) return false;
  }
  return true;
}

bool WarcReader::line(std::string& out) {
  size_t from = at_;
  for (;;) {
    const size_t end = buffer_.find('\n', from);
    if (end != std::string::npos) {
      out = std::string(trimmed(std::string_view(buffer_).substr(at_, end - at_)));
      at_ = end + 1;
      return true;
    }
    if (buffer_.size() - at_ > kMaxLine) throw Unreadable("damaged", "WARC: a header line without an end");
    const size_t seen = buffer_.size() - at_;
    if (!fill(seen + 1)) {
      out = std::string(trimmed(std::string_view(buffer_).substr(at_)));
      at_ = buffer_.size();
      return !out.empty();
    }
    from = at_ + seen;
  }
}

void WarcReader::pass_over(uint64_t size) {
  while (size > 0) {
    if (!fill(1)) return;
    const uint64_t here = std::min<uint64_t>(size, buffer_.size() - at_);
    at_ += here;
    size -= here;
  }
}

bool WarcReader::next(WarcRecord& record, const std::function<bool(const HeaderFields&)>& wanted) {
  for (;;) {
    std::string text;
    do {  // empty lines stand between records
      if (!line(text)) return false;
    } while (text.empty());
    if (!text.starts_with("WARC/"))
      throw Unreadable("damaged", fmt::format("WARC: no record begins after {} records", records_));
    ++records_;
    record = WarcRecord{};
    size_t lines = 0;
    while (line(text) && !text.empty()) {
      if (++lines > kMaxFields) throw Unreadable("damaged", "WARC: a header without an end");
      add_field(record.fields, text);
    }
    uint64_t length = 0;
    const std::string& stated = record.fields["content-length"];
    const auto parsed = std::from_chars(stated.data(), stated.data() + stated.size(), length);
    if (parsed.ec != std::errc() || parsed.ptr != stated.data() + stated.size())
      throw Unreadable("damaged", fmt::format("WARC: record {} says no length", records_));
    if (!wanted(record.fields)) {
      pass_over(length);
      continue;
    }
    if (length > limit_) {
      record.too_large = true;
      pass_over(length);
      return true;
    }
    if (!fill(length)) throw Unreadable("damaged", fmt::format("WARC: record {} is cut short", records_));
    record.block = buffer_.substr(at_, length);
    at_ += length;
    return true;
  }
}

bool recognise_warc(std::string_view head) {
  if (head.starts_with("WARC/")) return true;
  if (!head.starts_with("\x1f\x8b")) return false;
  z_stream stream{};
  if (::inflateInit2(&stream, 15 + 16) != Z_OK) return false;
  std::array<Bytef, 5> out{};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(head.data()));
  stream.avail_in = static_cast<uInt>(head.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  ::inflate(&stream, Z_NO_FLUSH);
  ::inflateEnd(&stream);
  return std::memcmp(out.data(), "WARC/", out.size()) == 0;
}

HttpMessage parse_http_response(std::string_view bytes, uint64_t limit) {
  HttpMessage message;
  bool first = true;
  for (;;) {
    const size_t end = bytes.find('\n');
    if (end == std::string_view::npos) throw Unreadable("damaged", "an HTTP response without a body");
    const std::string_view line = trimmed(bytes.substr(0, end));
    bytes.remove_prefix(end + 1);
    if (first) {
      const size_t space = line.find(' ');
      if (!line.starts_with("HTTP/") || space == std::string_view::npos)
        throw Unreadable("damaged", "an HTTP response without a status");
      const std::string_view code = line.substr(space + 1, 3);
      std::from_chars(code.data(), code.data() + code.size(), message.status);
      first = false;
      continue;
    }
    if (line.empty()) break;
    add_field(message.fields, line);
  }
  const auto field = [&](std::string_view name) {
    const auto found = message.fields.find(name);
    return found == message.fields.end() ? std::string() : lower_ascii(found->second);
  };
  message.body =
      field("transfer-encoding").find("chunked") != std::string::npos ? without_chunks(bytes) : std::string(bytes);
  const std::string coding = field("content-encoding");
  std::optional<std::string> plain;
  if (coding == "gzip" || coding == "x-gzip") {
    plain = inflated(message.body, 15 + 16, limit);
  } else if (coding == "deflate") {
    plain = inflated(message.body, 15, limit);
    if (!plain) plain = inflated(message.body, -15, limit);
  } else if (!coding.empty() && coding != "identity") {
    throw Unreadable("unknown-format", "Content-Encoding: " + coding);
  }
  if (plain) message.body = std::move(*plain);  // else it is plain already, as some writers store it
  return message;
}

}  // namespace moru::collect
