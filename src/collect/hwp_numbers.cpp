// Automatic numbers of HWP documents.
#include "collect/hwp_model.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

std::string utf8(char32_t c) {
  std::string out;
  text::append_utf8(out, c);
  return out;
}

std::string roman(unsigned number) {
  static constexpr std::pair<unsigned, std::string_view> kDigits[] = {
      {1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"},
      {40, "XL"},  {10, "X"},   {9, "IX"},  {5, "V"},    {4, "IV"},  {1, "I"}};
  std::string out;
  for (const auto& [value, digits] : kDigits)
    for (; number >= value; number -= value) out += digits;
  return out;
}

/// Up to 99 in the words or signs of a Sino-Korean number: "이십삼", "二十三".
std::string sino(unsigned number, const std::array<std::string_view, 10>& digits) {
  std::string out;
  if (number >= 20) out += digits[number / 10 - 1];
  if (number >= 10) out += digits[9];
  if (number % 10 > 0) out += digits[number % 10 - 1];
  return out;
}

template <size_t N>
std::string one_of(unsigned number, const std::array<std::string_view, N>& signs) {
  return number <= N ? std::string(signs[number - 1]) : std::to_string(number);
}

constexpr std::array<std::string_view, 14> kSyllables = {"가", "나", "다", "라", "마", "바", "사",
                                                         "아", "자", "차", "카", "타", "파", "하"};
constexpr std::array<std::string_view, 14> kConsonants = {"ㄱ", "ㄴ", "ㄷ", "ㄹ", "ㅁ", "ㅂ", "ㅅ",
                                                          "ㅇ", "ㅈ", "ㅊ", "ㅋ", "ㅌ", "ㅍ", "ㅎ"};
constexpr std::array<std::string_view, 10> kHangulDigits = {"일", "이", "삼", "사", "오", "육", "칠", "팔", "구", "십"};
constexpr std::array<std::string_view, 10> kHanjaDigits = {"一", "二", "三", "四", "五", "六", "七", "八", "九", "十"};
constexpr std::array<std::string_view, 10> kStems = {"갑", "을", "병", "정", "무", "기", "경", "신", "임", "계"};
constexpr std::array<std::string_view, 10> kHanjaStems = {"甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"};

}  // namespace

std::string hwp_number_text(unsigned number, int shape) {
  const std::string digits = std::to_string(number);
  if (number == 0) return digits;
  // Circled signs stand in a row in Unicode: `first` is that for 1.
  const auto row = [&](char32_t first, unsigned count) { return number <= count ? utf8(first + number - 1) : digits; };
  switch (shape) {
    case 1:
      return number <= 20 ? utf8(U'①' + number - 1) : number <= 35 ? utf8(U'㉑' + number - 21) : digits;
    case 2:
      return number < 4000 ? roman(number) : digits;
    case 3:
      return number < 4000 ? text::lower(roman(number)) : digits;
    case 4:
      return row(U'A', 26);
    case 5:
      return row(U'a', 26);
    case 6:
      return row(U'Ⓐ', 26);
    case 7:
      return row(U'ⓐ', 26);
    case 8:
      return one_of(number, kSyllables);
    case 9:
      return row(U'㉮', 14);
    case 10:
      return one_of(number, kConsonants);
    case 11:
      return row(U'㉠', 14);
    case 12:
      return number < 100 ? sino(number, kHangulDigits) : digits;
    case 13:
      return number < 100 ? sino(number, kHanjaDigits) : digits;
    case 14:
      return row(U'㊀', 10);
    case 15:
      return one_of(number, kStems);
    case 16:
      return one_of(number, kHanjaStems);
    default:
      return digits;
  }
}

std::string HwpCounter::next(const HwpNumbering& numbering, int level) {
  const auto at = static_cast<size_t>(std::clamp(level, 0, 9));
  last_[at] = begun_[at] ? last_[at] + 1 : numbering.levels[at].start;
  begun_[at] = true;
  for (size_t above = 0; above < at; ++above)  // a level that was skipped counts as begun
    if (!std::exchange(begun_[above], true)) last_[above] = numbering.levels[above].start;
  for (size_t deeper = at + 1; deeper < begun_.size(); ++deeper) begun_[deeper] = false;
  const std::string_view format = numbering.levels[at].format;
  std::string out;
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '^' || i + 1 == format.size()) {
      out += format[i];
      continue;
    }
    const char sign = format[++i];
    // "^n" and "^N" are this level's number with those of all above.
    if (sign == 'n' || sign == 'N') {
      for (size_t k = 0; k <= at; ++k)
        out += (k == 0 ? "" : ".") +
               hwp_number_text(begun_[k] ? last_[k] : numbering.levels[k].start, numbering.levels[k].shape);
      if (sign == 'N') out += '.';
    } else if (sign >= '0' && sign <= '9') {
      const size_t k = sign == '0' ? 9 : static_cast<size_t>(sign - '1');
      out += hwp_number_text(begun_[k] ? last_[k] : numbering.levels[k].start, numbering.levels[k].shape);
    } else {
      out += '^';
      --i;  // an ordinary character, of any length
    }
  }
  return out;
}

}  // namespace moru::collect
