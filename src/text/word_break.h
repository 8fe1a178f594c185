// Word boundaries of Unicode Standard Annex #29, over UTF-8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace moru::text {

/// What the boundary rules can tell apart: Word_Break, and whether a character is a letter, a digit, a pictograph.
/// Unicode's version is ICU's.
class WordBreakTable {
 public:
  /// Built once, on first use (a few ms); immutable.
  static const WordBreakTable& get();

  /// Values of Word_Break; ALetter and Hebrew_Letter, and the three line breaks, are what the rules ask for.
  enum Value : uint8_t {
    other,
    letter,  ///< ALetter
    hebrew,
    numeric,
    katakana,
    extend_num_let,
    mid_letter,
    mid_num,
    mid_num_let,
    single_quote,
    double_quote,
    extend,  ///< Extend and Format
    zwj,
    space,  ///< WSegSpace
    newline,
    carriage_return,
    line_feed,
    regional_indicator,
  };
  static constexpr uint8_t kValue = 31;
  static constexpr uint8_t kPictograph = 32;  ///< Extended_Pictographic
  static constexpr uint8_t kWordLike = 64;    ///< General categories L and N.

  uint8_t entry(char32_t c) const { return c < kEnd ? entries_[c] : beyond(c); }

 private:
  static constexpr char32_t kEnd = 0x20000;
  WordBreakTable();
  static uint8_t beyond(char32_t c);
  std::vector<uint8_t> entries_;
};

/// Where the segment that begins at `begin` < text.size() ends. Sets `is_word` to whether it holds a letter or a digit.
/// Ill-formed bytes count as U+FFFD. `begin` must be a boundary. Amortised O(1) a byte unless a text is one run of
/// marks behind "a." or the like, which is looked at twice.
size_t word_segment_end(const WordBreakTable& table, std::string_view text, size_t begin, bool& is_word);

}  // namespace moru::text
