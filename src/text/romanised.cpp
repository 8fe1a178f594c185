#include "text/romanised.h"

#include <cmath>

#include "text/unicode.h"

namespace moru::text {

/// src/text/romanised_korean.bin: for each of 27³ trigrams (a space, then a to z) sixteen times its log-odds, signed.
std::string_view romanised_korean_table();

namespace {

constexpr size_t kLetters = 27;
constexpr double kScale = 16;
constexpr size_t kNone = kLetters;  ///< A character that is passed over.

size_t letter_of(char32_t c) {
  if (c >= 'a' && c <= 'z') return c - 'a' + 1;
  if (c >= 'A' && c <= 'Z') return c - 'A' + 1;
  switch (c) {
    case '\'':
    case '-':
    case U'’':
      return kNone;
    case U'ŏ':
    case U'Ŏ':
      return 'o' - 'a' + 1;
    case U'ŭ':
    case U'Ŭ':
      return 'u' - 'a' + 1;
    default:
      return 0;
  }
}

}  // namespace

double Romanised::probability() const {
  // The odds of neighbouring trigrams are not independent: a text counts as if it had a sixth of them. Before any is
  // seen the odds are a thousand to one against.
  const double log_odds = score * static_cast<double>(trigrams) / 6 - std::log(1000);
  return 1 / (1 + std::exp(-log_odds));
}

Romanised romanised_korean(std::string_view text) {
  const std::string_view table = romanised_korean_table();
  Romanised result;
  int64_t sum = 0;
  size_t before = 0;
  size_t last = 0;
  const auto take = [&](size_t letter) {
    if (letter == 0 && last == 0) return;
    if (before != 0 || last != 0) {
      sum += static_cast<signed char>(table[(before * kLetters + last) * kLetters + letter]);
      ++result.trigrams;
    }
    before = last;
    last = letter;
  };
  for (size_t i = 0; i < text.size();)
    if (const size_t letter = letter_of(next_code_point(text, i)); letter != kNone) take(letter);
  take(0);
  if (result.trigrams > 0) result.score = static_cast<double>(sum) / kScale / static_cast<double>(result.trigrams);
  return result;
}

}  // namespace moru::text
