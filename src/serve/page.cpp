#include "serve/page.h"

#include "core/hash.h"

namespace moru::serve {
namespace {

int digit(char c) {
  return c <= '9' ? c - '0' : c - 'a' + 10;
}

std::string base64_of_hex(std::string_view hex) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : hex) {
    bits = (bits << 4) | static_cast<uint32_t>(digit(c));
    count += 4;
    if (count >= 6) {
      count -= 6;
      out += kLetters[(bits >> count) & 63];
    }
  }
  if (count > 0) out += kLetters[(bits << (6 - count)) & 63];
  while (out.size() % 4 != 0) out += '=';
  return out;
}

/// " 'sha256-…'" for every element <tag>…</tag>.
std::string hashes(std::string_view html, std::string_view tag) {
  const std::string open = fmt::format("<{}>", tag), close = fmt::format("</{}>", tag);
  std::string out;
  for (size_t at = html.find(open); at != std::string_view::npos; at = html.find(open, at)) {
    at += open.size();
    const size_t end = html.find(close, at);
    if (end == std::string_view::npos) break;
    out += fmt::format(" 'sha256-{}'", base64_of_hex(sha256(html.substr(at, end - at))));
    at = end;
  }
  return out;
}

}  // namespace

std::string content_security_policy(std::string_view html) {
  return fmt::format(
      "default-src 'none'; script-src{}; style-src{}; connect-src 'self'; img-src data:; base-uri 'none'; form-action "
      "'none'; "
      "frame-ancestors 'none'",
      hashes(html, "script"), hashes(html, "style"));
}

}  // namespace moru::serve
