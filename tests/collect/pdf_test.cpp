// PDF files of other programs: Chromium makes them of our own pages, poppler and Tesseract read them.
#include <sys/stat.h>

#include "collect/archive_maker.h"
#include "collect/collected.h"
#include "collect/extract.h"
#include "core/child_process.h"

namespace moru::collect {
namespace {

constexpr std::string_view kPage = R"(<!doctype html><html lang="ko"><head><meta charset="utf-8"><title>안내</title>
<style>@page{size:A4;margin:20mm}body{font-family:NanumGothic;font-size:12pt}td,th{border:1px solid #000;padding:4px}</style></head><body>
<h1>정보 공개 청구 안내</h1>
<p>공공기관의 정보공개에 관한 법률에 따라 모든 국민은 정보의 공개를 청구할 권리를 가집니다. 청구인은 공공기관에 청구서를 제출하거나 말로써 정보의 공개를 청구할 수 있으며, 공공기관은 청구를 받은 날부터 열흘 이내에 공개 여부를 결정하여야 합니다.</p>
<p>The public has a right to request information that is held by government institutions.</p>
<h2>수수료</h2><table><tr><th>종류</th><th>단위</th><th>수수료</th></tr><tr><td>열람</td><td>한 시간</td><td>무료</td></tr>
<tr><td>사본</td><td>한 장</td><td>250원</td></tr></table>
<h2 style="page-break-before:always">절차</h2><ol><li>청구서를 작성합니다.</li><li>담당 부서에 제출합니다.</li></ol></body></html>)";

/// Chromium's print of an HTML page; empty if it made none.
std::string printed(const fs::path& folder, std::string_view html) {
  write_file_atomic(folder / "page.html", html);
  const std::string out = (folder / "page.pdf").string();
  const std::string command = fmt::format(
      "cd {0} && HOME={0} timeout 60 chromium --headless --no-sandbox --disable-gpu --no-pdf-header-footer "
      "--print-to-pdf={1} {0}/page.html > /dev/null 2>&1",
      folder.string(), out);
  EXPECT_EQ(std::system(command.c_str()), 0);
  return fs::exists(out) ? read_file(out) : std::string();
}

const TemporaryDirectory& work() {
  static const TemporaryDirectory folder;
  return folder;
}

const std::string& printed_page() {
  static const std::string pdf = printed(work().path(), kPage);
  return pdf;
}

TEST(Pdf, StructureOfAPrintedPage) {
  const data::Document d = one_document("a.pdf", printed_page());
  EXPECT_EQ(d.title, "정보 공개 청구 안내");
  EXPECT_EQ(d.metadata.at("pages"), "2");
  const Lines blocks = blocks_of(d);
  ASSERT_EQ(blocks.size(), 8U) << d.text;
  EXPECT_NE(blocks[1].find("모든 국민은 정보의 공개를 청구할 권리를 가집니다. 청구인은"), std::string::npos)
      << blocks[1];
  EXPECT_NE(blocks[1].find("공공기관은 청구를 받은 날부터 열흘 이내에 공개 여부를 결정하여야 합니다."),
            std::string::npos)
      << blocks[1];
  EXPECT_EQ(blocks[2],
            "paragraph: The public has a right to request information that is held by government institutions.");
  EXPECT_EQ(blocks[3], "heading 2: 수수료");
  EXPECT_EQ(blocks[4], "table: 종류 | 단위 | 수수료\n열람 | 한 시간 | 무료\n사본 | 한 장 | 250원");
  EXPECT_EQ(blocks[6], "list_item 1 (1): 청구서를 작성합니다.");
  EXPECT_EQ(d.blocks[0].page, 1);
  EXPECT_EQ(d.blocks[5].page, 2);
}

TEST(Pdf, AManualOfTeX) {
  const data::Document d = one_document("libtasn1.pdf", read_file("/usr/share/doc/libtasn1-doc/libtasn1.pdf"));
  EXPECT_EQ(d.title, "Libtasn1");
  const Lines blocks = blocks_of(d);
  const auto has = [&](const std::string& block) { return std::ranges::find(blocks, block) != blocks.end(); };
  EXPECT_TRUE(has("heading 2: 1 Introduction"));
  EXPECT_TRUE(has("heading 3: 2.1 ASN.1 syntax"));
  EXPECT_TRUE(has("list_item 1 (-): No limits for INTEGER and ENUMERATED values."));
  EXPECT_NE(d.text.find("-o, --output=FILE | output file"), std::string::npos);
  EXPECT_EQ(d.text.find("Chapter 3: Utilities"), std::string::npos) << "a running head";
}

TEST(Pdf, ThroughTheSandboxAndInAnArchive) {
  const TemporaryDirectory folder;
  make_directories(folder.path() / "in");
  write_file_atomic(folder.path() / "in/a.pdf", printed_page());
  write_file_atomic(folder.path() / "in/b.zip", make_archive({{"c.pdf", printed_page()}}, kZip));
  Options o;
  FolderSource source;
  source.name = "s";
  source.folder = folder.path() / "in";
  o.sources = {source};
  const Collection c = collection_of(o);
  EXPECT_EQ(c.uris(), (Lines{"s/a.pdf", "s/b.zip!/c.pdf"}));
  ASSERT_EQ(c.documents.size(), 2U) << (c.set_aside.empty() ? "" : c.set_aside[0].dump());
  EXPECT_EQ(c.documents[0].text, c.documents[1].text);
}

TEST(Pdf, WhatCannotBeReadHasItsReason) {
  const auto reason = [](const std::string& bytes) {
    Output output;
    try {
      const FolderSource source;
      extract_pdf({"a.pdf", bytes, {0, bytes.size()}, source}, output);
    } catch (const Unreadable& problem) {
      return problem.reason();
    }
    return std::string("none");
  };
  EXPECT_EQ(reason("no PDF"), "damaged");
  EXPECT_EQ(reason("%PDF-1.7\nnothing else"), "damaged");
  const std::string& whole = printed_page();
  EXPECT_NE(reason(whole.substr(0, 200)), "none");
  EXPECT_TRUE(extractor_for("x", whole.substr(0, 4096)) != nullptr);
}

TEST(Pdf, AScannedPageIsReadWhereTheRecipeAsks) {
  // A picture of the page, printed again: a PDF without a text layer.
  write_file_atomic(work().path() / "text.pdf", printed_page());
  const ChildResult picture = run_child(
      {"pdftoppm", "-r", "200", "-f", "1", "-l", "1", "-jpeg", (work().path() / "text.pdf").string()}, "", {});
  ASSERT_TRUE(picture.ok()) << picture.error;
  write_file_atomic(work().path() / "scan.jpg", picture.output);
  const TemporaryDirectory folder;
  write_file_atomic(folder.path() / "scan.jpg", picture.output);
  const std::string scan = printed(folder.path(),
                                   "<style>@page{size:A4;margin:0}body{margin:0}img{width:100%;height:99vh}</style>"
                                   "<img src='scan.jpg'>");
  Output output;
  FolderSource source;
  try {
    extract_pdf({"a.pdf", scan, {0, scan.size()}, source}, output);
    FAIL() << "there is no text layer";
  } catch (const Unreadable& problem) {
    EXPECT_EQ(problem.reason(), "scanned");
    EXPECT_NE(std::string(problem.what()).find("ocr: true"), std::string::npos);
  }
  source.extract.ocr = true;
  source.extract.seconds = 120;  // of a busy machine
  extract_pdf({"a.pdf", scan, {0, scan.size()}, source}, output);
  ASSERT_EQ(output.documents.size(), 1U);
  const data::Document& d = output.documents[0];
  EXPECT_TRUE(d.metadata.at("ocr").starts_with("tesseract 5")) << d.metadata.at("ocr");
  EXPECT_EQ(d.blocks.at(0).page, 1);
  EXPECT_NE(d.text.find("정보 공개 청구 안내"), std::string::npos) << d.text;
  EXPECT_NE(d.text.find("The public has a right to request information"), std::string::npos) << d.text;
  output = {};
  extract_image({"scan.jpg", picture.output, {0, picture.output.size()}, source}, output);
  ASSERT_EQ(output.documents.size(), 1U);
  EXPECT_NE(output.documents[0].text.find("정보 공개 청구 안내"), std::string::npos);
}

}  // namespace
}  // namespace moru::collect
