// Numbers of spreadsheets as a reader sees them (ECMA-376 part 1, 18.8.30 and 18.8.31).
#pragma once

#include <string>
#include <string_view>

namespace moru::collect {

/// The code of a built-in format (0 … 163; those of Korean Excel where they differ by language), "General" if unknown.
std::string_view builtin_number_format(int id);

/// `value` by a format code: digits, grouping, percent, scale, scientific, dates and times (with Korean names where the
/// code says so), literals, conditions and colours; fractions are shown as General. With `date1904`, day 0 is
/// 1904-01-01, else 1899-12-30 from March 1900 on.
std::string format_number(double value, std::string_view code, bool date1904 = false);

/// As General: up to 15 digits for whole numbers, 10 for others.
std::string general_number(double value);

}  // namespace moru::collect
