#include "collect/extract.h"
#include "collect/zip_maker.h"

namespace moru::collect {
namespace {

constexpr std::string_view kHead =
    R"(<hh:head xmlns:hh="h"><hh:refList><hh:numberings><hh:numbering id="1">)"
    R"(<hh:paraHead level="1" numFormat="DIGIT">제^1장</hh:paraHead><hh:paraHead level="2" numFormat="HANGUL_SYLLABLE">^2.</hh:paraHead>)"
    R"(</hh:numbering></hh:numberings><hh:paraProperties><hh:paraPr id="0"/>)"
    R"(<hh:paraPr id="1"><hh:heading type="OUTLINE" idRef="0" level="0"/></hh:paraPr>)"
    R"(<hh:paraPr id="2"><hp:switch xmlns:hp="p"><hp:case><hh:heading type="NUMBER" idRef="1" level="1"/></hp:case></hp:switch></hh:paraPr>)"
    R"(</hh:paraProperties></hh:refList></hh:head>)";

std::string p(std::string_view runs, int shape = 0, std::string_view more = {}) {
  return fmt::format(R"(<hp:p paraPrIDRef="{}" styleIDRef="0"{}><hp:run charPrIDRef="0">{}</hp:run></hp:p>)", shape,
                     more, runs);
}

std::string t(std::string_view text) {
  return fmt::format("<hp:t>{}</hp:t>", text);
}

std::string list(std::string_view name, std::string_view paragraphs) {
  return fmt::format("<hp:{0}><hp:subList>{1}</hp:subList></hp:{0}>", name, paragraphs);
}

std::string section(std::string_view paragraphs) {
  return fmt::format(R"(<hs:sec xmlns:hs="s" xmlns:hp="p">{}</hs:sec>)", paragraphs);
}

std::string hwpx(std::string_view paragraphs) {
  return ZipMaker()
      .add("mimetype", "application/hwp+zip", 0)
      .add("Contents/header.xml", kHead)
      .add("Contents/section0.xml", section(paragraphs))
      .finish();
}

std::string reason_of(std::string_view bytes) {
  try {
    extract("a.hwpx", bytes);
  } catch (const Unreadable& problem) {
    return problem.reason();
  }
  return {};
}

TEST(Hwpx, HeadingsListsAndText) {
  const std::string body = p(R"(<hp:secPr outlineShapeIDRef="1"/>)" + t("총칙"), 1) +
                           p(t("가<hp:lineBreak/>나<hp:tab/>다<hp:nbSpace/>라<hp:hyphen/>마")) + p(t("하나"), 2) +
                           p(t("둘"), 2) + p(t("휴가"), 1) + p(t("&lt;셋&gt;"), 2);
  EXPECT_EQ(blocks_of(one_document("a.hwpx", hwpx(body))),
            (Lines{"heading 1: 제1장 총칙", "paragraph: 가\n나 다 라-마", "list_item 2 (가): 하나",
                   "list_item 2 (나): 둘", "heading 1: 제2장 휴가", "list_item 2 (다): <셋>"}));
}

TEST(Hwpx, WhatStandsInParagraphs) {
  const std::string cells =
      R"(<hp:tr><hp:tc><hp:subList>)" + p(t("구분")) +
      R"(</hp:subList><hp:cellAddr colAddr="0" rowAddr="0"/><hp:cellSpan colSpan="1" rowSpan="2"/></hp:tc><hp:tc><hp:subList>)" +
      p(t("가")) + R"(</hp:subList><hp:cellAddr colAddr="1" rowAddr="0"/></hp:tc></hp:tr><hp:tr><hp:tc><hp:subList>)" +
      p(t("나")) + R"(</hp:subList><hp:cellAddr colAddr="1" rowAddr="1"/></hp:tc></hp:tr>)";
  const std::string body =
      p("<hp:ctrl>" + list("header", p(t("머리"))) + "</hp:ctrl>" + t("글") + "<hp:ctrl>" +
        list(
            "footNote",
            p(R"(<hp:ctrl><hp:autoNum num="2" numType="FOOTNOTE"><hp:autoNumFormat type="DIGIT" suffixChar="."/></hp:autoNum></hp:ctrl>)" +
              t(" 각주"))) +
        list("hiddenComment", p(t("숨은 설명"))) + R"(<hp:fieldBegin type="MEMO">)" + list("x", p(t("메모"))) +
        "</hp:fieldBegin></hp:ctrl>" + t("이다.")) +
      p("<hp:tbl>" + list("caption", p(t("표 1"))) + cells + "</hp:tbl>") +
      p("<hp:container><hp:rect>" + list("drawText", p(t("상자"))) + "</hp:rect></hp:container>" + t("뒤")) +
      p("<hp:equation><hp:script>a over b</hp:script></hp:equation>") +
      p("<hp:dutmal><hp:mainText>본말</hp:mainText><hp:subText>덧말</hp:subText></hp:dutmal>" +
        std::string(
            R"(<hp:compose composeText="12"/><hp:btn caption="단추"/><hp:edit><hp:text>칸</hp:text></hp:edit>)")) +
      p(R"(<hp:textart text="글맵시␍␊둘째 줄"/>)") +
      p("<hp:switch><hp:case>" + t("새") + "</hp:case><hp:default>" + t("옛") + "</hp:default></hp:switch>");
  EXPECT_EQ(blocks_of(one_document("a.hwpx", hwpx(body))),
            (Lines{"paragraph [header]: 머리", "paragraph: 글이다.", "paragraph [footnote]: 2. 각주", "caption: 표 1",
                   "table: 구분 | 가\n구분 | 나", "paragraph: 상자", "paragraph: 뒤", "code (eqedit): a over b",
                   "paragraph: 본말(덧말)12 단추 칸", "paragraph: 글맵시\n둘째 줄", "paragraph: 옛"}));
}

TEST(Hwpx, DeletedTextIsLeftOut) {
  const std::string body =
      p(t(R"(남은<hp:deleteBegin Id="1"/> 지운<hp:deleteEnd Id="1"/> <hp:insertBegin Id="2"/>새<hp:insertEnd Id="2"/>)")) +
      p(t(R"(앞<hp:deleteBegin Id="3"/>지운)")) + p(t("지운 문단")) + p(t(R"(지운<hp:deleteEnd Id="3"/>뒤)")) +
      p(t(R"(<hp:deleteBegin Id="9"/>끝이 없는 삭제)"));
  EXPECT_EQ(blocks_of(one_document("a.hwpx", hwpx(body))),
            (Lines{"paragraph: 남은 새", "paragraph: 앞", "paragraph: 뒤", "paragraph: 끝이 없는 삭제"}));
}

TEST(Hwpx, SectionsByTheDescriptionAndBeyondIt) {
  const std::string bytes =
      ZipMaker()
          .add("mimetype", "application/hwp+zip", 0)
          .add(
              "META-INF/container.xml",
              R"(<c><rootfiles><rootfile full-path="Contents/content.hpf" media-type="application/hwpml-package+xml"/></rootfiles></c>)")
          .add(
              "Contents/content.hpf",
              R"(<opf:package xmlns:opf="o"><opf:metadata><opf:title> 휴가 규정 </opf:title><opf:meta name="creator">김</opf:meta><opf:meta name="subject"/></opf:metadata>)"
              R"(<opf:manifest><opf:item id="s1" href="section1.xml"/><opf:item id="s0" href="Contents/section0.xml"/><opf:item id="gone" href="Contents/section7.xml"/></opf:manifest>)"
              R"(<opf:spine><opf:itemref idref="s1"/><opf:itemref idref="s0"/><opf:itemref idref="gone"/><opf:itemref idref="none"/></opf:spine></opf:package>)")
          .add("Contents/section0.xml", section(p(t("둘"))))
          .add("Contents/section1.xml", section(p(t("휴가 규정"))))
          .add("Contents/section10.xml", section(p(t("넷"))))
          .add("Contents/section2.xml", section(p(t("셋"))))
          .finish();
  const data::Document d = one_document("a.hwpx", bytes);
  EXPECT_EQ(blocks_of(d), (Lines{"title: 휴가 규정", "paragraph: 둘", "paragraph: 셋", "paragraph: 넷"}));
  EXPECT_EQ(d.metadata.at("author"), "김");
  // The name says HWP 5, the bytes say HWPX.
  EXPECT_EQ(extractor_for("a.hwp", bytes)->name, "hwpx");
}

TEST(Hwpx, WhatIsNotReadSaysWhy) {
  EXPECT_EQ(reason_of("PK\3\4 and no more"), "damaged");
  EXPECT_EQ(reason_of(ZipMaker().add("a.txt", "x").finish()), "unknown-format");
  EXPECT_EQ(reason_of(ZipMaker().add("Contents/section0.xml", "<a><b></a>").finish()), "damaged");
  EXPECT_EQ(reason_of(ZipMaker()
                          .add("META-INF/manifest.xml", R"(<m><file-entry><encryption-data/></file-entry></m>)")
                          .add("Contents/section0.xml", "x")
                          .finish()),
            "encrypted");
  std::string bomb = R"(<!DOCTYPE a [<!ENTITY x "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx">)";
  for (char name = 'a'; name <= 'i'; ++name) {
    std::string eight;
    for (int k = 0; k < 8; ++k) eight += fmt::format("&{};", name == 'a' ? 'x' : static_cast<char>(name - 1));
    bomb += fmt::format(R"(<!ENTITY {} "{}">)", name, eight);
  }
  EXPECT_EQ(reason_of(ZipMaker().add("Contents/section0.xml", bomb + "]><s>&i;</s>").finish()), "xml-entities");
  std::string deep = t("속");
  for (int i = 0; i < 60; ++i) deep = "<hp:rect>" + list("drawText", p(deep)) + "</hp:rect>";
  const data::Document d = one_document("a.hwpx", hwpx(p(t("위")) + p(deep)));
  EXPECT_EQ(blocks_of(d), (Lines{"paragraph: 위"}));
  EXPECT_EQ(d.metadata.at("left_out"), "1 parts nested too deep");
}

}  // namespace
}  // namespace moru::collect
