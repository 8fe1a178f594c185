// Dates inside numbers.
#pragma once

#include <array>
#include <string_view>

namespace moru::curate::pii {

/// Whether six digits are a date YYMMDD of a century (1800, 1900, 2000).
inline bool is_date(std::string_view yymmdd, int century) {
  const auto number = [&](size_t from) { return (yymmdd[from] - '0') * 10 + (yymmdd[from + 1] - '0'); };
  const int year = century + number(0);
  const int month = number(2);
  const int day = number(4);
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12 || day < 1) return false;
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day <= kDays[static_cast<size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
}

}  // namespace moru::curate::pii
