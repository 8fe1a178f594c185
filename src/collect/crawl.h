// Fetching pages: what the recipe lists, what sitemaps name, what pages link to, as their sites allow.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "collect/fetch_store.h"
#include "collect/source.h"
#include "collect/url.h"
#include "core/progress.h"

namespace moru::collect {

struct CrawlOptions {
  std::vector<Url> pages;  ///< Those that the recipe names.
  std::vector<Url> sitemaps;
  std::vector<std::string> within;  ///< Links and sitemaps are followed to addresses that begin so.
  int depth = 0;                    ///< Links from the named pages; 0: none.
  uint64_t most_pages = 10'000;
  double delay = 1;  ///< Seconds between two requests to one host, if its robots.txt asks for no more.
  bool robots = true;
  bool leave_opted_out = false;  ///< Set pages aside that say noai, noindex or reserve text and data mining.
  int redirects = 5;
  std::string contact;  ///< In the User-Agent.
  std::filesystem::path ca_file;
  double seconds = 60;
  int retries = 4;
  uint64_t most_bytes = uint64_t{64} << 20;  ///< Of one page.
  std::string place;                         ///< "recipe.yaml:LINE", for errors.
};

/// What robots.txt calls us.
inline constexpr std::string_view kProduct = "moru";

struct CrawlCount {
  uint64_t fetched = 0, unchanged = 0, kept = 0, failed = 0;
};

/// Fills the store. One request at a time to a host; several hosts at once. The same answers give the same index,
/// whatever their order in time. Throws Error if no page could be had.
CrawlCount crawl(const CrawlOptions& options, const Source& source, FetchStore& store, ProgressSink& sink);

}  // namespace moru::collect
