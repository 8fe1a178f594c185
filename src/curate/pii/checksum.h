// Check digits.
#pragma once

#include <string_view>

namespace moru::curate::pii {

// All take ASCII digits; a string of another length fails.

/// ISO/IEC 7812-1, annex B.
bool luhn(std::string_view digits);
/// 13 digits: weights 2 … 9, 2 … 5, check digit (11 - sum mod 11) mod 10; of foreigners (13 - sum mod 11) mod 10.
/// Numbers issued since October 2020 have none: a failure says nothing.
bool resident_checksum(std::string_view digits, bool foreigner);
/// 10 digits: weights 1 3 7 1 3 7 1 3 5 and the tens of 5 times the ninth, check digit (10 - sum mod 10) mod 10.
bool business_checksum(std::string_view digits);
/// 13 digits: weights 1 and 2 in turn, check digit (10 - sum mod 10) mod 10.
bool corporate_checksum(std::string_view digits);
/// An international bank account number, letters and digits without spaces: ISO 13616, remainder 1 by 97.
bool iban_checksum(std::string_view iban);

}  // namespace moru::curate::pii
