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
  if (const size_t n = match_phone(groups, false); n > 0) {
    const bool announced = place.context->has(kAnnounces);
    const size_t with_word = announced ? match_phone(groups, true) : n;
    return {groups.range(std::max(n, with_word)), announced ? Confidence::context : Confidence::format};
  }
  if (!place.context->has(kAnnounces)) return {};
  const size_t n = match_phone(groups, true);
  return n > 0 ? Hit{groups.range(n), Confidence::context} : Hit{};
}

}  // namespace moru::curate::pii
