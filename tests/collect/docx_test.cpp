#include "collect/extract.h"
#include "collect/office_numbers.h"
#include "collect/zip_maker.h"

namespace moru::collect {
namespace {

constexpr std::string_view kStyles = R"(<w:styles>
 <w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>
 <w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
 <w:style w:type="paragraph" w:styleId="k2"><w:name w:val="제목 2"/></w:style>
 <w:style w:type="paragraph" w:styleId="own"><w:name w:val="우리 장"/><w:basedOn w:val="k2"/></w:style>
 <w:style w:type="paragraph" w:styleId="loop"><w:name w:val="loop"/><w:basedOn w:val="loop2"/></w:style>
 <w:style w:type="paragraph" w:styleId="loop2"><w:name w:val="loop2"/><w:basedOn w:val="loop"/></w:style>
 <w:style w:type="paragraph" w:styleId="toc"><w:name w:val="toc 1"/></w:style>
 <w:style w:type="paragraph" w:styleId="num"><w:name w:val="num"/><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>
</w:styles>)";

constexpr std::string_view kNumbering = R"(<w:numbering>
 <w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
  <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="ganada"/><w:lvlText w:val="%1.%2"/></w:lvl></w:abstractNum>
 <w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/><w:lvlText w:val="제%1장"/></w:lvl></w:abstractNum>
 <w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
 <w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
 <w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>
</w:numbering>)";

std::string docx(std::string_view body) {
  return ZipMaker()
      .add("[Content_Types].xml", "<Types/>")
      .add(
          "_rels/.rels",
          R"(<Relationships><Relationship Id="r" Type="x/officeDocument" Target="word/document.xml"/></Relationships>)")
      .add("word/document.xml", fmt::format("<w:document><w:body>{}</w:body></w:document>", body))
      .add("word/_rels/document.xml.rels",
           R"(<Relationships><Relationship Id="s" Type="x/styles" Target="styles.xml"/>)"
           R"(<Relationship Id="n" Type="x/numbering" Target="numbering.xml"/>)"
           R"(<Relationship Id="self" Type="x/header" Target="document.xml"/></Relationships>)")
      .add("word/styles.xml", kStyles)
      .add("word/numbering.xml", kNumbering)
      .finish();
}

std::string p(std::string_view text, std::string_view properties = "") {
  return fmt::format("<w:p><w:pPr>{}</w:pPr><w:r><w:t>{}</w:t></w:r></w:p>", properties, text);
}

/// Without what the header that is the document itself repeats.
Lines blocks(std::string_view body) {
  Lines lines = blocks_of(one_document("a.docx", docx(body)));
  std::erase_if(lines, [](const std::string& line) { return line.find("[header]") != std::string::npos; });
  return lines;
}

TEST(Docx, HeadingsByOutlineAndNamesOfStyles) {
  EXPECT_EQ(blocks(p("하나", R"(<w:pStyle w:val="1"/>)") + p("둘", R"(<w:pStyle w:val="k2"/>)") +
                   p("셋", R"(<w:pStyle w:val="own"/>)") + p("넷", R"(<w:outlineLvl w:val="3"/>)") +
                   p("글", R"(<w:pStyle w:val="1"/><w:outlineLvl w:val="9"/>)") +
                   p("돈다", R"(<w:pStyle w:val="loop"/>)") + p("목차 줄 … 3", R"(<w:pStyle w:val="toc"/>)")),
            (Lines{"heading 1: 하나", "heading 2: 둘", "heading 2: 셋", "heading 4: 넷", "paragraph: 글",
                   "paragraph: 돈다"}));
}

TEST(Docx, NumbersOfLists) {
  const auto item = [](std::string_view text, int list, int level) {
    return p(text, fmt::format(R"(<w:numPr><w:ilvl w:val="{}"/><w:numId w:val="{}"/></w:numPr>)", level, list));
  };
  EXPECT_EQ(blocks(item("a", 1, 0) + item("b", 1, 1) + item("c", 1, 1) + item("d", 1, 0) + item("e", 1, 1) +
                   item("f", 3, 0) + p("g", R"(<w:pStyle w:val="num"/>)") +
                   p("h", R"(<w:pStyle w:val="num"/><w:numPr><w:numId w:val="0"/></w:numPr>)") +
                   p("i", R"(<w:pStyle w:val="1"/><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr>)")),
            (Lines{"list_item 1 (1): a", "list_item 2 (1): b", "list_item 2 (2): c", "list_item 1 (2): d",
                   "list_item 2 (1): e", "list_item 1 (1): f", "list_item 1 (3): 제3장 g", "paragraph: h",
                   "heading 1: 1.가 i"}));
  EXPECT_EQ(list_number(14, "ganada"), "하");
  EXPECT_EQ(list_number(3, "decimalEnclosedCircle"), "③");
  EXPECT_EQ(list_number(1994, "upperRoman"), "MCMXCIV");
  EXPECT_EQ(list_number(28, "lowerLetter"), "bb");
  EXPECT_EQ(list_number(5000, "upperRoman"), "5000");
}

TEST(Docx, ChangesFieldsAndHiddenText) {
  EXPECT_EQ(blocks(R"(<w:p><w:r><w:t>쓴 </w:t></w:r><w:ins><w:r><w:t>넣은 </w:t></w:r></w:ins>
                      <w:del><w:r><w:delText>지운</w:delText><w:t>지운</w:t></w:r></w:del><w:moveFrom><w:r><w:t>옮긴</w:t></w:r></w:moveFrom>
                      <w:r><w:rPr><w:vanish/></w:rPr><w:t>숨은</w:t></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r>
                      <w:r><w:instrText>PAGEREF x</w:instrText></w:r><w:r><w:t>12</w:t></w:r><w:hyperlink r:id="x"><w:r><w:t>쪽</w:t></w:r></w:hyperlink>
                      <w:r><w:ruby><w:rt><w:r><w:t>ruby</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>漢</w:t></w:r></w:rubyBase></w:ruby></w:r>
                      <w:r><w:sym w:font="Wingdings" w:char="F0E0"/><w:tab/><w:t>끝</w:t><w:br/><w:t>줄</w:t></w:r></w:p>)"),
            (Lines{"paragraph: 쓴 넣은 12쪽漢 끝\n줄"}));
}

TEST(Docx, BoxesAndControlsAndAlternatives) {
  EXPECT_EQ(
      blocks(
          R"(<w:p><w:r><w:t>앞</w:t></w:r><w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx><w:txbxContent><w:p><w:r><w:t>상자</w:t></w:r></w:p></w:txbxContent></wps:txbx></w:drawing></mc:Choice>
                      <mc:Fallback><w:pict><w:txbxContent><w:p><w:r><w:t>상자</w:t></w:r></w:p></w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>
                      <w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr><w:sdtContent><w:p><w:r><w:t>목차</w:t></w:r></w:p></w:sdtContent></w:sdt>
                      <w:sdt><w:sdtContent><w:p><w:r><w:t>틀 속</w:t></w:r></w:p></w:sdtContent></w:sdt>)"),
      (Lines{"paragraph: 앞", "paragraph: 상자", "paragraph: 틀 속"}));
}

TEST(Docx, Tables) {
  const auto cell = [](std::string_view text, std::string_view properties = "") {
    return fmt::format("<w:tc><w:tcPr>{}</w:tcPr>{}</w:tc>", properties, p(text));
  };
  const std::string down = R"(<w:vMerge/>)", from = R"(<w:vMerge w:val="restart"/>)";
  const std::string table = "<w:tbl><w:tr>" + cell("구분", R"(<w:gridSpan w:val="2"/>)") + cell("값") +
                            "</w:tr><w:tr>" + cell("가", from) + cell("a") + cell("1") + "</w:tr><w:tr>" +
                            cell("", down) + cell("b") + cell("2") + "</w:tr><w:tr><w:trPr><w:del/></w:trPr>" +
                            cell("지운") + cell("줄") + "</w:tr></w:tbl>";
  EXPECT_EQ(blocks(table), (Lines{"table: 구분 |  | 값\n가 | a | 1\n가 | b | 2"}));
  // One cell is a frame; a table in a cell of another is its text.
  EXPECT_EQ(blocks("<w:tbl><w:tr><w:tc>" + p("제목", R"(<w:pStyle w:val="1"/>)") + p("글") + "</w:tc></w:tr></w:tbl>"),
            (Lines{"heading 1: 제목", "paragraph: 글"}));
  EXPECT_EQ(blocks("<w:tbl><w:tr><w:tc>" + table + "</w:tc>" + cell("옆") + "</w:tr></w:tbl>").size(), 1U);
  // A cell that claims to be a billion columns wide.
  EXPECT_EQ(
      blocks("<w:tbl><w:tr>" + cell("x", R"(<w:gridSpan w:val="999999999"/>)") + cell("y") + "</w:tr></w:tbl>").size(),
      1U);
}

TEST(Docx, PagesAsLaidOutOrAsBroken) {
  const std::string rendered = R"(<w:p><w:r><w:t>하나</w:t></w:r></w:p><w:p><w:r><w:br w:type="page"/></w:r></w:p>)"
                               R"(<w:p><w:r><w:lastRenderedPageBreak/><w:t>둘</w:t></w:r></w:p>)";
  data::Document d = one_document("a.docx", docx(rendered));
  EXPECT_EQ(d.blocks[0].page, 1);
  EXPECT_EQ(d.blocks[1].page, 2);
  EXPECT_EQ(d.blocks[1].paragraph, 3);
  d = one_document("a.docx", docx(p("하나") + p("둘", "<w:pageBreakBefore/>")));
  EXPECT_EQ(d.blocks[1].page, 2);
  EXPECT_EQ(one_document("a.docx", docx(p("하나"))).blocks[0].page, 0);  // nothing says where pages begin
}

}  // namespace
}  // namespace moru::collect
