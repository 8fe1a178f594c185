#include "collect/pdf_layout.h"

#include "collect/extract.h"
#include "collect/pdf_lines.h"
#include "collect/pdf_text.h"

namespace moru::collect {
namespace {

struct At {
  double x, y;
  std::string_view text;
  double size = 10;
};

/// Lines of text as pdftotext prints them: syllables are as wide as high, other letters half that.
std::string page_of(const std::vector<std::vector<At>>& blocks) {
  std::string out = "<page width=\"600.0\" height=\"800.0\"><flow>";
  for (const auto& lines : blocks) {
    out += "<block>";
    for (const At& line : lines) {
      out += fmt::format("<line xMin=\"{}\" yMin=\"{}\" xMax=\"{}\" yMax=\"{}\">", line.x, line.y, line.x + 1,
                         line.y + line.size);
      double x = line.x;
      std::string_view rest = line.text;
      while (!rest.empty()) {
        const std::string_view word = rest.substr(0, rest.find(' '));
        rest.remove_prefix(std::min(word.size() + 1, rest.size()));
        double width = 0;
        for (const char c : word)
          width += (static_cast<unsigned char>(c) & 0xC0) == 0x80 ? 0 : static_cast<unsigned char>(c) < 0x80 ? 0.5 : 1;
        out += fmt::format("<word xMin=\"{}\" yMin=\"{}\" xMax=\"{}\" yMax=\"{}\">{}</word>", x, line.y,
                           x + width * line.size, line.y + line.size, word);
        x += (width + 0.25) * line.size;
      }
      out += "</line>";
    }
    out += "</block>";
  }
  return out + "</flow></page>";
}

data::Document document_of(const std::vector<std::string>& pages) {
  std::string all;
  for (const std::string& page : pages) all += page;
  PageLayout layout = parse_pdf_layout(all);
  for (Page& page : layout.pages)  // pdftotext says where a line ends
    for (PageBlock& block : page.blocks)
      for (PageLine& line : block.lines) line.box.right = line.words.back().box.right;
  return document_of_pages(layout);
}

TEST(PdfLayout, WordsEntitiesAndMetadata) {
  const PageLayout layout = parse_pdf_layout(
      "<html><title>A &amp; B</title><meta name=\"Author\" content=\"&#xD64D;&quot;\"/><page width=\"595\" "
      "height=\"842\"><flow>"
      "<block><line xMin=\"1\" yMin=\"2\" xMax=\"30\" yMax=\"12\"><word xMin=\"1\" yMin=\"2\" xMax=\"3\" "
      "yMax=\"12\">a&lt;b</word>"
      "<word xMin=\"nan\" yMin=\"1e999\" xMax=\"x\" yMax=\"\"></word></line></block></flow></page><page>");
  EXPECT_EQ(layout.metadata.at("title"), "A & B");
  EXPECT_EQ(layout.metadata.at("Author"), "홍\"");
  ASSERT_EQ(layout.pages.size(), 1U);
  EXPECT_EQ(layout.pages[0].width, 595);
  ASSERT_EQ(layout.pages[0].blocks.size(), 1U);
  ASSERT_EQ(layout.pages[0].blocks[0].lines[0].words.size(), 1U);
  EXPECT_EQ(layout.pages[0].blocks[0].lines[0].words[0].text, "a<b");
  EXPECT_EQ(layout.pages[0].blocks[0].lines[0].words[0].box.bottom, 12);
  for (const std::string_view cut : {"", "<", "<page", "<word>", "<page ><block><line><word>", "<title>"})
    EXPECT_TRUE(parse_pdf_layout(cut).pages.size() <= 1) << cut;
}

TEST(PdfLayout, EnglishLinesJoinAndHyphensGo) {
  const data::Document d =
      document_of({page_of({{{50, 100, "The institution decides within ten days whether the infor-"},
                             {50, 112, "mation will be disclosed to those applicants of Well-"},
                             {50, 124, "Known."}}})});
  EXPECT_EQ(blocks_of(d), (Lines{"paragraph: The institution decides within ten days whether the information will be "
                                 "disclosed to those applicants of Well- Known."}));
}

TEST(PdfLayout, KoreanLinesBrokenInWords) {
  // Full lines of 16 syllables; "청구" begins other words, so that a lone "청" at a line's end is the beginning of one.
  const data::Document d = document_of({page_of({{{50, 100, "모든 국민은 정보의 공개를 원하면 청"},
                                                  {50, 112, "구서를 낼 수 있고 이 청구서를 받은 기"},
                                                  {50, 124, "관은 그 기관의 청구인에게 여부를 알려"},
                                                  {50, 136, "야 하며 공개 여부를 공개 전에 정한다"}}})});
  ASSERT_EQ(d.blocks.size(), 1U);
  EXPECT_NE(d.text.find("원하면 청구서를 낼"), std::string::npos) << d.text;
  EXPECT_NE(d.text.find("받은 기관은 그"), std::string::npos) << d.text;
}

TEST(PdfLayout, KoreanLinesBrokenAtSpaces) {
  const data::Document d = document_of({page_of({{{50, 100, "모든 국민은 정보의 공개를 원하면 곧바로"},
                                                  {50, 112, "청구서를 기관에 낼 수 있으며 그"},
                                                  {50, 124, "공공기관은 열흘 안에 결정하여 청구인에게"},
                                                  {50, 136, "알려야 한다."}}})});
  EXPECT_NE(d.text.find("곧바로 청구서를"), std::string::npos) << d.text;
  EXPECT_NE(d.text.find("있으며 그 공공기관은"), std::string::npos) << d.text;
}

TEST(PdfLayout, LinesThatEndOnPurposeAreParagraphs) {
  const data::Document d =
      document_of({page_of({{{50, 100, "모든 국민은 정보의 공개를 원하면 곧바로 청구서를 기관에 낼 수 있으며 그"},
                             {50, 112, "권리는 법이 지킨다."}},
                            {{50, 140, "서울특별시"}, {50, 152, "종로구 어느 길 1"}}})});
  const Lines blocks = blocks_of(d);
  ASSERT_EQ(blocks.size(), 3U) << d.text;
  EXPECT_EQ(blocks[1], "paragraph: 서울특별시");
}

TEST(PdfLayout, HeadingsListsTablesAndRunningLines) {
  std::vector<std::string> pages;
  for (int page = 1; page <= 4; ++page)
    pages.push_back(page_of({{{50, 30, "정보 공개 안내서"}},
                             {{50, 100, page == 1 ? "안내서" : "둘째 장", page == 1 ? 24.0 : 14.0}},
                             {{50, 140, fmt::format("{}쪽의 글은 이것이고 길이는 한 줄을 넘지 않는다.", page)}},
                             {{50, 160, "1. 청구서를 쓴다."}, {50, 172, "2. 낸다."}, {50, 184, "• 온라인"}},
                             {{50, 220, "종류"}},
                             {{150, 220, "단위"}},
                             {{250, 220, "값"}},
                             {{50, 240, "열람"}},
                             {{150, 240, "한 시간"}},
                             {{250, 240, "무료"}},
                             {{290, 780, fmt::format("- {} -", page)}}}));
  const data::Document d = document_of(pages);
  EXPECT_EQ(d.title, "안내서");
  const Lines blocks = blocks_of(d);
  ASSERT_GE(blocks.size(), 12U);
  EXPECT_EQ(Lines(blocks.begin(), blocks.begin() + 6),
            (Lines{"title: 안내서", "paragraph: 1쪽의 글은 이것이고 길이는 한 줄을 넘지 않는다.",
                   "list_item 1 (1): 청구서를 쓴다.", "list_item 1 (2): 낸다.", "list_item 1 (-): 온라인",
                   "table: 종류 | 단위 | 값\n열람 | 한 시간 | 무료"}));
  EXPECT_EQ(blocks[6], "heading 2: 둘째 장");
  EXPECT_EQ(d.blocks[6].page, 2);
  EXPECT_EQ(d.blocks.back().page, 4);
  EXPECT_EQ(d.text.find("정보 공개 안내서"), std::string::npos);
  EXPECT_EQ(d.metadata.at("running_lines"), "8");
}

TEST(PdfLayout, TwoColumnsOfTextAreNoTable) {
  std::vector<At> left, right;
  for (int i = 0; i < 8; ++i) {
    left.push_back({50, 100.0 + 12 * i, "왼쪽 단의 글은 이렇게 이어지고 또"});
    right.push_back({235, 100.0 + 12 * i, "오른 단의 글도 이렇게 이어지고 또"});
  }
  const data::Document d = document_of({page_of({left, right})});
  for (const data::Block& b : d.blocks) EXPECT_NE(b.kind, data::BlockKind::table) << d.text;
  EXPECT_LT(d.text.rfind("왼쪽"), d.text.find("오른"));
}

TEST(PdfLayout, AParagraphGoesOnOnTheNextPage) {
  const data::Document d =
      document_of({page_of({{{50, 700, "모든 국민은 정보의 공개를 기관에 청구할 수 있으며 이때에 그"},
                             {50, 712, "기관은 청구를 받은 날부터 열흘 안에 결정을 하여야 하고 또"}}}),
                   page_of({{{50, 100, "그 결과를 알린다."}}, {{50, 130, "다음."}}})});
  ASSERT_EQ(d.blocks.size(), 2U) << d.text;
  EXPECT_NE(d.text.find("하고 또 그 결과를 알린다."), std::string::npos) << d.text;
  EXPECT_EQ(d.blocks[0].page, 1);
}

TEST(PdfLayout, TesseractsSyllablesBecomeWordsAsItSpacesThem) {
  const auto word = [](int x, int width, const std::string& text, int confidence = 90) {
    return fmt::format("5\t1\t1\t1\t1\t1\t{}\t100\t{}\t40\t{}\t{}\n", x, width, confidence, text);
  };
  const std::string tsv =
      "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"
      "1\t1\t0\t0\t0\t0\t0\t0\t2480\t3508\t-1\t\n2\t1\t1\t0\t0\t0\t0\t0\t9\t9\t-1\t\n3\t1\t1\t1\t0\t0\t0\t0\t9\t9\t-"
      "1\t\n"
      "4\t1\t1\t1\t1\t0\t100\t100\t400\t40\t-1\t\n" +
      word(100, 40, "정") + word(150, 40, "보") + word(200, 90, "공개") + word(300, 20, "~", 5) + "정보 공개 ~\n\f";
  const Page page = parse_tesseract_tsv(tsv, 3, 300);
  ASSERT_EQ(page.blocks.size(), 1U);
  EXPECT_EQ(text_of(page.blocks[0].lines[0]), "정보 공개");
  EXPECT_EQ(page.number, 3);
  EXPECT_NEAR(page.width, 595.2, 0.1);
}

}  // namespace
}  // namespace moru::collect
