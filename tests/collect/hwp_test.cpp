#include "collect/extract.h"
#include "collect/hwp_builder.h"
#include "collect/hwp_records.h"

namespace moru::collect {
namespace {

std::string reason_of(std::string_view bytes) {
  try {
    extract("a.hwp", bytes);
  } catch (const Unreadable& problem) {
    return problem.reason();
  }
  return {};
}

TEST(Hwp, HeadingsListsAndLineBreaks) {
  const std::string section = paragraph(control_units(2) + u"총칙", 0, section_definition(), 1) +
                              paragraph(u"목적", 0, {}, 2) + paragraph(u"이 규정은\n휴가를 정한다.", 0) +
                              paragraph(u"연차", 0, {}, 3) + paragraph(u"병가" + control_units(9) + u"휴직", 0, {}, 3) +
                              paragraph(u"점", 0, {}, 4) + paragraph(u"", 0) + paragraph(u"휴가", 0, {}, 1) +
                              paragraph(u"종류", 0, {}, 2);
  for (const unsigned flags : {0U, 1U}) {
    const data::Document d = one_document("a.hwp", hwp_file(section, usual_definitions(), flags));
    EXPECT_EQ(blocks_of(d),
              (Lines{"heading 1: 제1장 총칙", "heading 2: 1.1 목적", "paragraph: 이 규정은\n휴가를 정한다.",
                     "list_item 1 (가): 연차", "list_item 1 (나): 병가 휴직", "list_item 1 (-): 점",
                     "heading 1: 제2장 휴가", "heading 2: 2.1 종류"}));
    EXPECT_EQ(d.blocks.back().paragraph, 9);
    EXPECT_EQ(d.blocks.back().page, 0);  // no layout in the file
  }
}

TEST(Hwp, TablesWithSpansCaptionsAndTablesInThem) {
  const std::string inner = record(71, 3, control_id("tbl ")) +
                            record(77, 4, little(0, 4) + little(1, 2) + little(2, 2)) +
                            cell(4, 0, 0, paragraph(u"속1", 4)) + cell(4, 0, 1, paragraph(u"속2", 4));
  const std::string table = record(71, 1, control_id("tbl ") + std::string(42, '\0')) +
                            record(72, 2, std::string(16, '\0')) + paragraph(u"표 설명", 2) +
                            record(77, 2, little(0, 4) + little(2, 2) + little(3, 2)) +
                            cell(2, 0, 0, paragraph(u"구분", 2), 2) + cell(2, 0, 1, paragraph(u"가", 2), 1, 2) +
                            cell(2, 1, 1, paragraph(u"나", 2) + paragraph(u"다", 2)) +
                            cell(2, 1, 2, paragraph(u"라" + control_units(11), 2, inner));
  const data::Document d = one_document("a.hwp", hwp_file(paragraph(u"앞" + control_units(11) + u"뒤", 0, table)));
  EXPECT_EQ(blocks_of(d),
            (Lines{"paragraph: 앞뒤", "caption: 표 설명", "table: 구분 | 가\n구분 | 나 다 | 라", "table: 속1 | 속2"}));
  EXPECT_EQ(d.blocks[2].cells, (std::vector<std::vector<std::string>>{{"구분", "가", ""}, {"구분", "나 다", "라"}}));
}

TEST(Hwp, NotesHeadersBoxesAndEquations) {
  const auto list = [](const std::string& id, const std::string& rest, std::u16string_view text) {
    return record(71, 1, control_id(id) + rest) + record(72, 2, std::string(16, '\0')) +
           paragraph(std::u16string(text), 2);
  };
  const std::string number =
      record(71, 3, control_id("atno") + little(1, 4) + little(3, 2) + little(0, 2) + little(0, 2) + little(u')', 2));
  const std::string note = record(71, 1, control_id("fn  ")) + record(72, 2, std::string(16, '\0')) +
                           paragraph(control_units(18) + u" 각주다.", 2, number);
  const std::string box = record(71, 1, control_id("gso ")) + record(76, 2, std::string(20, '\0')) +
                          record(72, 3, std::string(16, '\0')) + paragraph(u"글상자", 3);
  const std::string equation = record(71, 1, control_id("eqed")) + record(88, 2, little(0, 4) + counted(u"a over b"));
  const std::string section =
      paragraph(control_units(16) + control_units(16) + u"본문" + control_units(17) + u"이다." + control_units(15), 0,
                list("head", "", u"머리") + list("foot", "", u"꼬리") + note + list("tcmt", "", u"숨은 설명")) +
      paragraph(control_units(16) + control_units(11), 0, list("head", "", u"머리") + box) +
      paragraph(u"값은 " + control_units(11) + u"이다", 0, equation) + paragraph(control_units(11), 0, equation) +
      paragraph(control_units(3) + u"누름틀" + control_units(4), 0, record(71, 1, control_id("%clk")));
  EXPECT_EQ(blocks_of(one_document("a.hwp", hwp_file(section))),
            (Lines{"paragraph [header]: 머리", "paragraph: 본문이다.", "paragraph [footer]: 꼬리",
                   "paragraph [footnote]: 3) 각주다.", "paragraph: 글상자", "paragraph: 값은 a over b 이다",
                   "code (eqedit): a over b", "paragraph: 누름틀"}));
}

TEST(Hwp, HeadingsWhoseNumbersAreTyped) {
  std::string section;
  for (const std::u16string_view line :
       {u"제1장 총칙", u"제2절 휴가의 종류", u"Ⅱ. 과업 세부내용", u"Ⅲ. 입찰", u"제3조(목적) 이 규정은 휴가를 정한다.",
        u"제1장 총칙 3", u"제2장에서 정한 것", u"제안 요청", u"Ⅳ. 위와 같이 정한다."})
    section += paragraph(std::u16string(line), 0);
  EXPECT_EQ(blocks_of(one_document("a.hwp", hwp_file(section))),
            (Lines{"heading 2: 제1장 총칙", "heading 3: 제2절 휴가의 종류", "heading 1: Ⅱ. 과업 세부내용",
                   "heading 1: Ⅲ. 입찰", "paragraph: 제3조(목적) 이 규정은 휴가를 정한다.", "paragraph: 제1장 총칙 3",
                   "paragraph: 제2장에서 정한 것", "paragraph: 제안 요청", "paragraph: Ⅳ. 위와 같이 정한다."}));
}

TEST(Hwp, PagesByTheStoredLayout) {
  const auto laid_out = [](std::u16string text, std::vector<int> heights, unsigned breaks = 0) {
    std::string lines;
    for (const int height : heights)
      lines += little(0, 4) + little(static_cast<unsigned>(height), 4) + std::string(28, '\0');
    return paragraph(std::move(text), 0, record(69, 1, lines), 0, breaks);
  };
  const data::Document d =
      one_document("a.hwp", hwp_file(laid_out(u"하나", {0, 1000}) + laid_out(u"둘", {2000, 0, 1000}) +
                                     laid_out(u"셋", {2000}) + laid_out(u"넷", {0}) + laid_out(u"다섯", {0}, 4)));
  std::vector<int> pages;
  for (const data::Block& b : d.blocks) pages.push_back(b.page);
  EXPECT_EQ(pages, (std::vector<int>{1, 1, 2, 3, 4}));
}

TEST(Hwp, WhatIsNotReadSaysWhy) {
  const std::string body = paragraph(u"글", 0);
  EXPECT_EQ(reason_of(hwp_file(body, usual_definitions(), 3)), "encrypted");
  EXPECT_EQ(reason_of(hwp_file(body, usual_definitions(), 5)), "distribution-document");
  EXPECT_EQ(reason_of("HWP Document File V3.00 \x1A\1\2\3\4\5"), "unknown-format");
  EXPECT_EQ(reason_of("no HWP at all"), "damaged");
  EXPECT_EQ(reason_of(compound_file({{"WordDocument", "x"}})), "unknown-format");
  EXPECT_EQ(reason_of(compound_file({{"FileHeader", file_header(0, 0x03000000)}, {"DocInfo", ""}})), "unknown-format");
  EXPECT_EQ(reason_of(compound_file({{"FileHeader", file_header(0)}, {"DocInfo", ""}})), "damaged");
  EXPECT_EQ(reason_of(compound_file({{"FileHeader", file_header(1)}, {"DocInfo", "\xFF\xFF"}})), "damaged");
  // A record that says it is longer than the stream.
  EXPECT_EQ(reason_of(hwp_file(body + little(67 | 0xFFFU << 20, 4) + little(0xFFFFFFFF, 4))), "damaged");
  // A bomb: 64 MiB of zeros in some 64 KiB.
  EXPECT_EQ(reason_of(hwp_file(std::string(size_t{64} << 20, '\0'))), "archive-limit");
}

TEST(Hwp, ACyclicFileIsDamaged) {
  std::string bytes = hwp_file(paragraph(u"글", 0));
  const auto sector = [&](size_t at) {
    return (size_t{static_cast<unsigned char>(bytes[at])} + 256 * size_t{static_cast<unsigned char>(bytes[at + 1])} +
            1) *
           512;
  };
  std::string directory = bytes;  // an entry that is its own neighbour
  directory.replace(sector(48) + 128 + 72, 4, little(1, 4));
  EXPECT_EQ(reason_of(directory), "damaged");
  std::string chain = bytes;  // a directory whose sectors follow each other in a circle
  const size_t first = sector(48) / 512 - 1;
  chain.replace(sector(76) + 4 * first, 4, little(first, 4));
  EXPECT_EQ(reason_of(chain), "damaged");
  std::string small = bytes;  // small streams whose table is a circle
  small.replace(sector(60), 8, little(1, 4) + little(0, 4));
  EXPECT_EQ(reason_of(small), "damaged");
}

TEST(Hwp, TablesInTablesHaveABottom) {
  std::string section = paragraph(u"위", 0);
  unsigned level = 0;
  for (int i = 0; i < 300; ++i, level += 3) {
    section += record(66, level, std::string(24, '\0')) + record(67, level + 1, utf16(control_units(11))) +
               record(71, level + 1, control_id("tbl ")) +
               record(77, level + 2, little(0, 4) + little(1, 2) + little(1, 2)) +
               record(72, level + 2, std::string(8, '\0') + little(0, 4) + little(1, 2) + little(1, 2));
    --level;  // the next paragraph stands on the list's level
  }
  const data::Document d = one_document("a.hwp", hwp_file(section));
  EXPECT_EQ(blocks_of(d), (Lines{"paragraph: 위"}));
  EXPECT_EQ(d.metadata.at("left_out"), "1 parts nested too deep");
}

TEST(Hwp, CellsAtImpossiblePlacesKeepTheirText) {
  std::string table = record(71, 1, control_id("tbl ")) + record(77, 2, std::string(8, '\0'));
  for (unsigned i = 0; i < 3; ++i) table += cell(2, i * 20000, i * 20000, paragraph(u"칸", 2));
  table += cell(2, 40000, 65535, paragraph(u"끝", 2));
  const data::Document d = one_document("a.hwp", hwp_file(paragraph(control_units(11), 0, table)));
  EXPECT_EQ(blocks_of(d), (Lines{"table: 칸\n칸\n칸 | 끝"}));
}

TEST(Hwp, AutomaticNumbers) {
  for (const auto& [number, shape, text] : std::vector<std::tuple<unsigned, int, std::string>>{{3, 0, "3"},
                                                                                               {3, 1, "③"},
                                                                                               {21, 1, "㉑"},
                                                                                               {36, 1, "36"},
                                                                                               {14, 2, "XIV"},
                                                                                               {14, 3, "xiv"},
                                                                                               {3, 8, "다"},
                                                                                               {15, 8, "15"},
                                                                                               {2, 9, "㉯"},
                                                                                               {2, 10, "ㄴ"},
                                                                                               {2, 11, "㉡"},
                                                                                               {23, 12, "이십삼"},
                                                                                               {10, 13, "十"},
                                                                                               {2, 15, "을"}})
    EXPECT_EQ(hwp_number_text(number, shape), text);
  HwpNumbering n;
  n.levels[0] = {"^1.", 8, 1};
  n.levels[1] = {"(^n)", 0, 3};
  HwpCounter counter;
  Lines seen;
  for (const int level : {0, 1, 1, 0, 1}) seen.push_back(counter.next(n, level));
  EXPECT_EQ(seen, (Lines{"가.", "(가.3)", "(가.4)", "나.", "(나.3)"}));
  n.levels[2].format = "^장^";
  EXPECT_EQ(counter.next(n, 2), "^장^");
}

}  // namespace
}  // namespace moru::collect
