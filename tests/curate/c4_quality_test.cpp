// C4's line rules in datatrove's dialect, and what they change in a document.
#include "curate/c4_quality.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "curate/rule_set_helper.h"
#include "helper.h"

namespace moru::curate {
namespace {

using ::testing::HasSubstr;

/// What is left of a text, or the reason.
std::string c4(std::string_view text, const std::string& yaml = "minimum_sentences: 0") {
  TextView& view = text_view(text);
  const C4Quality::Outcome outcome = C4Quality(Config::parse(yaml, "recipe.yaml")).judge(view);
  if (outcome.failure) return fmt::format("!{} {:g}", outcome.failure->reason, outcome.failure->value);
  return outcome.edit.apply(view.text());
}

TEST(C4Quality, KeepsTrimmedLinesThatEndWithATerminalMark) {
  EXPECT_EQ(c4("  one two three.  \r\n\n no mark at all\nand so on and...\nis it so?\u2028\"He said so.\"\n"),
            "one two three.\nis it so?\n\"He said so.\"");
  EXPECT_EQ(c4("no mark at all", "{terminal_mark: false, minimum_sentences: 0}"), "no mark at all");
  // A Korean full stop is no terminal mark of C4's.
  EXPECT_EQ(c4("하나 둘 셋。\n하나 둘 셋."), "하나 둘 셋.");
}

TEST(C4Quality, DropsShortLinesAndLongWords) {
  EXPECT_EQ(c4("only two.\nthese are three."), "these are three.");
  EXPECT_EQ(c4("a b " + std::string(1001, 'x') + ".\na b " + std::string(999, 'x') + "."),
            "a b " + std::string(999, 'x') + ".");
  EXPECT_EQ(c4("word of five.\nno.", "{maximum_word_length: 4, minimum_words_per_line: 1, minimum_sentences: 0}"),
            "no.");
}

TEST(C4Quality, TakesCitationsOutBeforeItLooksForTheMark) {
  EXPECT_EQ(c4("so it is[1] said.[23][edit] here[] ends[citation needed]."), "so it is said. here ends.");
  // What stood before a citation at the end is not trimmed again, so that no mark ends the line.
  EXPECT_EQ(c4("a line that ends. [4]\nand one more line."), "and one more line.");
  EXPECT_EQ(c4("[1] and one more line."), "and one more line.");
  EXPECT_EQ(c4("kept [one] as it is.", "{minimum_sentences: 0}"), "kept [one] as it is.");
  EXPECT_EQ(c4("kept [1] as it is.", "{remove_citations: false, minimum_sentences: 0}"), "kept [1] as it is.");
  // Words are counted with their citations; what is left of such a line may be nothing.
  EXPECT_EQ(c4("[1] [2] [3]\nand one more line", "{terminal_mark: false, minimum_sentences: 0}"), "and one more line");
  EXPECT_EQ(c4("the first line is.\n[1] [2] [3]\nand one more line.", "{terminal_mark: false, minimum_sentences: 0}"),
            "the first line is.\n  \nand one more line.");
}

TEST(C4Quality, DropsDocumentsForBracketsAndLoremIpsumOnlyInLinesThatAreLeft) {
  EXPECT_EQ(c4("if (x) { return this. }"), "");  // no terminal mark: the line is gone before
  EXPECT_EQ(c4("if x { return this."), "!curly_bracket 1");
  EXPECT_EQ(c4("if x { return this.", "{curly_bracket: false, minimum_sentences: 0}"), "if x { return this.");
  EXPECT_EQ(c4("Some Lorem Ipsum text."), "!lorem_ipsum 1");
  EXPECT_EQ(c4("Some Lorem[1] Ipsum text."), "!lorem_ipsum 1");
  EXPECT_EQ(c4("Some Lorem Ipsum text.", "{lorem_ipsum: false, minimum_sentences: 0}"), "Some Lorem Ipsum text.");
}

TEST(C4Quality, DropsLinesOnScriptsAndPolicies) {
  EXPECT_EQ(c4("Please enable JavaScript here.\nThis line is fine.\nOur Privacy Policy has changed.\n"
               "This site uses cookies today.\nWe eat cookies every day."),
            "This line is fine.\nWe eat cookies every day.");
  // The Kelvin sign is a "k" in lower case.
  EXPECT_EQ(c4("This site uses coo\u212Aies today.\nThis line is fine."), "This line is fine.");
  EXPECT_EQ(c4("A javascript { in braces.\nThis line is fine."), "This line is fine.");  // the line goes first
}

TEST(C4Quality, AsksForFiveSentences) {
  EXPECT_EQ(c4("It is one. It is two. It is three.\nIt is four.", ""), "!too_few_sentences 4");
  EXPECT_EQ(c4("It is one. It is two. It is three.\nIt is four.\nIt is five.", ""),
            "It is one. It is two. It is three.\nIt is four.\nIt is five.");
  EXPECT_EQ(c4("", ""), "!too_few_sentences 0");
}

TEST(C4Quality, CountsSentencesAsTheFieldDoes) {
  const auto sentences = [](std::string_view line) { return count_sentences(line, 100); };
  EXPECT_EQ(sentences("no mark at all"), 1U);
  EXPECT_EQ(sentences("One. Two! Three? Four"), 4U);
  EXPECT_EQ(sentences("He said \"No!\" and left. (So it was.) End."), 4U);
  EXPECT_EQ(sentences("Version 3.5 of a.b is out."), 1U);
  EXPECT_EQ(sentences("See e.g. Dr. Kim of the U.S. for more."), 1U);
  EXPECT_EQ(sentences("The end.The beginning"), 2U);
  EXPECT_EQ(sentences("Well ... so it is"), 1U);
  EXPECT_EQ(sentences("그렇습니다. 아닙니다. 모릅니다."), 3U);
  EXPECT_EQ(sentences("是。不是。"), 2U);
}

TEST(C4Quality, ChangesADocumentAndRecordsWhatWent) {
  const data::Document document = testing::make_document(
      {{data::BlockKind::heading, "A heading"},
       {data::BlockKind::paragraph, "One is a sentence. Two is a sentence. Three is a sentence."},
       {data::BlockKind::paragraph, "Please enable javascript here."},
       {data::BlockKind::paragraph, "Four is a sentence. Five is a sentence."}});
  const testing::Outcome outcome = testing::run_curate({document}, "c4_quality: {}", {"c4_quality"});
  ASSERT_EQ(outcome.kept.size(), 1U);
  EXPECT_EQ(outcome.kept[0].text,
            "One is a sentence. Two is a sentence. Three is a sentence.\nFour is a sentence. Five is a sentence.");
  EXPECT_THAT(testing::block_texts(outcome.kept[0]),
              ::testing::ElementsAre("One is a sentence. Two is a sentence. Three is a sentence.",
                                     "Four is a sentence. Five is a sentence."));
  const std::vector<Json> decisions = outcome.decisions_of("c4_quality");
  ASSERT_EQ(decisions.size(), 1U);
  EXPECT_EQ(decisions[0].at("action"), "change");
  // From what was taken out the text can be made again.
  std::string text = outcome.kept[0].text;
  int64_t shift = 0;
  for (const Json& removed : decisions[0].at("removed")) {
    const auto begin = removed.at("range").at(0).get<int64_t>() + shift;
    const auto piece = removed.at("text").get<std::string>();
    const auto replacement = removed.at("replacement").get<std::string>();
    text.replace(static_cast<size_t>(begin), replacement.size(), piece);
  }
  EXPECT_EQ(text, document.text);
}

}  // namespace
}  // namespace moru::curate
