#include "text/language_sentences.h"

#include <unicode/uscript.h>

#include <algorithm>
#include <numeric>

#include "text/unicode.h"

namespace moru::text {
namespace {

constexpr std::array<std::string_view, kScripts> kCodes = {"Hang", "Hang", "Latn", "Hani", "Jpan", "Cyrl",
                                                           "Grek", "Arab", "Hebr", "Deva", "Thai", "Zzzz"};

Script script_of(char32_t c) {
  if (c >= 0xAC00 && c <= 0xD7A3) return Script::hangul;
  if (c < 0x250) return Script::latin;
  if (is_hangul(c)) return Script::jamo;
  UErrorCode status = U_ZERO_ERROR;
  switch (uscript_getScript(static_cast<UChar32>(c), &status)) {
    case USCRIPT_LATIN:
      return Script::latin;
    case USCRIPT_HAN:
      return Script::han;
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
      return Script::kana;
    case USCRIPT_CYRILLIC:
      return Script::cyrillic;
    case USCRIPT_GREEK:
      return Script::greek;
    case USCRIPT_ARABIC:
      return Script::arabic;
    case USCRIPT_HEBREW:
      return Script::hebrew;
    case USCRIPT_DEVANAGARI:
      return Script::devanagari;
    case USCRIPT_THAI:
      return Script::thai;
    default:
      return Script::other;
  }
}

bool is_stop(char32_t c) {
  return c == '.' || c == '!' || c == '?' || c == U'…' || c == U'。' || c == U'！' || c == U'？';
}

/// Counts one sentence after the other.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Sentences read() {
    bool after_stop = false;
    for (size_t i = 0; i < text_.size();) {
      const size_t begin = i;
      const char32_t c = next_code_point(text_, i);
      const bool space = c < 0x80 ? c == ' ' || (c >= '\t' && c <= '\r') : is_space(c);
      if (c == '\n' || (space && after_stop)) end_sentence(begin);
      after_stop = is_stop(c) || (after_stop && (c == '"' || c == '\'' || c == ')'));
      if (c == U'。') end_sentence(i);
      const bool letter = c < 0x80 ? (c | 0x20) >= 'a' && (c | 0x20) <= 'z' : is_letter(c);
      if (space) in_word_ = false;
      if (!letter) continue;
      ++sentence_.letters[static_cast<size_t>(script_of(c))];
      if (!in_word_) ++words_;
      in_word_ = true;
    }
    end_sentence(text_.size());
    return std::move(result_);
  }

 private:
  static constexpr size_t kWords = 8, kIdeographs = 12;

  void end_sentence(size_t end) {
    const size_t total = sentence_.total();
    const size_t hangul = sentence_.of(Script::hangul) + sentence_.of(Script::jamo);
    const size_t ideographs = sentence_.of(Script::han) + sentence_.of(Script::kana);
    if (total > 0 && hangul * 3 >= total) {
      result_.korean += total;
    } else if (words_ >= kWords || ideographs >= kIdeographs) {
      result_.other += total;
      result_.other_text += text_.substr(begin_, end - begin_);
      result_.other_text += '\n';
    }
    for (size_t i = 0; i < kScripts; ++i) result_.all.letters[i] += sentence_.letters[i];
    sentence_ = {};
    words_ = 0;
    in_word_ = false;
    begin_ = end;
  }

  std::string_view text_;
  Sentences result_;
  ScriptCounts sentence_;
  size_t words_ = 0;
  bool in_word_ = false;
  size_t begin_ = 0;
};

}  // namespace

size_t ScriptCounts::total() const {
  return std::accumulate(letters.begin(), letters.end(), size_t{0});
}

Sentences read_sentences(std::string_view text) {
  return Reader(text).read();
}

std::string script_code(const ScriptCounts& counts) {
  if (counts.total() == 0) return "Zyyy";
  ScriptCounts joined = counts;
  auto& letters = joined.letters;
  const auto move = [&](Script from, Script to) {
    letters[static_cast<size_t>(to)] += letters[static_cast<size_t>(from)];
    letters[static_cast<size_t>(from)] = 0;
  };
  move(Script::jamo, Script::hangul);
  if (joined.of(Script::kana) > 0) move(Script::han, Script::kana);
  return std::string(kCodes.at(static_cast<size_t>(std::ranges::max_element(letters) - letters.begin())));
}

}  // namespace moru::text
