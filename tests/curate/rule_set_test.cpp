// Gopher's, FineWeb's and mC4's rules in datatrove's dialect. Expected values are counted by hand.
#include "curate/rule_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "curate/rule_set_helper.h"

namespace moru::curate {
namespace {

using testing::error_of;
using ::testing::HasSubstr;
using testing::value_of;
using testing::verdict;

double repetition(std::string_view key, std::string_view text, const std::string& yaml = "") {
  return value_of(gopher_repetition_kind(), yaml, key, text);
}
double quality(std::string_view key, std::string_view text, const std::string& yaml = "") {
  return value_of(gopher_quality_kind(), yaml, key, text);
}
double fineweb(std::string_view key, std::string_view text, const std::string& yaml = "") {
  return value_of(fineweb_quality_kind(), yaml, key, text);
}

TEST(GopherRepetition, ParagraphsAreSplitAtTwoLineFeedsOrMoreOfTheStrippedText) {
  // "a", "a", "b": one of three is a copy; its one character of eleven, blanks at the ends included.
  const std::string text = "\n a\n\n\na\n\nb\n";
  EXPECT_DOUBLE_EQ(repetition("duplicate_paragraphs", text), 1.0 / 3);
  EXPECT_DOUBLE_EQ(repetition("duplicate_paragraph_characters", text), 1.0 / 11);
  // One line feed does not part paragraphs.
  EXPECT_DOUBLE_EQ(repetition("duplicate_paragraphs", "a\na\na"), 0);
}

TEST(GopherRepetition, LinesAreSplitAtRunsOfLineFeedsOfTheWholeText) {
  // "", "가나", "가나", "": two of four are copies, one of them empty; two characters of seven.
  const std::string text = "\n가나\n\n가나\n";
  EXPECT_DOUBLE_EQ(repetition("duplicate_lines", text), 2.0 / 4);
  EXPECT_DOUBLE_EQ(repetition("duplicate_line_characters", text), 2.0 / 8);
}

TEST(GopherRepetition, TheTopGramIsCountedWithSpacesAndTheFirstOfEquallyFrequentOnes) {
  // 2-grams: "a b" twice, "b cc" twice, "cc a" once: the first seen of the two, three characters, wins.
  EXPECT_DOUBLE_EQ(repetition("top_2_gram", "a b cc a b cc"), 3.0 * 2 / 13);
  // Nothing repeats: the first 2-gram counts once all the same.
  EXPECT_DOUBLE_EQ(repetition("top_2_gram", "가나 다 라마바"), 4.0 / 8);
  EXPECT_EQ(verdict({"gopher-repetition"}, "", "only two"), "top_2_gram 1 0.2");
  EXPECT_TRUE(std::isnan(repetition("top_3_gram", "only two")));
}

TEST(GopherRepetition, RepeatedGramsAreFoundByAScanThatJumps) {
  // The 5-gram at 0 is remembered, and so are those at 1 … 4; that at 5 was seen: five letters, and a jump to 10.
  EXPECT_DOUBLE_EQ(repetition("repeated_5_gram", "a b c d e a b c d e"), 5.0 / 19);
  // Without the jump the 5-grams at 6 … 9 would count too.
  EXPECT_DOUBLE_EQ(repetition("repeated_5_gram", "a b c d e a b c d e a b c d e"), 10.0 / 29);
  EXPECT_DOUBLE_EQ(repetition("repeated_6_gram", "a b c d e a b c d e"), 0);
}

TEST(GopherRepetition, RepeatedGramsAreComparedWithoutSpaces) {
  // "ab c d e f" and "a bc d e f" are both "abcdef".
  EXPECT_DOUBLE_EQ(repetition("repeated_5_gram", "ab c d e f 1 2 3 a bc d e f"), 6.0 / 27);
  // The same where the words are long enough to be told apart by their beginnings first.
  const std::string one = "사과나무 아래에서 만난 사람들은 모두 웃었다";
  const std::string two = "사과나무아래 에서 만난 사람들은 모두 웃었다";
  const std::string text = one + " 끝 " + two;
  EXPECT_DOUBLE_EQ(repetition("repeated_6_gram", text), 19.0 / static_cast<double>(text_view(text).characters()));
}

TEST(GopherRepetition, ChecksComeInOrderAndZeroSwitchesOneOff) {
  const std::string text = "one line\n\none line\n\none line";
  EXPECT_EQ(verdict({"gopher-repetition"}, "", text), "dup_para_frac 0.6667 0.3");
  EXPECT_EQ(verdict({"gopher-repetition"}, "duplicate_paragraphs: 0", text), "dup_para_char_frac 0.5714 0.2");
  EXPECT_EQ(verdict({"gopher-repetition"}, "{duplicate_paragraphs: 0, duplicate_paragraph_characters: 0}", text),
            "dup_line_frac 0.6667 0.3");
  // FineWeb-2 has no paragraph checks and a wider limit for lines.
  EXPECT_EQ(verdict({"gopher-repetition"}, "language: kor_Hang", text), "dup_line_frac 0.6667 0.374");
}

TEST(GopherRepetition, AnEmptyTextRepeatsNothing) {
  EXPECT_EQ(verdict({"gopher-repetition"}, "", ""), "keep");
  EXPECT_EQ(verdict({"gopher-repetition"}, "", "\n\n \n"), "dup_line_frac 0.3333 0.3");
}

TEST(GopherQuality, WordsOfMarksAloneAreNoWords) {
  EXPECT_DOUBLE_EQ(quality("minimum_words", "-- one, ... two! 3 \" 。"), 3);
  // The mean is theirs: "one,", "two!" and "3".
  EXPECT_DOUBLE_EQ(quality("minimum_mean_word_length", "-- one, ... two! 3 \" 。"), 9.0 / 3);
  EXPECT_EQ(verdict({"gopher-quality"}, "", "one two"), "gopher_short_doc 2 50");
  EXPECT_EQ(verdict({"gopher-quality"}, "maximum_words: 1\nminimum_words: 0", "one two"), "gopher_long_doc 2 1");
}

TEST(GopherQuality, SymbolsAreCountedByOccurrenceEachKindByItself) {
  EXPECT_DOUBLE_EQ(quality("hash_marks", "## a # b"), 3.0 / 4);
  // "...." holds one "...", "......" two.
  EXPECT_DOUBLE_EQ(quality("ellipses", "a.... b...... c… d"), 4.0 / 4);
}

TEST(GopherQuality, LinesAreThoseOfPythonsSplitlines) {
  EXPECT_DOUBLE_EQ(quality("bullet_lines", "  • a\r\n\t- b\n* c\n- d\u2028e\n"), 3.0 / 5);
  EXPECT_DOUBLE_EQ(quality("ellipsis_lines", "a...  \nb…\n\nc."), 2.0 / 4);
}

TEST(GopherQuality, AlphabeticWordsAndDistinctStopWords) {
  EXPECT_DOUBLE_EQ(quality("alphabetic_words", "a1 한 12 -- é"), 3.0 / 5);
  EXPECT_DOUBLE_EQ(quality("minimum_stop_words", "the the The of"), 2);
  EXPECT_DOUBLE_EQ(quality("minimum_stop_words", "이 이 을 책", "language: kor_Hang"), 2);
  EXPECT_DOUBLE_EQ(quality("minimum_stop_words", "the 책", "stop_words: [책, 집]"), 1);
}

TEST(GopherQuality, FineWeb2HasLimitsForKorean) {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "전라북도에서 ";  // six letters a word
  EXPECT_EQ(verdict({"gopher-quality"}, "language: kor_Hang", text + "길다란단어 을 를"), "keep");
  EXPECT_EQ(verdict({"gopher-quality"}, "language: kor_Hang", text + "더길다란단어다"),
            "gopher_above_avg_threshold 6.016 6");
  EXPECT_EQ(verdict({"gopher-quality"}, "", text), "gopher_enough_stop_words 0 2");
}

TEST(FineWebQuality, LinesEndWithAMarkOfAnyScript) {
  // Blank lines do not count; a blank after the mark hides it.
  EXPECT_DOUBLE_EQ(fineweb("line_punctuation", "a.\n\n나。\nb. \n \nc"), 2.0 / 4);
  EXPECT_DOUBLE_EQ(fineweb("line_punctuation", "quote.\"\nसमाप्त।"), 1.0 / 2);
  EXPECT_EQ(verdict({"fineweb-quality"}, "", "no mark"), "line_punct_ratio 0 0.12");
  EXPECT_EQ(verdict({"fineweb-quality"}, "no_punctuation_passes: true", "no mark"), "short_line_ratio 1 0.67");
  EXPECT_EQ(verdict({"fineweb-quality"}, "", " \n\n"), "empty 0 1");
}

TEST(FineWebQuality, ShortLinesCopiesAndLineFeeds) {
  const std::string thirty(29, 'a');
  EXPECT_DOUBLE_EQ(fineweb("short_lines", thirty + ".\n" + thirty + "ab\n"), 1.0 / 2);
  EXPECT_DOUBLE_EQ(fineweb("short_lines", "ab\nabcd\n", "short_line_length: 3"), 1.0 / 2);
  // "ab" again: two of six characters that are no line feeds.
  EXPECT_DOUBLE_EQ(fineweb("duplicate_line_characters", "ab\n\nab\nc \n"), 2.0 / 6);
  EXPECT_DOUBLE_EQ(fineweb("line_feeds", "a b\n\nc d e\n"), 3.0 / 5);
  EXPECT_EQ(verdict({"fineweb-quality"}, "language: kor_Hang", "가.\n나.\n다."), "list_ratio 0.6667 0.196");
}

TEST(C4Paragraph, AsksForSomeLongLines) {
  const std::string line(200, 'x');
  EXPECT_EQ(verdict({"c4-paragraph"}, "", line + "\n" + line + "\n" + line + "y"), "keep");
  EXPECT_EQ(verdict({"c4-paragraph"}, "", line + "\n" + line + "\nshort"), "< 3 paragraphs 5 200");
  EXPECT_EQ(verdict({"c4-paragraph"}, "", line + "\n" + line), "< 3 paragraphs 0 200");
  EXPECT_EQ(verdict({"c4-paragraph"}, "minimum_lines: 1", line), "keep");
}

TEST(RuleSets, AnUnknownNameIsAnErrorWithTheNearest) {
  EXPECT_THAT(error_of({"gopher-repetion"}, ""), HasSubstr("did you mean \"gopher-repetition\"?"));
  EXPECT_THAT(error_of({"gopher-repetition"}, "top_2gram: 0.1"), HasSubstr("did you mean \"top_2_gram\"?"));
  EXPECT_THAT(error_of({"gopher-repetition"}, "dialect: datatorve"), HasSubstr("did you mean \"datatrove\"?"));
  EXPECT_THAT(error_of({"gopher-quality"}, "language: kor_hang"), HasSubstr("did you mean \"kor_Hang\"?"));
  EXPECT_THAT(error_of({"gopher-quality"}, "words: morphemes"), HasSubstr("did you mean \"morpheme\"?"));
  EXPECT_THAT(error_of({"fineweb-quality"}, "dialect: dolma"), HasSubstr("has no dialect \"dolma\""));
  EXPECT_THAT(error_of({"gopher-repetition"}, "duplicate_lines: 2"), HasSubstr("from 0 to 1"));
}

TEST(RuleSets, ALimitOfAnotherDialectIsAnError) {
  EXPECT_THAT(error_of({"gopher-repetition"}, "{dialect: dolma, duplicate_paragraphs: 0.1}"),
              HasSubstr("\"duplicate_paragraphs\" has no meaning in the dialect \"dolma\""));
  EXPECT_THAT(error_of({"gopher-repetition"}, "{dialect: nemo-curator, duplicate_lines: 0.1}"),
              HasSubstr("this one has: unique_lines"));
  EXPECT_THAT(error_of({"gopher-quality"}, "{dialect: dolma, minimum_mean_word_length: 3}"),
              HasSubstr("has no meaning in the dialect \"dolma\""));
  EXPECT_THAT(error_of({"gopher-repetition"}, "empty_lines: false"), HasSubstr("unknown key \"empty_lines\""));
  EXPECT_THAT(error_of({"gopher-quality"}, "{dialect: dclm, language: kor_Hang}"), HasSubstr("no limits of its own"));
}

}  // namespace
}  // namespace moru::curate
