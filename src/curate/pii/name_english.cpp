// English names and Korean ones in Latin letters: after a title ("Mr. Smith"), a label ("Name: John Smith"), a greeting
// or a closing ("Dear John", "Sincerely,").
#include <algorithm>

#include "curate/pii/detector.h"
#include "curate/pii/latin_names.h"
#include "curate/pii/words.h"

namespace moru::curate::pii {
namespace {

constexpr std::string_view kHonorifics[] = {"Mr", "Mrs", "Ms", "Miss", "Dr", "Prof", "Professor"};
constexpr std::string_view kLabels[] = {
    "Name",           "Full name",      "Full Name",      "Contact",        "Attn",          "Attention",
    "Signed by",      "Customer",       "Customer name",  "Customer Name",  "Patient",       "Patient name",
    "Patient Name",   "Applicant",      "Employee",       "Employee name",  "Employee Name", "Cardholder",
    "Account holder", "Account Holder", "Contact person", "Contact Person", "Manager",       "Prepared by",
    "Submitted by",   "Approved by"};
constexpr std::string_view kClosings[] = {"Sincerely",    "Regards",          "Best regards",
                                          "Kind regards", "Yours sincerely",  "Best wishes",
                                          "Yours truly",  "Yours faithfully", "Sincerely yours"};
constexpr std::string_view kAll[] = {"Mr",
                                     "Mrs",
                                     "Ms",
                                     "Miss",
                                     "Dr",
                                     "Professor",
                                     "Prof",
                                     "Dear",
                                     "Hi",
                                     "Hello",
                                     "Name",
                                     "Full name",
                                     "Full Name",
                                     "Contact",
                                     "Attn",
                                     "Attention",
                                     "Signed by",
                                     "Customer",
                                     "Customer name",
                                     "Customer Name",
                                     "Patient",
                                     "Patient name",
                                     "Patient Name",
                                     "Applicant",
                                     "Employee",
                                     "Employee name",
                                     "Employee Name",
                                     "Cardholder",
                                     "Account holder",
                                     "Account Holder",
                                     "Contact person",
                                     "Contact Person",
                                     "Manager",
                                     "Prepared by",
                                     "Submitted by",
                                     "Approved by",
                                     "Sincerely",
                                     "Regards",
                                     "Best regards",
                                     "Kind regards",
                                     "Yours sincerely",
                                     "Best wishes",
                                     "Yours truly",
                                     "Yours faithfully",
                                     "Sincerely yours"};

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

template <size_t N>
bool has(const std::string_view (&list)[N], std::string_view word) {
  return std::ranges::find(list, word) != std::end(list);
}

Hit hit_of(const LatinName& name) {
  return {name.range, Confidence::context};
}

}  // namespace

std::span<const std::string_view> english_name_words() {
  return kAll;
}

Hit find_english_name(const Place& place) {
  const std::string_view text = place.text;
  const std::string_view word = text.substr(place.position, place.length);
  size_t p = place.position + place.length;
  if (p >= text.size() || is_lower(text[p]) || is_upper(text[p])) return {};
  if (has(kHonorifics, word)) {
    if (text[p] == '.') ++p;
    if (p >= text.size() || text[p] != ' ') return {};
    const LatinName name = read_latin_name(text, p + 1);
    if (name.words == 0 || name.range.end - name.range.begin < 3) return {};
    // The font "Ms Shell Dlg", Dr. Dobb's Journal.
    const std::string_view found = text.substr(name.range.begin, name.range.end - name.range.begin);
    return found.starts_with("Shell") || found.starts_with("Dobb") ? Hit{} : hit_of(name);
  }
  if (word == "Dear" || word == "Hi" || word == "Hello") {
    if (text[p] != ' ') return {};
    const LatinName name = read_latin_name(text, p + 1);
    const std::string_view first =
        text.substr(name.range.begin, capitalised_end(text, name.range.begin) - name.range.begin);
    const bool closed = name.range.end < text.size() &&
                        (text[name.range.end] == ',' || text[name.range.end] == '\n' || text[name.range.end] == ':');
    return name.words > 0 && closed && (is_given_name(first) || (name.known && name.words > 1)) ? hit_of(name) : Hit{};
  }
  if (has(kClosings, word)) {
    if (text[p] != ',') return {};
    ++p;
    size_t lines = 0;
    while (p < text.size() && lines < 4 && (text[p] == ' ' || text[p] == '\n' || text[p] == '\r')) {
      lines += text[p] == '\n' ? 1 : 0;
      ++p;
    }
    const LatinName name = read_latin_name(text, p);
    return lines > 0 && name.words > 0 && name.known ? hit_of(name) : Hit{};
  }
  // A label.
  if (has(kLabels, word)) {
    if (text[p] != ':' && text[p] != '\t' && text[p] != '|') return {};
    while (p < text.size() && (text[p] == ':' || text[p] == ' ' || text[p] == '\t' || text[p] == '|' || text[p] == '*'))
      ++p;
    const LatinName name = read_latin_name(text, p);
    return name.words >= 2 && name.known ? hit_of(name) : Hit{};
  }
  return {};
}

}  // namespace moru::curate::pii
