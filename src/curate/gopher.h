// The repetition measures of Gopher (Rae et al., "Scaling language models", 2021, table A1), counted as datatrove 0.10
// counts them.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "curate/text_view.h"

namespace moru::curate {

/// The most frequent of a text's n-grams.
struct TopGram {
  size_t position = 0;    ///< Of its first word.
  size_t count = 0;       ///< How often it occurs: 1 where nothing repeats, 0 if the text has fewer than n words.
  size_t characters = 0;  ///< Of its words, without what stands between them.
};

/// Of several that are equally frequent the first seen, or with `longest`, if they repeat, the one of most characters.
TopGram top_gram(WordList& words, int n, bool longest = false);

/// datatrove's find_all_duplicate for the words of one text, for one n after the other: a scan that remembers the
/// n-gram at hand and goes on by one word, or, if it was seen before, counts its characters and jumps over it. N-grams
/// are compared as their words joined with nothing between, so that "ab c" and "a bc" are the same. Exact: bytes are
/// compared, not only hashes.
class RepeatScan {
 public:
  explicit RepeatScan(WordList& words);
  /// Characters of n-grams that were seen before. n is 5 or more.
  size_t characters(int n);

 private:
  WordList& words_;
};

/// Shares of a text, 0 … 1; characters are code points and the denominator is all characters of the text.
struct Repetition {
  double duplicate_paragraphs = 0;  ///< Second and later copies / paragraphs (split at 2 or more line breaks).
  double duplicate_paragraph_characters = 0;
  double duplicate_lines = 0;  ///< The same for lines (split at 1 or more line breaks).
  double duplicate_line_characters = 0;
  /// [n - 2], n = 2, 3, 4: characters of the most frequent n-gram, its spaces included, times its count. The first seen
  /// of several wins. A text of fewer than n words has 0.
  std::array<double, 3> top_gram{};
  /// How often that n-gram occurs: 1 where nothing repeats.
  std::array<uint64_t, 3> top_gram_count{};
  /// [n - 5], n = 5 … 10: characters, without spaces, of n-grams seen before, in a greedy scan that jumps over each.
  std::array<double, 6> repeated_gram{};
};

/// With words split at white space.
Repetition measure_repetition(std::string_view text);

}  // namespace moru::curate
