// Korean resident and foreigner registration numbers: what both have in common.
#pragma once

#include <optional>
#include <string_view>

#include "curate/pii/detector.h"

namespace moru::curate::pii {

struct ResidentDigits {
  size_t groups = 0;        ///< 1 or 2, from the first.
  std::string_view digits;  ///< 13.
  bool foreigner = false;
};

/// 13 digits in one group, or 6 and 7 with a hyphen or a space between, that begin with a date of the century that the
/// 7th digit names. The check digit decides nothing: since October 2020 numbers are issued without one.
std::optional<ResidentDigits> read_resident_digits(const DigitGroups& number);

/// Those at the place, of one of the two sorts.
Hit find_resident(const Place& place, bool foreigner);

}  // namespace moru::curate::pii
