#include "collect/extract.h"

namespace moru::collect {
namespace {

TEST(Xml, DocBook) {
  const data::Document d = one_document("a.xml", R"(<?xml version="1.0"?>
<!DOCTYPE article PUBLIC "-//OASIS//DTD DocBook XML V4.5//EN" "docbookx.dtd" [<!ENTITY name "모루">]>
<article lang="ko"><articleinfo><title>&name; 안내서</title><author><firstname>Kim</firstname> <surname>Moru</surname></author></articleinfo>
 <section><title>시작</title>
  <para>첫 <emphasis>문단</emphasis>&nbsp;이다.<footnote><para>주석.</para></footnote><indexterm><primary>x</primary></indexterm></para>
  <itemizedlist><listitem><para>하나</para><orderedlist><listitem><para>안쪽</para></listitem></orderedlist></listitem>
   <listitem><simpara>둘</simpara></listitem></itemizedlist>
  <programlisting language="c">int main(void) {
  return 0;
}</programlisting>
  <section><title>Tables</title>
   <table><title>표 1</title><tgroup cols="2"><thead><row><entry>이름</entry><entry>값</entry></row></thead>
    <tbody><row><entry><para>a</para></entry><entry>1</entry></row></tbody></tgroup></table>
  </section>
 </section>
</article>)");
  EXPECT_EQ(d.title, "모루 안내서");
  EXPECT_EQ(blocks_of(d), (Lines{"title: 모루 안내서", "heading 1: 시작", "paragraph: 첫 문단 이다.[^1]",
                                 "paragraph [footnote]: [^1]: 주석.", "list_item 1 (-): 하나", "list_item 2 (1): 안쪽",
                                 "list_item 1 (-): 둘", "code (c): int main(void) {\n  return 0;\n}",
                                 "heading 2: Tables", "caption: 표 1", "table: 이름 | 값\na | 1"}));
  EXPECT_EQ(d.metadata.at("author"), "Kim Moru");
}

TEST(Xml, RecordsAreATable) {
  const data::Document d = one_document("a.xml",
                                        R"(<response><header><code>00</code><message>정상</message></header><items>
         <item id="1"><name>서울</name><count>10</count></item>
         <item id="2"><name>부산</name><note>항구</note></item></items><tags><tag>가</tag><tag>나</tag></tags></response>)");
  EXPECT_EQ(blocks_of(d), (Lines{"paragraph: code: 00\nmessage: 정상",
                                 "table: id | name | count | note\n1 | 서울 | 10\n2 | 부산 |  | 항구",
                                 "list_item 1 (-): 가", "list_item 1 (-): 나"}));
}

TEST(Xml, FieldsAndTextWithMarks) {
  const data::Document d = one_document("a.xml",
                                        "<r><a x='1'>하나</a><b>글 <i>속</i> 글</b><c><d>깊은</d><e/></c><string "
                                        "name='k'>v</string><string name='l'>w</string></r>");
  EXPECT_EQ(blocks_of(d), (Lines{"paragraph: x: 1\na: 하나\nb: 글 속 글", "paragraph: d: 깊은",
                                 "table: name | string\nk | v\nl | w"}));
  EXPECT_EQ(blocks_of(one_document("a.xml", "<r>그냥 글</r>")), (Lines{"paragraph: 그냥 글"}));
}

TEST(Xml, EncodingsAndPages) {
  const data::Document korean = one_document("a.xml", "<?xml version='1.0' encoding='euc-kr'?><r>\xC7\xD1\xB1\xDB</r>");
  EXPECT_EQ(blocks_of(korean), (Lines{"paragraph: 한글"}));
  EXPECT_EQ(korean.metadata.at("encoding"), "cp949");
  EXPECT_EQ(blocks_of(one_document("a.xml", "<?xml version='1.0'?><html><body><h1>제목</h1><p>글</p></body></html>")),
            (Lines{"title: 제목", "paragraph: 글"}));
}

}  // namespace
}  // namespace moru::collect
