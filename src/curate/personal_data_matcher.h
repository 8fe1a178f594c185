// Finding personal data in text: e-mail addresses, phone numbers, Korean resident and foreigner registration numbers.
#pragma once

#include <string_view>
#include <vector>

#include "data/document.h"

namespace moru::curate {

enum class PersonalDataKind { email, phone, resident_number, foreigner_number };
inline constexpr size_t kPersonalDataKinds = 4;

/// "email", "phone", "resident_number", "foreigner_number".
std::string_view name_of(PersonalDataKind kind);

struct PersonalData {
  PersonalDataKind kind = PersonalDataKind::email;
  data::Range range;  ///< Bytes of the text.
};

/// All matches in order, without overlap. Digits, hyphens and "@" may be full-width. Numbers are told from versions,
/// formulas, dates and binary digits by their form and by what stands around them:
/// - resident and foreigner numbers: 6 + 7 digits that begin with a date of the century that the 7th digit names. The
///   check digit decides nothing: since October 2020 numbers are issued without one.
/// - Korean phones: 01x, 02, 0xx, 050x, 070, 080, 15xx … 18xx and +82 forms. Forms that other numbers share (dots or
///   spaces between the groups, "1588-1600" as years) need a word such as "전화" or "tel" before them.
/// - other countries: "+", a country code in use, 8 to 15 digits in all (ITU-T E.164); North American (NXX) NXX-XXXX.
/// - e-mail: dot-atom local part, host with a top-level domain of letters.
/// Ill-formed UTF-8 is never part of a match.
std::vector<PersonalData> find_personal_data(std::string_view text);

/// Whether an e-mail address's host is one that nobody can have: example.com, .org, .net and the top-level domains
/// example, invalid, localhost and test (RFC 2606).
bool is_example_address(std::string_view address);

}  // namespace moru::curate
