// E-mail addresses: a dot-atom local part, a host with a top-level domain of letters.
#include <algorithm>
#include <cstring>
#include <string>

#include "curate/pii/detector.h"
#include "text/unicode.h"

namespace moru::curate::pii {
namespace {

constexpr size_t kMaxLocal = 64;  // RFC 5321, section 4.5.3.1
constexpr size_t kMaxHost = 255;

bool is_alpha(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_alnum(char c) {
  return (c >= '0' && c <= '9') || is_alpha(c);
}
bool is_local(char c) {
  return is_alnum(c) || (c != '\0' && std::strchr("._%+-'", c) != nullptr);
}
bool is_host(char c) {
  return is_alnum(c) || c == '.' || c == '-';
}

/// The beginning of the local part that ends at `end`; `end` if there is none.
size_t local_begin(std::string_view text, size_t end, size_t floor) {
  size_t begin = end;
  while (begin > floor && end - begin < kMaxLocal && is_local(text[begin - 1])) --begin;
  // An address begins with a letter or a digit: what stands before it is quotes, bullets and dots.
  while (begin < end && !is_alnum(text[begin])) ++begin;
  return begin < end && is_alnum(text[end - 1]) ? begin : end;
}

/// The end of the host that begins at `begin`; `begin` if there is none.
size_t host_end(std::string_view text, size_t begin) {
  size_t end = begin;
  while (end < text.size() && end - begin < kMaxHost && is_host(text[end])) ++end;
  while (end > begin && !is_alnum(text[end - 1])) --end;
  // The top-level domain: two letters or more after the last dot.
  size_t label = end;
  while (label > begin && text[label - 1] != '.') --label;
  if (label == begin || end - label < 2) return begin;
  for (size_t i = label; i < end; ++i)
    if (!is_alpha(text[i])) return begin;
  for (size_t i = begin; i < end; ++i)
    if (text[i] == '.' && (i == begin || text[i - 1] == '.')) return begin;
  // "logo@2x.png" is a file name.
  const std::string top = text::lower(text.substr(label, end - label));
  for (const std::string_view extension :
       {"png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "html", "service", "timer", "socket", "mount"})
    if (top == extension) return begin;
  return end;
}

/// SSH names its own algorithms and extensions NAME@DOMAIN (RFC 4251, section 6); "git" is an account that all share.
bool is_protocol_name(std::string_view local, std::string_view host, std::string_view after) {
  if (local == "git") return after.starts_with(':') || after.starts_with('/');
  for (const std::string_view domain :
       {"openssh.com", "libssh.org", "lysator.liu.se", "ssh.com", "putty.projects.tartarus.org"}) {
    if (host != domain) continue;
    for (const std::string_view part :
         {"aes",       "cbc",          "gcm",         "ctr",          "chacha",
          "poly1305",  "mac",          "sha",         "curve25519",   "sntrup",
          "mlkem",     "zlib",         "cert-v0",     "ed25519",      "ecdsa",
          "rsa",       "dss",          "hostkeys",    "keepalive",    "no-more-sessions",
          "eow@",      "posix-rename", "statvfs",     "fsync",        "hardlink",
          "lsetstat",  "limits",       "expand-path", "copy-data",    "streamlocal",
          "hostbound", "auth-agent",   "tun@",        "ping@",        "pong@",
          "rijndael",  "kex",          "idea",        "session-bind", "restrict-destination"})
      if ((std::string(local) + "@").find(part) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

Hit find_email(const Place& place) {
  const std::string_view text = place.text;
  const size_t begin = local_begin(text, place.position, place.floor);
  if (begin == place.position) return {};
  const size_t host = place.position + place.length;
  const size_t end = host_end(text, host);
  if (end == host) return {};
  if (is_protocol_name(text.substr(begin, place.position - begin), text.substr(host, end - host), text.substr(end, 1)))
    return {};
  return {{begin, end}};
}

/// "hong[at]firm.kr", "hong (at) firm.kr": written so that programs do not find it.
Hit find_hidden_email(const Place& place) {
  const std::string_view text = place.text;
  size_t p = place.position + 1;
  if (p + 3 > text.size()) return {};
  const bool at = (text[p] == 'a' || text[p] == 'A') && (text[p + 1] == 't' || text[p + 1] == 'T');
  if (text[p] != '@' && !at) return {};
  p += at ? 2 : 1;
  if (text[p] != (text[place.position] == '(' ? ')' : ']')) return {};
  ++p;
  size_t left = place.position;
  if (left > place.floor && text[left - 1] == ' ') --left;
  if (p < text.size() && text[p] == ' ') ++p;
  const size_t begin = local_begin(text, left, place.floor);
  if (begin == left) return {};
  const size_t end = host_end(text, p);
  return end == p ? Hit{} : Hit{{begin, end}};
}

}  // namespace moru::curate::pii

namespace moru::curate {

bool is_example_address(std::string_view address) {
  const std::string lowered = text::lower(address);
  // The last byte of the full-width sign is A0; the host is ASCII.
  const std::string_view host = std::string_view(lowered).substr(lowered.find_last_of("@\xA0]) ") + 1);
  const auto is_under = [&](std::string_view domain) {
    return host == domain || (host.ends_with(domain) && host[host.size() - domain.size() - 1] == '.');
  };
  for (const std::string_view domain :
       {"example.com", "example.org", "example.net", "example", "invalid", "localhost", "test"})
    if (is_under(domain)) return true;
  return false;
}

}  // namespace moru::curate
