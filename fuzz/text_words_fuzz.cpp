// Any bytes: words are parts of the text, in order, and leave out nothing but white space.
#include <cstdlib>

#include "text/unicode.h"
#include "text/word_break.h"
#include "text/word_splitter.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace moru::text;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<std::string_view> words;
  for (const WordKind kind : {WordKind::whitespace, WordKind::unicode, WordKind::morpheme}) {
    words.clear();
    word_splitter(kind).split(text, words);
    size_t covered = 0;
    size_t skipped = 0;
    for (const std::string_view word : words) {
      require(!word.empty() && word.data() >= text.data() && word.data() + word.size() <= text.data() + text.size());
      const auto begin = static_cast<size_t>(word.data() - text.data());
      // Only morphemes share a syllable.
      require(kind == WordKind::morpheme ? begin + 3 >= covered : begin >= covered);
      if (begin > covered) skipped += begin - covered;
      covered = std::max(covered, begin + word.size());
    }
    skipped += text.size() - covered;
    size_t spaces = 0;
    for (size_t i = 0; i < text.size();) {
      const size_t begin = i;
      const char32_t c = next_code_point(text, i);
      if (is_space(c) || (c >= 0x1C && c <= 0x1F)) spaces += i - begin;
    }
    require(kind == WordKind::unicode || skipped == spaces);
  }
  // Segments cover the text.
  for (size_t begin = 0; begin < text.size();) {
    bool is_word = false;
    const size_t end = word_segment_end(WordBreakTable::get(), text, begin, is_word);
    require(end > begin && end <= text.size());
    begin = end;
  }
  return 0;
}
