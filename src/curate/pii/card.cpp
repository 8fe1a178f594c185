// Payment cards: 13 to 19 digits with Luhn's check digit and an issuer's prefix (ISO/IEC 7812).
#include <charconv>

#include "curate/pii/checksum.h"
#include "curate/pii/detector.h"

namespace moru::curate::pii {
namespace {

constexpr std::string_view kAnnounces[] = {"카드",   "결제",  "card", "visa", "mastercard", "amex",
                                           "credit", "debit", "비자", "paid", "payment",    "할부"};

/// Whether the first digits and the length are of an issuer: Visa, Mastercard, American Express, Discover, JCB,
/// UnionPay, Diners Club, and 9 for Korean cards that are good at home only.
bool is_issued(std::string_view digits) {
  int prefix = 0;
  std::from_chars(digits.data(), digits.data() + 4, prefix);
  const size_t n = digits.size();
  if (prefix / 1000 == 4) return n == 16 || n == 13 || n == 19;
  if ((prefix >= 5100 && prefix <= 5599) || (prefix >= 2221 && prefix <= 2720)) return n == 16;
  if (prefix / 100 == 34 || prefix / 100 == 37) return n == 15;
  if (prefix == 6011 || prefix / 100 == 65 || (prefix >= 6440 && prefix <= 6499)) return n == 16;
  if (prefix >= 3528 && prefix <= 3589) return n == 16;
  if (prefix / 100 == 62) return n >= 16;
  if (prefix / 100 == 36 || prefix / 100 == 38 || (prefix >= 3000 && prefix <= 3059)) return n == 14;
  return prefix / 1000 == 9 && n == 16;
}

}  // namespace

Hit find_card(const Place& place) {
  const DigitGroups& groups = *place.groups;
  if (groups.plus) return {};
  const size_t n = groups.has_form({4, 4, 4, 4, 3})                                 ? 5
                   : groups.has_form({4, 4, 4, 4})                                  ? 4
                   : groups.has_form({4, 6, 5}) || groups.has_form({4, 6, 4})       ? 3
                   : groups[0].digits.size() >= 13 && groups[0].digits.size() <= 19 ? 1
                                                                                    : 0;
  if (n == 0) return {};
  const std::string_view digits = groups.joined(n);
  if (!is_issued(digits) || !luhn(digits)) return {};
  // A digit in ten fits Luhn by chance: one piece of digits without a word needs the common length and issuers.
  if (n == 1 && !place.context->has(kAnnounces) && (digits.size() < 15 || digits.size() > 16 || digits[0] == '9'))
    return {};
  return {groups.range(n), Confidence::checksum};
}

}  // namespace moru::curate::pii
