#include "collect/crawl.h"

#include <set>

#include "collect/glob.h"
#include "collect/page_signals.h"
#include "collect/site.h"
#include "collect/sitemap.h"
#include "core/error.h"
#include "core/file.h"
#include "core/language.h"
#include "core/threads.h"

namespace moru::collect {
namespace {

constexpr size_t kHostsAtOnce = 8, kMostSitemaps = 500;

class Crawl {
 public:
  Crawl(const CrawlOptions& options, const Source& source, FetchStore& store, ProgressSink& sink)
      : options_(options),
        store_(store),
        sites_(options, store),
        progress_(sink, std::string(tr("fetch", "가져오기")), std::string(tr("pages", "페이지")), 0) {
    for (const std::string& pattern : source.include) include_.emplace_back(pattern);
    for (const std::string& pattern : source.exclude) exclude_.emplace_back(pattern);
  }

  std::vector<Fetched> run() {
    std::set<std::string> level;
    for (const Url& page : options_.pages) level.insert(page.text());
    for (const std::string& page : pages_of_sitemaps()) level.insert(page);
    for (int depth = 0; !level.empty(); ++depth) {
      std::set<std::string> next;
      for (const Fetched& page : fetch(level)) {
        if (depth >= options_.depth || !page.has_body()) continue;
        for (std::string& link : links_of(page)) next.insert(std::move(link));
      }
      level = std::move(next);
    }
    progress_.finish();
    return entries();
  }

 private:
  bool is_within(const std::string& address) const {
    return std::ranges::any_of(options_.within, [&](const std::string& p) { return address.starts_with(p); });
  }
  bool is_chosen(const Url& url) const {
    std::string path = url.host + percent_decoded(url.path);
    if (path.ends_with('/')) path += "index";
    const auto matches = [&](const Glob& glob) { return glob.matches(path); };
    return std::ranges::any_of(include_, matches) && std::ranges::none_of(exclude_, matches);
  }
  bool may_follow(const std::optional<Url>& url) const {
    return url && is_within(url->text()) && is_chosen(*url) && !seen_.contains(url->text());
  }

  /// Fetches addresses not seen before, in order until the limit; one thread a host.
  std::vector<Fetched> fetch(const std::set<std::string>& addresses) {
    std::map<std::string, std::vector<Url>> by_site;
    size_t count = 0;
    for (const std::string& address : addresses) {
      if (seen_.size() >= options_.most_pages) break;
      if (!seen_.insert(address).second) continue;
      const Url url = *parse_url(address);
      by_site[url.origin()].push_back(url);
      ++count;
    }
    progress_.set_total(seen_.size());
    std::vector<const std::vector<Url>*> sites;
    for (const auto& [origin, urls] : by_site) sites.push_back(&urls);
    std::vector<std::vector<Fetched>> found(sites.size());
    std::mutex mutex;
    parallel_for(
        sites.size(),
        [&](size_t i) {
          for (const Url& url : *sites[i]) {
            found[i].push_back(sites_.page(url, "page"));
            const std::lock_guard lock(mutex);
            progress_.advance();
          }
        },
        std::min(sites.size(), kHostsAtOnce));
    std::vector<Fetched> pages;
    for (std::vector<Fetched>& of_site : found)
      for (Fetched& page : of_site) {
        seen_.insert(page.address);  // where a redirect led to
        found_.insert_or_assign(page.address, page);
        pages.push_back(std::move(page));
      }
    return pages;
  }

  std::vector<std::string> links_of(const Fetched& page) const {
    std::vector<std::string> links;
    if (!page.media_type.starts_with("text/html") && !page.media_type.starts_with("application/xhtml")) return links;
    const MappedFile body(store_.blob(page.sha256));
    const PageSignals signals = read_page_signals(body.text());
    if (!signals.follow) return links;
    Url base = *parse_url(page.address);
    if (const auto given = resolve_url(base, signals.base); given && !signals.base.empty()) base = *given;
    for (const std::string& link : signals.links)
      if (const auto url = resolve_url(base, link); may_follow(url)) links.push_back(url->text());
    return links;
  }

  std::set<std::string> pages_of_sitemaps() {
    std::set<std::string> pages, asked;
    std::vector<std::string> open;
    for (const Url& sitemap : options_.sitemaps) open.push_back(sitemap.text());
    for (size_t i = 0; i < open.size() && asked.size() < kMostSitemaps; ++i) {
      if (!asked.insert(open[i]).second) continue;
      const Fetched fetched = sites_.page(*parse_url(open[i]), "sitemap");
      found_.insert_or_assign(fetched.address, fetched);
      if (!fetched.has_body()) continue;
      const Sitemap sitemap = read_sitemap(MappedFile(store_.blob(fetched.sha256)).text());
      const Url base = *parse_url(fetched.address);
      for (const std::string& page : sitemap.pages)
        if (const auto url = resolve_url(base, page); may_follow(url)) pages.insert(url->text());
      for (const std::string& more : sitemap.sitemaps)
        if (const auto url = resolve_url(base, more); url && url->origin() == base.origin())
          open.push_back(url->text());
    }
    return pages;
  }

  /// All that was asked for, and the way to it.
  std::vector<Fetched> entries() {
    std::vector<Fetched> out;
    for (Fetched& way : store_.all())
      if (way.kind == "redirect" || way.kind == "robots") out.push_back(std::move(way));
    for (auto& [address, fetched] : found_) {
      if (options_.leave_opted_out && fetched.has_body() && fetched.metadata.contains("opt_out")) {
        fetched.problem = "opt-out";
        fetched.detail = fetched.metadata.at("opt_out");
        fetched.sha256.clear();
      }
      out.push_back(fetched);
    }
    return out;
  }

  const CrawlOptions& options_;
  FetchStore& store_;
  Sites sites_;
  Progress progress_;
  std::vector<Glob> include_, exclude_;
  std::set<std::string> seen_;
  std::map<std::string, Fetched> found_;
};

[[noreturn]] void nothing_came(const CrawlOptions& options, const Fetched& first) {
  std::string mend;
  if (first.problem == "certificate") {
    mend = tr("the server's certificate is not one that this machine trusts: name the authority's file as \"ca_file\"",
              "이 컴퓨터가 믿지 않는 인증서입니다. 발급 기관의 인증서 파일을 \"ca_file\"로 지정하세요");
  } else if (first.problem == "robots") {
    mend = tr("the site's robots.txt forbids it: ask the site's owner",
              "사이트의 robots.txt가 허락하지 않습니다. 사이트 운영자에게 문의하세요");
  } else if (first.transient) {
    mend = tr("look whether the server runs and the address is right; --offline goes on with what was fetched before",
              "서버가 켜져 있고 주소가 맞는지 확인하세요. --offline을 쓰면 전에 가져온 것으로 계속합니다");
  } else {
    mend = tr("look at the addresses in a browser", "브라우저로 주소를 확인하세요");
  }
  throw Error(
      options.place,
      fmt::format(fmt::runtime(tr("no page could be fetched; {}: {} ({})", "가져온 페이지가 없습니다. {}: {} ({})")),
                  first.address, first.problem, first.detail),
      std::move(mend));
}

}  // namespace

CrawlCount crawl(const CrawlOptions& options, const Source& source, FetchStore& store, ProgressSink& sink) {
  std::vector<Fetched> entries = Crawl(options, source, store, sink).run();
  CrawlCount count;
  const Fetched* first_problem = nullptr;
  for (const Fetched& f : entries) {
    if (!f.problem.empty() && first_problem == nullptr && f.kind != "robots") first_problem = &f;
    if (f.kind != "page") continue;
    const Fetched* before = store.before(f.address);
    const bool same = before != nullptr && before->sha256 == f.sha256;
    ++(!f.problem.empty() ? count.failed : f.transient ? count.kept : same ? count.unchanged : count.fetched);
  }
  if (count.fetched + count.unchanged == 0) {
    Fetched none;
    none.address = (options.pages.empty() ? options.sitemaps : options.pages).front().text();
    none.problem = count.kept > 0 ? "unreachable" : "no-page";
    none.transient = count.kept > 0;
    const Fetched shown = first_problem != nullptr ? *first_problem : none;
    store.abandon();
    nothing_came(options, shown);
  }
  for (Fetched& f : entries) f.transient = false;
  store.finish(std::move(entries));
  return count;
}

}  // namespace moru::collect
