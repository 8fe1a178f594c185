#include "curate/text_edit.h"

#include "core/random.h"

namespace moru::curate {
namespace {

using data::Range;

std::string same(std::string_view text) {
  return std::string(text);
}

TEST(TextEdit, ReplacesErasesAndInserts) {
  TextEdit edit;
  edit.replace(0, 1, "XY");
  edit.erase(2, 4);
  edit.replace(5, 5, "!");
  EXPECT_EQ(edit.apply("abcdef"), "XYbe!f");
  EXPECT_EQ(edit.map(0), 0U);
  EXPECT_EQ(edit.map(1), 2U);  // after the replacement
  EXPECT_EQ(edit.map(2), 3U);
  EXPECT_EQ(edit.map(3), 3U);  // inside what is gone
  EXPECT_EQ(edit.map(4), 3U);
  EXPECT_EQ(edit.map(6), 6U);
}

TEST(TextEdit, WithoutChangesNothingMoves) {
  const TextEdit edit;
  EXPECT_TRUE(edit.empty());
  EXPECT_EQ(edit.apply("한글"), "한글");
  EXPECT_EQ(edit.map(Range{1, 5}), (Range{1, 5}));
}

TEST(TextEdit, AReplacementAcrossABorderBelongsToTheRangeBefore) {
  TextEdit edit;
  edit.replace(2, 4, "--");
  EXPECT_EQ(edit.map(Range{0, 3}), (Range{0, 4}));
  EXPECT_EQ(edit.map(Range{3, 6}), (Range{4, 6}));
}

// Random edits against a model: every character carries an owner, and replacements belong to whoever owns the byte
// where the change begins.
TEST(TextEdit, RandomEditsKeepRangesRight) {
  Random random(42);
  for (int round = 0; round < 2000; ++round) {
    const size_t size = random.below(30);
    std::string text;
    for (size_t i = 0; i < size; ++i) text += static_cast<char>('a' + random.below(26));
    TextEdit edit;
    std::vector<bool> touched(size + 1, false);
    uint64_t begin = 0;
    while ((begin += random.below(6)) < size) {
      const uint64_t end = std::min<uint64_t>(size, begin + random.below(5));
      edit.replace(begin, end, std::string(random.below(4), '#'));
      for (uint64_t i = begin; i < end; ++i) touched[i] = true;
      begin = end;
    }
    const std::string after = edit.apply(text);
    // Never decreasing, inside the text, ends to ends.
    for (size_t i = 1; i <= size; ++i) ASSERT_LE(edit.map(i - 1), edit.map(i));
    ASSERT_EQ(edit.map(size),
              edit.changes().empty() || edit.changes().back().range.begin < size ? after.size() : edit.map(size));
    ASSERT_LE(edit.map(size), after.size());
    // What was not touched stands at its mapped place.
    for (size_t i = 0; i < size; ++i) {
      if (touched[i]) continue;
      const Range moved = edit.map(Range{i, i + 1});
      ASSERT_GE(moved.end, moved.begin + 1);
      ASSERT_EQ(after[moved.end - 1], text[i]) << text << " -> " << after << " at " << i;
    }
    // Neighbours stay disjoint and, together, cover what they covered.
    const uint64_t middle = random.below(size + 1);
    ASSERT_EQ(edit.map(Range{0, middle}).end, edit.map(Range{middle, size}).begin);
  }
}

TEST(TextEdit, ADocumentsBlocksMoveAlong) {
  data::Document document;
  document.text = "Title\n\nGone\n\nName\tValue\nA\tB";
  document.blocks.resize(3);
  document.blocks[0].range = {0, 5};
  document.blocks[1].range = {7, 11};
  document.blocks[2].kind = data::BlockKind::table;
  document.blocks[2].range = {13, 27};
  document.blocks[2].cells = {{"Name", "Value"}, {"A", "B"}};
  TextEdit edit;
  edit.replace(0, 5, "Ti");
  edit.erase(7, 13);
  edit.replace(18, 23, "[V]");
  apply_edit(edit, same, document);
  EXPECT_EQ(document.text, "Ti\n\nName\t[V]\nA\tB");
  ASSERT_EQ(document.blocks.size(), 2U);  // the block whose text is gone goes too
  EXPECT_EQ(document.slice(document.blocks[0].range), "Ti");
  EXPECT_EQ(document.slice(document.blocks[1].range), "Name\t[V]\nA\tB");
  EXPECT_EQ(document.blocks[1].cells, (std::vector<std::vector<std::string>>{{"Name", "[V]"}, {"A", "B"}}));
}

TEST(TextEdit, ACellThatIsNotInTheTextIsTransformed) {
  data::Document document;
  document.text = "ab";
  document.blocks.resize(1);
  document.blocks[0].range = {0, 2};
  document.blocks[0].cells = {{"elsewhere"}};
  TextEdit edit;
  edit.replace(0, 1, "x");
  apply_edit(
      edit, [](std::string_view cell) { return std::string(cell) + "!"; }, document);
  EXPECT_EQ(document.blocks[0].cells[0][0], "elsewhere!");
}

}  // namespace
}  // namespace moru::curate
