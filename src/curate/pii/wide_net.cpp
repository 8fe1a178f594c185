#include "curate/pii/wide_net.h"

#include <algorithm>

#include "curate/digit_groups.h"
#include "curate/pii/hangul.h"
#include "curate/pii/korean_names.h"
#include "curate/pii/latin_names.h"
#include "text/unicode.h"

namespace moru::curate::pii {
namespace {

using data::Range;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_alnum(char c) {
  return is_digit(c) || is_upper(c) || (c >= 'a' && c <= 'z');
}

// What may be joined to a name.
constexpr std::string_view kAfterName[] = {"은",   "는", "이", "가", "을", "를", "의",
                                           "에게", "께", "와", "과", "님", "씨"};
// Ends of words that look like names and are adjectives, verbs or a noun with a particle.
constexpr std::string_view kNotAtEnd[] = {"한", "은", "인", "의", "된", "할", "운", "해", "여", "만", "나", "도", "서"};

bool is_octets(const DigitGroups& groups) {
  for (size_t i = 0; i < 4; ++i) {
    const std::string_view digits = groups[i].digits;
    if (digits.size() > 3 || (digits.size() > 1 && digits[0] == '0') || (digits.size() == 3 && digits > "255"))
      return false;
  }
  return true;
}

/// Numbers in a row: spaces between, and fewer than three digits in one of them.
bool is_row(const DigitGroups& groups) {
  bool row = groups.size() > 1 && groups[0].digits[0] != '0' && !groups.plus;
  bool is_short = false;
  for (size_t i = 0; i < groups.size(); ++i) {
    row = row && (i == 0 || groups[i].before == Separator::space);
    is_short = is_short || groups[i].digits.size() < 3;
  }
  return row && is_short;
}

class Net {
 public:
  explicit Net(std::string_view text) : text_(text), known_(find_personal_data(text)) {}

  std::vector<PersonalData> cast() {
    for (size_t i = 0; i < text_.size();) {
      const char c = text_[i];
      size_t next = i + 1;
      if (c == '@')
        next = mail(i);
      else if (is_digit(c) || c == '+' || c == '(' || c == '\xEF')
        next = number(i);
      else if (is_upper(c) && (i == 0 || !is_alnum(text_[i - 1])))
        next = latin(i);
      else if (is_syllable(text_, i))
        next = korean(i);
      i = std::max(next, i + 1);
    }
    return std::move(found_);
  }

 private:
  size_t add(PersonalDataKind kind, Range range) {
    while (before_ < known_.size() && known_[before_].range.end <= range.begin) ++before_;
    const bool overlaps = before_ < known_.size() && known_[before_].range.begin < range.end;
    const bool again = !found_.empty() && found_.back().range.end > range.begin;
    if (!overlaps && !again) found_.push_back({kind, Confidence::format, range});
    return range.end;
  }

  size_t mail(size_t at) {
    const auto is_part = [&](size_t p) {
      return is_alnum(text_[p]) || text_[p] == '.' || text_[p] == '_' || text_[p] == '-' ||
             (static_cast<unsigned char>(text_[p]) & 0x80) != 0;
    };
    constexpr size_t kMax = 64;
    size_t begin = at;
    if (begin > 0 && text_[begin - 1] == ' ') --begin;
    const size_t name = begin;
    while (begin > 0 && name - begin < kMax && is_part(begin - 1)) --begin;
    size_t end = at + 1;
    if (end < text_.size() && text_[end] == ' ') ++end;
    const size_t host = end;
    size_t dots = 0;
    while (end < text_.size() && end - host < kMax && is_part(end)) dots += text_[end++] == '.' ? 1 : 0;
    return begin < name && end > host + 3 && dots > 0 ? add(PersonalDataKind::email, {begin, end}) : at + 1;
  }

  size_t number(size_t position) {
    if (position > 0 && (is_alnum(text_[position - 1]) || text_[position - 1] == '.' || text_[position - 1] == '_')) {
      size_t end = position;
      while (end < text_.size() && is_digit(text_[end])) ++end;
      return std::max(end, position + 1);
    }
    const DigitGroups groups(text_, position);
    if (groups.empty()) return position + 1;
    const size_t digits = groups.joined(groups.size()).size();
    const Range range = groups.range(groups.size());
    // A column of numbers is not one number.
    constexpr size_t kMaxGroups = 5;
    // "3.14", "10.0.17134.0", "0000-000000000001" of a UUID, zeros and ones.
    bool dots = groups.size() > 1 && groups[0].digits[0] != '0';
    for (size_t i = 1; i < groups.size(); ++i) dots = dots && groups[i].before == Separator::dot;
    const bool fraction = groups.size() == 2 && groups[1].before == Separator::dot;
    const bool part = position > 1 && text_[position - 1] == '-' && is_alnum(text_[position - 2]);
    const bool binary = groups.joined(groups.size()).find_first_not_of("01") == std::string_view::npos;
    if (digits >= 9 && digits <= 19 && groups.size() <= kMaxGroups && !dots && !fraction && !part && !binary &&
        !is_row(groups) && number_may_end(text_, range.end)) {
      const char first = groups[0].digits[0];
      const PersonalDataKind kind = first == '0' || groups.plus ? PersonalDataKind::phone
                                    : digits == 13              ? PersonalDataKind::resident_number
                                                                : PersonalDataKind::bank_account;
      return add(kind, range);
    }
    // Four octets of any size.
    if (groups.size() == 4 && groups[1].before == Separator::dot && groups[2].before == Separator::dot &&
        groups[3].before == Separator::dot && digits >= 6 && is_octets(groups) &&
        is_public_address(text_.substr(range.begin, range.end - range.begin)))
      return add(PersonalDataKind::ip_address, range);
    return groups[0].range.end;
  }

  size_t latin(size_t position) {
    size_t p = position;
    while (p < text_.size() && is_upper(text_[p])) ++p;
    size_t end = p;
    while (end < text_.size() && is_digit(text_[end])) ++end;
    if (p - position <= 2 && end - p >= 7 && end - p <= 9 && number_may_end(text_, end))
      return add(PersonalDataKind::passport, {position, end});
    const Range name = find_latin_name(text_, position);
    return name.end > name.begin ? add(PersonalDataKind::name, name) : position + 1;
  }

  size_t korean(size_t position) {
    if (follows_syllable(text_, position)) return position + kSyllable;
    constexpr size_t kMaxWord = 12;
    const size_t run = syllables_at(text_, position, kMaxWord);
    const size_t end = position + run * kSyllable;
    const std::string_view word = text_.substr(position, end - position);
    const auto ends_in = [](std::string_view w, auto& list) {
      return std::ranges::any_of(list, [&](std::string_view x) { return w.ends_with(x); });
    };
    if (run >= 2 && (word.ends_with("로") || word.ends_with("길") || word.ends_with("동") || word.ends_with("리"))) {
      size_t p = end;
      if (p < text_.size() && text_[p] == ' ') ++p;
      if (p < text_.size() && is_digit(text_[p]) && !word.ends_with("으로")) {
        const DigitGroups lot(text_, p);
        const bool road = word.ends_with("로") || word.ends_with("길");
        const bool hyphen = lot.size() == 2 && lot[1].before == Separator::hyphen;
        const size_t after = lot[lot.size() - 1].range.end;
        const bool counts = is_syllable(text_, after) && !text_.substr(after).starts_with("번지");
        if (!counts && lot.size() <= 2 && lot[0].digits.size() <= 4 && (hyphen || road))
          return add(PersonalDataKind::address, {position, after});
      }
    }
    if (run >= 3) {
      const std::string_view name = word.substr(0, 3 * kSyllable);
      const std::string_view rest = word.substr(3 * kSyllable);
      const bool alone = rest.empty() && !ends_in(name, kNotAtEnd);
      // "설명하는" is a verb.
      const bool joined = std::ranges::find(kAfterName, rest) != std::end(kAfterName) && !ends_in(name, kNotAtEnd) &&
                          !name.ends_with("하");
      if ((alone || joined) && is_korean_name(name) && !begins_with_noun(name))
        return add(PersonalDataKind::name, {position, position + 3 * kSyllable});
    }
    return end;
  }

  std::string_view text_;
  std::vector<PersonalData> known_, found_;
  size_t before_ = 0;
};

}  // namespace

std::vector<PersonalData> wide_net(std::string_view text) {
  return Net(text).cast();
}

}  // namespace moru::curate::pii
