// Dates and times of spreadsheets: day numbers by format codes.
#pragma once

#include <string>
#include <string_view>

namespace moru::collect {

/// Does this section of a format code show a date, a time or a duration?
bool is_date_format(std::string_view section);

/// A day number by one section of a format code; empty if it is no day before the year 10000.
std::string format_date(double value, std::string_view section, bool date1904);

}  // namespace moru::collect
