#include "core/error.h"
#include "helper.h"

namespace moru::curate {
namespace {

using data::BlockKind;
using testing::block_texts;
using testing::make_document;
using testing::run_curate;

TEST(HangulRule, ChangesAreRecordedAndCounted) {
  auto document =
      make_document({{BlockKind::heading, "ＨＷＰ 문서"}, {BlockKind::paragraph, "\uF914園 \u110F\u110F \uFFBB"}});
  document.metadata["keywords"] = "Ａ";
  const auto outcome = run_curate({document}, "", {"hangul"});
  ASSERT_EQ(outcome.kept.size(), 1U);
  EXPECT_EQ(block_texts(outcome.kept[0]), (std::vector<std::string>{"HWP 문서", "樂園 ㅋㅋ ㅋ"}));
  EXPECT_EQ(outcome.kept[0].metadata.at("keywords"), "A");
  EXPECT_EQ(outcome.kept[0].title, "HWP 문서");
  ASSERT_FALSE(outcome.decisions.empty());
  const Json& decision = outcome.decisions[0];
  EXPECT_EQ(decision.at("action"), "change");
  const auto& removed = decision.at("removed");
  EXPECT_EQ(removed.at(3).at("text"), "\uF914");
  EXPECT_EQ(removed.at(3).at("replacement"), "樂");
}

TEST(HangulRule, PrivateUseOnlyOfHwpUnlessAsked) {
  const std::string text = "\uF06C 항목 \U000F02B1 \uE000";
  auto web = make_document(text);
  web.source.collector = "html/1";
  auto hwp = make_document(text, "docs/a.hwp");
  hwp.source.collector = "hwp/1";
  const auto outcome = run_curate({web, hwp}, "", {"hangul"});
  EXPECT_EQ(outcome.kept.at(0).text, text);
  EXPECT_EQ(outcome.kept.at(0).measures.at("private_use"), 3);
  EXPECT_EQ(outcome.kept.at(1).text, "● 항목 ① \uE000");
  EXPECT_EQ(outcome.kept.at(1).measures.at("private_use"), 1);
  const auto all = run_curate({web}, "hangul: {private_use: all}", {"hangul"});
  EXPECT_EQ(all.kept.at(0).text, "● 항목 ① \uE000");
}

TEST(HangulRule, EachKindCanBeSwitchedOff) {
  const std::string text = "\uFFBB \u110F \uF914 Ａ \uF06C";
  auto document = make_document(text, "docs/a.hwp");
  document.source.collector = "hwpx/1";
  const auto outcome = run_curate(
      {document}, "hangul: {half_width: false, stray_jamo: false, hanja: false, full_width: keep, private_use: keep}",
      {"hangul"});
  EXPECT_EQ(outcome.kept.at(0).text, text);
  EXPECT_TRUE(outcome.decisions.empty());
  EXPECT_THROW(run_curate({document}, "hangul: {full_width: none}", {"hangul"}), Error);
}

// Letters on both sides of a block's border do not become one syllable.
TEST(HangulRule, ABlocksBorderParts) {
  auto document = make_document("\uFFA1\uFFC2");
  document.blocks[0].range = {0, 3};
  const auto outcome = run_curate({document}, "", {"hangul"});
  EXPECT_EQ(outcome.kept.at(0).text, "ㄱㅏ");
  EXPECT_EQ(block_texts(outcome.kept[0]), std::vector<std::string>{"ㄱ"});
}

}  // namespace
}  // namespace moru::curate
