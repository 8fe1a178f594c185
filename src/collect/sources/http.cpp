// http: pages of the web, listed, named by sitemaps or linked.
#include <ctime>
#include <nlohmann/json.hpp>

#include "collect/crawl.h"
#include "collect/http_client.h"
#include "collect/origin.h"
#include "collect/sources/remote.h"
#include "core/error.h"
#include "core/file.h"
#include "core/language.h"

namespace moru::collect {
namespace {

class Web : public RemoteOrigin {
 public:
  Web(CrawlOptions options, RefreshOptions refresh) : RemoteOrigin(refresh), options_(std::move(options)) {}

  std::string about(const Source&) const override {
    std::string text = options_.pages.empty() ? options_.sitemaps.front().text() : options_.pages.front().text();
    const size_t more = options_.pages.size() + options_.sitemaps.size() - 1;
    return more == 0 ? text : fmt::format("{} (+{})", text, more);
  }
  Json parameters(const Source&) const override {
    Json pages = Json::array(), sitemaps = Json::array();
    for (const Url& url : options_.pages) pages.push_back(url.text());
    for (const Url& url : options_.sitemaps) sitemaps.push_back(url.text());
    return {{"http", std::move(pages)},
            {"sitemaps", std::move(sitemaps)},
            {"within", options_.within},
            {"depth", options_.depth},
            {"pages", options_.most_pages},
            {"robots", options_.robots},
            {"opt_out", options_.leave_opted_out},
            {"page_bytes", options_.most_bytes}};
  }
  void fetch_into(const Source& source, FetchStore& store, ProgressSink& sink) const override {
    const CrawlCount count = crawl(options_, source, store, sink);
    sink.say(fmt::format(fmt::runtime(tr("      {}: {} pages fetched, {} unchanged, {} could not be had",
                                         "      {}: 새로 가져온 페이지 {}, 그대로 {}, 가져오지 못함 {}")),
                         source.name, count.fetched, count.unchanged, count.failed));
    if (count.kept > 0)
      sink.say(fmt::format(fmt::runtime(tr("      {}: {} pages did not answer; what was fetched before is used",
                                           "      {}: {}개 페이지가 답하지 않아 전에 가져온 것을 씁니다")),
                           source.name, count.kept));
  }

 private:
  CrawlOptions options_;
};

std::vector<Url> read_urls(const Config& section, std::string_view key) {
  std::vector<Url> urls;
  for (const std::string& text : section.texts(key)) {
    const auto url = parse_url(text);
    if (!url)
      throw Error(
          section.place(key),
          fmt::format(fmt::runtime(tr("\"{}\" is no address of the web", "\"{}\" 값은 웹 주소가 아닙니다")), text),
          std::string(tr("write it whole, as in https://example.org/docs/, without user and password",
                         "https://example.org/docs/처럼 사용자와 비밀번호 없이 주소를 모두 적으세요")));
    urls.push_back(*url);
  }
  return urls;
}

}  // namespace

void read_http_source(const Config& section, const fs::path& base, Source& source) {
  CrawlOptions o;
  o.place = source.place;
  o.pages = read_urls(section, "http");
  o.sitemaps = read_urls(section, "sitemap");
  if (o.pages.empty() && o.sitemaps.empty())
    throw Error(source.place, std::string(tr("\"http\" lists no page", "\"http\"에 페이지가 없습니다")),
                std::string(tr("list addresses, or add \"sitemap\"", "주소를 적거나 \"sitemap\"을 추가하세요")));
  o.depth = static_cast<int>(section.integer("depth", 0, 0, 1000));
  for (const Url& url : read_urls(section, "within")) o.within.push_back(url.text());
  if (o.within.empty()) {
    for (const Url& url : o.pages) o.within.push_back(url.origin() + url.path.substr(0, url.path.rfind('/') + 1));
    for (const Url& url : o.sitemaps) o.within.push_back(url.origin() + url.path.substr(0, url.path.rfind('/') + 1));
  }
  o.most_pages = static_cast<uint64_t>(section.integer("pages", static_cast<int64_t>(o.most_pages), 1));
  o.delay = section.number("delay", o.delay, 0, 3600);
  o.robots = section.flag("robots", o.robots);
  o.leave_opted_out = section.choice("opt_out", "note", {"note", "leave_out"}) == "leave_out";
  o.contact = section.text("contact", "");
  o.ca_file = read_ca_file(section, base);
  o.seconds = section.number("seconds_per_page", o.seconds, 0.1, 86400);
  o.retries = static_cast<int>(section.integer("retries", o.retries, 0, 20));
  o.most_bytes = static_cast<uint64_t>(section.integer("page_bytes", static_cast<int64_t>(o.most_bytes), 1));
  const auto in_a_header = [](unsigned char c) { return c >= 0x20 && c != 0x7F; };
  if (!std::ranges::all_of(o.contact, in_a_header) || (o.contact.empty() && (o.depth > 0 || !o.sitemaps.empty())))
    throw Error(section.place("contact"),
                std::string(tr("whoever crawls a site says who they are", "사이트를 훑으려면 누구인지 밝혀야 합니다")),
                std::string(tr("add \"contact\": a mail address or a page about this collection; sites see it",
                               "\"contact\"에 메일 주소나 수집 안내 페이지를 적으세요. 사이트 운영자가 봅니다")));
  source.include = section.texts("include", {"**"});
  source.exclude = section.texts("exclude");
  source.name = (o.pages.empty() ? o.sitemaps : o.pages).front().host;
  source.origin = std::make_shared<Web>(std::move(o), read_refresh(section, 24));
}

}  // namespace moru::collect
