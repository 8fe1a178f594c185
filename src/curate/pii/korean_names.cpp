#include "curate/pii/korean_names.h"

#include <algorithm>
#include <array>

#include "curate/pii/hangul.h"

namespace moru::curate::pii {
namespace {

// Surnames of the census, the common hundred.
constexpr std::string_view kSurnames =
    "김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민류나진지엄채원천방공현함변염여추도소"
    "석선설마길연위표명기반"
    "라왕금옥육인맹제모탁국어은편용봉사부경";
constexpr std::string_view kLongSurnames[] = {"남궁", "황보", "제갈", "선우", "독고", "서문", "동방", "사공"};
// Syllables of given names, first and second.
constexpr std::string_view kFirst =
    "가강건경고관광교국규근금기길나남다단대덕도동두라래려령리린만말명무문미민백범병보복봉빈상새서석선설성세소솔송수숙순"
    "슬"
    "승시신아안"
    "양언여연영예오옥완용우운원월유윤율은을응의이익인일자장재정제조종주준중지진찬창채천철청초춘충치태택하학한해향혁현형"
    "혜호홍화환효후"
    "훈휘희";
constexpr std::string_view kSecond =
    "건겸경관광구국권규균근기길나남단담대덕도돈동라란람래량려련령록룡리린림만명모무묵문미민배백범별병복봉비빈빛산상서석"
    "선섭성세솔송수"
    "숙순슬승식신아안애양언연열엽영예오옥온완용우욱운웅원월유윤율은이익인일자재정제종주준중지직진찬창채천철춘출충치탁태"
    "택표필하학한해"
    "향혁현협형혜호홍화환회효후훈휘희";
// Given names that end in 자 begin so; "이용자", "신청자" do not.
constexpr std::string_view kBeforeJa = "영순미경춘숙명정은연옥금복희화혜덕봉말점";
// Ordinary words of these syllables.
constexpr std::string_view kWords[] = {
    "이진수", "조건문",   "유일한", "이상한", "정상인", "기준일",   "지정한", "이동한",   "전용선", "주소지", "정의한",
    "구성원", "구현한",   "주재원", "지시서", "신고서", "이용한",   "유효한", "유명한",   "조용한", "강한",   "중요한",
    "고유한", "전문의",   "주치의", "성의",   "지원한", "제한",     "고정한", "전자",     "전화기", "정비소", "주민은",
    "선택한", "선정한",   "우수한", "소중한", "심한",   "노인은",   "공정한", "명령문",   "반복문", "선언문", "설명문",
    "정규식", "표준어",   "공용어", "지원자", "전기차", "자동차",   "주인은", "고객은",   "기술한", "인정한", "강력한",
    "신규",   "공무원",   "임시",   "연구원", "연구소", "사무소",   "지도",   "안정한",   "진정한", "정성",   "정직한",
    "성실한", "유용한",   "소유한", "주장한", "조정한", "제정한",   "서명한", "성명",     "장소",   "이전의", "이후의",
    "기존의", "최신의",   "최초의", "최종의", "최대의", "최소의",   "이중의", "고대의",   "현대의", "전체의", "모든",
    "하나의", "이하의",   "이상의", "주어진", "정해진", "이루어진", "이어진", "만들어진", "남은",   "길은",   "지은",
    "이은",   "여운",     "전자의", "후자의", "정수의", "지수의",   "문서의", "공식",     "표시한", "표기한", "기대한",
    "명시한", "제시한",   "도시의", "국제",   "국민은", "국가",     "인용한", "인용문",   "마지막", "나머지", "어머니",
    "아버지", "할아버지", "사용한", "사용인", "사망한", "부상",     "부재중", "경찰은",   "경우",   "경주",   "조사한",
    "조사원", "조리사",   "지배인", "보호자", "유효성", "반복기",   "기다린", "우선의",   "차용인", "도용한", "소비자",
    "사회인", "부동산",   "부재",   "용의자"};

// Nouns of everyday and technical prose that begin like names: with a particle or a suffix they look like one.
constexpr std::string_view kNouns[] = {
    "경고", "경우", "경향", "고대", "고등", "고려", "고령", "고용", "고유", "고정", "공개", "공고", "공공", "공동",
    "공무", "공백", "공사", "공식", "공업", "공원", "공유", "공장", "공정", "공학", "구두", "구매", "구문", "구성",
    "구조", "구청", "구하", "구현", "국가", "국내", "국민", "국장", "국제", "국회", "권한", "금년", "금융", "금주",
    "금지", "기관", "기기", "기다", "기인", "기존", "기준", "기한", "기호", "길이", "나선", "나오", "남기", "남성",
    "남자", "노인", "도로", "도서", "도우", "도시", "도착", "도형", "명단", "명령", "명백", "명의", "모두", "모서",
    "모양", "모호", "문건", "문서", "문의", "문자", "문장", "문제", "문화", "민간", "민원", "반대", "반복", "반영",
    "반환", "방문", "방법", "방정", "방지", "방향", "배경", "배수", "배율", "배치", "변경", "변동", "변수", "변하",
    "변형", "변호", "변환", "부동", "부호", "사소", "사양", "사용", "사이", "서류", "서면", "서명", "서수", "서양",
    "석유", "선거", "선생", "선수", "선언", "선이", "선정", "선택", "선형", "선호", "설계", "설명", "설비", "설정",
    "설치", "성과", "성능", "성명", "성별", "성인", "소규", "소득", "소방", "소비", "소송", "소수", "소유", "손상",
    "손해", "송금", "신고", "신규", "신문", "신용", "신입", "신청", "신호", "심사", "안보", "안전", "안정", "양도",
    "양수", "양호", "어두", "어려", "여기", "여백", "여성", "여행", "연관", "연구", "연금", "연기", "연도", "연말",
    "연봉", "연수", "연체", "염려", "오전", "오후", "용도", "용지", "우선", "우수", "우주", "우편", "원금", "원래",
    "원소", "원인", "원자", "원하", "원호", "위반", "위원", "위치", "위해", "유가", "유리", "유용", "유의", "유일",
    "유지", "유형", "유효", "육성", "은행", "이기", "이동", "이름", "이메", "이미", "이사", "이상", "이용", "이윤",
    "이율", "이익", "이자", "이전", "이제", "이중", "이진", "이하", "이해", "이후", "인구", "인력", "인사", "인수",
    "인재", "인정", "인해", "임금", "임대", "임시", "임원", "임의", "장기", "장소", "장애", "장치", "전국", "전기",
    "전망", "전문", "전송", "전용", "전이", "전자", "전체", "전화", "전환", "정교", "정규", "정기", "정도", "정리",
    "정보", "정부", "정산", "정상", "정수", "정식", "정의", "정지", "정책", "정치", "제도", "제안", "제조", "제한",
    "조건", "조명", "조사", "조선", "조언", "조인", "조정", "조합", "주가", "주거", "주기", "주문", "주민", "주석",
    "주소", "주의", "주인", "주장", "주지", "주차", "주택", "지금", "지급", "지나", "지도", "지방", "지배", "지분",
    "지불", "지시", "지역", "지연", "지우", "지원", "지자", "지점", "지정", "지지", "지출", "지하", "진단", "진료",
    "진수", "진행", "차단", "차량", "차세", "차원", "차이", "차지", "채권", "채용", "채우", "천안", "최고", "최근",
    "최대", "최상", "최선", "최소", "최신", "최종", "최초", "추가", "추상", "추세", "추정", "추진", "추천", "탁월",
    "편리", "편의", "편지", "표결", "표시", "표준", "표현", "하기", "하나", "하단", "하도", "하루", "하반", "하자",
    "하지", "하향", "한국", "한정", "함께", "함수", "허용", "현금", "현대", "현상", "현장", "현재", "현황", "홍보",
    "황금", "황당"};
constexpr std::string_view kSuffixes = "의이은만도인한일나해성기화지별용형서선식표권상율명문운리수할된진온란";

bool has(std::string_view list, std::string_view syllable) {
  for (size_t i = 0; i < list.size(); i += kSyllable)
    if (list.substr(i, kSyllable) == syllable) return true;
  return false;
}

bool is_given(std::string_view first, std::string_view second) {
  if (!has(kFirst, first) || !has(kSecond, second)) return false;
  return second != "자" || has(kBeforeJa, first);
}

bool is_word(std::string_view word) {
  return std::ranges::find(kWords, word) != std::end(kWords);
}

}  // namespace

bool is_korean_name(std::string_view word) {
  if (is_word(word)) return false;
  const auto syllable = [&](size_t i) { return word.substr(i * kSyllable, kSyllable); };
  const bool long_surname =
      std::ranges::any_of(kLongSurnames, [&](std::string_view surname) { return word.starts_with(surname); });
  if (word.size() == 3 * kSyllable) {
    if (long_surname && has(kSecond, syllable(2))) return true;
    return has(kSurnames, syllable(0)) && is_given(syllable(1), syllable(2));
  }
  return word.size() == 4 * kSyllable && long_surname && is_given(syllable(2), syllable(3));
}

bool begins_with_noun(std::string_view word) {
  return std::ranges::binary_search(kNouns, word.substr(0, 2 * kSyllable));
}

bool is_inflected_word(std::string_view word) {
  return word.size() == 3 * kSyllable && has(kSuffixes, word.substr(2 * kSyllable)) && begins_with_noun(word);
}

bool is_short_korean_name(std::string_view word) {
  if (word.size() != 2 * kSyllable || is_word(word)) return false;
  constexpr std::string_view kGiven = "준훈혁철건빈솔현민진웅호산율결별찬욱윤린슬";
  // "정수" is a whole number, "이상" what is above.
  constexpr std::string_view kTaken[] = {
      "현민", "전진", "추진", "강산", "국민", "주민", "이민", "이산", "이진", "유산", "고산", "정산", "구현", "표현",
      "선별", "성별", "구별", "연별", "인별", "기호", "부호", "번호", "도별", "시별", "차별", "변별", "송신", "우산",
      "연산", "원산", "제호", "고진", "공산", "전산", "재산", "주별", "위별", "강건", "조건", "문건", "사건", "안건",
      "여건", "공호", "기율", "규율", "선율", "자율", "조율", "공결", "연결", "소결", "경찬", "인건", "부산"};
  return has(kSurnames, word.substr(0, kSyllable)) && has(kGiven, word.substr(kSyllable)) &&
         std::ranges::find(kTaken, word) == std::end(kTaken);
}

}  // namespace moru::curate::pii
