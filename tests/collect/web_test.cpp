// Pages of a real nginx: robots.txt, conditional requests, redirects, limits, kills.
#include <gmock/gmock.h>

#include "collect/collected.h"
#include "collect/fetch_store.h"
#include "collect/servers.h"
#include "core/error.h"

namespace moru::collect {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using testing_servers::Nginx;

class Web : public ::testing::Test {
 protected:
  Options read(const std::string& yaml) const {
    const Config config = Config::parse(yaml, "r.yaml");
    Options o = read_options(config, folder.path());
    config.finish();
    o.store = folder.path() / "store";
    return o;
  }
  Collection gathered(const Options& o, bool offline = false) const {
    SilentProgress silent;
    gather(o, offline, silent);
    return collection_of(o);
  }
  std::string error_of(const std::string& yaml, bool offline = false) const {
    try {
      gathered(read(yaml), offline);
      return "none";
    } catch (const Error& error) {
      return error.what();
    }
  }
  TemporaryDirectory folder;
};

std::string crawl_recipe(const Nginx& nginx, const std::string& more = "") {
  return fmt::format(
      "collect:\n  - http: {}\n    name: site\n    depth: 5\n    contact: docs@example.org\n    delay: 0\n    "
      "fresh_hours: 0\n    retries: 0\n    licence: CC-BY-4.0\n{}",
      nginx.url("/docs/"), more);
}

void put_small_site(const Nginx& nginx) {
  nginx.put(
      "docs/index.html",
      "<h1>처음</h1><p>첫 글</p><a href='a.html'>a</a> <a href=/docs/b.html#part>b</a> <a href='/other/c.html'>c</a>"
      "<a href='private/d.html'>d</a><a href='mailto:x@y.z'>m</a><a href='gone.html'>g</a>");
  nginx.put("docs/a.html", "<h1>가</h1><p>둘째 글</p><a href='b.html'>b</a><a href='deep/e.html?x=1&amp;y=2'>e</a>");
  nginx.put("docs/b.html", "<h1>나</h1><p>셋째 글</p><meta name=robots content='noai'>");
  nginx.put("docs/deep/e.html", "<h1>마</h1><p>넷째 글</p>");
  nginx.put("docs/private/d.html", "<p>비밀</p>");
  nginx.put("other/c.html", "<p>밖의 글</p>");
  nginx.put("robots.txt", "User-agent: *\nDisallow: /\n\nUser-agent: Moru\nDisallow: /docs/private/\n");
}

TEST_F(Web, ASiteIsCrawledAsItsRobotsTxtAllows) {
  Nginx nginx;
  put_small_site(nginx);
  const Collection c = gathered(read(crawl_recipe(nginx)));
  EXPECT_THAT(c.uris(), ElementsAre(nginx.url("/docs/"), nginx.url("/docs/a.html"), nginx.url("/docs/b.html"),
                                    nginx.url("/docs/deep/e.html?x=1&y=2")));
  EXPECT_THAT(c.reasons(),
              ElementsAre(nginx.url("/docs/gone.html") + " not-found", nginx.url("/docs/private/d.html") + " robots"));
  EXPECT_EQ(c.documents[0].title, "처음");
  EXPECT_EQ(c.documents[0].licence.id, "CC-BY-4.0");
  EXPECT_EQ(c.documents[0].source.collector.substr(0, 5), "html/");
  EXPECT_EQ(c.documents[0].source.modified.size(), 20U);
  EXPECT_EQ(c.documents[2].metadata.at("opt_out"), "noai");
  EXPECT_FALSE(c.documents[1].metadata.contains("opt_out"));
  const std::vector<std::string> requests = nginx.requests();
  EXPECT_THAT(requests, Contains(StartsWith("200 /robots.txt Moru/")));
  EXPECT_THAT(requests, Contains(HasSubstr("(docs@example.org)")));
  for (const std::string& line : requests) EXPECT_EQ(line.find("private"), std::string::npos) << line;
  EXPECT_EQ(requests.size(), 6U);
  EXPECT_THAT(gathered(read(crawl_recipe(nginx, "    opt_out: leave_out\n"))).reasons(),
              Contains(nginx.url("/docs/b.html") + " opt-out"));
}

TEST_F(Web, WhatDidNotChangeIsNotSentAgainAndTheBytesAreTheSame) {
  Nginx nginx;
  put_small_site(nginx);
  const Options o = read(crawl_recipe(nginx));
  const Collection first = gathered(o);
  SilentProgress silent;
  const std::string key = gather(o, true, silent);
  nginx.requests();
  const Collection again = gathered(o);
  EXPECT_EQ(again.bytes, first.bytes);
  EXPECT_EQ(again.report.unchanged.read, 0U);
  EXPECT_EQ(gather(o, true, silent), key);
  size_t unchanged = 0;
  for (const std::string& line : nginx.requests()) unchanged += line.starts_with("304 ");
  EXPECT_EQ(unchanged, 5U);                                      // four pages and robots.txt
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));  // Last-Modified counts in seconds
  nginx.put("docs/a.html", "<h1>가</h1><p>새로 쓴 글</p>");
  const Collection changed = gathered(o);
  EXPECT_EQ(changed.documents.size(), 3U);  // e.html is no longer linked
  EXPECT_THAT(changed.documents[1].text, HasSubstr("새로 쓴"));
  // Its old body and e.html's are gone from the store: the pages, robots.txt.
  size_t blobs = 0;
  for (const auto& entry : fs::recursive_directory_iterator(o.store / "remote/site/blobs"))
    blobs += entry.is_regular_file();
  EXPECT_EQ(blobs, 4U);
}

TEST_F(Web, OfflineAndFreshPagesAskNobody) {
  Nginx nginx;
  put_small_site(nginx);
  const std::string recipe = crawl_recipe(nginx);
  EXPECT_THAT(error_of(recipe, true), StartsWith("r.yaml:2: nothing was fetched"));
  const Collection first = gathered(read(recipe));
  nginx.requests();
  EXPECT_EQ(gathered(read(recipe), true).bytes, first.bytes);
  std::string fresh = recipe, never = recipe;
  fresh.replace(fresh.find("fresh_hours: 0"), 14, "fresh_hours: 1");
  EXPECT_EQ(gathered(read(fresh)).bytes, first.bytes);
  EXPECT_EQ(gathered(read(never + "    refresh: false\n")).bytes, first.bytes);
  EXPECT_TRUE(nginx.requests().empty());
  // Down, and not asked: the same. Down and asked: an error that names the way on.
  nginx.stop();
  EXPECT_EQ(gathered(read(recipe), true).bytes, first.bytes);
  EXPECT_THAT(error_of(recipe), HasSubstr("--offline"));
  EXPECT_EQ(gathered(read(recipe), true).bytes, first.bytes);  // what there was is still there
}

TEST_F(Web, ServersInTroubleCostOnlyTheirPages) {
  Nginx nginx(
      "location = /loop { return 302 /loop2; } location = /loop2 { return 302 /loop; }\n"
      "location = /moved { return 301 /new.html; } location = /away { return 302 ftp://example.org/; }\n"
      "location = /broken { return 503; } location = /wait { add_header Retry-After 1000 always; return 429; }\n"
      "location = /closed { return 403; } location /slow/ { limit_rate 200; }\n"
      "location /few/ { limit_req zone=few; limit_req_status 429; }\n",
      "  limit_req_zone $server_name zone=few:64k rate=4r/s;\n");
  nginx.put("new.html", "<p>옮긴 글</p>");
  nginx.put("slow/page.txt", std::string(100'000, 'x'));
  nginx.put("large.txt", std::string(3'000'000, 'y'));
  nginx.put("few/1.txt", "하나\n");
  nginx.put("few/2.txt", "둘\n");
  nginx.put("few/3.txt", "셋\n");
  std::string list;
  for (const char* path : {"/loop", "/moved", "/away", "/broken", "/wait", "/closed", "/slow/page.txt", "/large.txt",
                           "/few/1.txt", "/few/2.txt", "/few/3.txt"})
    list += (list.empty() ? "" : ", ") + nginx.url(path);
  const auto begin = std::chrono::steady_clock::now();
  const Collection c = gathered(read(fmt::format(
      "collect:\n  - http: [{}]\n    delay: 0\n    retries: 3\n    seconds_per_page: 1\n    page_bytes: 1000000\n",
      list)));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
  EXPECT_THAT(c.uris(), ElementsAre(nginx.url("/few/1.txt"), nginx.url("/few/2.txt"), nginx.url("/few/3.txt"),
                                    nginx.url("/new.html")));
  EXPECT_THAT(c.reasons(), ElementsAre(nginx.url("/away") + " http-status", nginx.url("/broken") + " http-status",
                                       nginx.url("/closed") + " no-access", nginx.url("/large.txt") + " too-large",
                                       nginx.url("/loop") + " redirect-loop", nginx.url("/slow/page.txt") + " timeout",
                                       nginx.url("/wait") + " http-status"));
  size_t broken = 0, wait = 0;
  for (const std::string& line : nginx.requests()) {
    broken += line.starts_with("503 /broken ");
    wait += line.starts_with("429 /wait ");
  }
  EXPECT_EQ(broken, 4U);  // asked again three times
  EXPECT_EQ(wait, 1U);    // but not where that would be an affront
}

TEST_F(Web, ARobotsTxtThatCannotBeHadForbidsAllAndOneThatIsNotThereNothing) {
  Nginx broken("location = /robots.txt { return 500; }");
  broken.put("a.html", "<p>글</p>");
  const auto recipe = [](const Nginx& nginx) {
    return fmt::format("collect:\n  - http: {}\n    delay: 0\n    retries: 0\n", nginx.url("/a.html"));
  };
  EXPECT_THAT(error_of(recipe(broken)), HasSubstr("robots.txt: HTTP 500"));
  EXPECT_EQ(gathered(read(recipe(broken) + "    robots: false\n")).documents.size(), 1U);
  Nginx none;
  none.put("a.html", "<p>글</p>");
  EXPECT_EQ(gathered(read(recipe(none))).documents.size(), 1U);
}

TEST_F(Web, TheMediaTypeChoosesTheReader) {
  Nginx nginx(
      "location = /page { default_type text/html; } location = /note { default_type 'text/plain; charset=utf-8'; }");
  nginx.put("page", "<h1>제목</h1><p>글</p>");
  nginx.put("note", "그냥 글\n");
  nginx.put("doc.md", "# 마크다운\n\n글\n");
  nginx.put("blob.bin", std::string("\0\1\2", 3));
  const Collection c =
      gathered(read(fmt::format("collect:\n  - http: [{}, {}, {}, {}]\n    delay: 0\n", nginx.url("/page"),
                                nginx.url("/note"), nginx.url("/doc.md"), nginx.url("/blob.bin"))));
  ASSERT_EQ(c.documents.size(), 3U);
  EXPECT_THAT(c.documents[0].source.collector, StartsWith("markdown/"));
  EXPECT_THAT(c.documents[1].source.collector, StartsWith("text/"));
  EXPECT_THAT(c.documents[2].source.collector, StartsWith("html/"));
  EXPECT_THAT(c.reasons(), ElementsAre(nginx.url("/blob.bin") + " unknown-format"));
}

TEST_F(Web, ASitemapNamesPages) {
  Nginx nginx;
  nginx.put("sitemap.xml",
            fmt::format("<?xml version='1.0'?><sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/"
                        "0.9'><sitemap><loc>{}</loc></sitemap></sitemapindex>",
                        nginx.url("/more.xml")));
  nginx.put("more.xml", fmt::format("<urlset><url><loc>{}</loc><lastmod>2026-01-01</lastmod></url><url><loc> {} "
                                    "</loc></url><url><loc>https://elsewhere.invalid/</loc></url></urlset>",
                                    nginx.url("/a.html"), nginx.url("/b.html?q=1&amp;r=2")));
  nginx.put("a.html", "<p>하나</p>");
  nginx.put("b.html", "<p>둘</p>");
  const Collection c = gathered(read(
      fmt::format("collect:\n  - http: []\n    sitemap: {}\n    name: s\n    delay: 0\n    contact: me@example.org\n",
                  nginx.url("/sitemap.xml"))));
  EXPECT_THAT(c.uris(), ElementsAre(nginx.url("/a.html"), nginx.url("/b.html?q=1&r=2")));
}

TEST_F(Web, CertificatesAreVerified) {
  Nginx nginx("", "", true);
  nginx.put("a.html", "<p>안전한 글</p>");
  const std::string recipe =
      fmt::format("collect:\n  - http: {}\n    delay: 0\n    retries: 0\n", nginx.url("/a.html", "https"));
  EXPECT_THAT(error_of(recipe), HasSubstr("ca_file"));
  EXPECT_EQ(gathered(read(recipe + "    ca_file: " + nginx.ca_file().string() + "\n")).documents.size(), 1U);
}

TEST_F(Web, AKilledFetchGoesOnWhereItWas) {
  Nginx nginx("add_header X-Robots-Tag 'noindex' always;");
  std::string links;
  for (int i = 0; i < 40; ++i) {
    nginx.put(fmt::format("docs/{:02}.html", i), fmt::format("<h1>제목 {}</h1><p>글 {}</p>", i, i));
    links += fmt::format("<a href='{:02}.html'>x</a>", i);
  }
  nginx.put("docs/index.html", "<p>목록</p>" + links);
  Options whole = read(crawl_recipe(nginx));
  whole.store = folder.path() / "whole";
  const Collection expected = gathered(whole);
  EXPECT_EQ(expected.documents.size(), 41U);
  EXPECT_EQ(expected.documents[0].metadata.at("opt_out"), "noindex");
  nginx.requests();

  std::string slow = crawl_recipe(nginx);
  slow.replace(slow.find("delay: 0"), 8, "delay: 0.02");
  const Options o = read(slow);
  const fs::path journal = o.store / "remote/site/journal.jsonl";
  const pid_t child = ::fork();
  if (child == 0) {
    SilentProgress silent;
    gather(o, false, silent);
    ::_exit(0);
  }
  testing_servers::wait_for([&] { return fs::exists(journal) && fs::file_size(journal) > 4000; }, journal);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ASSERT_FALSE(fs::exists(o.store / "remote/site/index.jsonl"));
  const Collection after = gathered(read(crawl_recipe(nginx)));
  EXPECT_EQ(after.bytes, expected.bytes);
  // No page was asked for twice, but for the one that was under way.
  EXPECT_LE(nginx.requests().size(), 43U);
}

TEST_F(Web, MistakesInTheRecipeAreNamed) {
  EXPECT_THAT(error_of("collect:\n  - http: example.org\n"), StartsWith("r.yaml:2: \"example.org\" is no address"));
  EXPECT_THAT(error_of("collect:\n  - http: https://me:secret@example.org/\n"), HasSubstr("without user and password"));
  EXPECT_THAT(error_of("collect:\n  - http: https://example.org/\n    depth: 1\n"), HasSubstr("\"contact\""));
  EXPECT_THAT(error_of("collect:\n  - http: http://127.0.0.1:1/\n    retries: 0\n    ca_file: gone.pem\n"),
              StartsWith("r.yaml:4: "));
  EXPECT_THAT(error_of("collect:\n  - http: http://127.0.0.1:1/\n    retries: 0\n"), HasSubstr("unreachable"));
}

}  // namespace
}  // namespace moru::collect
