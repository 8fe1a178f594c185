// IP addresses, told from versions, section numbers and C++ names.
#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "curate/pii/detector.h"

namespace moru::curate::pii {
namespace {

constexpr std::string_view kAnnounces[] = {"ip",         "ipv4",   "ipv6",    "address",  "host", "server",
                                           "서버",       "주소",   "접속",    "ping",     "dns",  "gateway",
                                           "게이트웨이", "호스트", "http://", "https://", "ssh",  "client",
                                           "클라이언트", "공인",   "아이피",  "remote",   "from"};
constexpr std::string_view kVersion[] = {"version", "버전", "ver",     "release",  "릴리스",   "릴리즈", "build",
                                         "빌드",    "판",   "패치",    "revision", "firmware", "펌웨어", "oid",
                                         "section", "절",   "chapter", "§",        "항"};

struct Block {
  uint32_t network;
  int prefix;
};
constexpr uint32_t ip(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}
// IANA IPv4 Special-Purpose Address Registry, multicast and reserved; then the public resolvers.
constexpr std::array<Block, 23> kNotPersonal = {
    {{ip(0, 0, 0, 0), 8},       {ip(10, 0, 0, 0), 8},      {ip(100, 64, 0, 0), 10},    {ip(127, 0, 0, 0), 8},
     {ip(169, 254, 0, 0), 16},  {ip(172, 16, 0, 0), 12},   {ip(192, 0, 0, 0), 24},     {ip(192, 0, 2, 0), 24},
     {ip(192, 31, 196, 0), 24}, {ip(192, 52, 193, 0), 24}, {ip(192, 88, 99, 0), 24},   {ip(192, 168, 0, 0), 16},
     {ip(192, 175, 48, 0), 24}, {ip(198, 18, 0, 0), 15},   {ip(198, 51, 100, 0), 24},  {ip(203, 0, 113, 0), 24},
     {ip(224, 0, 0, 0), 3},     {ip(8, 8, 8, 8), 32},      {ip(8, 8, 4, 4), 32},       {ip(1, 1, 1, 1), 32},
     {ip(1, 0, 0, 1), 32},      {ip(9, 9, 9, 9), 32},      {ip(208, 67, 222, 222), 32}}};

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_word(char c) {
  return is_hex(c) || (c >= 'g' && c <= 'z') || (c >= 'G' && c <= 'Z') || c == '_';
}

std::optional<uint32_t> read_v4(const DigitGroups& groups) {
  if (groups.size() < 4 || groups.plus) return std::nullopt;
  uint32_t address = 0;
  for (size_t i = 0; i < 4; ++i) {
    const std::string_view digits = groups[i].digits;
    if (i > 0 && groups[i].before != Separator::dot) return std::nullopt;
    if (digits.size() > 3 || (digits.size() > 1 && digits[0] == '0')) return std::nullopt;
    uint32_t octet = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), octet);
    if (octet > 255) return std::nullopt;
    address = address << 8 | octet;
  }
  if (groups.size() > 4 && groups[4].before == Separator::dot) return std::nullopt;
  return address;
}

}  // namespace

Hit find_ipv4(const Place& place) {
  const DigitGroups& groups = *place.groups;
  const auto address = read_v4(groups);
  if (!address) return {};
  const data::Range range{groups[0].range.begin, groups[3].range.end};
  const std::string_view text = place.text;
  if (range.begin > 0 && (text[range.begin - 1] == '-' || text[range.begin - 1] == '=')) {
    // "libfoo-1.2.3.4": a package and its version; "pkg==1.2.3.4"
    if (text[range.begin - 1] == '-' || (range.begin > 1 && text[range.begin - 2] == '=')) return {};
  }
  const size_t near = place.context->distance(kAnnounces);
  const size_t version = place.context->distance(kVersion);
  if (version < near) return {};
  if (near != Context::npos) return {range, Confidence::context};
  const bool port = range.end + 1 < text.size() && (text[range.end] == ':' || text[range.end] == '/') &&
                    text[range.end + 1] >= '0' && text[range.end + 1] <= '9';
  // Sections and versions count in small numbers.
  const bool large = (*address >> 24) >= 100 || ((*address >> 16) & 255) >= 100 || ((*address >> 8) & 255) >= 100;
  return port || large ? Hit{range} : Hit{};
}

Hit find_ipv6(const Place& place) {
  constexpr size_t kMaxLength = 39;
  const std::string_view text = place.text;
  size_t begin = place.position;
  while (begin > place.floor && place.position - begin <= 4 && is_hex(text[begin - 1])) --begin;
  if (begin > 0 && (is_word(text[begin - 1]) || text[begin - 1] == ':' || text[begin - 1] == '.')) return {};
  size_t end = place.position;
  size_t colons = 0;
  size_t digits = 0;
  while (end < text.size() && end - begin <= kMaxLength && (is_hex(text[end]) || text[end] == ':')) {
    colons += text[end] == ':' ? 1 : 0;
    digits += text[end] >= '0' && text[end] <= '9' ? 1 : 0;
    ++end;
  }
  if (end < text.size() && is_word(text[end])) return {};
  while (end > begin && text[end - 1] == ':' && !(end - begin >= 2 && text[end - 2] == ':')) --end;
  if (colons < 2 || digits == 0 || end - begin > kMaxLength) return {};
  std::array<char, kMaxLength + 1> copy{};
  std::memcpy(copy.data(), text.data() + begin, end - begin);
  in6_addr address{};
  if (inet_pton(AF_INET6, copy.data(), &address) != 1) return {};
  // "a::1" is a name in a program: the first group of what is in use has four digits.
  if (text.substr(begin, end - begin).find(':') < 4) return {};
  return {{begin, end}, place.context->has(kAnnounces) ? Confidence::context : Confidence::format};
}

}  // namespace moru::curate::pii

namespace moru::curate {

bool is_public_address(std::string_view address) {
  if (address.find(':') != std::string_view::npos) {
    std::array<char, 46> copy{};
    if (address.size() >= copy.size()) return false;
    std::memcpy(copy.data(), address.data(), address.size());
    in6_addr v6{};
    if (inet_pton(AF_INET6, copy.data(), &v6) != 1) return false;
    const auto* bytes = static_cast<const uint8_t*>(v6.s6_addr);
    // Global unicast is 2000::/3; 2001:db8::/32 and 3fff::/20 are for documentation.
    const bool documentation = (bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] == 0x0D && bytes[3] == 0xB8) ||
                               (bytes[0] == 0x3F && bytes[1] == 0xFF && bytes[2] < 0x10);
    return (bytes[0] & 0xE0) == 0x20 && !documentation;
  }
  uint32_t v4 = 0;
  const DigitGroups groups(address, 0);
  if (groups.size() < 4) return false;
  for (size_t i = 0; i < 4; ++i) {
    uint32_t octet = 0;
    std::from_chars(groups[i].digits.data(), groups[i].digits.data() + groups[i].digits.size(), octet);
    v4 = v4 << 8 | (octet & 255);
  }
  return std::ranges::none_of(pii::kNotPersonal, [&](const pii::Block& block) {
    const uint32_t mask = ~uint32_t{0} << (32 - block.prefix);
    return (v4 & mask) == block.network;
  });
}

}  // namespace moru::curate
