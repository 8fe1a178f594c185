// Which digit groups are a phone number.
#pragma once

#include "curate/digit_groups.h"

namespace moru::curate {

/// Number of groups, from the first, that make up a phone number; 0 if they do not. `context`: a word such as "전화" or
/// "tel" stands before.
/// - Korea: 01x, 02, 0xx, 050x, 070, 080, 15xx … 18xx and +82 forms. Forms that other numbers share (dots or spaces
///   between the groups, no separators, "1588-1600" as years) need the context.
/// - other countries: "+", a country code in use, 8 to 15 digits in all (ITU-T E.164); North American (NXX) NXX-XXXX.
size_t match_phone(const DigitGroups& number, bool context);

}  // namespace moru::curate
