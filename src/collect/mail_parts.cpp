// The tree of parts of an Internet message.
#include "collect/mail_coding.h"
#include "collect/mail_mime.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr int kMaxDepth = 16;
constexpr size_t kMaxParts = 10'000, kMaxFields = 1'000;
constexpr size_t kMaxField = 65536;  // bytes of one field's value

/// The line that begins at `at`, without its end; `at` moves past it.
std::string_view next_line(std::string_view bytes, size_t& at) {
  const size_t end = std::min(bytes.find('\n', at), bytes.size());
  std::string_view line = bytes.substr(at, end - at);
  at = std::min(end + 1, bytes.size());
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// Reads the fields; returns where the body begins.
size_t read_fields(std::string_view bytes, MailPart& part) {
  size_t at = 0;
  std::string* last = nullptr;
  while (at < bytes.size()) {
    const size_t begin = at;
    const std::string_view line = next_line(bytes, at);
    if (line.empty()) return at;
    if (line.front() == ' ' || line.front() == '\t') {  // the field goes on
      if (last != nullptr && last->size() + line.size() < kMaxField) last->append(" ").append(text::trim(line));
      continue;
    }
    const size_t colon = line.find(':');
    last = nullptr;
    if (colon == std::string_view::npos) {
      if (begin == 0 && line.starts_with("From ")) continue;  // a mailbox's line
      return begin;                                           // no field: the body, without an empty line before it
    }
    std::string name(line.substr(0, colon));
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    while (!name.empty() && (name.back() == ' ' || name.back() == '\t')) name.pop_back();
    if (part.fields.size() >= kMaxFields || line.size() > kMaxField) continue;
    const auto [field, is_new] = part.fields.emplace(std::move(name), text::trim(line.substr(colon + 1)));
    if (is_new) last = &field->second;
  }
  return at;
}

/// A file's name without folders and what no name has.
std::string base_name(std::string_view name) {
  name.remove_prefix(std::min(name.find_last_of("/\\") + 1, name.size()));
  std::string out;
  for (const char c : name)
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) out += c;
  return out == "." || out == ".." ? std::string() : out;
}

void parse(std::string_view bytes, int depth, size_t& parts, MailPart& part) {
  part.body = bytes.substr(read_fields(bytes, part));
  const auto field = [&](const char* name) {
    const auto it = part.fields.find(name);
    return it == part.fields.end() ? std::string() : it->second;
  };
  part.type = parse_mail_value(field("content-type"));
  if (part.type.value.find('/') == std::string::npos) part.type.value = "text/plain";
  const MailValue disposition = parse_mail_value(field("content-disposition"));
  part.attached = disposition.value == "attachment";
  for (const auto& [value, name] : {std::pair{&disposition, "filename"}, {&part.type, "name"}})
    if (const auto it = value->parameters.find(name); it != value->parameters.end() && part.file_name.empty())
      part.file_name = base_name(it->second);

  const auto boundary = part.type.parameters.find("boundary");
  if (!part.type.value.starts_with("multipart/") || boundary == part.type.parameters.end() ||
      boundary->second.empty() || depth >= kMaxDepth)
    return;
  const std::string mark = "--" + boundary->second;
  constexpr size_t kNone = std::string_view::npos;
  size_t begin = kNone;  // of the part that is open
  const auto close = [&](size_t end) {
    if (begin == kNone || ++parts > kMaxParts) return;
    std::string_view inner = part.body.substr(begin, end - begin);
    if (inner.ends_with('\n')) inner.remove_suffix(1);  // the line end before the mark is the mark's
    if (inner.ends_with('\r')) inner.remove_suffix(1);
    parse(inner, depth + 1, parts, part.parts.emplace_back());
  };
  for (size_t at = 0; at < part.body.size();) {
    // From line to line by way of the mark, which is rare.
    const size_t found = part.body.find(mark, at);
    if (found == kNone) break;
    at = found + mark.size();
    if (found > 0 && part.body[found - 1] != '\n') continue;
    const std::string_view rest =
        text::trim(part.body.substr(at, std::min(part.body.find('\n', at), part.body.size()) - at));
    const bool last = rest == "--";
    if (!last && !rest.empty()) continue;  // the mark of another multipart, whose name begins as this one's
    close(found);
    begin = std::min(part.body.find('\n', at), part.body.size() - 1) + 1;
    at = begin;
    if (last) {
      begin = kNone;
      break;
    }
  }
  close(part.body.size());  // the end was cut off
}

}  // namespace

MailPart parse_mail(std::string_view bytes) {
  MailPart root;
  size_t parts = 0;
  parse(bytes, 0, parts, root);
  return root;
}

std::string mail_body(const MailPart& part) {
  const auto it = part.fields.find("content-transfer-encoding");
  const std::string coding = it == part.fields.end() ? std::string() : parse_mail_value(it->second).value;
  if (coding == "base64") return base64_decoded(part.body);
  if (coding == "quoted-printable") return quoted_printable_decoded(part.body, false);
  return std::string(part.body);
}

}  // namespace moru::collect
