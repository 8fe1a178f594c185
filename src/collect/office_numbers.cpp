#include "collect/office_numbers.h"

#include <array>

namespace moru::collect {
namespace {

std::string roman(int number, bool upper) {
  if (number < 1 || number > 3999) return fmt::format("{}", number);
  static constexpr std::pair<int, std::string_view> kDigits[] = {
      {1000, "m"}, {900, "cm"}, {500, "d"}, {400, "cd"}, {100, "c"}, {90, "xc"}, {50, "l"},
      {40, "xl"},  {10, "x"},   {9, "ix"},  {5, "v"},    {4, "iv"},  {1, "i"}};
  std::string out;
  for (const auto& [value, letters] : kDigits)
    for (; number >= value; number -= value) out += letters;
  if (upper)
    for (char& c : out) c = static_cast<char>(c - 32);
  return out;
}

/// a, b, … z, aa, bb, …
std::string letter(int number, char first) {
  if (number < 1 || number > 26 * 8) return fmt::format("{}", number);
  return std::string(static_cast<size_t>((number - 1) / 26 + 1), static_cast<char>(first + (number - 1) % 26));
}

template <size_t N>
std::string one_of(int number, const std::array<std::string_view, N>& signs) {
  if (number < 1 || number > static_cast<int>(N)) return fmt::format("{}", number);
  return std::string(signs[static_cast<size_t>(number - 1)]);
}

constexpr std::array<std::string_view, 14> kSyllables = {"가", "나", "다", "라", "마", "바", "사",
                                                         "아", "자", "차", "카", "타", "파", "하"};
constexpr std::array<std::string_view, 14> kConsonants = {"ㄱ", "ㄴ", "ㄷ", "ㄹ", "ㅁ", "ㅂ", "ㅅ",
                                                          "ㅇ", "ㅈ", "ㅊ", "ㅋ", "ㅌ", "ㅍ", "ㅎ"};
constexpr std::array<std::string_view, 20> kCircled = {"①", "②", "③", "④", "⑤", "⑥", "⑦", "⑧", "⑨", "⑩",
                                                       "⑪", "⑫", "⑬", "⑭", "⑮", "⑯", "⑰", "⑱", "⑲", "⑳"};
constexpr std::array<std::string_view, 10> kHanja = {"一", "二", "三", "四", "五", "六", "七", "八", "九", "十"};
constexpr std::array<std::string_view, 10> kKorean = {"일", "이", "삼", "사", "오", "육", "칠", "팔", "구", "십"};

}  // namespace

std::string list_number(int number, std::string_view format) {
  if (format == "none" || format == "bullet") return {};
  if (format == "upperRoman" || format == "I") return roman(number, true);
  if (format == "lowerRoman" || format == "i") return roman(number, false);
  if (format == "upperLetter" || format == "A") return letter(number, 'A');
  if (format == "lowerLetter" || format == "a") return letter(number, 'a');
  if (format == "decimalZero") return fmt::format("{:02}", number);
  if (format == "ganada" || format.starts_with("가")) return one_of(number, kSyllables);
  if (format == "chosung" || format.starts_with("ㄱ")) return one_of(number, kConsonants);
  if (format.starts_with("decimalEnclosedCircle") || format.starts_with("①")) return one_of(number, kCircled);
  if (format.starts_with("chineseCounting") || format.starts_with("ideograph") || format.starts_with("一"))
    return one_of(number, kHanja);
  if (format.starts_with("koreanDigital") || format.starts_with("일")) return one_of(number, kKorean);
  return fmt::format("{}", number);
}

}  // namespace moru::collect
