#include "text/word_splitter.h"

#include <fmt/format.h>

#include "core/error.h"
#include "core/language.h"
#include "text/word_splitter_kinds.h"

namespace moru::text {
namespace {

constexpr std::array<std::string_view, 3> kNames = {"whitespace", "unicode", "morpheme"};

/// Python's str.split() without arguments.
class Whitespace final : public WordSplitter {
 public:
  void split(std::string_view text, std::vector<std::string_view>& words) const override {
    const char* const begin = text.data();
    const size_t size = text.size();
    size_t i = 0;
    while (true) {
      while (i < size) {
        const size_t space = python_space_length(text, i);
        if (space == 0) break;
        i += space;
      }
      if (i == size) return;
      const size_t word = i;
      while (i < size && python_space_length(text, i) == 0) ++i;
      words.emplace_back(begin + word, i - word);
    }
  }
};

}  // namespace

std::string_view name_of(WordKind kind) {
  return kNames.at(static_cast<size_t>(kind));
}

WordKind word_kind(std::string_view name, std::string_view place) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end())
    throw Error(
        std::string(place),
        fmt::format(fmt::runtime(tr("there are no words of kind \"{}\"", "\"{}\"(이)라는 단어 종류가 없습니다")), name),
        fmt::format(fmt::runtime(tr("use one of {}", "다음 가운데 하나를 쓰세요: {}")), fmt::join(kNames, ", ")));
  return static_cast<WordKind>(found - kNames.begin());
}

const WordSplitter& word_splitter(WordKind kind) {
  switch (kind) {
    case WordKind::unicode:
      return unicode_splitter();
    case WordKind::morpheme:
      return morpheme_splitter();
    case WordKind::whitespace:
      break;
  }
  static const Whitespace whitespace;
  return whitespace;
}

}  // namespace moru::text
