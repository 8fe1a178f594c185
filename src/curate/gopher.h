// The repetition measures of Gopher (Rae et al., "Scaling language models", 2021, table A1), counted as datatrove 0.10
// counts them, with words split at white space.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace moru::curate {

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

Repetition measure_repetition(std::string_view text);

}  // namespace moru::curate
