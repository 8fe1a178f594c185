#include <cstdlib>

#include "collect/archive_maker.h"
#include "collect/extract.h"
#include "collect/warc_reader.h"
#include "core/file.h"

namespace moru::collect {
namespace {

std::string record(const std::string& type, const std::string& url, const std::string& block,
                   const std::string& content_type = "application/http; msgtype=response",
                   const std::string& version = "WARC/1.1") {
  return fmt::format(
      "{}\r\nWARC-Type: {}\r\nWARC-Target-URI: {}\r\nWARC-Date: 2024-05-06T07:08:09Z\r\n"
      "WARC-Record-ID: <urn:uuid:0>\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n{}\r\n\r\n",
      version, type, url, content_type, block.size(), block);
}

std::string response(const std::string& url, const std::string& body,
                     const std::string& headers = "Content-Type: text/html", int status = 200) {
  return record("response", url, fmt::format("HTTP/1.1 {} OK\r\n{}\r\n\r\n{}", status, headers, body));
}

Lines read_of(const Output& output) {
  Lines lines;
  for (const data::Document& d : output.documents) lines.push_back(d.source.member + ": " + d.text);
  return lines;
}

Lines problems_of(const Output& output) {
  Lines lines;
  for (const Unreadable& u : output.set_aside) lines.push_back(u.member() + " " + u.reason());
  return lines;
}

const std::string kInfo = record("warcinfo", "", "software: test\r\n", "application/warc-fields");

TEST(Warc, ResponsesAreReadByTheirMediaType) {
  const std::string warc =
      kInfo + record("request", "https://a.kr/", "GET / HTTP/1.1\r\n\r\n", "application/http; msgtype=request") +
      response("https://a.kr/", "<h1>하나</h1><p>글</p>") +
      response("https://a.kr/notes?x=1", "# 제목\n\n둘\n", "Content-Type: text/markdown") +
      response("https://a.kr/note", "User-agent: *\n", "Content-Type: text/plain; charset=utf-8") +
      response("https://a.kr/old", "moved", "Location: /new", 301) +
      response("https://a.kr/gone", "없음", "X: y", 404) +
      record("revisit", "https://a.kr/", "HTTP/1.1 200 OK\r\n\r\n") +
      response("https://a.kr/x.bin", "??", "Content-Type: application/x-unknown") +
      record("response", "<https://b.kr/old.txt>", "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n셋\n",
             "application/http", "WARC/1.0") +
      record("resource", "file:///c.txt", "넷\n", "text/plain");
  const Output output = extract("a.warc", warc);
  EXPECT_EQ(read_of(output),
            (Lines{"https://a.kr/: # 하나\n\n글\n", "https://a.kr/notes?x=1: # 제목\n\n둘\n",
                   "https://a.kr/note: User-agent: *\n", "https://b.kr/old.txt: 셋\n", "file:///c.txt: 넷\n"}));
  EXPECT_EQ(problems_of(output), (Lines{"https://a.kr/x.bin unknown-format"}));
  EXPECT_EQ(output.documents[0].metadata.at("url"), "https://a.kr/");
  EXPECT_EQ(output.documents[0].metadata.at("warc_date"), "2024-05-06T07:08:09Z");
  EXPECT_EQ(output.documents[0].source.modified, "2024-05-06T07:08:09Z");
  EXPECT_EQ(output.documents[0].source.collector.substr(0, 5), "html/");
}

TEST(Warc, GzipARecordAndGzipAFile) {
  const std::string one = response("https://a.kr/1", "<p>하나</p>"), two = response("https://a.kr/2", "<p>둘</p>");
  const Lines expected = {"https://a.kr/1: 하나\n", "https://a.kr/2: 둘\n"};
  EXPECT_EQ(
      read_of(extract("a.warc.gz", compressed(kInfo, "gzip") + compressed(one, "gzip") + compressed(two, "gzip"))),
      expected);
  EXPECT_EQ(read_of(extract("a.warc.gz", compressed(kInfo + one + two, "gzip"))), expected);
  EXPECT_EQ(read_of(extract("a.warc.zst", compressed(one + two, "zstd"))), expected);
  EXPECT_EQ(extractor_for("crawl", compressed(kInfo, "gzip"))->name, "warc");
  EXPECT_EQ(extractor_for("x.txt.gz", compressed("글", "gzip"))->name, "archive");
}

TEST(Warc, ChunksAndCompressionOfTheBody) {
  const std::string html = "<p>" + std::string(3000, 'x') + "</p>";
  const std::string packed = compressed(html, "gzip");
  const std::string half = packed.substr(0, 20), rest = packed.substr(20);
  const std::string chunked =
      fmt::format("{:x}\r\n{}\r\n{:x};name=value\r\n{}\r\n0\r\n\r\n", half.size(), half, rest.size(), rest);
  const std::string expected = std::string(3000, 'x') + "\n";
  const std::string both = "Content-Type: text/html\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip";
  EXPECT_EQ(extract("a.warc", response("http://a/", chunked, both)).documents.at(0).text, expected);
  // Writers that unpacked the body and kept the header.
  EXPECT_EQ(extract("a.warc", response("http://a/", html, both)).documents.at(0).text, expected);
  EXPECT_EQ(problems_of(extract("a.warc", response("http://a/", "??", "Content-Encoding: br"))),
            (Lines{"http://a/ unknown-format"}));
  FolderSource source;
  source.extract.member_bytes = 100'000;
  const Output bomb = extract("a.warc",
                              response("http://a/", compressed(std::string(1 << 20, 'x'), "gzip"),
                                       both.substr(0, 23) + "\r\nContent-Encoding: gzip"),
                              source);
  EXPECT_EQ(problems_of(bomb), (Lines{"http://a/ archive-limit"}));
}

TEST(Warc, DamageAndHostileLengths) {
  const auto reason = [](const std::string& bytes, Output& output) {
    const FolderSource source;
    try {
      extract_warc({"a.warc", bytes, {0, bytes.size()}, source}, output);
    } catch (const Unreadable& problem) {
      return problem.reason();
    }
    return std::string("none");
  };
  Output output;
  const std::string one = response("https://a.kr/1", "<p>하나</p>");
  EXPECT_EQ(reason(one + one.substr(0, one.size() - 12), output), "damaged");
  EXPECT_EQ(output.documents.size(), 1U) << "what came before counts";
  EXPECT_EQ(reason("WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 99999999999999999999\r\n\r\n", output),
            "damaged");
  EXPECT_EQ(reason("WARC/1.0\r\nWARC-Type: response\r\nContent-Length: -1\r\n\r\n", output), "damaged");
  EXPECT_EQ(reason("no WARC at all", output), "damaged");
  EXPECT_EQ(reason("WARC/1.0\r\n" + std::string(1 << 20, 'x'), output), "damaged");
  output = {};
  EXPECT_EQ(
      reason("WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a/\r\nContent-Length: 999999999999\r\n\r\nx",
             output),
      "none");
  EXPECT_EQ(problems_of(output), (Lines{"http://a/ too-large"}));
}

TEST(Warc, WhatWgetWrites) {
  const TemporaryDirectory folder;
  make_directories(folder.path() / "site");
  write_file_atomic(folder.path() / "site/index.html", "<h1>첫 쪽</h1><p>글</p><a href='two.html'>둘</a>");
  write_file_atomic(folder.path() / "site/two.html", "<h1>둘째 쪽</h1><p>또 글</p>");
  const std::string script = fmt::format(
      "cd {}/site && exec python3 -u -c '\n"
      "import http.server, threading, subprocess\n"
      "server = http.server.ThreadingHTTPServer((\"127.0.0.1\", 0), http.server.SimpleHTTPRequestHandler)\n"
      "threading.Thread(target=server.serve_forever, daemon=True).start()\n"
      "subprocess.run([\"wget\", \"-q\", \"--no-proxy\", \"-r\", \"-nd\", \"--delete-after\", "
      "\"--warc-file=../crawl\", "
      "\"http://127.0.0.1:%d/\" % server.server_port])\n' > /dev/null 2>&1",
      folder.path().string());
  ASSERT_EQ(std::system(script.c_str()), 0);
  const Output output = extract("crawl.warc.gz", read_file(folder.path() / "crawl.warc.gz"));
  ASSERT_GE(output.documents.size(), 2U);
  Lines titles;
  for (const data::Document& d : output.documents)
    if (d.metadata.at("url").starts_with("http://127.0.0.1")) titles.push_back(d.title);
  EXPECT_EQ(titles, (Lines{"첫 쪽", "둘째 쪽"}));
}

}  // namespace
}  // namespace moru::collect
