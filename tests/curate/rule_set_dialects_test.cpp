// The same Gopher rules as Dolma, DCLM and NeMo Curator count them: each difference from datatrove by itself. Expected
// values are counted by hand.
#include <gtest/gtest.h>

#include "curate/rule_set.h"
#include "curate/rule_set_helper.h"

namespace moru::curate {
namespace {

using testing::value_of;
using testing::verdict;

double repetition(const std::string& dialect, std::string_view key, std::string_view text,
                  const std::string& more = "") {
  return value_of(gopher_repetition_kind(), "dialect: " + dialect + "\n" + more, key, text);
}
double quality(const std::string& dialect, std::string_view key, std::string_view text, const std::string& more = "") {
  return value_of(gopher_quality_kind(), "dialect: " + dialect + "\n" + more, key, text);
}

TEST(Dialects, TheMostFrequentNgram) {
  // "ab cd" twice in "ab cd ab cd xab cde", 19 characters, 14 of them letters.
  const std::string text = "ab cd ab cd xab cde";
  EXPECT_DOUBLE_EQ(repetition("datatrove", "top_2_gram", text), 5.0 * 2 / 19);  // with its space, / all
  EXPECT_DOUBLE_EQ(repetition("dolma", "top_2_gram", text), 4.0 * 2 / 14);      // letters / letters
  EXPECT_DOUBLE_EQ(repetition("dclm", "top_2_gram", text), 4.0 * 2 / 14);
  EXPECT_DOUBLE_EQ(repetition("nemo-curator", "top_2_gram", text), 5.0 * 3 / 19);  // inside "xab cde" too
  // Two spaces between hide it from a search for the text, not from those who count words.
  EXPECT_DOUBLE_EQ(repetition("nemo-curator", "top_2_gram", "ab  cd ab  cd"), 5.0 * 0 / 13);
  EXPECT_DOUBLE_EQ(repetition("dolma", "top_2_gram", "ab  cd ab  cd"), 1);
}

TEST(Dialects, EquallyFrequentNgrams) {
  // "a b" and "b ccc" twice each: the first, or for DCLM the longest.
  const std::string text = "a b ccc a b ccc";
  EXPECT_DOUBLE_EQ(repetition("datatrove", "top_2_gram", text), 3.0 * 2 / 15);
  EXPECT_DOUBLE_EQ(repetition("dolma", "top_2_gram", text), 2.0 * 2 / 10);
  EXPECT_DOUBLE_EQ(repetition("dclm", "top_2_gram", text), 4.0 * 2 / 10);
}

TEST(Dialects, AnNgramThatOccursOnce) {
  const std::string text = "ab cde fg";
  EXPECT_DOUBLE_EQ(repetition("datatrove", "top_2_gram", text), 6.0 / 9);
  EXPECT_DOUBLE_EQ(repetition("dolma", "top_2_gram", text), 5.0 / 7);
  EXPECT_DOUBLE_EQ(repetition("dclm", "top_2_gram", text), 0);
  EXPECT_DOUBLE_EQ(repetition("nemo-curator", "top_2_gram", text), 6.0 / 9);
}

TEST(Dialects, TextsShorterThanAnNgram) {
  EXPECT_TRUE(std::isnan(repetition("datatrove", "top_4_gram", "ab cd ef")));
  EXPECT_TRUE(std::isnan(repetition("dolma", "top_4_gram", "ab cd ef")));
  EXPECT_TRUE(std::isnan(repetition("dclm", "top_4_gram", "ab cd ef")));
  EXPECT_DOUBLE_EQ(repetition("nemo-curator", "top_4_gram", "ab cd ef"), 1);
  EXPECT_DOUBLE_EQ(repetition("nemo-curator", "repeated_10_gram", "ab cd ef"), 1);
}

TEST(Dialects, RepeatedNgrams) {
  // Twelve words of two letters, 35 characters, 24 letters. The 5-grams at 0 and 1 come again at 6 and 7.
  const std::string text = "aa bb cc dd ee ff aa bb cc dd ee ff";
  // datatrove: at 6 a jump to 11, ten letters of all.
  EXPECT_DOUBLE_EQ(repetition("datatrove", "repeated_5_gram", text), 10.0 / 35);
  // Dolma: four of eight 5-grams repeat; each has ten letters.
  EXPECT_DOUBLE_EQ(repetition("dolma", "repeated_5_gram", text), 40.0 / 80);
  // DCLM: words 0 … 5 and 6 … 11 stand in one that repeats.
  EXPECT_DOUBLE_EQ(repetition("dclm", "repeated_5_gram", text), 24.0 / 24);
  // NeMo Curator: the second copies alone, at 6 ten letters and four spaces, at 7 two letters and a space more.
  EXPECT_DOUBLE_EQ(repetition("nemo-curator", "repeated_5_gram", text), 17.0 / 35);
}

TEST(Dialects, DclmCutsWordsAsUnicodeDoesAndLeavesMarksOut) {
  // "a-b." are the words a and b; marks count neither as words nor as characters.
  EXPECT_DOUBLE_EQ(repetition("dclm", "top_2_gram", "a-b. a, b!"), 2.0 * 2 / 4);
  EXPECT_DOUBLE_EQ(repetition("dclm", "top_2_gram", "a-b. a, b!", "words: whitespace"), 0);
}

TEST(Dialects, DuplicateLines) {
  // "x", "", "x", "", "yy", " x", "": with and without the first copies, empty ones and blanks.
  const std::string text = "x\n\nx\n\nyy\n x\n";
  EXPECT_DOUBLE_EQ(repetition("datatrove", "duplicate_lines", text), 1.0 / 5);  // x, x, yy, " x", ""
  EXPECT_DOUBLE_EQ(repetition("datatrove", "duplicate_line_characters", text), 1.0 / 12);
  EXPECT_DOUBLE_EQ(repetition("dolma", "duplicate_lines", text), 5.0 / 7);
  EXPECT_DOUBLE_EQ(repetition("dolma", "duplicate_lines", text, "empty_lines: false"), 2.0 / 5);
  EXPECT_DOUBLE_EQ(repetition("dolma", "duplicate_line_characters", text), 2.0 / 5);
  EXPECT_DOUBLE_EQ(repetition("dclm", "duplicate_lines", text), 3.0 / 4);  // stripped, so that " x" is one too
  EXPECT_DOUBLE_EQ(repetition("dclm", "duplicate_line_characters", text), 3.0 / 5);
  EXPECT_DOUBLE_EQ(repetition("nemo-curator", "unique_lines", text), 3.0 / 4);
  EXPECT_DOUBLE_EQ(repetition("nemo-curator", "unique_line_characters", text), 5.0 / 6);
  // One line alone passes DCLM, no line does not.
  EXPECT_DOUBLE_EQ(repetition("dclm", "duplicate_lines", "x"), 0);
  EXPECT_EQ(verdict({"gopher-repetition"}, "dialect: dclm", " \n "), "repetition_filter_line 1 0.3");
}

TEST(Dialects, Paragraphs) {
  // Three line feeds part two paragraphs in datatrove, and in the others "\n\n" and the rest.
  const std::string text = "p\n\n\np\n\nq";
  EXPECT_DOUBLE_EQ(repetition("datatrove", "duplicate_paragraphs", text), 1.0 / 3);
  EXPECT_DOUBLE_EQ(repetition("dclm", "duplicate_paragraphs", text), 2.0 / 3);       // stripped: p, p, q
  EXPECT_DOUBLE_EQ(repetition("nemo-curator", "unique_paragraphs", text), 3.0 / 3);  // p, "\np", q
}

TEST(Dialects, WordLength) {
  // Lengths 1, 1, 1, 9, and "--".
  const std::string text = "a b c ninechars --";
  EXPECT_DOUBLE_EQ(quality("datatrove", "minimum_mean_word_length", text), 12.0 / 4);
  EXPECT_DOUBLE_EQ(quality("dolma", "minimum_median_word_length", text), 1);
  EXPECT_DOUBLE_EQ(quality("dolma", "minimum_median_word_length", "a bbb"), 2);
  EXPECT_DOUBLE_EQ(quality("dclm", "minimum_mean_word_length", text), 14.0 / 5);
  EXPECT_DOUBLE_EQ(quality("nemo-curator", "minimum_mean_word_length", text), 14.0 / 5);
}

TEST(Dialects, NumberOfWords) {
  const std::string text = "one -- (two) 3";
  EXPECT_DOUBLE_EQ(quality("datatrove", "minimum_words", text), 3);
  EXPECT_DOUBLE_EQ(quality("dolma", "minimum_words", text), 4);
  EXPECT_DOUBLE_EQ(quality("dclm", "minimum_words", text), 2);  // that begin with a letter or number
  EXPECT_DOUBLE_EQ(quality("nemo-curator", "minimum_words", text), 4);
}

TEST(Dialects, StopWords) {
  const std::string text = "The the the of";
  EXPECT_DOUBLE_EQ(quality("datatrove", "minimum_stop_words", text), 2);  // distinct
  EXPECT_DOUBLE_EQ(quality("dolma", "minimum_stop_words", text), 3);      // occurrences
  EXPECT_DOUBLE_EQ(quality("dclm", "minimum_stop_words", text), 4);       // in any case
  EXPECT_DOUBLE_EQ(quality("nemo-curator", "minimum_stop_words", text), 3);
  EXPECT_DOUBLE_EQ(quality("dclm", "minimum_stop_words", text, "distinct_stop_words: true"), 2);
}

TEST(Dialects, Symbols) {
  const std::string text = "## a#b ... … [...] c d e f g";
  EXPECT_DOUBLE_EQ(quality("datatrove", "hash_marks", text), 3.0 / 10);
  EXPECT_DOUBLE_EQ(quality("datatrove", "ellipses", text), 3.0 / 10);
  EXPECT_DOUBLE_EQ(quality("dolma", "symbol_words", text), 3.0 / 10);  // ##, a#b, …
  EXPECT_DOUBLE_EQ(quality("dclm", "symbols", text), 6.0 / 10);        // all together
  // Marks of ellipsis alone, and "#" but not "##", which is one run of two.
  EXPECT_DOUBLE_EQ(quality("nemo-curator", "symbol_words", text), 3.0 / 10);
  EXPECT_DOUBLE_EQ(quality("nemo-curator", "symbol_words", "# ## a#"), 1.0 / 3);
}

TEST(Dialects, BulletsAndEllipses) {
  const std::string bullets = "- a\n - b\n* c\n• d\n◦ e\nf";
  EXPECT_DOUBLE_EQ(quality("datatrove", "bullet_lines", bullets), 3.0 / 6);
  EXPECT_DOUBLE_EQ(quality("dolma", "bullet_lines", bullets), 2.0 / 6);  // "-" and "*" at the very beginning
  EXPECT_DOUBLE_EQ(quality("dclm", "bullet_lines", bullets), 4.0 / 6);
  EXPECT_DOUBLE_EQ(quality("nemo-curator", "bullet_lines", bullets), 2.0 / 6);  // no hyphen among its marks
  const std::string ellipses = "a...\nb…\nc… \n\nd. . .\nRead MORE";
  EXPECT_DOUBLE_EQ(quality("datatrove", "ellipsis_lines", ellipses), 3.0 / 6);
  EXPECT_DOUBLE_EQ(quality("dolma", "ellipsis_lines", ellipses), 1.0 / 6);
  EXPECT_DOUBLE_EQ(quality("dclm", "ellipsis_lines", ellipses), 4.0 / 5);
  EXPECT_DOUBLE_EQ(quality("nemo-curator", "ellipsis_lines", ellipses), 4.0 / 5);
}

TEST(Dialects, AlphabeticWords) {
  // A circled letter is alphabetic, though no letter.
  const std::string text = "Ⓐ b 1 ,";
  EXPECT_DOUBLE_EQ(quality("datatrove", "alphabetic_words", text), 1.0 / 4);
  EXPECT_DOUBLE_EQ(quality("dolma", "alphabetic_words", text), 1.0 / 4);
  EXPECT_DOUBLE_EQ(quality("dclm", "non_alphabetic_words", text), 3.0 / 4);
  EXPECT_DOUBLE_EQ(quality("nemo-curator", "alphabetic_words", text), 2.0 / 4);
}

}  // namespace
}  // namespace moru::curate
