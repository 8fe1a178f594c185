// Phone numbers.
#include "curate/phone_numbers.h"
#include "curate/pii/detector.h"

namespace moru::curate::pii {
namespace {

constexpr std::string_view kAnnounces[] = {
    "전화",      "연락처",     "휴대", "핸드폰", "휴대폰", "팩스",    "고객센터", "콜센터", "대표번호", "문의",
    "폰번호",    "모바일",     "☎",    "📞",      "📱",      "☏",       "℡",        "tel",    "phone",    "telephone",
    "cellphone", "smartphone", "fax",  "mobile", "call",   "hotline", "cell",     "h.p",    "hp",       "whatsapp"};

}  // namespace

Hit find_phone(const Place& place) {
  // The form first: most numbers have none, and need no look at the words.
  const DigitGroups& groups = *place.groups;
  if (groups.joined(groups.size()).size() < 8) return {};
  const size_t with_word = match_phone(groups, true);
  if (with_word == 0) return {};
  if (place.context->has(kAnnounces)) return {groups.range(with_word), Confidence::context};
  const size_t without = match_phone(groups, false);
  return without > 0 ? Hit{groups.range(without)} : Hit{};
}

}  // namespace moru::curate::pii
