// What a page says to those who crawl: its links, and whether it may be used.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace moru::collect {

struct PageSignals {
  std::string base;                ///< <base href>, if any.
  std::vector<std::string> links;  ///< href of <a> and <area>, as they stand, without those marked nofollow.
  bool follow = true;              ///< false: <meta name="robots" content="nofollow">.
  /// Directives against use, in lower case and sorted: "noai", "noimageai", "noindex", "none", "tdm-reservation".
  std::vector<std::string> opt_out;
  std::string tdm_policy;  ///< Address of the licence offer (TDM reservation protocol).
};

/// Reads a page's tags, without a tree: scripts, styles, comments and templates of text are passed over. Takes time
/// linear in the bytes; at most 100,000 links.
PageSignals read_page_signals(std::string_view html);

/// Adds what response headers say: X-Robots-Tag (directives for all, or for `product`), tdm-reservation, tdm-policy
/// (W3C TDM Reservation Protocol). `headers`: names in lower case.
void add_header_signals(const std::multimap<std::string, std::string>& headers, std::string_view product,
                        PageSignals& signals);

}  // namespace moru::collect
