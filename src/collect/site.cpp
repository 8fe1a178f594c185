#include "collect/site.h"

#include <thread>

#include "collect/page_signals.h"
#include "core/clock.h"
#include "core/file.h"

namespace moru::collect {
namespace {

constexpr double kLongestDelay = 60;  // a Crawl-delay of hours would be a ban in other words

/// What a status other than success says.
void set_status_problem(const HttpResponse& response, Fetched& fetched) {
  const int status = response.status;
  fetched.problem = status == 404 || status == 410                    ? "not-found"
                    : status == 401 || status == 403 || status == 407 ? "no-access"
                                                                      : "http-status";
  fetched.detail = fmt::format("HTTP {}", status);
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/// The address as the name of a file: "example.org/docs/a.html".
std::string name_of(const Url& url) {
  return url.host + percent_decoded(url.path);
}

void read_signals(const HttpResponse& response, const fs::path& body, Fetched& fetched) {
  PageSignals signals;
  if (fetched.media_type.starts_with("text/html") || fetched.media_type.starts_with("application/xhtml"))
    signals = read_page_signals(MappedFile(body).text());
  add_header_signals(response.headers, kProduct, signals);
  if (!signals.opt_out.empty()) fetched.metadata["opt_out"] = fmt::format("{}", fmt::join(signals.opt_out, ", "));
  if (!signals.tdm_policy.empty()) fetched.metadata["tdm_policy"] = signals.tdm_policy.substr(0, 1000);
}

}  // namespace

Sites::Sites(const CrawlOptions& options, FetchStore& store) : options_(options), store_(store) {}

Sites::Site& Sites::site_of(const Url& url) {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<Site>& site = sites_[url.origin()];
  if (!site) {
    site = std::make_unique<Site>();
    HttpClientOptions client;
    client.user_agent = user_agent(options_.contact);
    client.ca_file = options_.ca_file;
    client.seconds = options_.seconds;
    client.most_bytes = options_.most_bytes;
    client.retries = options_.retries;
    client.first_wait = std::max(options_.delay, 0.05);
    site->client = std::make_unique<HttpClient>(client);
  }
  return *site;
}

Fetched Sites::ask(Site& site, const Url& url, const std::string& kind) {
  std::this_thread::sleep_until(site.next);
  Fetched fetched;
  fetched.kind = kind;
  fetched.address = url.text();
  fetched.name = name_of(url);
  fetched.fetched = utc_now();
  const Fetched* before = store_.before(fetched.address);
  std::vector<std::string> headers = {"Accept: */*"};
  if (before != nullptr && before->has_body()) {
    if (!before->etag.empty()) headers.push_back("If-None-Match: " + before->etag);
    if (!before->last_modified.empty()) headers.push_back("If-Modified-Since: " + before->last_modified);
  }
  FetchStore::Blob body(store_);
  const HttpResponse response = site.client->get(
      fetched.address, headers, {[&] { body.restart(); }, [&](std::string_view bytes) { body.write(bytes); }});
  const double delay = std::max(options_.delay, std::min(site.robots.crawl_delay(), kLongestDelay));
  site.next = std::chrono::steady_clock::now() +
              std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::chrono::duration<double>(delay));
  if (response.status == 304 && before != nullptr) {
    Fetched same = *before;
    same.kind = kind;
    same.fetched = fetched.fetched;
    return same;
  }
  fetched.problem = response.problem;
  fetched.detail = response.detail;
  fetched.transient = response.is_transient();
  if (fetched.transient && before != nullptr && before->has_body()) {
    Fetched kept = *before;  // better than nothing, and asked for again next time
    kept.kind = kind;
    kept.transient = true;
    return kept;
  }
  if (!fetched.problem.empty()) return fetched;
  if (is_redirect(response.status)) {
    fetched.kind = "redirect";
    const auto target = resolve_url(url, response.header("location"));
    if (target) {
      fetched.location = target->text();
    } else {
      fetched.kind = kind;
      fetched.problem = "http-status";
      fetched.detail = fmt::format("HTTP {} to no web address", response.status);
    }
    return fetched;
  }
  if (!response.ok()) {
    set_status_problem(response, fetched);
    return fetched;
  }
  fetched.media_type = std::string(response.header("content-type")).substr(0, 200);
  fetched.etag = std::string(response.header("etag")).substr(0, 1000);
  fetched.last_modified = std::string(response.header("last-modified")).substr(0, 100);
  if (const int64_t time = http_time(fetched.last_modified); time >= 0) fetched.modified = iso_time(time);
  body.commit(fetched);
  if (kind == "page") read_signals(response, store_.blob(fetched.sha256), fetched);
  return fetched;
}

void Sites::learn_robots(Site& site, const Url& url) {
  site.robots_known = true;
  if (!options_.robots) return;
  Url place = *parse_url(url.origin() + "/robots.txt");
  Fetched found;
  for (int hop = 0; hop <= 5; ++hop) {  // section 2.3.1.2
    const Fetched* known = store_.now(place.text());
    found = known != nullptr ? *known : ask(site, place, "robots");
    if (known == nullptr) store_.add(found);
    if (found.kind != "redirect") break;
    place = *parse_url(found.location);
  }
  if (found.has_body()) {
    site.robots = Robots::parse(MappedFile(store_.blob(found.sha256)).text(), kProduct);
  } else if (found.transient) {
    site.robots = Robots::nothing();
    site.problem = found.problem.empty() ? "http-status" : found.problem;
    site.detail = "robots.txt: " + found.detail;
    site.transient = true;
  } else if (!found.problem.empty() && found.problem != "not-found" && found.problem != "no-access" &&
             found.problem != "http-status") {
    site.robots = Robots::nothing();
    site.problem = found.problem;
    site.detail = "robots.txt: " + found.detail;
  }
}

Fetched Sites::ask_with_robots(const Url& url, const std::string& kind) {
  Site& site = site_of(url);
  const std::lock_guard lock(site.mutex);
  if (const Fetched* known = store_.now(url.text())) return *known;
  if (!site.robots_known) learn_robots(site, url);
  Fetched fetched;
  if (!site.problem.empty() || !site.robots.allows(url.target())) {
    fetched.kind = kind;
    fetched.address = url.text();
    fetched.name = name_of(url);
    fetched.problem = site.problem.empty() ? "robots" : site.problem;
    fetched.detail = site.problem.empty() ? "robots.txt does not allow it" : site.detail;
    fetched.transient = site.transient;
    const Fetched* before = store_.before(fetched.address);
    if (site.transient && before != nullptr && before->has_body()) {
      fetched = *before;
      fetched.transient = true;
    }
  } else {
    fetched = ask(site, url, kind);
  }
  store_.add(fetched);
  return fetched;
}

Fetched Sites::page(const Url& url, const std::string& kind) {
  std::vector<std::string> way;
  Url at = url;
  for (;;) {
    Fetched fetched = ask_with_robots(at, kind);
    if (fetched.kind != "redirect") return fetched;
    way.push_back(fetched.address);
    const bool seen = std::ranges::find(way, fetched.location) != way.end();
    if (seen || way.size() > static_cast<size_t>(options_.redirects)) {
      Fetched lost;
      lost.kind = kind;
      lost.address = url.text();
      lost.name = name_of(url);
      lost.fetched = fetched.fetched;
      lost.problem = "redirect-loop";
      lost.detail = seen ? "leads back to " + fetched.location : fmt::format("more than {} redirects", way.size() - 1);
      return lost;
    }
    at = *parse_url(fetched.location);
  }
}

std::vector<std::string> Sites::sitemaps(const Url& page) {
  Site& site = site_of(page);
  const std::lock_guard lock(site.mutex);
  if (!site.robots_known) learn_robots(site, page);
  return site.robots.sitemaps();
}

}  // namespace moru::collect
