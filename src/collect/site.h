// The sites of a crawl: one request at a time to each, with its delay, and what its robots.txt says.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "collect/crawl.h"
#include "collect/http_client.h"
#include "collect/robots.h"

namespace moru::collect {

/// Asks for single addresses, with redirects. Used by several threads.
class Sites {
 public:
  Sites(const CrawlOptions& options, FetchStore& store);

  /// The page at an address: what this fetch found before it was killed, or the server's answer now. A redirect is
  /// followed, and kept as an entry of its own; the result is where it led to.
  Fetched page(const Url& url, const std::string& kind);
  /// Sitemaps that the robots.txt of the page's site names.
  std::vector<std::string> sitemaps(const Url& page);

 private:
  struct Site {
    std::mutex mutex;  // held while a request to it is under way
    std::chrono::steady_clock::time_point next{};
    bool robots_known = false;
    Robots robots;
    std::string problem, detail;  // of a robots.txt that could not be had
    bool transient = false;
    std::unique_ptr<HttpClient> client;
  };
  Site& site_of(const Url& url);
  void learn_robots(Site& site, const Url& url);
  Fetched ask(Site& site, const Url& url, const std::string& kind);
  Fetched ask_with_robots(const Url& url, const std::string& kind);

  const CrawlOptions& options_;
  FetchStore& store_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Site>> sites_;
};

}  // namespace moru::collect
