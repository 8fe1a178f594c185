#include "text/pretokenizer.h"

#include "text/char_class.h"

namespace moru::text {
namespace {

bool is_symbol(CharClass kind) {
  return kind == CharClass::other || kind == CharClass::mark;
}

/// The end of (?i:'s|'t|'re|'ve|'m|'ll|'d) at `begin`, or `begin`. U+017F (long s) folds to s.
size_t contraction_end(std::string_view text, size_t begin) {
  const std::string_view rest = text.substr(begin);
  if (rest.size() < 2 || rest[0] != '\'') return begin;
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  const char first = lower(rest[1]);
  if (first == 's' || first == 't' || first == 'm' || first == 'd') return begin + 2;
  if (rest.size() < 3) return begin;
  const char second = lower(rest[2]);
  if (((first == 'r' || first == 'v') && second == 'e') || (first == 'l' && second == 'l')) return begin + 3;
  return rest.substr(1, 2) == "\xC5\xBF" ? begin + 3 : begin;
}

/// The end of (?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+ whose first letter begins at `position`.
size_t phrase_end(const CharTable& table, std::string_view text, size_t position) {
  while (position < text.size()) {
    const Character c = table.at(text, position);
    if (c.kind == CharClass::letter || c.kind == CharClass::mark) {
      position += c.length;
    } else if (c.code == ' ' && position + 1 < text.size()) {
      const Character next = table.at(text, position + 1);
      if (next.kind != CharClass::letter) break;
      position += 1U + next.length;
    } else {
      break;
    }
  }
  return position;
}

/// The end of [^\s\p{L}\p{N}]+[\r\n/]? at `position`; the slash is one of the symbols.
size_t symbols_end(const CharTable& table, std::string_view text, size_t position) {
  while (position < text.size()) {
    const Character c = table.at(text, position);
    if (c.kind == CharClass::newline) return position + 1;
    if (!is_symbol(c.kind)) break;
    position += c.length;
  }
  return position;
}

/// The end of \s*[\r\n]+|\s+(?!\S)|\s+ at `begin`, which is white space; with one [\r\n] it is the same.
size_t space_end(const CharTable& table, std::string_view text, size_t begin) {
  size_t position = begin, last = begin, after_newline = begin;
  while (position < text.size()) {
    const Character c = table.at(text, position);
    if (c.kind != CharClass::space && c.kind != CharClass::newline) break;
    last = position;
    position += c.length;
    if (c.kind == CharClass::newline) after_newline = position;
  }
  if (after_newline > begin) return after_newline;
  // The last white space before a word is left to it, unless it is all there is.
  return position == text.size() || last == begin ? position : last;
}

/// The end of a run of characters of one class at `position`.
size_t run_end(const CharTable& table, std::string_view text, size_t position, CharClass kind) {
  while (position < text.size()) {
    const Character c = table.at(text, position);
    if (c.kind != kind) break;
    position += c.length;
  }
  return position;
}

size_t run_of_symbols_end(const CharTable& table, std::string_view text, size_t position) {
  while (position < text.size()) {
    const Character c = table.at(text, position);
    if (!is_symbol(c.kind)) break;
    position += c.length;
  }
  return position;
}

/// The end of \s+(?!\S)|\s+ at `begin`, which is white space. With kDigitsApart a number ends the text.
template <bool kDigitsApart>
size_t gpt2_space_end(const CharTable& table, std::string_view text, size_t begin) {
  size_t position = begin, last = begin;
  while (position < text.size()) {
    const Character c = table.at(text, position);
    if (kDigitsApart && c.kind == CharClass::number) return position;
    if (c.kind != CharClass::space && c.kind != CharClass::newline) {
      return last == begin ? position : last;
    }
    last = position;
    position += c.length;
  }
  return position;
}

template <bool kDigitsApart>
size_t gpt2_end(std::string_view text, size_t begin) {
  const CharTable& table = CharTable::get();
  const Character first = table.at(text, begin);
  if (first.kind == CharClass::letter) return run_end(table, text, begin + first.length, CharClass::letter);
  if (first.code == '\'') {
    const std::string_view rest = text.substr(begin + 1, 2);
    if (rest.starts_with('s') || rest.starts_with('t') || rest.starts_with('m') || rest.starts_with('d')) {
      return begin + 2;
    }
    if (rest == "re" || rest == "ve" || rest == "ll") return begin + 3;
  }
  if (kDigitsApart && first.kind == CharClass::number) return begin + first.length;
  size_t position = begin;
  Character c = first;
  if (first.code == ' ' && begin + 1 < text.size()) c = table.at(text, ++position);
  if (c.kind == CharClass::letter) return run_end(table, text, position + c.length, CharClass::letter);
  if (!kDigitsApart && c.kind == CharClass::number) return run_end(table, text, position, CharClass::number);
  if (is_symbol(c.kind)) return run_of_symbols_end(table, text, position + c.length);
  return gpt2_space_end<kDigitsApart>(table, text, begin);
}

template <size_t kMostDigits>
size_t cl100k_end(std::string_view text, size_t begin) {
  const CharTable& table = CharTable::get();
  const Character first = table.at(text, begin);
  if (first.kind == CharClass::letter) return run_end(table, text, begin + first.length, CharClass::letter);
  if (first.kind == CharClass::number) {
    size_t end = begin + first.length;
    for (size_t digits = 1; digits < kMostDigits && end < text.size(); ++digits) {
      const Character c = table.at(text, end);
      if (c.kind != CharClass::number) break;
      end += c.length;
    }
    return end;
  }
  if (first.code == '\'') {
    const size_t end = contraction_end(text, begin);
    if (end > begin) return end;
  }
  size_t position = begin + first.length;
  if (first.kind != CharClass::newline && position < text.size()) {
    const Character next = table.at(text, position);
    if (next.kind == CharClass::letter) return run_end(table, text, position + next.length, CharClass::letter);
    if (first.code == ' ' && is_symbol(next.kind)) {
      return run_end(table, text, run_of_symbols_end(table, text, position), CharClass::newline);
    }
  }
  if (!is_symbol(first.kind)) return space_end(table, text, begin);
  return run_end(table, text, run_of_symbols_end(table, text, position), CharClass::newline);
}

}  // namespace

KnownPattern known_pattern(std::string_view pattern) {
  if (pattern == kPretokenizerPattern) return KnownPattern::exaone_moe;
  if (pattern == kGpt2Pattern) return KnownPattern::gpt2;
  if (pattern == kLlama3Pattern) return KnownPattern::llama3;
  return pattern == kQwen2Pattern ? KnownPattern::qwen2 : KnownPattern::none;
}

size_t gpt2_pretoken_end(std::string_view text, size_t begin) {
  return gpt2_end<false>(text, begin);
}
size_t gpt2_digits_pretoken_end(std::string_view text, size_t begin) {
  return gpt2_end<true>(text, begin);
}
size_t llama3_pretoken_end(std::string_view text, size_t begin) {
  return cl100k_end<3>(text, begin);
}
size_t qwen2_pretoken_end(std::string_view text, size_t begin) {
  return cl100k_end<1>(text, begin);
}

size_t pretoken_end(std::string_view text, size_t begin) {
  const CharTable& table = CharTable::get();
  const Character first = table.at(text, begin);
  if (first.kind == CharClass::letter) return phrase_end(table, text, begin);
  if (first.kind == CharClass::number) return begin + first.length;
  if (first.code == '\'') {
    const size_t end = contraction_end(text, begin);
    if (end > begin) return end;
  }
  const size_t second = begin + first.length;
  if (first.kind != CharClass::newline && second < text.size()) {
    const CharClass next = table.at(text, second).kind;
    if (next == CharClass::letter) return phrase_end(table, text, second);
    if (first.code == ' ' && is_symbol(next)) return symbols_end(table, text, second);
  }
  return is_symbol(first.kind) ? symbols_end(table, text, begin) : space_end(table, text, begin);
}

}  // namespace moru::text
