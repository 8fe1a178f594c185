// Korean business registration numbers: 3-2-5 digits.
#include "curate/pii/checksum.h"
#include "curate/pii/detector.h"

namespace moru::curate::pii {
namespace {

constexpr std::string_view kAnnounces[] = {
    "사업자", "등록번호", "business registration", "business number", "registration no", "registration number", "brn"};

}  // namespace

Hit find_business_number(const Place& place) {
  const DigitGroups& groups = *place.groups;
  if (groups.plus) return {};
  const size_t n = groups.has_form({3, 2, 5}) ? 3 : groups[0].digits.size() == 10 ? 1 : 0;
  if (n == 0) return {};
  const std::string_view digits = groups.joined(n);
  // Tax office 101 … 999, sort 01 … 99.
  if (digits < "101" || digits.substr(3, 2) == "00") return {};
  const bool checked = business_checksum(digits);
  const bool announced = place.context->has(kAnnounces);
  if (checked && (announced || (n == 3 && groups[1].before == Separator::hyphen)))
    return {groups.range(n), Confidence::checksum};
  return announced ? Hit{groups.range(n), Confidence::context} : Hit{};
}

}  // namespace moru::curate::pii
