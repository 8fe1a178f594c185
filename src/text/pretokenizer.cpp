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

/// The end of \s*[\r\n]|\s+(?!\S)|\s+ at `begin`, which is white space.
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

}  // namespace

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
