#include "collect/extract.h"

namespace moru::collect {
namespace {

TEST(Html, StructureIsKeptAndNavigationIsNot) {
  const data::Document d =
      one_document("a.html", R"(<!DOCTYPE html><html lang="ko"><head><title>표 만들기 - 도움말</title>
    <meta name="description" content="표를 만드는 법"><script>var x = "no";</script><style>p {}</style></head><body>
    <header><h1>사이트 이름</h1></header><nav><ul><li>홈</li></ul></nav>
    <main><h1>표 <em>만들기</em></h1>
      <meta itemprop="keywords" content="표,삽입"><meta itemprop="keywords" content="행">
      <p>표는  <b>행</b>과
         열로 이루어집니다.<br>둘째 줄&nbsp;입니다.</p>
      <ol start="3"><li>메뉴를 엽니다.<ul><li>안쪽 항목</li></ul></li><li><p>누릅니다.</p><p>창이 열립니다.</p></li></ol>
      <form><label>이름</label><input value="no"><button>보내기</button><select><option>no</option></select></form>
      <pre><code class="language-python">
        def f():
            return 1
      </code></pre>
      <table><caption>값</caption><tr><th>이름</th><th>뜻</th></tr><tr><td>A</td><td><p>첫</p><p>글자</p></td></tr></table>
      <figure><img alt="그림 설명"><figcaption>그림 1</figcaption></figure>
    </main><aside>광고</aside><footer>꼬리말</footer></body></html>)");
  EXPECT_EQ(d.title, "표 만들기");
  EXPECT_EQ(blocks_of(d),
            (Lines{"title: 표 만들기", "paragraph: 표는 행과 열로 이루어집니다.\n둘째 줄 입니다.",
                   "list_item 1 (3): 메뉴를 엽니다.", "list_item 2 (-): 안쪽 항목", "list_item 1 (4): 누릅니다.",
                   "paragraph 1: 창이 열립니다.", "code (python): def f():\n    return 1", "caption: 값",
                   "table: 이름 | 뜻\nA | 첫 글자", "caption: 그림 1"}));
  EXPECT_EQ(d.text,
            "# 표 만들기\n\n표는 행과 열로 이루어집니다.\n둘째 줄 입니다.\n\n3. 메뉴를 엽니다.\n   - 안쪽 항목\n4. "
            "누릅니다.\n   창이 "
            "열립니다.\n\n```python\ndef f():\n    return 1\n```\n\n값\n\n이름 | 뜻\nA | 첫 글자\n\n그림 1\n");
  EXPECT_EQ(d.blocks[8].cells, (std::vector<std::vector<std::string>>{{"이름", "뜻"}, {"A", "첫 글자"}}));
  EXPECT_EQ(d.metadata.at("keywords"), "표,삽입\n행");
  EXPECT_EQ(d.metadata.at("description"), "표를 만드는 법");
  EXPECT_EQ(d.metadata.at("page_title"), "표 만들기 - 도움말");
  EXPECT_EQ(d.metadata.at("html_lang"), "ko");
}

TEST(Html, WhatIsHiddenIsLeftOut) {
  const data::Document d =
      one_document("a.html", R"(<h1>T</h1><p>a<span hidden>b</span><span style="color:red; display : none">c</span>
    <span class="x sr-only">d</span><span aria-hidden="true">e</span>f</p><div class="debug"><h3>bug</h3><p>This page is</p></div>
    <div role="navigation">menu</div><p hidden="true">g</p>)");
  EXPECT_EQ(blocks_of(d), (Lines{"title: T", "paragraph: a f"}));
}

TEST(Html, LibreOfficeHelpKeepsOneVariantAndSaysWhatAPassageIsFor) {
  const std::string page = R"(<title>열기</title><div id="DisplayArea"><h1>열기</h1>
    <p class="paragraph"><a name="x"></a><span class="avis">파일을 엽니다.</span> 둘째 문장.</p>
    <div class="howtoget"><div><p class="howtogetheader">이 명령을 사용하려면...</p></div><div class="howtogetbody">
      <p>Choose <span class="menuitem">Tools - </span><span id="swlnappl_1" class="switchinline"><span hidden="true" id="WRITER_1"
        class="WRITER"><span class="menuitem">AutoCorrect - </span></span><span hidden="true" id="CALC_1" class="CALC"><span
        class="menuitem">Sheet - </span></span></span><span class="menuitem">Options</span>.</p>
      <p><span id="swlnsys_1" class="switchinline"><span hidden="true" class="MAC" id="MAC1">Command</span><span hidden="true"
        id="default1">Ctrl</span></span>+O</p>
      <p>On the <span class="emph">Standard</span> bar, click</p>
      <div class="icontable"><div class="iconcell"><p><img alt="Icon Open"></p></div><div class="iconcell"><p>파일 열기</p></div></div>
    </div></div>
    <span id="swlnappl_2" class="switch"><span hidden="true" class="IMPRESS" id="IMPRESS2"><h2>재생</h2><p>소리를 냅니다.</p></span></span>
    <div class="note"><div class="noteicon"><img alt="note"></div><div class="notetext"><p>주의할 점.</p></div></div>
    <div class="tip"><p>귀띔.</p></div><div class="warning"><p>경고.</p></div>
    <ol itemprop="HowTo"><li><p class="listitem">파일을 고릅니다.</p></li></ol>
    <h4>Syntax</h4><p class="code">OPEN(Name)</p><p class="code">OPEN(Name; Mode)</p><p>Name은 이름입니다.</p>
    <h4>예:</h4><p>=OPEN("a")</p><h5>In Basic</h5><p>Open "a"</p>
    <h3>다른 것</h3><p>본문</p>
    <div class="relatedtopics"><p class="related">관련 주제</p><div class="relatedbody"><p><a href="b.html">저장</a></p></div></div></div>
    <footer><div class="debug"><p>This page is: a</p></div></footer>)";
  const data::Document d = one_document("text/swriter/01/open.html", page);
  EXPECT_EQ(blocks_of(d), (Lines{"title: 열기",
                                 "paragraph [summary]: 파일을 엽니다. 둘째 문장.",
                                 "caption [how_to_get]: 이 명령을 사용하려면...",
                                 "paragraph [how_to_get]: Choose Tools - AutoCorrect - Options.",
                                 "paragraph [how_to_get]: Ctrl+O",
                                 "paragraph [how_to_get]: On the Standard bar, click 파일 열기",
                                 "heading 2: 재생",
                                 "paragraph: 소리를 냅니다.",
                                 "paragraph [note]: 주의할 점.",
                                 "paragraph [tip]: 귀띔.",
                                 "paragraph [warning]: 경고.",
                                 "list_item 1 (1) [step]: 파일을 고릅니다.",
                                 "heading 4 [syntax]: Syntax",
                                 "code [syntax]: OPEN(Name)\nOPEN(Name; Mode)",
                                 "paragraph [syntax]: Name은 이름입니다.",
                                 "heading 4 [example]: 예:",
                                 "paragraph [example]: =OPEN(\"a\")",
                                 "heading 5 [example]: In Basic",
                                 "paragraph [example]: Open \"a\"",
                                 "heading 3: 다른 것",
                                 "paragraph: 본문"}));
  EXPECT_EQ(d.metadata.at("menu_path"), "Tools - AutoCorrect - Options");
  EXPECT_EQ(d.metadata.at("related"), "저장");
  // The same page in another application shows that one's variant.
  const data::Document calc = one_document("text/scalc/01/open.html", page);
  EXPECT_EQ(calc.metadata.at("menu_path"), "Tools - Sheet - Options");
}

TEST(Html, TablesWithSpansAndTablesThatAreFrames) {
  const data::Document d = one_document("a.html", R"(<h1>T</h1>
    <table><tr><td rowspan="2">a</td><td>b</td><td><img></td></tr><tr><td>c</td></tr><tr><td colspan="2">d</td><td></td></tr></table>
    <table><tr><td><h2>제목</h2><p>글</p><ul><li>항목</li></ul></td></tr></table>
    <table><tr><td>밖<table><tr><td>안 1</td><td>안 2</td></tr></table></td><td>옆</td></tr></table>)");
  EXPECT_EQ(blocks_of(d), (Lines{"title: T", "table: a | b\na | c\nd", "heading 2: 제목", "paragraph: 글",
                                 "list_item 1 (-): 항목", "table: 밖 안 1 안 2 | 옆"}));
}

TEST(Html, BrokenPagesStillGiveADocument) {
  const data::Document unclosed =
      one_document("a.html", "<h1>제목</h2><p>닫히지 않은 <b>글<td>칸</table></div></span><li>항목<p");
  EXPECT_EQ(blocks_of(unclosed), (Lines{"title: 제목", "paragraph: 닫히지 않은 글칸", "list_item 1 (-): 항목"}));
  EXPECT_EQ(blocks_of(one_document("a.html", "<h1>제목<p>글<table><td>칸")),
            (Lines{"title: 제목", "paragraph: 글", "paragraph: 칸"}));
  const data::Document only_text = one_document("a.html", "그냥 글 & 뿐 &lt;태그&gt; &#44032;");
  EXPECT_EQ(blocks_of(only_text), (Lines{"paragraph: 그냥 글 & 뿐 <태그> 가"}));
  EXPECT_TRUE(one_document("a.html", "").blocks.empty());
  EXPECT_TRUE(one_document("a.html", "<html><body><script>x</script>").blocks.empty());
}

TEST(Html, DeepNestingDoesNotExhaustTheStack) {
  std::string page = "<h1>T</h1>";
  for (int i = 0; i < 3000; ++i) page += "<div><ul><li>";
  const data::Document d = one_document("a.html", page + "깊은 글");
  ASSERT_EQ(d.blocks.size(), 2U);
  EXPECT_EQ(d.slice(d.blocks[1].range), "깊은 글");
}

TEST(Html, OtherEncodingsByWhatThePageDeclares) {
  // "한글" in EUC-KR.
  const data::Document korean = one_document("a.html", "<meta charset=euc-kr><p>\xC7\xD1\xB1\xDB</p>");
  EXPECT_EQ(blocks_of(korean), (Lines{"paragraph: 한글"}));
  EXPECT_EQ(korean.metadata.at("encoding"), "cp949");
  EXPECT_EQ(blocks_of(one_document("a.html", "<meta charset='windows-1252'><p>caf\xE9 s</p>")),
            (Lines{"paragraph: café s"}));
  EXPECT_EQ(one_document("a.html", "<p>caf\xE9 s</p>").metadata.at("encoding"), "windows-1252");
  EXPECT_THROW(one_document("a.html", "<p>\xFF\xFE\xFD\xFF</p>"), Unreadable);
}

TEST(Html, WithoutAFirstHeadingTheTitleIsTheHeads) {
  EXPECT_EQ(blocks_of(one_document("a.html", "<title>이름</title><h2>이름</h2><p>글</p>")),
            (Lines{"title: 이름", "paragraph: 글"}));
  EXPECT_EQ(blocks_of(one_document("a.html", "<title>이름</title><h2>절</h2><p>글</p>")),
            (Lines{"title: 이름", "heading 2: 절", "paragraph: 글"}));
}

TEST(Html, AFirstHeadingThatNamesAnotherPageIsNotTheTitle) {
  const std::string_view page =
      "<title>IMSEC function</title><h2><a name='t'></a><a href='x/time.html'>TIME</a></h2><p>글</p>";
  EXPECT_EQ(blocks_of(one_document("imsec.html", page)), (Lines{"title: IMSEC function", "paragraph: 글"}));
  EXPECT_EQ(blocks_of(one_document("time.html", page)),
            (Lines{"title: IMSEC function", "heading 2: TIME", "paragraph: 글"}));
  // Several are a list of pages.
  EXPECT_EQ(blocks_of(one_document(
                "a.html",
                "<title>글 목록</title><h2><a href='b.html'>첫 글</a></h2><p>가</p><h2><a href='c.html'>둘째 "
                "글</a></h2><p>나</p>")),
            (Lines{"title: 글 목록", "heading 2: 첫 글", "paragraph: 가", "heading 2: 둘째 글", "paragraph: 나"}));
}

}  // namespace
}  // namespace moru::collect
