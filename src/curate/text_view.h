// A text as the rules read it: its lines and words, found once and shared by all rules that look at the same text.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "curate/text_view_table.h"
#include "text/word_splitter.h"

namespace moru::curate {

/// A piece of a text: a word or a line. Positions are bytes, `characters` are code points.
struct Piece {
  uint32_t begin = 0, size = 0, characters = 0;
  uint8_t any = 0;    ///< Of a word: char_bit of all its characters together.
  uint8_t all = 0;    ///< And those that all have.
  uint8_t first = 0;  ///< And those of its first character.
};

/// The words of a text, as one way of splitting finds them, and what they repeat.
class WordList {
 public:
  std::span<const Piece> words() const { return words_; }
  size_t size() const { return words_.size(); }
  /// [i]: code points of the words before word i, without what stands between them; one more than there are words.
  std::span<const uint32_t> character_sums();
  /// The words one after another with nothing between, and 32 zero bytes; [i] of the second: where word i begins.
  std::string_view joined();
  std::span<const uint32_t> joined_begins();

  /// Where an n-gram of words stands that occurs more than once.
  struct Gram {
    uint32_t position, number;  ///< Of its first word; numbers count from 0 by first occurrence.
  };
  /// All occurrences of all n-grams that occur more than once, by position; equal numbers are equal grams, word by
  /// word. n is 1 … 10. Exact: words are compared, and a gram is known by the numbers of its two parts.
  std::span<const Gram> repeated(int n);
  /// How often each of `repeated(n)` occurs, by number.
  std::span<const uint32_t> counts(int n);

 private:
  friend class TextView;
  void clear();
  void number_words();
  void number_grams(size_t n);
  void keep_repeated(size_t n, std::vector<Gram>& all, uint32_t numbers);

  const char* text_ = nullptr;
  std::vector<Piece> words_;
  std::vector<uint32_t> sums_, joined_begins_;
  std::string joined_;
  std::array<std::vector<Gram>, 11> grams_;
  std::array<std::vector<uint32_t>, 11> counts_;
  std::vector<Gram> all_;
  std::vector<uint32_t> renumbered_, tally_;
  size_t known_ = 0;  ///< Grams of up to so many words are known.
  PieceTable word_table_;
  KeyTable gram_table_;
};

/// Not for several threads at once: what is asked for is found when it is asked for.
class TextView {
 public:
  TextView();

  /// Takes a copy of the text; ill-formed UTF-8 becomes U+FFFD. Nothing is done if it is the same as before. Throws
  /// Error for a text of 4 GiB or more.
  void assign(std::string_view text);

  std::string_view text() const { return {bytes_.data(), size_}; }
  size_t characters() const { return characters_; }
  std::string_view of(const Piece& piece) const { return text().substr(piece.begin, piece.size); }

  /// Split at "\n", without it: one more than there are line feeds.
  std::span<const Piece> lines() const { return lines_; }
  size_t line_feeds() const { return lines_.size() - 1; }
  /// The words of a line, as white space parts them; none: it is blank.
  std::span<const Piece> words_of_line(size_t line) const {
    return lists_[0].words().subspan(line_words_[line], line_words_[line + 1] - line_words_[line]);
  }
  /// The lines of Python's str.splitlines(): line feed, carriage return and eight more end one; no empty one at the
  /// end.
  std::span<const Piece> python_lines();

  WordList& words(text::WordKind kind);
  /// Unicode's words that begin with a letter or number: what DCLM calls words without punctuation.
  WordList& plain_words();

  /// Occurrences of a piece in the text that do not overlap (Python's str.count).
  size_t count(std::string_view piece) const;
  size_t count_characters(size_t begin, size_t end) const;
  /// The whole text, or a piece of it, without white space at its ends, as Python's str.strip() takes it.
  Piece stripped() const;
  Piece stripped(Piece piece) const;

  /// Pieces of bytes [begin, end) between runs of `breaks` or more line feeds. Valid until the next call.
  std::span<const Piece> split_at_breaks(size_t begin, size_t end, size_t breaks);
  /// Pieces between separators (Python's str.split(separator)). Valid until the next call.
  std::span<const Piece> split_at(std::string_view separator);

  /// What repeats among some pieces of the text.
  struct Copies {
    size_t pieces = 0, characters = 0;             ///< All.
    size_t copies = 0, copied_characters = 0;      ///< Second and later ones.
    size_t repeated = 0, repeated_characters = 0;  ///< All that occur more than once, the first included.
  };
  Copies copies_among(std::span<const Piece> pieces);

 private:
  bool scan();
  void add_piece(size_t begin, size_t end);

  std::string bytes_;  ///< The text and kPadding zero bytes.
  std::string given_;  ///< The text as it was given, where it was repaired.
  size_t size_ = 0, characters_ = 0;
  bool known_ = false, repaired_ = false, other_breaks_ = false, python_lines_known_ = false;
  std::vector<Piece> lines_, python_lines_, pieces_;
  std::vector<uint32_t> line_words_;  ///< [i]: words before line i; one more than there are lines.
  std::array<WordList, 4> lists_;     ///< By WordKind; last plain_words().
  std::array<bool, 4> lists_known_{};
  std::vector<std::string_view> split_;
  PieceTable table_;
  std::vector<uint32_t> tally_;
};

/// This thread's view of a text. A rule that looks at the text that the rule before it looked at finds what that one
/// found: equal texts are told by comparing them, so that a change can never be missed. Valid until the next call.
TextView& text_view(std::string_view text);

}  // namespace moru::curate
