#include "curate/phone_numbers.h"

#include <algorithm>
#include <array>
#include <string>

namespace moru::curate {
namespace {

template <size_t N>
bool one_of(std::string_view text, const std::array<std::string_view, N>& list) {
  return std::ranges::find(list, text) != list.end();
}

bool has_length(const DigitGroup& group, size_t min, size_t max) {
  return group.digits.size() >= min && group.digits.size() <= max;
}

constexpr std::array<std::string_view, 6> kMobile = {"010", "011", "016", "017", "018", "019"};
// Area codes, internet telephony, personal and toll-free numbers (Korea's numbering plan).
constexpr std::array<std::string_view, 30> kArea = {
    "02",  "031", "032", "033", "041",  "042",  "043",  "044",  "051",  "052",  "053",  "054",  "055",  "061", "062",
    "063", "064", "070", "080", "0501", "0502", "0503", "0504", "0505", "0506", "0507", "0508", "0303", "030", "060"};
// Nationwide representative numbers.
constexpr std::array<std::string_view, 25> kRepresentative = {
    "1522", "1533", "1544", "1551", "1566", "1577", "1588", "1599", "1600", "1601", "1644", "1660", "1661",
    "1666", "1668", "1670", "1688", "1800", "1811", "1833", "1844", "1855", "1866", "1877", "1899"};
constexpr std::array<std::string_view, 44> kTwoDigitCountries = {
    "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46",
    "47", "48", "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63",
    "64", "65", "66", "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98"};
constexpr std::array<std::string_view, 23> kThreeDigitCountries = {"21", "22", "23", "24", "25", "26", "29", "35",
                                                                   "37", "38", "42", "50", "59", "67", "68", "69",
                                                                   "80", "85", "87", "88", "96", "97", "99"};

size_t match_mobile(const DigitGroups& g, bool context) {
  if (g[0].digits.size() == 10 || g[0].digits.size() == 11) {
    const bool form = one_of(g[0].digits.substr(0, 3), kMobile) && (g[0].digits.size() == 11 || g[0].digits[2] != '0');
    // Eleven digits of 0 and 1 are a binary number unless something says phone.
    const bool binary = g[0].digits.find_first_not_of("01") == std::string::npos;
    return form && (!binary || context) ? 1 : 0;
  }
  if (!one_of(g[0].digits, kMobile) || g.size() < 2) return 0;
  if (g.size() >= 3 && has_length(g[1], 3, 4) && has_length(g[2], 4, 4)) return 3;
  return has_length(g[1], 7, 8) && g[1].before != Separator::dot ? 2 : 0;
}

/// "0212345678" after a word that announces a phone.
bool is_landline(std::string_view digits) {
  return digits.size() >= 9 && std::ranges::any_of(kArea, [&](std::string_view area) {
           return digits.starts_with(area) && (digits.size() == area.size() + 7 || digits.size() == area.size() + 8);
         });
}

size_t match_landline(const DigitGroups& g, bool context) {
  if (context && is_landline(g[0].digits)) return 1;
  // "02-12345678", "031)1234567"
  if (g.size() >= 2 && one_of(g[0].digits, kArea) && has_length(g[1], 7, 8) && g[1].before != Separator::dot)
    return context || g[1].before == Separator::parenthesis ? 2 : 0;
  if (g.size() < 3 || !one_of(g[0].digits, kArea) || !has_length(g[1], 3, 4) || !has_length(g[2], 4, 4)) return 0;
  const auto telling = [](const DigitGroup& group) {
    return group.before == Separator::hyphen || group.before == Separator::parenthesis;
  };
  return context || (telling(g[1]) && g[2].before != Separator::dot) || (telling(g[2]) && g[1].before != Separator::dot)
             ? 3
             : 0;
}

size_t match_representative(const DigitGroups& g, bool context) {
  if (context && g[0].digits.size() == 8 && one_of(g[0].digits.substr(0, 4), kRepresentative)) return 1;
  if (g.size() < 2 || !one_of(g[0].digits, kRepresentative) || !has_length(g[1], 4, 4)) return 0;
  if (context) return 2;
  // Four digits to four digits are as often years (1592-1598) or amounts (1800-3600).
  const bool years = g[1].digits >= g[0].digits && g[1].digits <= "2100";
  const bool amounts = g[0].digits.ends_with("00") && g[1].digits.ends_with("00");
  return g[1].before == Separator::hyphen && !years && !amounts ? 2 : 0;
}

/// The national part of a +82 number, its trunk 0 taken off.
bool is_korean_national(std::string_view digits) {
  if (digits.starts_with('0')) digits.remove_prefix(1);
  const auto rest = [&](size_t prefix) { return digits.size() == prefix + 7 || digits.size() == prefix + 8; };
  if (digits.starts_with("2")) return rest(1);
  if (digits.starts_with("50")) return rest(3);
  const std::string area = "0" + std::string(digits.substr(0, 2));
  return (one_of(area, kMobile) || one_of(area, kArea)) && rest(2);
}

bool is_international(std::string_view digits) {
  if (digits.size() < 8 || digits.size() > 15) return false;
  if (digits[0] == '1') return digits.size() == 11 && digits[1] >= '2';
  if (digits[0] == '7') return digits.size() == 11;
  const std::string_view two = digits.substr(0, 2);
  if (two == "82") return is_korean_national(digits.substr(2));
  return one_of(two, kTwoDigitCountries) || one_of(two, kThreeDigitCountries);
}

/// The longest run of groups after "+" that is a number of E.164.
size_t match_international(const DigitGroups& number) {
  size_t matched = 0;
  for (size_t n = 1; n <= number.size(); ++n)
    if (is_international(number.joined(n))) matched = n;
  return matched;
}

/// "0082 10 1234 5678", "00 44 20 7946 0958" after a word that announces a phone.
size_t match_dialled(const DigitGroups& number) {
  size_t matched = 0;
  for (size_t n = 1; n <= number.size(); ++n) {
    const std::string_view digits = number.joined(n);
    if (digits.starts_with("00") && is_international(digits.substr(2))) matched = n;
  }
  return matched;
}

size_t match_north_american(const DigitGroups& number, bool context) {
  const DigitGroups& g = number;
  const size_t first = g[0].digits == "1" && context ? 1 : 0;
  if (g.size() < first + 3) return 0;
  const DigitGroup& area = g[first];
  const DigitGroup& exchange = g[first + 1];
  if (!has_length(area, 3, 3) || !has_length(exchange, 3, 3) || !has_length(g[first + 2], 4, 4)) return 0;
  if (area.digits[0] < '2' || exchange.digits[0] < '2') return 0;
  const bool parenthesised = first == 0 && number.opens && exchange.closes_before;
  return parenthesised || context ? first + 3 : 0;
}

}  // namespace

size_t match_phone(const DigitGroups& number, bool context) {
  if (number.empty()) return 0;
  if (number.plus) return match_international(number);
  if (const size_t n = match_mobile(number, context)) return n;
  if (const size_t n = match_landline(number, context)) return n;
  if (const size_t n = match_representative(number, context)) return n;
  if (const size_t n = context ? match_dialled(number) : 0) return n;
  return match_north_american(number, context);
}

}  // namespace moru::curate
