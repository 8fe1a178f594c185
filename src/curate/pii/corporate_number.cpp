// Korean corporate registration numbers: 6-7 digits, which resident numbers have too.
#include "curate/pii/checksum.h"
#include "curate/pii/detector.h"
#include "curate/pii/resident_digits.h"

namespace moru::curate::pii {
namespace {

constexpr std::string_view kAnnounces[] = {"법인", "corporate registration", "corporation number",
                                           "company registration"};
constexpr std::string_view kResident[] = {"주민", "외국인", "생년월일", "resident"};

}  // namespace

Hit find_corporate_number(const Place& place) {
  const DigitGroups& groups = *place.groups;
  if (groups.plus) return {};
  const size_t n = groups.has_form({6, 7}) ? 2 : groups[0].digits.size() == 13 ? 1 : 0;
  if (n == 0) return {};
  const bool checked = corporate_checksum(groups.joined(n));
  if (const size_t near = place.context->distance(kAnnounces); near != Context::npos) {
    // Of two words the nearer one counts.
    if (near > place.context->distance(kResident)) return {};
    return {groups.range(n), checked ? Confidence::checksum : Confidence::context};
  }
  // What could be a resident number is taken for one: 110111 is a court's number and a date.
  const bool form = checked && n == 2 && groups[1].before == Separator::hyphen && !read_resident_digits(groups);
  return form && groups[0].digits[0] != '0' ? Hit{groups.range(n), Confidence::checksum} : Hit{};
}

}  // namespace moru::curate::pii
