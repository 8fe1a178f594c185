// Sentences, for C4's rule that a page has at least five.
#include "curate/c4_quality.h"
#include "curate/text_view_chars.h"
#include "text/unicode.h"

namespace moru::curate {
namespace {

// Abbreviations whose full stop ends no sentence. Single capitals ("J.", "U.S.") are told by their form.
constexpr std::string_view kAbbreviations[] = {
    "a.m", "adm", "apr",  "aug",  "bros", "co",  "corp", "dec", "dr",     "e.g", "feb", "gen", "gov",
    "i.e", "inc", "jan",  "jr",   "jul",  "jun", "ltd",  "mar", "messrs", "mr",  "mrs", "ms",  "nov",
    "oct", "p.m", "ph.d", "prof", "rep",  "rev", "sen",  "sep", "sept",   "st",  "v.s", "vs"};

static_assert(std::ranges::is_sorted(kAbbreviations));

bool is_abbreviation(std::string_view word) {
  while (!word.empty() && (word.front() == '(' || word.front() == '"' || word.front() == '\'')) word.remove_prefix(1);
  if (word.empty() || word.size() > 6) return false;
  std::string lower(word);
  for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return std::ranges::binary_search(kAbbreviations, std::string_view(lower));
}

bool is_capital(char c) {
  return c >= 'A' && c <= 'Z';
}

/// Whether a full stop after `before`, the beginning of a word, ends a sentence.
bool full_stop_ends(std::string_view before) {
  if (before.empty() || before.back() == '.') return before.empty();
  if (is_capital(before.back()) && (before.size() < 2 || !is_capital(before[before.size() - 2]))) return false;
  return !is_abbreviation(before);
}

}  // namespace

size_t count_sentences(std::string_view line, size_t enough) {
  const CharBits& table = CharBits::get();
  size_t sentences = 1;
  bool ended = false;  // only marks since the end of a sentence
  size_t word = 0;     // where the word at hand begins
  for (size_t i = 0; i < line.size() && sentences < enough;) {
    const size_t at = i;
    const char32_t code = text::next_code_point(line, i);
    const uint8_t bits = table[code];
    if ((bits & char_bit::space) != 0) {
      word = i;
      continue;
    }
    if ((bits & char_bit::terminal) == 0) {
      const bool closes = code < 0x80 ? (bits & (char_bit::letter | char_bit::number)) == 0 && code != '$' &&
                                            code != '+' && code != '<' && code != '=' && code != '>' && code != '^' &&
                                            code != '`' && code != '|' && code != '~'
                                      : text::is_punctuation(code);
      if (ended && !closes) {
        ++sentences;
        ended = false;
      }
      continue;
    }
    if (ended) continue;
    if (code != '.') {
      // An ASCII mark inside a word ("a!b") is part of it; what East Asia writes ends a sentence wherever it stands.
      size_t next = i;
      const bool inside = code < 0x80 && i < line.size() &&
                          (table[text::next_code_point(line, next)] & (char_bit::letter | char_bit::number)) != 0;
      ended = !inside;
      continue;
    }
    if (i < line.size() && line[i] == '.') {  // "...": no sentence ends
      while (i < line.size() && line[i] == '.') ++i;
      continue;
    }
    size_t next = i;
    const char32_t follows = i < line.size() ? text::next_code_point(line, next) : U' ';
    const uint8_t kind = table[follows];
    if ((kind & (char_bit::letter | char_bit::number)) != 0) {
      // "end.Next" are two words, "a.b" and "3.5" one.
      ended = at > 0 && line[at - 1] >= 'a' && line[at - 1] <= 'z' && follows < 0x80 &&
              is_capital(static_cast<char>(follows));
      if (ended) word = i;
      continue;
    }
    ended = full_stop_ends(line.substr(word, at - word));
  }
  return sentences;
}

}  // namespace moru::curate
