// Real HWP 5 and HWPX files, where the folder of shared data lies beside the repository. Their writer's own preview of
// the text (PrvText) is what ours is held against.
#include <fstream>

#include "collect/compound_file.h"
#include "collect/extract.h"
#include "collect/little_endian.h"
#include "collect/zip_package.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

const std::filesystem::path kSamples = std::filesystem::path(MORU_SOURCE_DIR) / "../shared/data/hwp";

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

FolderSource allowing_distribution() {
  FolderSource source;
  source.extract.hwp_distribution = true;
  return source;
}

/// Without white space, and the signs that previews put around cells.
std::string bare(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    const char32_t c = text::next_code_point(text, at);
    if (!text::is_space(c) && c != U'<' && c != U'>' && c > 32) out += text.substr(begin, at - begin);
  }
  return out;
}

/// The share of the preview's characters, in words, that the text has; 1 of an empty preview.
double share_found(std::string_view preview, std::string_view text) {
  const std::string whole = bare(text);
  size_t all = 0, found = 0;
  std::string word;
  const auto count = [&] {
    const std::string wanted = bare(word);
    word.clear();
    all += wanted.size();
    if (whole.find(wanted) != std::string::npos) found += wanted.size();
  };
  for (const char c : preview) {
    if (c == '<' || c == '>' || c == ' ' || c == '\r' || c == '\n' || c == '\t')
      count();
    else
      word += c;
  }
  count();
  return all == 0 ? 1 : static_cast<double>(found) / static_cast<double>(all);
}

TEST(HwpSamples, EveryFileHasTheTextOfItsPreview) {
  const std::filesystem::path folder = kSamples / "hwplib";
  if (!std::filesystem::exists(folder)) return;
  const FolderSource source = allowing_distribution();
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".hwp") continue;
    ++files;
    const std::string bytes = bytes_of(entry.path());
    const Output output = extract(entry.path().native(), bytes, source);
    ASSERT_EQ(output.documents.size(), 1U) << entry.path();
    CompoundFile file(bytes);
    const std::string preview = file.has("PrvText") ? utf16le_to_utf8(file.read("PrvText")) : std::string();
    EXPECT_GT(share_found(preview, output.documents[0].text), 0.95) << entry.path();
  }
  EXPECT_EQ(files, 19U);
}

TEST(HwpSamples, TheirContentsInDetail) {
  const std::filesystem::path folder = kSamples / "hwplib";
  if (!std::filesystem::exists(folder)) return;
  const auto read = [&](const char* name) { return one_document("a.hwp", bytes_of(folder / name)); };

  const data::Document merging = read("merging-cell.hwp");
  ASSERT_EQ(merging.blocks.size(), 1U);
  ASSERT_EQ(merging.blocks[0].cells.size(), 7U);
  EXPECT_EQ(merging.blocks[0].cells[6], (Lines{"6,0", "6,1", "6,2", "6,3", "6,4", "6,5", "6,6"}));

  const data::Document heads = read("extracting_ParaHead.hwp");
  const Lines lines = blocks_of(heads);
  EXPECT_EQ(lines[0], "heading 1: i. 1");
  EXPECT_EQ(lines[5], "list_item 1 (1): 1");  // in the box that stands before the sixth paragraph
  EXPECT_EQ(lines[20], "heading 1: vi. 6");
  EXPECT_EQ(lines.back(), "list_item 1 (60): 16");  // its numbering begins at 46
  EXPECT_EQ(heads.blocks.back().page, 3);
  EXPECT_EQ(heads.metadata.at("author"), "박성균");
  EXPECT_EQ(heads.metadata.at("created"), "2021-06-29T04:33:19Z");

  const data::Document etc = read("basic__etc.hwp");
  EXPECT_EQ(blocks_of(etc)[0], "paragraph: 가나다라ABCDFEFDFEFDFEFDFEFDFEFDFEF");
  EXPECT_EQ(blocks_of(etc)[4], "list_item 1 (-): ㅁㅁㅁ촘");
  EXPECT_EQ(blocks_of(read("setting-fields.hwp"))[0], "paragraph: 필드1 : 이곳을 마우스로 누르고 내용을 입력하세요.");
  EXPECT_EQ(blocks_of(read("source.hwp")).back(), "table: ABC | 123");
}

TEST(HwpSamples, DistributionDocumentsOnlyBehindTheSwitch) {
  const std::filesystem::path file = kSamples / "hwplib/distribution.hwp";
  if (!std::filesystem::exists(file)) return;
  const std::string bytes = bytes_of(file);
  try {
    extract("a.hwp", bytes);
    FAIL();
  } catch (const Unreadable& problem) {
    EXPECT_EQ(problem.reason(), "distribution-document");
  }
  const Output output = extract("a.hwp", bytes, allowing_distribution());
  ASSERT_EQ(output.documents.size(), 1U);
  const data::Document& d = output.documents[0];
  EXPECT_EQ(d.title, "2025년 강남세움센터 시설관리원 용역업체 선정 입찰공고");
  EXPECT_EQ(d.metadata.at("hwp_distribution"), "read, allowed by recipe");
  EXPECT_EQ(blocks_of(d).back(), "paragraph: 강남세움복지관장");
  EXPECT_EQ(d.blocks.back().page, 2);
}

TEST(HwpxSamples, EveryFileHasTheTextOfItsPreview) {
  const std::filesystem::path folder = kSamples / "hwpxlib";
  if (!std::filesystem::exists(folder)) return;
  size_t files = 0, previews = 0;
  const FolderSource source;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".hwpx") continue;
    ++files;
    const std::string bytes = bytes_of(entry.path());
    const Output output = extract(entry.path().native(), bytes);
    ASSERT_EQ(output.documents.size(), 1U) << entry.path();
    // The preview still has what change tracking deleted.
    if (entry.path().filename() == "reader_writer__ChangeTrack.hwpx") continue;
    ZipPackage package(bytes, source.extract);
    const std::string preview = package.read_if("Preview/PrvText.txt").value_or("");
    previews += !bare(preview).empty();
    EXPECT_GT(share_found(preview, output.documents[0].text), 0.95) << entry.path();
  }
  EXPECT_EQ(files, 40U);
  EXPECT_EQ(previews, 19U);
}

TEST(HwpxSamples, TheirContentsInDetail) {
  const std::filesystem::path folder = kSamples / "hwpxlib";
  if (!std::filesystem::exists(folder)) return;
  const auto read = [&](const char* name) { return one_document("a.hwpx", bytes_of(folder / name)); };

  const data::Document table = read("tool__textextractor__Table.hwpx");
  ASSERT_EQ(table.blocks.back().kind, data::BlockKind::table);
  EXPECT_EQ(table.blocks.back().cells[2], (Lines{"칠득이", "77", "77", "77"}));
  EXPECT_EQ(blocks_of(read("reader_writer__ChangeTrack.hwpx")), (Lines{"paragraph: 변경 인간은"}));
  EXPECT_EQ(blocks_of(read("tool__textextractor__RectInRect.hwpx")),
            (Lines{"paragraph: 사각형 안에 텍스트입니다.", "paragraph: 사각형 안에 사각형의 텍스트입니다."}));
  const Lines boxes = blocks_of(read("tool__textextractor__RectInPara.hwpx"));
  ASSERT_EQ(boxes.size(), 4U);
  EXPECT_TRUE(boxes[0].starts_with("paragraph: Start. 이것은 본문") && boxes[0].ends_with(" End")) << boxes[0];
  EXPECT_EQ(boxes[3], "paragraph: 2번째 사각형");
  // Numbered as the file's own texts say ("번호-4-1-2").
  const Lines heads = blocks_of(read("tool__textextractor__ParaHead.hwpx"));
  EXPECT_NE(std::ranges::find(heads, "list_item 3 (4.1.2): 번호-4-1-2"), heads.end());
  EXPECT_NE(std::ranges::find(heads, "list_item 4 (4.1.2.1): 번호-4-1-2-1"), heads.end());
  EXPECT_EQ(heads.back(), "heading 3: 1) 개요2-1-1");
  EXPECT_EQ(blocks_of(read("reader_writer__HeaderFooter.hwpx")),
            (Lines{"paragraph [header]: 머리말 테스트", "paragraph [footer]: 꼬리말"}));

  const data::Document proposal = read("error__20230728__test.hwpx");  // three sections, tables, frames
  EXPECT_EQ(proposal.title, "『제2회 가을밤의 음악축제』");
  const auto schedule = std::ranges::find(proposal.blocks, data::BlockKind::table, &data::Block::kind);
  ASSERT_NE(schedule, proposal.blocks.end());
  EXPECT_EQ(schedule->cells[1], (Lines{"문화 행사", "15:00 ~ 17:30", "소규모 문화행사(공연 제외)"}));
  EXPECT_EQ(schedule->page, 3);
}

}  // namespace
}  // namespace moru::collect
