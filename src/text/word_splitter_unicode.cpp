#include "text/word_break.h"
#include "text/word_splitter_kinds.h"

namespace moru::text {
namespace {

class Unicode final : public WordSplitter {
 public:
  void split(std::string_view text, std::vector<std::string_view>& words) const override {
    const WordBreakTable& table = WordBreakTable::get();
    for (size_t begin = 0; begin < text.size();) {
      bool is_word = false;
      const size_t end = word_segment_end(table, text, begin, is_word);
      if (is_word) words.push_back(text.substr(begin, end - begin));
      begin = end;
    }
  }
};

}  // namespace

const WordSplitter& unicode_splitter() {
  static const Unicode splitter;
  return splitter;
}

}  // namespace moru::text
