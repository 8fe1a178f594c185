#include "collect/extract.h"
#include "collect/markdown_inline.h"

namespace moru::collect {
namespace {

TEST(Markdown, BlocksOfCommonMark) {
  const data::Document d = one_document("a.md", R"(# 제목 #

첫 문단의
둘째 줄.  
셋째 줄.

둘째 제목
---------

- 하나
- 둘
  이어짐

  둘째 문단
  1. 안쪽

     ```sh
     ls -l
     ```
2) 따로

문단

    들여 쓴 코드
      둘째 줄

~~~python
print("# 제목 아님")
~~~

> 인용한 *글*
이어진 줄

***

| 이름 | 값 |
|------|:--:|
| `a`  | 1 \| 2 |
| b    |

[ref]: https://example.org
<!-- 주석
여러 줄 -->
<div>태그 <b>안의</b> 글</div>
)");
  EXPECT_EQ(d.title, "제목");
  EXPECT_EQ(blocks_of(d),
            (Lines{"title: 제목", "paragraph: 첫 문단의 둘째 줄.\n셋째 줄.", "heading 2: 둘째 제목",
                   "list_item 1 (-): 하나", "list_item 1 (-): 둘 이어짐", "paragraph 1: 둘째 문단",
                   "list_item 2 (1): 안쪽", "code (sh): ls -l", "list_item 1 (2): 따로", "paragraph: 문단",
                   "code: 들여 쓴 코드\n  둘째 줄", "code (python): print(\"# 제목 아님\")",
                   "paragraph: 인용한 글 이어진 줄", "table: 이름 | 값\na | 1 | 2\nb", "paragraph: 태그 안의 글"}));
}

TEST(Markdown, FrontMatterIsMetadata) {
  const data::Document d =
      one_document("a.md", "---\ntitle: 휴가 규정\ntags: [인사, 휴가]\nnested: {a: 1}\n---\n# 휴가 규정\n\n열닷새.\n");
  EXPECT_EQ(d.title, "휴가 규정");
  EXPECT_EQ(d.metadata.at("title"), "휴가 규정");
  EXPECT_EQ(d.metadata.at("tags"), "인사\n휴가");
  EXPECT_FALSE(d.metadata.contains("nested"));
  EXPECT_EQ(blocks_of(d), (Lines{"title: 휴가 규정", "paragraph: 열닷새."}));
  // Broken YAML, or a rule at the top, is text.
  EXPECT_EQ(blocks_of(one_document("a.md", "---\na: [1\n---\n글\n")).back(), "paragraph: 글");
  EXPECT_EQ(blocks_of(one_document("a.md", "---\n")), Lines{});
}

TEST(Markdown, AlertsAreNotes) {
  EXPECT_EQ(blocks_of(one_document("a.md", "> [!WARNING]\n> 조심하세요.\n\n> [!NOTE]\n> 참고.\n")),
            (Lines{"paragraph [warning]: 조심하세요.", "paragraph [note]: 참고."}));
}

TEST(Markdown, SectionsHaveRolesLikeInPages) {
  EXPECT_EQ(blocks_of(one_document("a.md", "# F\n\n## Syntax\n\n    F(x)\n\n### More\n\nx\n\n## See\n\ny\n")),
            (Lines{"title: F", "heading 2 [syntax]: Syntax", "code [syntax]: F(x)", "heading 3 [syntax]: More",
                   "paragraph [syntax]: x", "heading 2: See", "paragraph: y"}));
}

TEST(Markdown, InlineMarksAreReducedToTheirText) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"*a* **b** ***c*** _d_ __e__ ~~f~~", "a b c d e f"},
      {"2*3*4 and snake_case_name and 5 * 6", "234 and snake_case_name and 5 * 6"},
      {"한글**굵게**조사", "한글굵게조사"},
      {"[글](https://a.b/c_(d) \"제목\") 뒤", "글 뒤"},
      {"[*글*][ref] [x]", "글 [x]"},
      {"![그림 [안]](a.png)뒤", "뒤"},
      {"`a * b` ``c ` d`` `e", "a * b c ` d `e"},
      {"<https://a.b> <b>굵게</b> a < b", "https://a.b 굵게 a < b"},
      {"\\*a\\* &amp; &#44032;&#xAC01; &unknown;", "*a* & 가각 &unknown;"},
      {"*a **b", "*a **b"},
  };
  for (const auto& [markdown, text] : cases) EXPECT_EQ(markdown_text(markdown), text) << markdown;
}

TEST(Markdown, ManyOpenMarksTakeNoQuadraticTime) {
  std::string nasty;
  for (int i = 0; i < 20000; ++i) nasty += "[`*_![<";
  EXPECT_FALSE(markdown_text(nasty).empty());
  std::string nested(5000, '>');
  nested += "글";
  EXPECT_EQ(one_document("a.md", nested).blocks.size(), 1U);
}

}  // namespace
}  // namespace moru::collect
