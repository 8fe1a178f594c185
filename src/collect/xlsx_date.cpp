#include "collect/xlsx_date.h"

#include <array>
#include <cmath>
#include <vector>

namespace moru::collect {
namespace {

constexpr double kLastDay = 2958466;  // of the year 9999

struct Piece {
  char kind = 0;  ///< 'y', 'm', 'd', 'h', 's', 'i' (minutes), 'f' (fraction), 'a' (half of the day), 'w', 'H', 'M', 'S'
                  ///< (elapsed), 0: a literal
  size_t count = 0;
  std::string text;
};

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

/// Calls literal(text) and part(letters) for what a section is made of.
std::vector<Piece> pieces_of(std::string_view section, bool& korean) {
  std::vector<Piece> pieces;
  const auto literal = [&](std::string_view text) { pieces.push_back({0, 0, std::string(text)}); };
  for (size_t i = 0; i < section.size(); ++i) {
    const char c = lower(section[i]);
    if (c == '"') {
      const size_t end = std::min(section.find('"', i + 1), section.size());
      literal(section.substr(i + 1, end - i - 1));
      i = end;
    } else if ((c == '\\' || c == '_' || c == '*') && i + 1 < section.size()) {
      size_t end = i + 2;  // a whole UTF-8 character
      while (end < section.size() && (static_cast<unsigned char>(section[end]) & 0xC0) == 0x80) ++end;
      if (c == '\\') literal(section.substr(i + 1, end - i - 1));
      if (c == '_') literal(" ");
      i = end - 1;
    } else if (c == '[') {
      const size_t end = std::min(section.find(']', i), section.size());
      const std::string_view inside = section.substr(i + 1, end - i - 1);
      if (inside.starts_with('$')) {
        korean |= inside.ends_with("-412") || inside.ends_with("-ko-KR") || inside.ends_with("-ko");
        literal(inside.substr(1, inside.find('-') - 1));
      } else if (!inside.empty()) {
        pieces.push_back({static_cast<char>(lower(inside[0]) - 32), inside.size(), ""});
      }
      i = end;
    } else if (c == 'a' && (section.substr(i, 5) == "AM/PM" || section.substr(i, 5) == "am/pm")) {
      pieces.push_back({'a', 5, ""});
      i += 4;
    } else if (c == 'a' && (section.substr(i, 3) == "A/P" || section.substr(i, 3) == "a/p")) {
      pieces.push_back({'a', 3, ""});
      i += 2;
    } else if (c == 'y' || c == 'm' || c == 'd' || c == 'h' || c == 's' || c == 'a' || c == 'e') {
      size_t end = i;
      while (end < section.size() && lower(section[end]) == c) ++end;
      // "aaa" is a weekday by its Korean or Japanese name, "e" a year.
      if (c == 'a') korean = true;
      pieces.push_back({c == 'a' ? 'w' : c == 'e' ? 'y' : c, c == 'e' ? 4 : end - i, ""});
      i = end - 1;
    } else if (c == '.' && i + 1 < section.size() && section[i + 1] == '0') {
      size_t end = i + 1;
      while (end < section.size() && section[end] == '0') ++end;
      pieces.push_back({'f', end - i - 1, ""});
      i = end - 1;
    } else {
      literal(section.substr(i, 1));
    }
  }
  // "m" beside hours or before seconds is minutes.
  char before = 0;
  for (size_t i = 0; i < pieces.size(); ++i) {
    char after = 0;
    for (size_t k = i + 1; k < pieces.size() && after == 0; ++k) after = pieces[k].kind;
    if (pieces[i].kind == 'm' && pieces[i].count <= 2 &&
        (before == 'h' || before == 'H' || after == 's' || after == 'S'))
      pieces[i].kind = 'i';
    if (pieces[i].kind != 0 && pieces[i].kind != 'a') before = pieces[i].kind;
  }
  return pieces;
}

struct Civil {
  int year, month, day;
};

/// The date `days` after 1970-01-01 (proleptic Gregorian), by eras of 400 years from March on.
Civil civil(int64_t days) {
  days += 719468;
  const int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const int64_t in_era = days - era * 146097;
  const int64_t year_of_era = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
  const int64_t in_year = in_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t march = (5 * in_year + 2) / 153;
  const int64_t month = march < 10 ? march + 3 : march - 9;
  return {static_cast<int>(year_of_era + era * 400 + (month <= 2 ? 1 : 0)), static_cast<int>(month),
          static_cast<int>(in_year - (153 * march + 2) / 5 + 1)};
}

constexpr std::array<std::string_view, 12> kMonths = {"January",   "February", "March",    "April",
                                                      "May",       "June",     "July",     "August",
                                                      "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> kDays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                   "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 7> kKoreanDays = {"일", "월", "화", "수", "목", "금", "토"};

}  // namespace

bool is_date_format(std::string_view section) {
  if (section.find("General") != std::string_view::npos) return false;
  bool korean = false;
  bool date = false, digits = false;
  for (const Piece& piece : pieces_of(section, korean)) {
    date |= piece.kind != 0 && piece.kind != 'f' && piece.kind != 'a';
    digits |= piece.kind == 0 && (piece.text == "#" || piece.text == "?");
  }
  return date && !digits && section.find("E+") == std::string_view::npos &&
         section.find("E-") == std::string_view::npos;
}

std::string format_date(double value, std::string_view section, bool date1904) {
  bool korean = false;
  const std::vector<Piece> pieces = pieces_of(section, korean);
  int fraction_digits = 0;
  bool half_day = false;
  for (const Piece& piece : pieces) {
    if (piece.kind == 'f') fraction_digits = static_cast<int>(std::min<size_t>(piece.count, 3));
    half_day |= piece.kind == 'a';
  }
  if (!(std::fabs(value) < kLastDay)) return {};
  const bool negative = value < 0;
  if (date1904) value += 1462;
  const int64_t unit = fraction_digits > 0 ? 1000 : 1;  // parts of a second
  const auto parts = static_cast<int64_t>(std::floor(std::fabs(value) * 86400.0 * static_cast<double>(unit) + 0.5));
  const int64_t seconds = parts / unit, day = seconds / 86400, of_day = seconds % 86400;
  // Day 60 is 29 February 1900, which never was; before it the days are one less.
  const Civil date = civil(day - 25569 + (day < 60 ? 1 : 0));
  const auto weekday = static_cast<size_t>((day + 6) % 7);
  const int64_t hour = of_day / 3600;
  std::string out;
  for (const Piece& piece : pieces) {
    const bool wide = piece.count >= 2;
    const auto number = [&](int64_t n) { out += wide ? fmt::format("{:02}", n) : fmt::format("{}", n); };
    if (std::string_view("ymdw").find(piece.kind) != std::string_view::npos && piece.kind != 0 && negative) return {};
    switch (piece.kind) {
      case 0:
        out += piece.text;
        break;
      case 'y':
        out += piece.count > 2 ? fmt::format("{:04}", date.year) : fmt::format("{:02}", date.year % 100);
        break;
      case 'm':
        if (piece.count >= 3 && korean)
          out += fmt::format("{}월", date.month);
        else if (piece.count >= 3)
          out += kMonths[static_cast<size_t>(date.month - 1)].substr(0, piece.count == 3   ? 3
                                                                        : piece.count == 5 ? 1
                                                                                           : 16);
        else
          number(date.month);
        break;
      case 'd':
        if (piece.count < 3) {
          number(date.day);
          break;
        }
        if (korean) {
          out += kKoreanDays[weekday];
          if (piece.count > 3) out += "요일";
        } else {
          out += kDays[weekday].substr(0, piece.count == 3 ? 3 : 16);
        }
        break;
      case 'w':
        out += kKoreanDays[weekday];
        if (piece.count > 3) out += "요일";
        break;
      case 'h':
        number(half_day ? (hour + 11) % 12 + 1 : hour);
        break;
      case 'i':
        number(of_day / 60 % 60);
        break;
      case 's':
        number(of_day % 60);
        break;
      case 'f':
        out += fmt::format(".{:03}", parts % unit).substr(0, static_cast<size_t>(fraction_digits) + 1);
        break;
      case 'a':
        if (korean)
          out += hour < 12 ? "오전" : "오후";
        else
          out += piece.count == 3 ? (hour < 12 ? "A" : "P") : (hour < 12 ? "AM" : "PM");
        break;
      case 'H':
        if (negative) out += '-';
        number(seconds / 3600);
        break;
      case 'M':
        number(seconds / 60);
        break;
      case 'S':
        number(seconds);
        break;
      default:
        break;
    }
  }
  return out;
}

}  // namespace moru::collect
