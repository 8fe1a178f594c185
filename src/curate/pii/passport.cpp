// Passports: a letter and eight digits (Korean, before December 2021), a letter, three digits, a letter and four digits
// (since), two letters and seven digits (most others): always with a word that announces one.
#include "curate/pii/detector.h"

namespace moru::curate::pii {
namespace {

constexpr std::string_view kAnnounces[] = {"여권", "passport"};

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Whether the text has the form: 'A' a capital, '9' a digit.
bool has_form(std::string_view text, std::string_view form) {
  for (size_t i = 0; i < form.size(); ++i)
    if (i >= text.size() || (form[i] == 'A' ? !is_upper(text[i]) : !is_digit(text[i]))) return false;
  return true;
}

}  // namespace

Hit find_passport(const Place& place) {
  for (const std::string_view form : {"A99999999", "A999A9999", "AA9999999", "A9999999"}) {
    const size_t letters = form[1] == 'A' ? 2 : 1;
    if (place.position < place.floor + letters) continue;
    const size_t begin = place.position - letters;
    if (!has_form(place.text.substr(begin), form)) continue;
    if (!number_may_begin(place.text, begin) || !number_may_end(place.text, begin + form.size())) continue;
    if (Context(place.text, begin).labelled(kAnnounces)) return {{begin, begin + form.size()}, Confidence::context};
  }
  return {};
}

/// "passport number 123456789": nine digits alone need the word right before.
Hit find_numeric_passport(const Place& place) {
  const DigitGroups& groups = *place.groups;
  if (groups.plus || groups[0].digits.size() != 9) return {};
  constexpr size_t kNear = 12;  // " number is: "
  return place.context->distance(kAnnounces) <= kNear ? Hit{groups.range(1), Confidence::context} : Hit{};
}

}  // namespace moru::curate::pii
