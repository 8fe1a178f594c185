#include "collect/pdf_lines.h"

#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr size_t kMaxBeginning = 6;    // syllables; longer ones say no more
constexpr size_t kMaxWords = 300'000;  // that are counted: a bound for hostile files
constexpr double kRoom = 1.1;          // syllables that would have fitted for certain

char32_t first_of(std::string_view text) {
  size_t at = 0;
  return text.empty() ? 0 : text::next_code_point(text, at);
}

char32_t last_of(std::string_view text) {
  if (text.empty()) return 0;
  size_t at = text::previous_boundary(text, text.size());
  return text::next_code_point(text, at);
}

bool is_syllable(char32_t c) {
  return c >= 0xAC00 && c <= 0xD7A3;
}

bool is_ideograph(char32_t c) {
  return (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x3040 && c <= 0x30FF);
}

bool is_latin(char32_t c) {
  return text::is_letter(c) && c < 0x250;
}

std::string_view last_word(std::string_view text) {
  return text.substr(text.find_last_of(" \n") + 1);
}

/// The first `count` code points.
std::string_view beginning(std::string_view word, size_t count) {
  size_t at = 0;
  for (size_t i = 0; i < count && at < word.size(); ++i) text::next_code_point(word, at);
  return word.substr(0, at);
}

/// Syllables that end most Korean words: particles and endings. After one of them a break is more likely a space.
bool ends_as_words_do(char32_t c) {
  static constexpr std::u32string_view kEnds =
      U"은는이가을를의에로와과도만고며서면지한할된될던인다나등및수것든요까게라";
  return kEnds.find(c) != std::u32string_view::npos;
}

/// A particle or an ending by itself: what begins a line so was part of the word before.
bool is_word_end(std::string_view word) {
  word = word.substr(0, word.find_last_not_of(".,?!:;)\"'") + 1);
  static constexpr std::string_view kEnds[] = {"게",   "서",   "을",   "를",   "은",     "는",   "의",
                                               "로",   "며",   "면",   "니다", "습니다", "에서", "에게",
                                               "으로", "까지", "부터", "였다", "이다"};
  return std::ranges::find(kEnds, word) != std::end(kEnds);
}

}  // namespace

double syllable_width(const PageLine& line) {
  const PageWord& word = line.words.back();
  return word.box.width() / static_cast<double>(std::max<size_t>(1, text::count_code_points(word.text)));
}

std::string text_of(const PageLine& line) {
  std::string text;
  for (const PageWord& word : line.words) {
    if (!text.empty()) text += ' ';
    text += word.text;
  }
  return text;
}

LineJoiner::LineJoiner(const PageLayout& layout) {
  size_t counted = 0;
  for (const Page& page : layout.pages)
    for (const PageBlock& block : page.blocks)
      for (const PageLine& line : block.lines)
        for (size_t i = 1; i + 1 < line.words.size() && counted < kMaxWords; ++i) {
          const std::string_view word = line.words[i].text;
          if (!is_syllable(first_of(word))) continue;
          ++counted;
          ++words_[std::string(word)];
          for (size_t n = 2; n <= kMaxBeginning; ++n) {
            const std::string_view begin = beginning(word, n);
            ++beginnings_[std::string(begin)];
            if (begin.size() == word.size()) break;
          }
        }
  // What the text's own breaks say together.
  size_t join = 0, space = 0, roomy = 0, full = 0;
  for (const Page& page : layout.pages)
    for (const PageBlock& block : page.blocks) {
      double right = 0;
      for (const PageLine& line : block.lines) right = std::max(right, line.box.right);
      for (size_t i = 0; i + 1 < block.lines.size(); ++i) {
        const PageLine& line = block.lines[i];
        const std::string& before = line.words.back().text;
        const std::string& after = block.lines[i + 1].words.front().text;
        if (!is_syllable(last_of(before)) || !is_syllable(first_of(after))) continue;
        ++((right - line.box.right) > kRoom * syllable_width(line) ? roomy : full);
        const Sign s = sign(before, after);
        join += s == Sign::join;
        space += s == Sign::space;
      }
    }
  breaks_words_ = join > 0 && join * 6 >= space && roomy * 3 <= full;
}

size_t LineJoiner::words_beginning(const std::string& beginning_) const {
  const auto found = beginnings_.find(beginning_);
  return found == beginnings_.end() ? 0 : found->second;
}

LineJoiner::Sign LineJoiner::sign(std::string_view before, std::string_view after) const {
  if (is_word_end(after)) return Sign::join;
  const std::string together = std::string(before) + std::string(beginning(after, 1));
  if (text::count_code_points(together) > kMaxBeginning) return Sign::unclear;
  const size_t join = words_beginning(together);
  const auto alone = words_.find(std::string(before));
  const size_t begins = words_beginning(std::string(beginning(after, 2)));
  const size_t space = alone == words_.end() ? 0 : std::min<size_t>(alone->second, begins);
  if (join > space) return Sign::join;
  if (space > join || (begins > 0 && join == 0)) return Sign::space;
  return Sign::unclear;
}

void LineJoiner::append(std::string& paragraph, std::string_view line, double room, double syllable) const {
  if (paragraph.empty() || line.empty()) {
    paragraph += line;
    return;
  }
  const char32_t before = last_of(paragraph), after = first_of(line);
  const std::string_view word = last_word(paragraph);
  if (before == U'\u00AD') {  // a soft hyphen
    paragraph.resize(paragraph.size() - 2);
  } else if (before == U'-' && word.size() > 1 && is_latin(last_of(word.substr(0, word.size() - 1))) &&
             is_latin(after) && !text::is_upper(after)) {
    paragraph.pop_back();
  } else if (is_ideograph(before) && is_ideograph(after)) {
    // Chinese and Japanese have no spaces.
  } else if (is_syllable(before) && is_syllable(after) && breaks_words_ && room <= kRoom * syllable) {
    const Sign s = sign(word, line.substr(0, line.find(' ')));
    if (s == Sign::space || (s == Sign::unclear && ends_as_words_do(before))) paragraph += ' ';
  } else {
    paragraph += ' ';
  }
  paragraph += line;
}

}  // namespace moru::collect
