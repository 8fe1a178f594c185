// Street addresses in English: number, capitalised words, a word for street, and after it a flat, a town or a code, or
// a word for address before it.
#include <algorithm>

#include "curate/pii/detector.h"

namespace moru::curate::pii {
namespace {

constexpr std::string_view kStreets[] = {
    "Street", "St",      "Avenue", "Ave",      "Road",  "Rd",    "Boulevard", "Blvd",   "Lane",    "Ln",
    "Drive",  "Dr",      "Court",  "Ct",       "Way",   "Place", "Pl",        "Square", "Terrace", "Parkway",
    "Pkwy",   "Highway", "Hwy",    "Crescent", "Close", "Row",   "ro",        "gil",    "daero"};
constexpr std::string_view kUnits[] = {"Apt", "Suite", "Ste", "Unit", "Floor", "Flat", "Room", "#"};
constexpr std::string_view kAnnounces[] = {"address", "lives at",  "located at", "ship to",  "deliver",
                                           "mail to", "office at", "주소",       "residence"};

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_alnum(char c) {
  return is_upper(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// The end of the word at `begin`: letters, digits, "-" and "'".
size_t word_end(std::string_view text, size_t begin) {
  constexpr size_t kMaxWord = 24;
  size_t end = begin;
  while (end < text.size() && end - begin < kMaxWord && (is_alnum(text[end]) || text[end] == '-' || text[end] == '\''))
    ++end;
  return end;
}

/// ", Apt 4", ", Springfield, IL 62704", ", London NW1 6XE": words that begin with capitals or are numbers.
size_t tail_end(std::string_view text, size_t begin, bool& place) {
  constexpr size_t kMaxWords = 10;
  size_t end = begin;
  size_t p = begin;
  place = false;
  bool after_comma = false;
  for (size_t words = 0; words < kMaxWords; ++words) {
    size_t start = p;
    if (start < text.size() && (text[start] == ',' || text[start] == '.')) {
      after_comma = text[start] == ',';
      ++start;
    }
    if (start >= text.size() || text[start] != ' ') break;
    ++start;
    if (start < text.size() && text[start] == '#') ++start;
    const size_t stop = word_end(text, start);
    if (stop == start || (!is_upper(text[start]) && (text[start] < '0' || text[start] > '9'))) break;
    // Without a comma only a flat's word may follow the street.
    const std::string_view word = text.substr(start, stop - start);
    const bool unit = std::ranges::find(kUnits, word) != std::end(kUnits) || text[start - 1] == '#';
    if (!after_comma && !unit && !place) break;
    place = true;
    p = end = stop;
  }
  return end;
}

}  // namespace

Hit find_street_address(const Place& place) {
  const std::string_view text = place.text;
  const DigitGroups& groups = *place.groups;
  if (groups.plus || groups.opens || groups[0].digits.size() > 5 || groups[0].digits[0] == '0') return {};
  size_t p = groups[0].range.end;
  if (p + 2 >= text.size() || text[p] != ' ' || !is_upper(text[p + 1])) return {};
  constexpr size_t kMaxWords = 5;
  for (size_t words = 0; words < kMaxWords && p + 1 < text.size() && text[p] == ' '; ++words) {
    const size_t end = word_end(text, p + 1);
    const std::string_view word = text.substr(p + 1, end - p - 1);
    if (word.empty() || (!is_upper(word[0]) && (word[0] < '0' || word[0] > '9'))) return {};
    // "Gangnam-daero": the road's word is joined.
    const size_t hyphen = word.rfind('-');
    const std::string_view last = hyphen == std::string_view::npos ? word : word.substr(hyphen + 1);
    p = end;
    const bool street = std::ranges::find(kStreets, last) != std::end(kStreets);
    if (!street || (words == 0 && hyphen == std::string_view::npos)) continue;
    size_t after = p;
    if (after < text.size() && text[after] == '.' && last.size() <= 4) ++after;
    bool place_follows = false;
    const size_t tail = tail_end(text, after, place_follows);
    if (place.context->has(kAnnounces)) return {{groups[0].range.begin, std::max(after, tail)}, Confidence::context};
    if (place_follows) return {{groups[0].range.begin, tail}};
  }
  return {};
}

}  // namespace moru::curate::pii
