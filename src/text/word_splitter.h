// Words, as the rules that count words understand them.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

namespace moru::text {

enum class WordKind {
  whitespace,  ///< Runs of what is not Unicode white space, as Python's str.split() makes them.
  unicode,     ///< Words of UAX #29 that hold a letter or digit.
  morpheme,    ///< Korean morphemes as Kiwi cuts them, and marks, numbers and words of other scripts beside them.
};

/// "whitespace", "unicode", "morpheme".
std::string_view name_of(WordKind kind);
/// Throws Error naming `place` for another name.
WordKind word_kind(std::string_view name, std::string_view place);

/// Cuts texts into words. Immutable: one object serves all threads.
class WordSplitter {
 public:
  virtual ~WordSplitter() = default;
  /// Appends the words of `text` in order of where they end; each is a part of `text`. They do not overlap, but that
  /// morphemes which are contracted into one syllable each hold it, as in FineWeb-2's words: 했다 is 했, 했 and 다;
  /// 입니다 is 입 and 입니다. Bytes that are not UTF-8 count as symbols.
  virtual void split(std::string_view text, std::vector<std::string_view>& words) const = 0;
};

/// The splitter of a kind, one for the whole process.
const WordSplitter& word_splitter(WordKind kind);

}  // namespace moru::text
