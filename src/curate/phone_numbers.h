// Which digit groups are a phone number, and which a resident number.
#pragma once

#include "curate/digit_groups.h"

namespace moru::curate {

/// Number of groups, from the first, that make up a phone number; 0 if they do not. `context`: a word such as "전화" or
/// "tel" stands before.
size_t match_phone(const DigitGroups& number, bool context);

/// Number of groups that make up a Korean resident or foreigner registration number (1 or 2), or 0.
size_t match_resident_number(const DigitGroups& number, bool& foreigner);

}  // namespace moru::curate
