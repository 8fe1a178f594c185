#include "collect/extract.h"
#include "collect/xlsx_number_format.h"
#include "collect/zip_maker.h"

namespace moru::collect {
namespace {

TEST(NumberFormat, DigitsAsAReaderSeesThem) {
  EXPECT_EQ(format_number(1234567, "General"), "1234567");
  EXPECT_EQ(format_number(0.1 + 0.2, "General"), "0.3");
  EXPECT_EQ(format_number(1.0 / 3, "General"), "0.3333333333");
  EXPECT_EQ(format_number(-0.0, "General"), "0");
  EXPECT_EQ(format_number(1234567.891, "#,##0"), "1,234,568");
  EXPECT_EQ(format_number(1234567.891, "#,##0.00"), "1,234,567.89");
  EXPECT_EQ(format_number(999, "#,##0"), "999");
  EXPECT_EQ(format_number(1000, "#,##0"), "1,000");
  EXPECT_EQ(format_number(0, "#,##0"), "0");
  EXPECT_EQ(format_number(123456, "#,##0"), "123,456");
  EXPECT_EQ(format_number(-1234.5, "#,##0.0"), "-1,234.5");
  EXPECT_EQ(format_number(-1234.5, "#,##0;(#,##0)"), "(1,235)");
  EXPECT_EQ(format_number(1.005, "0.00"), "1.01");
  EXPECT_EQ(format_number(9.999, "0.00"), "10.00");
  EXPECT_EQ(format_number(0.125, "0.0%"), "12.5%");
  EXPECT_EQ(format_number(0.5, "0.##"), "0.5");
  EXPECT_EQ(format_number(7, "000"), "007");
  EXPECT_EQ(format_number(1234567890, "000-0000-0000"), "012-3456-7890" + std::string());
  EXPECT_EQ(format_number(12345678, "0.00E+00"), "1.23E+07");
  EXPECT_EQ(format_number(12345678, "#,##0,"), "12,346");
  EXPECT_EQ(format_number(1500, "[$₩-412]#,##0"), "₩1,500");
  EXPECT_EQ(format_number(-1500, "\"₩\"#,##0"), "-₩1,500");
  EXPECT_EQ(format_number(3, "0\"명\""), "3명");
  EXPECT_EQ(format_number(5, "[>=10]0\"많음\";[<10]0\"적음\""), "5적음");
  EXPECT_EQ(format_number(0, "0;-0;\"-\""), "-");
  EXPECT_EQ(format_number(42, "@"), "42");
  EXPECT_EQ(format_number(1.5, "# ?/?"), "1.5");
  EXPECT_EQ(format_number(1e300, "#,##0"), "1e+300");
}

TEST(NumberFormat, DatesAndTimes) {
  EXPECT_EQ(format_number(45356, "yyyy-mm-dd"), "2024-03-05");
  EXPECT_EQ(format_number(45356, builtin_number_format(14)), "2024-03-05");
  EXPECT_EQ(format_number(45618, "yyyy\"년\" m\"월\" d\"일\""), "2024년 11월 22일");
  EXPECT_EQ(format_number(45618, "[$-412]yyyy\"-\"mm\"-\"dd dddd"), "2024-11-22 금요일");
  EXPECT_EQ(format_number(45618, "d mmmm yyyy, ddd"), "22 November 2024, Fri");
  EXPECT_EQ(format_number(45618, "m/d(aaa)"), "11/22(금)");
  EXPECT_EQ(format_number(0.5625, "h:mm"), "13:30");
  EXPECT_EQ(format_number(0.5625, "h:mm AM/PM"), "1:30 PM");
  EXPECT_EQ(format_number(0.0, "[$-412]AM/PM h:mm"), "오전 12:00");
  EXPECT_EQ(format_number(1.5, "[h]:mm:ss"), "36:00:00");
  EXPECT_EQ(format_number(0.000012, "mm:ss.0"), "00:01.0");
  EXPECT_EQ(format_number(59, "yyyy-mm-dd"), "1900-02-28");
  EXPECT_EQ(format_number(61, "yyyy-mm-dd"), "1900-03-01");
  EXPECT_EQ(format_number(0, "yyyy-mm-dd", true), "1904-01-01");
  EXPECT_EQ(format_number(45356.999999999, "yyyy-mm-dd hh:mm:ss"), "2024-03-06 00:00:00");
  EXPECT_EQ(format_number(-1, "yyyy-mm-dd"), "-1");
  EXPECT_EQ(format_number(1e9, "yyyy-mm-dd"), "1000000000");
  EXPECT_EQ(format_number(5, "[Red]0.0"), "5.0");
}

/// A workbook with one sheet of these rows.
std::string workbook(std::string_view rows, std::string_view more = "") {
  const std::string main = R"(<workbook xmlns:r="r"><sheets><sheet name="하나" sheetId="1" r:id="rId1"/>)"
                           R"(<sheet name="숨음" state="hidden" sheetId="2" r:id="rId1"/></sheets></workbook>)";
  return ZipMaker()
      .add("[Content_Types].xml", "<Types/>")
      .add("_rels/.rels",
           R"(<Relationships><Relationship Id="r" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>)")
      .add("xl/workbook.xml", main)
      .add("xl/_rels/workbook.xml.rels",
           R"(<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="/xl/worksheets/sheet1.xml"/>)"
           R"(<Relationship Id="rId2" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>)")
      .add("xl/sharedStrings.xml",
           "<sst><si><t>공유</t></si><si><r><t>여러 </t></r><r><t>조각</t></r><rPh><t>x</t></rPh></si></sst>")
      .add("xl/worksheets/sheet1.xml", fmt::format("<worksheet><sheetData>{}</sheetData>{}</worksheet>", rows, more))
      .finish();
}

TEST(Xlsx, KindsOfCells) {
  const data::Document d = one_document(
      "a.xlsx",
      workbook(
          R"(<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row>)"
          R"(<row><c t="inlineStr"><is><t>안</t></is></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c></row>)"
          R"(<row r="3"><c r="A3"><v>1.5</v></c><c r="B3" t="str"><f>A1</f><v>식</v></c><c r="C3" t="s"><v>99</v></c></row>)"
          R"(<row r="9"><c r="XFD9"><v>7</v></c></row>)"));
  EXPECT_EQ(blocks_of(d),
            (Lines{"heading 2: 하나", "table: 공유 |  | 여러 조각\n안 | TRUE | #N/A\n1.5 | 식", "paragraph: 7"}));
  EXPECT_EQ(d.metadata.at("hidden_sheets"), "숨음");
  EXPECT_EQ(d.blocks[2].paragraph, 9);
}

TEST(Xlsx, FewCellsFarApartDoNotMakeAHugeTable) {
  std::string rows;
  for (int i = 0; i < 3000; ++i) {
    const char column[] = {static_cast<char>('A' + i % 26), static_cast<char>('A' + i / 26 % 26), 0};
    rows += fmt::format(R"(<row r="{0}"><c r="{1}{0}"><v>{0}</v></c><c r="XFD{0}"><v>1</v></c></row>)", i + 1, column);
  }
  const data::Document d = one_document("a.xlsx", workbook(rows));
  EXPECT_LT(d.text.size(), 10'000'000U);
  EXPECT_NE(d.text.find("3000 |"), std::string::npos);
  // Merged cells that claim all rows fill only those that are there.
  const data::Document merged = one_document(
      "a.xlsx",
      workbook(
          R"(<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row><row r="2"><c r="B2"><v>3</v></c></row>)",
          R"(<mergeCells><mergeCell ref="A1:A1048576"/><mergeCell ref="B1:XFD9999999999"/></mergeCells>)"));
  EXPECT_EQ(blocks_of(merged)[1], "table: 1 | 2\n1 | 3");
}

TEST(Xlsx, ALargeSheetIsReadByPieces) {
  std::string rows;
  for (int i = 1; i <= 120'000; ++i)
    rows += fmt::format(R"(<row r="{0}"><c r="A{0}"><v>{0}</v></c><c r="B{0}" t="s"><v>0</v></c></row>)", i);
  ASSERT_GT(rows.size(), size_t{5} << 20);
  const data::Document d =
      one_document("a.xlsx", workbook(rows, R"(<mergeCells><mergeCell ref="A1:A2"/></mergeCells>)"));
  ASSERT_EQ(d.blocks.size(), 2U);
  EXPECT_EQ(d.blocks[1].cells.size(), 120'000U);
  EXPECT_EQ(d.blocks[1].cells.back(), (Lines{"120000", "공유"}));
}

}  // namespace
}  // namespace moru::collect
