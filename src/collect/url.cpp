#include "collect/url.h"

#include <charconv>

namespace moru::collect {
namespace {

constexpr size_t kLongest = 4096;

bool is_alpha(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_unreserved(char c) {
  return is_alpha(c) || is_digit(c) || std::string_view("-._~").find(c) != std::string_view::npos;
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char l = lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

/// The byte that "%XX" at `at` stands for, or -1.
int encoded_byte(std::string_view text, size_t at) {
  if (at + 2 >= text.size() || text[at] != '%') return -1;
  const int high = hex_value(text[at + 1]), low = hex_value(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/// The end of a scheme ("http" in "http:…"), or npos.
size_t scheme_end(std::string_view text) {
  if (text.empty() || !is_alpha(text[0])) return std::string_view::npos;
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == ':') return i;
    if (!is_alpha(text[i]) && !is_digit(text[i]) && text[i] != '+' && text[i] != '-' && text[i] != '.') break;
  }
  return std::string_view::npos;
}

/// RFC 3986, section 5.2.4, of an absolute path.
std::string without_dots(std::string_view path) {
  std::vector<std::string_view> kept;
  bool folder = false;
  for (size_t at = 1; at <= path.size();) {
    const size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, end - at);
    at = end + 1;
    folder = part == "." || part == "..";
    if (part == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (part != ".") {
      kept.push_back(part);
    }
  }
  std::string out;
  for (const std::string_view part : kept) (out += '/') += part;
  if (folder || out.empty()) out += '/';
  return out;
}

bool set_authority(Url& url, std::string_view authority) {
  if (authority.find('@') != std::string_view::npos) return false;  // a password in an address is none of ours
  const size_t bracket = authority.rfind(']');
  const size_t colon = authority.rfind(':');
  std::string_view host = authority;
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    host = authority.substr(0, colon);
    const std::string_view digits = authority.substr(colon + 1);
    if (!digits.empty()) {
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), url.port);
      if (error != std::errc() || end != digits.data() + digits.size() || url.port < 1 || url.port > 65535)
        return false;
    }
  }
  url.host.clear();
  for (const char c : host) url.host += lower(c);
  // Colons only in an IPv6 address: "a:443.org:443" would be another address without its port.
  const bool literal = url.host.size() > 2 && url.host.starts_with('[') && url.host.find(']') == url.host.size() - 1;
  const auto allowed = [&](char c) {
    if (literal) return hex_value(c) >= 0 || std::string_view("[]:.").find(c) != std::string_view::npos;
    return is_alpha(c) || is_digit(c) || std::string_view("-._~%").find(c) != std::string_view::npos ||
           static_cast<unsigned char>(c) >= 0x80;
  };
  if (url.host.empty() || url.host == "." || !std::ranges::all_of(url.host, allowed)) return false;
  if ((url.scheme == "http" && url.port == 80) || (url.scheme == "https" && url.port == 443)) url.port = 0;
  return true;
}

/// Sets path and query of what follows the authority, whose path is absolute or empty.
void set_rest(Url& url, std::string_view rest) {
  rest = rest.substr(0, rest.find('#'));
  const size_t mark = rest.find('?');
  url.has_query = mark != std::string_view::npos;
  url.query = url.has_query ? normal_percent(rest.substr(mark + 1)) : std::string();
  const std::string_view path = rest.substr(0, mark);
  url.path = path.empty() ? "/" : without_dots(normal_percent(path));
}

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

bool is_plain(std::string_view text) {
  return text.size() <= kLongest &&
         std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

}  // namespace

std::string Url::origin() const {
  return port == 0 ? fmt::format("{}://{}", scheme, host) : fmt::format("{}://{}:{}", scheme, host, port);
}

std::string Url::target() const {
  return has_query ? path + "?" + query : path;
}

std::string Url::text() const {
  return origin() + target();
}

std::string normal_percent(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  static constexpr std::string_view kReserved = ":/?#[]@!$&'()*+,;=%";
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned char c = static_cast<unsigned char>(text[i]);
    bool encode = !is_unreserved(text[i]) && kReserved.find(text[i]) == std::string_view::npos;
    if (const int byte = encoded_byte(text, i); byte >= 0) {
      i += 2;
      c = static_cast<unsigned char>(byte);
      encode = !is_unreserved(static_cast<char>(c));
    } else if (c == '%') {
      encode = true;
    }
    if (encode) {
      out += '%';
      out += kHex[c >> 4];
      out += kHex[c & 15];
    } else {
      out += static_cast<char>(c);
    }
  }
  return out;
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (const int byte = encoded_byte(text, i); byte >= 0) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::optional<Url> parse_url(std::string_view text) {
  text = trimmed(text);
  const size_t colon = scheme_end(text);
  if (colon == std::string_view::npos || !is_plain(text)) return std::nullopt;
  Url url;
  for (const char c : text.substr(0, colon)) url.scheme += lower(c);
  if ((url.scheme != "http" && url.scheme != "https") || !text.substr(colon).starts_with("://")) return std::nullopt;
  const std::string_view rest = text.substr(colon + 3);
  const size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  if (!set_authority(url, rest.substr(0, end))) return std::nullopt;
  set_rest(url, rest.substr(end));
  if (url.text().size() > kLongest) return std::nullopt;
  return url;
}

std::optional<Url> resolve_url(const Url& base, std::string_view link) {
  link = trimmed(link);
  if (!is_plain(link)) return std::nullopt;
  if (scheme_end(link) != std::string_view::npos) return parse_url(link);
  if (link.starts_with("//")) return parse_url(base.scheme + ":" + std::string(link));
  Url url = base;
  if (link.empty() || link[0] == '#') return url;
  if (link[0] == '?') {
    set_rest(url, base.path + std::string(link));
  } else if (link[0] == '/') {
    set_rest(url, link);
  } else {
    set_rest(url, base.path.substr(0, base.path.rfind('/') + 1) + std::string(link));
  }
  if (url.text().size() > kLongest) return std::nullopt;
  return url;
}

}  // namespace moru::collect
