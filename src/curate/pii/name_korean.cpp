// Korean names: after a label ("성명: 홍길동", "담당자 홍길동 과장"), or before a title ("홍길동 님", "홍길동 교수").
// Names without either are left to the wide net: a word's syllables alone do not tell.
#include <algorithm>
#include <string>

#include "curate/pii/detector.h"
#include "curate/pii/hangul.h"
#include "curate/pii/korean_names.h"
#include "curate/pii/words.h"

namespace moru::curate::pii {
namespace {

// Longer words first: the first that fits is taken.
constexpr std::string_view kLabels[] = {
    "성명",     "성함",   "이름",   "담당자명",   "담당자",    "담당",        "작성자",     "예금주", "대표자",
    "대표이사", "신청인", "신청자", "보호자",     "수신인",    "수신자",      "발신인",     "발신자", "기안자",
    "검토자",   "승인자", "책임자", "연구책임자", "환자명",    "고객명",      "학생명",     "임차인", "임대인",
    "매도인",   "매수인", "원고",   "피고인",     "피고",      "증인",        "참석자",     "위원장", "지도교수",
    "보고자",   "계약자", "수령인", "받는사람",   "받는 사람", "보내는 사람", "보내는사람", "주문자", "구매자",
    "직원명",   "사원명", "회원명", "피보험자",   "참조"};
// After these a name may follow without a colon.
constexpr std::string_view kBareLabels[] = {"성명",     "담당자", "작성자", "예금주",   "대표자",
                                            "대표이사", "신청인", "피고인", "지도교수", "연구책임자"};
// Labels that nothing but a person has.
constexpr std::string_view kPersonal[] = {"성명", "성함", "예금주", "환자명", "담당자", "담당자명", "신청인", "보호자"};
constexpr std::string_view kTitles[] = {
    "님",     "씨",     "과장", "부장", "차장",   "대리",   "사원",   "주임",   "팀장",   "실장",   "본부장", "대표",
    "이사",   "상무",   "전무", "사장", "회장",   "교수",   "박사",   "선생",   "기자",   "변호사", "판사",   "검사",
    "의원",   "원장",   "소장", "국장", "연구원", "책임",   "선임",   "수석",   "매니저", "드림",   "올림",   "배상",
    "귀하",   "작가",   "감독", "위원", "장관",   "주무관", "사무관", "서기관", "간사",   "총장",   "학장",   "부사장",
    "센터장", "지점장", "이장", "목사", "신부",   "간호사", "코치",   "선수"};
// Titles that are ordinary words too: after "유일한 대표" stands no person.
constexpr std::string_view kAmbiguous[] = {"대리", "대표", "이사", "책임",   "선임",   "수석", "검사",
                                           "사원", "주임", "선수", "위원",   "연구원", "작가", "감독",
                                           "기자", "신부", "이장", "매니저", "코치"};
constexpr std::string_view kParticles[] = {"은",   "는",   "이",   "가",   "을",   "를",   "의",   "에",
                                           "와",   "과",   "도",   "께",   "만",   "로",   "으로", "입니다",
                                           "이다", "한테", "하고", "이며", "부터", "까지", "및"};
constexpr std::string_view kEndings[] = {"한", "은", "인", "의", "된", "할", "운", "진", "온", "란"};

template <size_t N>
bool one_of(std::string_view text, const std::string_view (&list)[N]) {
  return std::ranges::find(list, text) != std::end(list);
}
template <size_t N>
bool starts_with_one(std::string_view text, const std::string_view (&list)[N]) {
  return std::ranges::any_of(list, [&](std::string_view word) { return text.starts_with(word); });
}

/// Whether a name that ends at `end` is a word by itself: a particle or a title may be joined to it.
bool name_may_end(std::string_view text, size_t end) {
  if (!is_syllable(text, end)) return true;
  return starts_with_one(text.substr(end), kParticles) || starts_with_one(text.substr(end), kTitles);
}

/// Where a name that begins at `begin` ends; 0 if there is none.
size_t name_end(std::string_view text, size_t begin, bool may_be_short) {
  const size_t run = syllables_at(text, begin, 8);
  for (const size_t length : {size_t{4}, size_t{3}}) {
    const size_t end = begin + length * kSyllable;
    if (run >= length && is_korean_name(text.substr(begin, length * kSyllable)) && name_may_end(text, end)) return end;
  }
  if (run == 2 && may_be_short && is_short_korean_name(text.substr(begin, 2 * kSyllable))) return begin + 2 * kSyllable;
  if (run == 1) {
    // "홍 길 동"
    constexpr size_t kStep = kSyllable + 1;
    std::string spaced;
    for (size_t i = 0; i < 3; ++i) {
      const size_t p = begin + i * kStep;
      if (!is_syllable(text, p) || is_syllable(text, p + kSyllable) || (i < 2 && text[p + kSyllable] != ' ')) return 0;
      spaced += text.substr(p, kSyllable);
    }
    return is_korean_name(spaced) ? begin + 2 * kStep + kSyllable : 0;
  }
  return 0;
}

}  // namespace

std::span<const std::string_view> korean_label_words() {
  return kLabels;
}
std::span<const std::string_view> korean_title_words() {
  return kTitles;
}

Hit find_name_after_label(const Place& place) {
  const std::string_view text = place.text;
  if (follows_syllable(text, place.position)) return {};
  const std::string_view label = text.substr(place.position, place.length);
  size_t p = place.position + place.length;
  if (is_syllable(text, p)) return {};
  bool colon = false;
  constexpr size_t kSigns = 8;
  for (size_t signs = 0; signs < kSigns && p < text.size(); ++signs) {
    const std::string_view rest = text.substr(p);
    if (rest[0] == ':' || rest[0] == '|' || rest[0] == '\t' || rest[0] == '>') {
      colon = true;
      ++p;
    } else if (rest.starts_with("：")) {
      colon = true;
      p += 3;
    } else if (rest[0] == ' ' || rest[0] == '*' || rest[0] == ')') {
      ++p;
    } else {
      break;
    }
  }
  if (!colon && !one_of(label, kBareLabels)) return {};
  const size_t begin = p;
  size_t end = name_end(text, begin, colon && one_of(label, kPersonal));
  if (end == 0) return {};
  const std::string_view name = text.substr(begin, end - begin);
  const std::string_view last = name.substr(name.size() - kSyllable);
  if (!colon && (one_of(last, kEndings) || end - begin != 3 * kSyllable)) return {};
  // These are of things as often as of people.
  const bool impersonal = label == "이름" || label == "참조";
  if ((impersonal && begins_with_noun(name)) || (!colon && is_inflected_word(name))) return {};
  // "이름: 유일한 값"
  const bool goes_on = end < text.size() && text[end] == ' ' && is_syllable(text, end + 1);
  if (impersonal && goes_on && one_of(last, kEndings)) return {};
  // A list: "참석자: 홍길동, 김철수".
  constexpr size_t kMaxNames = 50;
  for (size_t n = 0; colon && n < kMaxNames && text.substr(end).starts_with(", "); ++n) {
    const size_t next = name_end(text, end + 2, false);
    if (next == 0) break;
    end = next;
  }
  return {{begin, end}, Confidence::context};
}

Hit find_name_before_title(const Place& place) {
  const std::string_view text = place.text;
  const std::string_view title = text.substr(place.position, place.length);
  const size_t after = place.position + place.length;
  if (is_syllable(text, after) && !starts_with_one(text.substr(after), kParticles) &&
      !text.substr(after).starts_with("님") && !text.substr(after).starts_with("장"))
    return {};
  size_t end = place.position;
  if (end > 0 && text[end - 1] == ' ') --end;
  const bool joined = end == place.position;
  const size_t run = syllables_before(text, end, 5);
  if (run != 3 && run != 4) return {};
  const size_t begin = end - run * kSyllable;
  const std::string_view name = text.substr(begin, end - begin);
  if (begin < place.floor || !is_korean_name(name) || is_inflected_word(name)) return {};
  const std::string_view last = name.substr(name.size() - kSyllable);
  if (one_of(title, kAmbiguous) && (joined || one_of(last, kEndings))) return {};
  return {{begin, end}, Confidence::context};
}

}  // namespace moru::curate::pii
