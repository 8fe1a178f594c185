#include "curate/pii/resident_digits.h"

#include "curate/pii/checksum.h"
#include "curate/pii/dates.h"

namespace moru::curate::pii {
namespace {

constexpr std::string_view kAnnounces[] = {"주민",     "외국인등록",         "외국인 등록", "거소신고",
                                           "생년월일", "등록번호",           "resident",    "registration no",
                                           "rrn",      "alien registration", "arc no"};
constexpr std::string_view kCompany[] = {"법인", "corporate registration", "corporation number",
                                         "company registration"};
constexpr std::string_view kPerson[] = {"주민", "외국인", "생년월일", "resident"};
// What else has thirteen digits in one piece.
constexpr std::string_view kOther[] = {"timestamp", "epoch", "unix",     "millis",  "타임스탬프",
                                       "밀리초",    "isbn",  "바코드",   "barcode", "ean",
                                       "운송장",    "송장",  "tracking", "order",   "주문번호"};

}  // namespace

std::optional<ResidentDigits> read_resident_digits(const DigitGroups& number) {
  if (number.plus) return std::nullopt;
  ResidentDigits found;
  if (number[0].digits.size() == 13)
    found.groups = 1;
  else if (number.has_form({6, 7}))
    found.groups = 2;
  else
    return std::nullopt;
  found.digits = number.joined(found.groups);
  // The 7th digit: 9, 0 for the 1800s; 1, 2 (foreigners 5, 6) for the 1900s; 3, 4 (foreigners 7, 8) for the 2000s.
  constexpr std::array<int, 10> kCentury = {1800, 1900, 1900, 2000, 2000, 1900, 1900, 2000, 2000, 1800};
  const char seventh = found.digits[6];
  if (!is_date(found.digits, kCentury[static_cast<size_t>(seventh - '0')])) return std::nullopt;
  found.foreigner = seventh >= '5' && seventh <= '8';
  return found;
}

Hit find_resident(const Place& place, bool foreigner) {
  const auto found = read_resident_digits(*place.groups);
  if (!found || found->foreigner != foreigner) return {};
  const Hit hit{place.groups->range(found->groups)};
  const bool announced = place.context->has(kAnnounces);
  // A company's number has the same form; of two words the nearer one counts.
  if (const size_t company = place.context->distance(kCompany);
      company != Context::npos && company < place.context->distance(kPerson))
    return {};
  // Announced as something else, and nearer than as this.
  if (found->groups == 1 && !announced && place.context->has(kOther)) return {};
  if (resident_checksum(found->digits, foreigner)) return {hit.range, Confidence::checksum};
  return {hit.range, announced ? Confidence::context : Confidence::format};
}

}  // namespace moru::curate::pii
