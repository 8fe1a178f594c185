// Mailboxes: messages one after the other (mbox in its usual variants), each read as one.
#include "collect/extractor.h"
#include "core/file.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

/// "From sender Fri Mar  1 09:00:00 2024": what stands between messages.
bool separates(std::string_view line) {
  if (!line.starts_with("From ") || line.size() > 1000) return false;
  const auto digit = [&](size_t i) { return i < line.size() && line[i] >= '0' && line[i] <= '9'; };
  for (size_t i = 5; i + 4 < line.size(); ++i)
    if (digit(i) && digit(i + 1) && line[i + 2] == ':' && digit(i + 3) && digit(i + 4)) return true;
  return false;
}

std::string_view line_at(std::string_view bytes, size_t at) {
  return bytes.substr(at, std::min(bytes.find('\n', at), bytes.size()) - at);
}

/// Where the next message's separator begins at or after `at`, or the end.
size_t next_separator(std::string_view bytes, size_t at) {
  while (true) {
    at = bytes.find("From ", at);
    if (at == std::string_view::npos) return bytes.size();
    const bool begins = at == 0 || bytes.substr(0, at).ends_with("\n\n") || bytes.substr(0, at).ends_with("\n\r\n");
    if (begins && separates(line_at(bytes, at))) return at;
    at += 5;
  }
}

/// Lines that begin with "From " after any number of ">" were given one more.
std::string unescaped(std::string_view message) {
  std::string out;
  out.reserve(message.size());
  size_t at = 0;
  while (true) {
    const size_t found = message.find("\n>", at);
    if (found == std::string_view::npos) break;
    const size_t after = message.find_first_not_of('>', found + 1);
    const bool escaped = after != std::string_view::npos && message.substr(after).starts_with("From ");
    out += message.substr(at, found + 1 - at);
    at = found + (escaped ? 2 : 1);
    if (!escaped) {
      const size_t end = after == std::string_view::npos ? message.size() : after;
      out += message.substr(at, end - at);
      at = end;
    }
  }
  out += message.substr(at);
  return out;
}

}  // namespace

bool recognise_mbox(std::string_view head) {
  return separates(line_at(head, 0));
}

void extract_mbox(const Input& input, Output& output) {
  std::optional<MappedFile> file;
  std::string_view bytes = input.bytes;
  if (bytes.empty() && !input.real.empty()) bytes = file.emplace(std::filesystem::path(input.real)).text();
  size_t at = next_separator(bytes, 0);
  if (at > 0) {
    if (!text::trim(bytes.substr(0, std::min<size_t>(at, 4096))).empty())
      output.set_aside.emplace_back("damaged", "what stands before the first message", data::Range{0, at});
  }
  for (size_t number = 1; at < bytes.size(); ++number) {
    const size_t body = std::min(bytes.find('\n', at), bytes.size() - 1) + 1;
    const size_t next = next_separator(bytes, body);
    extract_member(input, fmt::format("{:06}.eml", number), unescaped(bytes.substr(body, next - body)), output);
    output.alive();
    at = next;
  }
}

}  // namespace moru::collect
