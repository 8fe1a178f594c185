// What a text is made of, as the morpheme splitter sees it: syllables of Hangul one by one, other words whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace moru::text {

/// Classes of characters that are no Hangul syllables; syllables stand for themselves.
enum MorphemeClass : uint16_t {
  kEdge,  ///< Before and after the text.
  kLatin,
  kNumber,
  kStop,       ///< . ! ? and …
  kSeparator,  ///< , : ; / ·
  kOpen,
  kClose,
  kQuote,
  kDash,  ///< - ~
  kSymbol,
  kHan,
  kJamo,
  kLetter,  ///< Of other scripts.
  kSpace,
  kBreak,  ///< White space that holds a line feed.
};

/// A piece of text: a syllable, a word of another kind, or a run of white space.
struct MorphemePiece {
  const char* begin = nullptr;
  uint32_t length = 0;
  uint16_t code = kEdge;  ///< The syllable, or a class.

  bool is_syllable() const { return code >= 0xAC00; }
  bool is_space() const { return code >= kSpace && !is_syllable(); }
  std::string_view text() const { return {begin, length}; }
};

/// Reads a text piece by piece. Words beside Hangul are cut as Kiwi does, so that counts agree: Latin words with inner
/// points, numbers with inner marks, addresses of the web, words behind # and @ whole; marks of one class together,
/// quotes and brackets one by one. Bytes that are not UTF-8 count as symbols.
class MorphemeScanner {
 public:
  explicit MorphemeScanner(std::string_view text) : text_(text) {}
  bool done() const { return position_ == text_.size(); }
  /// The next piece; the text must not be done.
  MorphemePiece next();

 private:
  size_t word_end(uint16_t code, size_t end) const;
  size_t number_end(size_t end, bool begins_line) const;
  size_t address_end(size_t end) const;

  std::string_view text_;
  size_t position_ = 0;
  bool begins_line_ = true;
};

}  // namespace moru::text
