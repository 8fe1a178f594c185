// Korean driver licences: region, year, number, check: 2-2-6-2 digits; before 2014 the region by name.
#include <array>

#include "curate/pii/detector.h"

namespace moru::curate::pii {
namespace {

constexpr std::string_view kAnnounces[] = {"면허", "driver", "licence", "license"};
constexpr std::string_view kRegions[] = {"서울", "부산", "경기", "강원", "충북", "충남", "전북", "전남",
                                         "경북", "경남", "제주", "대구", "인천", "광주", "대전", "울산"};

/// 11 Seoul … 26 Ulsan, 28 northern Gyeonggi.
bool is_region(std::string_view digits) {
  return digits >= "11" && digits <= "28" && digits != "27";
}

}  // namespace

Hit find_driver_licence(const Place& place) {
  const DigitGroups& groups = *place.groups;
  if (groups.plus) return {};
  if (groups.has_form({2, 2, 6, 2}) && is_region(groups[0].digits)) {
    if (place.context->labelled(kAnnounces)) return {groups.range(4), Confidence::context};
    return groups[1].before == Separator::hyphen ? Hit{groups.range(4)} : Hit{};
  }
  if (groups[0].digits.size() == 12 && is_region(groups[0].digits.substr(0, 2)) && place.context->labelled(kAnnounces))
    return {groups.range(1), Confidence::context};
  if (groups.has_form({2, 6, 2})) {
    // "서울 98-123456-78", "서울-98-123456-78"
    std::string_view before = place.text.substr(place.floor, place.position - place.floor);
    while (!before.empty() && (before.back() == ' ' || before.back() == '-')) before.remove_suffix(1);
    for (const std::string_view region : kRegions)
      if (before.ends_with(region))
        return {{place.floor + before.size() - region.size(), groups.range(3).end},
                place.context->labelled(kAnnounces) ? Confidence::context : Confidence::format};
  }
  return {};
}

}  // namespace moru::curate::pii
