// Addresses, robots.txt, links and sitemaps as their standards have them.
#include <gmock/gmock.h>

#include "collect/http_client.h"
#include "collect/page_signals.h"
#include "collect/robots.h"
#include "collect/sitemap.h"
#include "collect/url.h"

namespace moru::collect {
namespace {

using ::testing::ElementsAre;

std::string resolved(std::string_view link) {
  const auto url = resolve_url(*parse_url("http://a/b/c/d;p?q"), link);
  return url ? url->text() : "none";
}

TEST(Url, ReferencesResolveAsInTheExamplesOfRfc3986) {  // section 5.4
  EXPECT_EQ(resolved("g"), "http://a/b/c/g");
  EXPECT_EQ(resolved("./g"), "http://a/b/c/g");
  EXPECT_EQ(resolved("g/"), "http://a/b/c/g/");
  EXPECT_EQ(resolved("/g"), "http://a/g");
  EXPECT_EQ(resolved("//g"), "http://g/");
  EXPECT_EQ(resolved("?y"), "http://a/b/c/d;p?y");
  EXPECT_EQ(resolved("g?y"), "http://a/b/c/g?y");
  EXPECT_EQ(resolved("#s"), "http://a/b/c/d;p?q");
  EXPECT_EQ(resolved("."), "http://a/b/c/");
  EXPECT_EQ(resolved(".."), "http://a/b/");
  EXPECT_EQ(resolved("../../../g"), "http://a/g");
  EXPECT_EQ(resolved("g/./h/../i"), "http://a/b/c/g/i");
  EXPECT_EQ(resolved("mailto:x@y"), "none");
  EXPECT_EQ(resolved("javascript:alert(1)"), "none");
}

TEST(Url, TheNormalFormIsOne) {
  EXPECT_EQ(parse_url("HTTP://Example.ORG:80/%7ea/%ed%95%9c/한?x=[1]#f")->text(),
            "http://example.org/~a/%ED%95%9C/%ED%95%9C?x=[1]");
  EXPECT_EQ(parse_url("https://h:8443")->text(), "https://h:8443/");
  EXPECT_EQ(parse_url("https://h/a?")->text(), "https://h/a?");
  for (const char* wrong : {"ftp://h/", "https://user:secret@h/", "https://", "https://h:0/", "https://h:99999/",
                            "https://a b/", "http:/h", "file:///etc/passwd"})
    EXPECT_FALSE(parse_url(wrong)) << wrong;
}

TEST(RobotsTxt, TheLongestRuleDecidesAndAllowWins) {  // RFC 9309, sections 2.2.2 and 5.2
  const Robots robots = Robots::parse(
      "User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\nDisallow: /*.pdf$\n"
      "Disallow: /same\nAllow: /same\nDisallow: /%e4%bd%a0\n",
      "FooBot");
  EXPECT_TRUE(robots.allows("/example/page/"));
  EXPECT_FALSE(robots.allows("/example/page/disallowed.gif"));
  EXPECT_FALSE(robots.allows("/a/b.pdf"));
  EXPECT_TRUE(robots.allows("/a/b.pdf?x"));
  EXPECT_TRUE(robots.allows("/same"));
  EXPECT_FALSE(robots.allows("/%E4%BD%A0/"));
  EXPECT_TRUE(robots.allows("/robots.txt"));
}

TEST(RobotsTxt, TheGroupsThatNameUsAreOneAndHideThoseForAll) {
  const std::string_view text =
      "\xEF\xBB\xBF# comment\nUser-agent: *\nDisallow: /\nCrawl-delay: 9\n\nuser-agent : MORU/2.0 # us\nUser-agent: x\n"
      "Disallow: /one\nCrawl-delay: 1.5\nSitemap: https://h/s.xml\n\nUser-agent: moru\nDisallow: /two\n";
  const Robots robots = Robots::parse(text, "moru");
  EXPECT_TRUE(robots.allows("/"));
  EXPECT_FALSE(robots.allows("/one"));
  EXPECT_FALSE(robots.allows("/two"));
  EXPECT_EQ(robots.crawl_delay(), 1.5);
  EXPECT_THAT(robots.sitemaps(), ElementsAre("https://h/s.xml"));
  EXPECT_FALSE(Robots::parse(text, "other").allows("/"));
  EXPECT_TRUE(Robots::parse("User-agent: *\nDisallow:\n", "moru").allows("/a"));
  EXPECT_TRUE(Robots().allows("/a"));
  EXPECT_FALSE(Robots::nothing().allows("/a"));
}

TEST(RobotsTxt, WhatLiesPast500KibIsNotReadAndStarsTakeNoAge) {
  const std::string padding(size_t{500} << 10, '#');
  EXPECT_TRUE(Robots::parse("User-agent: *\n" + padding + "\nDisallow: /\n", "moru").allows("/"));
  std::string stars = "User-agent: *\n";
  for (int i = 0; i < 100; ++i) {
    stars += "Disallow: /";
    for (int k = 0; k < 200; ++k) stars += "*a";
    stars += "b$\n";
  }
  EXPECT_TRUE(Robots::parse(stars, "moru").allows("/" + std::string(1000, 'a')));
}

TEST(PageSignals, LinksAndSignalsAreFoundAndScriptsAreNot) {
  const PageSignals s = read_page_signals(
      "<title><a href=t></title><base href='/x/'><!-- <a href=c> --><a class=q href = \"b?x=1&amp;y\" >b</a><A HREF=d>"
      "<a rel='noopener nofollow' href=e><script>\"<a href=s>\"</script><area href=' f '><a href><a name=x>"
      "<meta content='NoAI, noimageai' name=ROBOTS><meta name=tdm-reservation content=1>"
      "<meta name='tdm-policy' content='https://h/p'>");
  EXPECT_THAT(s.links, ElementsAre("b?x=1&y", "d", "f"));
  EXPECT_EQ(s.base, "/x/");
  EXPECT_TRUE(s.follow);
  EXPECT_THAT(s.opt_out, ElementsAre("noai", "noimageai", "tdm-reservation"));
  EXPECT_EQ(s.tdm_policy, "https://h/p");
  EXPECT_FALSE(read_page_signals("<meta name=robots content=none>").follow);
}

TEST(PageSignals, HeadersForOthersAreNotForUs) {
  PageSignals s;
  add_header_signals({{"x-robots-tag", "otherbot: noindex"},
                      {"x-robots-tag", "moru: noai"},
                      {"x-robots-tag", "nofollow"},
                      {"x-robots-tag", "unavailable_after: 25 Jun 2030 15:00:00 PST"},
                      {"tdm-reservation", "0"}},
                     "moru", s);
  EXPECT_THAT(s.opt_out, ElementsAre("noai"));
  EXPECT_FALSE(s.follow);
}

TEST(PageSignals, HostilePagesTakeLinearTime) {
  std::string page;
  for (int i = 0; i < 100'000; ++i) page += "<script><a href=x ";
  read_page_signals(page);
  read_page_signals(std::string(1'000'000, '<'));
  read_page_signals("<a " + std::string(1'000'000, '='));
}

TEST(SitemapFile, TextXmlAndDamagedOnesAreRead) {
  EXPECT_THAT(read_sitemap("https://h/a\r\nhttps://h/b\nnothing\n").pages, ElementsAre("https://h/a", "https://h/b"));
  const Sitemap cut = read_sitemap("<urlset><url><loc>https://h/a</loc></url><url><loc>https://h/b");
  EXPECT_THAT(cut.pages, ElementsAre("https://h/a"));
}

TEST(RetryAfter, SecondsAndDates) {
  EXPECT_EQ(retry_after("120", 0), 120);
  EXPECT_EQ(retry_after("Thu, 01 Jan 1970 00:02:00 GMT", 60), 60);
  EXPECT_EQ(retry_after("soon", 0), -1);
}

}  // namespace
}  // namespace moru::collect
