// Real files of office programs: LibreOffice makes some of our own text; Microsoft Office, python-docx and others made
// those that Debian's packages ship.
#include <unistd.h>

#include <filesystem>

#include "collect/extract.h"
#include "core/file.h"

namespace moru::collect {
namespace {

namespace fs = std::filesystem;

data::Document document_of(const fs::path& file) {
  return one_document(file.string(), read_file(file));
}

/// "PAGE: BLOCK" of each.
Lines pages_of(const data::Document& document) {
  Lines lines = blocks_of(document);
  for (size_t i = 0; i < lines.size(); ++i) lines[i] = fmt::format("{}: {}", document.blocks[i].page, lines[i]);
  return lines;
}

void check_text(const fs::path& file) {
  SCOPED_TRACE(file);
  const data::Document d = document_of(file);
  EXPECT_EQ(d.title, "휴가 규정");
  EXPECT_EQ(pages_of(d), (Lines{"1: title: 휴가 규정",
                                "1: heading 1: 목적",
                                "1: paragraph: 이 규정은 직원의 휴가를 정한다.[^1] It applies to every office.",
                                "1: paragraph [footnote]: [^1]: 근로기준법 제60조를 따른다.",
                                "1: list_item 1 (-): 연차",
                                "1: list_item 2 (-): 반차 half day",
                                "1: list_item 1 (-): 병가",
                                "1: heading 2: 신청 절차",
                                "1: list_item 1 (1): 신청서를 쓴다.",
                                "1: list_item 1 (2): 팀장이 승인한다.",
                                "1: list_item 2 (1): 대리 승인도 된다.",
                                "1: list_item 1 (1): 제1조 모든 직원에게 적용한다.",
                                "1: list_item 1 (2): 제2조 예외는 정하지 않는다.",
                                "1: caption: 표 1. 휴가 일수",
                                "1: table: 구분 | 일수 days\n연차 | 1년차 | 15\n연차 | 3년차 | 16",
                                "2: heading 1 [example]: Examples",
                                "2: code [example]: if (days < 15) {\n  return;\n}",
                                "2: paragraph [example]: 끝.[^2]",
                                "2: paragraph [endnote]: [^2]: An endnote.",
                                "0: paragraph [header]: 사내 문서 INTERNAL"}));
  EXPECT_EQ(d.blocks[2].paragraph, 3);
  ASSERT_EQ(d.blocks[14].cells.size(), 3U);
  EXPECT_EQ(d.blocks[14].cells[0], (Lines{"구분", "일수 days", ""}));
  EXPECT_EQ(d.metadata.at("author"), "김모루");
  EXPECT_EQ(d.metadata.at("language"), "ko-KR");
  EXPECT_EQ(d.metadata.at("subject"), "인사");
  EXPECT_NE(d.metadata.at("keywords").find("leave"), std::string::npos);
}

void check_sheets(const fs::path& file) {
  SCOPED_TRACE(file);
  const data::Document d = document_of(file);
  EXPECT_EQ(d.title, "매출");
  EXPECT_EQ(pages_of(d), (Lines{"1: heading 2: 매출표", "1: paragraph: 2024년 매출",
                                "1: table: 날짜 | 품목 | 금액 | 비율 | 확인 | 시각\n"
                                "2024-03-05 | 연필 pencil | 1,234,567 | 12.5% | TRUE | 13:30\n"
                                "2024년 11월 22일 | 공책 | 0.3 | 0.75",
                                "2: heading 2: Notes", "2: table: Merged | one\nMerged | two"}));
  EXPECT_EQ(d.blocks[2].paragraph, 4);  // its first row
}

void check_slides(const fs::path& file) {
  SCOPED_TRACE(file);
  const data::Document d = document_of(file);
  EXPECT_EQ(d.title, "신입 교육");
  EXPECT_EQ(pages_of(d),
            (Lines{"1: heading 2: 신입 교육 Onboarding", "1: paragraph: 인사팀", "2: heading 2: 첫날 할 일",
                   "2: list_item 1 (-): 출입증을 받는다", "2: list_item 2 (-): Front desk, 1층",
                   "2: list_item 1 (-): 노트북을 받는다", "2: paragraph [notes]: 발표자는 출입증을 미리 준비한다.",
                   "3: table: 시간 | 내용\n09:00 | Welcome", "3: paragraph: 문의: 인사팀"}));
}

TEST(OfficeFiles, WhatLibreOfficeWrites) {
  const fs::path made = fs::path(testing::TempDir()) / fmt::format("moru-office-{}", getpid());
  const std::string script = std::string(MORU_SOURCE_DIR) + "/tests/collect/office/make_files.sh";
  ASSERT_EQ(std::system(fmt::format("'{}' '{}' >&2", script, made.string()).c_str()), 0);
  check_text(made / "text.docx");
  check_text(made / "text.odt");
  check_text(fs::path(MORU_SOURCE_DIR) / "tests/collect/office/text.fodt");
  check_sheets(made / "sheet.xlsx");
  check_sheets(made / "sheet.ods");
  check_sheets(fs::path(MORU_SOURCE_DIR) / "tests/collect/office/sheet.fods");
  check_slides(made / "slides.pptx");
  check_slides(made / "slides.odp");
  check_slides(fs::path(MORU_SOURCE_DIR) / "tests/collect/office/slides.fodp");

  const data::Document book = document_of(made / "text.epub");
  EXPECT_EQ(book.title, "휴가 규정");
  EXPECT_EQ(book.metadata.at("author"), "김모루");
  EXPECT_EQ(book.metadata.at("language"), "ko-KR");
  EXPECT_EQ(book.blocks.front().page, 1);
  EXPECT_EQ(book.blocks.back().page, 3);  // LibreOffice begins a chapter at each heading
  const auto table = std::ranges::find(book.blocks, data::BlockKind::table, &data::Block::kind);
  ASSERT_NE(table, book.blocks.end());
  EXPECT_EQ(book.slice(table->range), "연차 | 1년차 | 15\n연차 | 3년차 | 16");

  // The bytes tell what a file is, whatever its name says.
  for (const char* name :
       {"text.docx", "text.odt", "text.epub", "sheet.xlsx", "sheet.ods", "slides.pptx", "slides.odp"}) {
    const std::string bytes = read_file(made / name);
    const Extractor* const extractor = extractor_for("report.txt", std::string_view(bytes).substr(0, 4096));
    ASSERT_NE(extractor, nullptr) << name;
    EXPECT_EQ("." + std::string(extractor->name), fs::path(name).extension()) << name;
    EXPECT_EQ(extractor_for(name), extractor);
  }
  fs::remove_all(made);
}

TEST(OfficeFiles, WhatMicrosoftOfficeWrote) {
  const fs::path examples = "/usr/lib/R/site-library/officer/doc_examples";  // Debian: r-cran-officer
  const data::Document letter = document_of(examples / "example.docx");
  const Lines blocks = blocks_of(letter);
  ASSERT_EQ(blocks.size(), 16U);
  EXPECT_EQ(blocks[0], "heading 1: Title 1");
  EXPECT_EQ(blocks[3], "list_item 1 (1): Quisque tristique");
  EXPECT_EQ(blocks[5], "list_item 1 (3): Sapien mollis nec.");
  EXPECT_EQ(blocks[6], "heading 2: Sub title 1");
  EXPECT_EQ(blocks[7], "list_item 1 (-): Quisque tristique");
  ASSERT_EQ(letter.blocks[13].kind, data::BlockKind::table);
  EXPECT_EQ(letter.blocks[13].cells[0], (Lines{"Petals", "Internode", "Sepal", "Bract"}));
  EXPECT_EQ(letter.blocks[13].cells[8][1], "Merged cell");  // reaches down from the row before
  EXPECT_EQ(blocks[14], "paragraph [header]: a bookmark is here");
  EXPECT_EQ(blocks[15], "paragraph [footer]: another bookmark is here");
  EXPECT_EQ(letter.metadata.at("author"), "author");

  const data::Document slides = document_of(examples / "example.pptx");
  const Lines pages = pages_of(slides);
  ASSERT_EQ(pages.size(), 14U);
  EXPECT_EQ(pages[0], "1: heading 2: Title");
  EXPECT_EQ(pages[2], "1: paragraph: and some text");  // a text whose bullet was taken away
  EXPECT_EQ(pages[3], "1: list_item 1 (-): and some list (1)");
  EXPECT_EQ(pages[5],
            "1: table: Header 1 | Header 2 | Header 3\nA | 12.23 | blah blah\nB | 1.23 | blah blah blah\n"
            "B | 9.0 | Salut\nC | 6 | Hello");
  EXPECT_EQ(pages[10], "2: list_item 3 (-): list of paragraphs");
  EXPECT_EQ(pages[12], "2: list_item 1 (2): list of paragraphs");
}

TEST(OfficeFiles, WorkbooksOfOtherMakers) {
  const fs::path examples = "/usr/share/doc/xlsx2csv/examples/test";  // Debian: xlsx2csv
  EXPECT_EQ(blocks_of(document_of(examples / "datetime.xlsx")),
            (Lines{"heading 2: Sheet1", "paragraph: 2011-09-15 15:22"}));
  EXPECT_EQ(blocks_of(document_of(examples / "timeformat.xlsx"))[1],
            "table: 03-08-2017 14:35:00 | 14:40:30\n03-08-2017 00:00:00 | 11:30:00\n03-08-2017 15:40:00 | 00:01:59");
  EXPECT_EQ(blocks_of(document_of(examples / "float.xlsx"))[1], "paragraph: 0.10300");
  for (const auto& entry : fs::directory_iterator(examples)) {
    if (entry.path().extension() != ".xlsx" && entry.path().extension() != ".xlsm") continue;
    SCOPED_TRACE(entry.path());
    EXPECT_GE(document_of(entry.path()).blocks.size(), 2U);
  }
}

TEST(OfficeFiles, TemplatesOfOtherMakers) {
  EXPECT_TRUE(document_of("/usr/lib/python3/dist-packages/docx/templates/default.docx").blocks.empty());
  const data::Document letter =
      document_of("/usr/lib/libreoffice/share/template/common/officorr/Modern_business_letter_serif.ott");
  EXPECT_GE(letter.blocks.size(), 5U);
  const data::Document sheet = document_of("/usr/lib/libreoffice/share/template/common/wizard/styles/default.ots");
  EXPECT_GE(sheet.blocks.size(), 2U);
}

}  // namespace
}  // namespace moru::collect
