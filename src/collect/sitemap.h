// Sitemaps (sitemaps.org, protocol 0.9): lists of a site's pages, and lists of such lists.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace moru::collect {

struct Sitemap {
  std::vector<std::string> pages, sitemaps;  ///< Addresses as they stand; at most 50,000 together.
};

/// Of XML, packed with gzip or not, or of a text with one address a line. What is damaged gives what stands before the
/// damage. At most 50 MiB are unpacked.
Sitemap read_sitemap(std::string_view bytes);

}  // namespace moru::collect
