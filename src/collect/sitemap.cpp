#include "collect/sitemap.h"

#include <zlib.h>

#include "collect/xml_scan.h"

namespace moru::collect {
namespace {

constexpr size_t kMostBytes = size_t{50} << 20, kMostAddresses = 50'000;  // as the protocol says

std::string unpacked(std::string_view bytes) {
  std::string out;
  z_stream stream{};
  if (::inflateInit2(&stream, 15 + 16) != Z_OK) return out;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(std::min<size_t>(bytes.size(), kMostBytes));
  std::array<char, 65536> buffer{};
  int state = Z_OK;
  while (state == Z_OK && out.size() < kMostBytes) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = buffer.size();
    state = ::inflate(&stream, Z_NO_FLUSH);
    const size_t made = buffer.size() - stream.avail_out;
    if (made == 0) break;
    out.append(buffer.data(), made);
  }
  ::inflateEnd(&stream);
  return out;
}

}  // namespace

Sitemap read_sitemap(std::string_view bytes) {
  std::string packed;
  if (bytes.starts_with("\x1F\x8B")) {
    packed = unpacked(bytes);
    bytes = packed;
  }
  bytes = bytes.substr(0, kMostBytes);
  Sitemap sitemap;
  const auto add = [&](std::vector<std::string>& list, std::string_view address) {
    if (!address.empty() && sitemap.pages.size() + sitemap.sitemaps.size() < kMostAddresses) list.emplace_back(address);
  };
  if (bytes.substr(0, 1000).find('<') == std::string_view::npos) {
    while (!bytes.empty()) {
      const size_t end = std::min(bytes.find('\n'), bytes.size());
      std::string_view line = bytes.substr(0, end);
      bytes.remove_prefix(std::min(end + 1, bytes.size()));
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (line.starts_with("http")) add(sitemap.pages, line);
    }
    return sitemap;
  }
  scan_xml(bytes, [&](std::span<const std::string_view> path, std::string_view text) {
    if (path.size() < 2 || path.back() != "loc") return;
    const std::string_view parent = path[path.size() - 2];
    if (parent == "url") add(sitemap.pages, text);
    if (parent == "sitemap") add(sitemap.sitemaps, text);
  });
  return sitemap;
}

}  // namespace moru::collect
