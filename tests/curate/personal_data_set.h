// A labelled set of sentences with personal data of every kind, in the ways in which people write them, and of what
// looks like it and is not. Made by a seeded generator; all of it is invented.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/random.h"
#include "curate/personal_data_matcher.h"
#include "curate/pii/checksum.h"

namespace moru::curate::testing {

struct LabelledText {
  struct Label {
    PersonalDataKind kind;
    data::Range range;
  };
  std::string text;
  std::vector<Label> labels;
  /// Nothing beside it says what it is (a name without a title, an account without a bank): counted apart.
  bool bare = false;
};

class PersonalDataSet {
 public:
  explicit PersonalDataSet(uint64_t seed) : random_(seed) {}

  /// A sentence with personal data of the kind.
  LabelledText positive(PersonalDataKind kind) { return fill(pick(templates(kind))); }
  LabelledText bare() {
    LabelledText text = fill(
        pick({"어제 {name_ko}에게서 자료를 받았다.", "발표는 {name_ko}이 맡았다.", "I met {name_en} in the office.",
              "{account}로 보내 주세요.", "목록: {passport}, {passport}", "자세한 곳은 테헤란로 152 근처다."}));
    text.bare = true;
    return text;
  }
  /// A sentence with none.
  LabelledText negative() {
    LabelledText text;
    text.text = pick(kHard)(*this);
    return text;
  }

 private:
  using Make = std::string (*)(PersonalDataSet&);

  template <class T>
  const T& pick(std::initializer_list<T> list) {
    return list.begin()[random_.below(list.size())];
  }
  std::string pick(std::initializer_list<const char*> list) { return list.begin()[random_.below(list.size())]; }
  template <class T>
  const T& pick(const std::vector<T>& list) {
    return list[random_.below(list.size())];
  }
  template <class T, size_t N>
  const T& pick(const T (&list)[N]) {
    return list[random_.below(N)];
  }
  std::string digits(size_t n) {
    std::string made;
    for (size_t i = 0; i < n; ++i) made += static_cast<char>('0' + random_.below(10));
    return made;
  }
  std::string number(uint64_t from, uint64_t to) { return std::to_string(from + random_.below(to - from + 1)); }
  std::string padded(uint64_t from, uint64_t to) {
    const std::string made = number(from, to);
    return made.size() < 2 ? "0" + made : made;
  }
  bool chance(uint64_t percent) { return random_.below(100) < percent; }
  static std::string full_width(std::string_view ascii) {
    std::string wide;
    for (const char c : ascii) {
      if (c >= '0' && c <= '9')
        wide += std::string("\xEF\xBC") + static_cast<char>(0x90 + (c - '0'));
      else if (c == '-')
        wide += "－";
      else
        wide += c;
    }
    return wide;
  }

  // One of a kind.
  std::string email() {
    const std::string name = pick({"minsu.kim", "hong", "j.smith+news", "sales_team", "park-yh", "lee1987", "o'neil"});
    return name + pick({"@", "@", "@", "@", "@", "＠"}) +
           pick({"firm.kr", "mail.corp.co.kr", "naver.com", "gmail.com", "dept.univ.ac.kr", "acme-lab.io"});
  }
  std::string phone() {
    const std::string a = digits(4), b = digits(4), three = std::to_string(200 + random_.below(800));
    const std::string area = pick({"031", "032", "051", "053", "062", "042", "064"});
    switch (random_.below(14)) {
      case 0:
        return "010-" + a + "-" + b;
      case 1:
        return "010" + a + b;
      case 2:
        return "010 " + a + " " + b;
      case 3:
        return "010." + a + "." + b;
      case 4:
        return "02-" + three + "-" + b;
      case 5:
        return "02)" + a + "-" + b;
      case 6:
        return area + "-" + three + "-" + b;
      case 7:
        return "(" + area + ") " + three + "-" + b;
      case 8:
        return "+82-10-" + a + "-" + b;
      case 9:
        return "+82 2 " + a + " " + b;
      case 10:
        return pick({"1588", "1544", "1670", "1899"}) + "-" + b;
      case 11:
        return pick({"0505", "0507", "070", "080"}) + "-" + three + "-" + b;
      case 12:
        return full_width("010-" + a + "-" + b);
      default:
        return pick({"+1 (212) 555-0", "+44 20 7946 0", "+1-415-555-0", "+49 30 901820"}) + digits(3);
    }
  }
  std::string resident(bool foreigner, bool valid) {
    const bool young = chance(30);
    std::string made = (young ? padded(0, 22) : padded(30, 99)) + padded(1, 12) + padded(1, 28);
    made +=
        foreigner
            ? pick(young ? std::initializer_list<const char*>{"7", "8"} : std::initializer_list<const char*>{"5", "6"})
            : pick(young ? std::initializer_list<const char*>{"3", "4"} : std::initializer_list<const char*>{"1", "2"});
    made += digits(5);
    char check = '0';
    while (pii::resident_checksum(made + check, foreigner) != valid) ++check;
    made += check;
    switch (random_.below(5)) {
      case 0:
        return made;
      case 1:
        return made.substr(0, 6) + " " + made.substr(6);
      case 2:
        return full_width(made.substr(0, 6) + "-" + made.substr(6));
      default:
        return made.substr(0, 6) + "-" + made.substr(6);
    }
  }
  std::string business() {
    std::string made = std::to_string(101 + random_.below(890)) + padded(1, 99) + digits(4);
    char check = '0';
    while (!pii::business_checksum(made + check)) ++check;
    made += check;
    return made.substr(0, 3) + "-" + made.substr(3, 2) + "-" + made.substr(5);
  }
  std::string corporate() {
    std::string made = pick({"110111", "131111", "180111", "110114", "284411"}) + digits(6);
    char check = '0';
    while (!pii::corporate_checksum(made + check)) ++check;
    // Numbers given since 2025 have no check digit.
    made += chance(70) ? check : static_cast<char>('0' + random_.below(10));
    return made.substr(0, 6) + "-" + made.substr(6);
  }
  std::string licence() {
    return pick({"11", "12", "13", "15", "21", "26", "28"}) + "-" + padded(80, 99) + "-" + digits(6) + "-" + digits(2);
  }
  std::string passport() {
    return chance(50) ? pick({"M", "S", "R", "G"}) + digits(8)
                      : pick({"M", "S"}) + digits(3) + pick({"A", "K", "T"}) + digits(4);
  }
  std::string card() {
    std::string made = pick({"4", "51", "55", "2221", "62", "9410", "356"});
    while (made.size() < 15) made += digits(1);
    char check = '0';
    while (!pii::luhn(made + check)) ++check;
    made += check;
    const std::string sign = pick({"-", "-", " ", ""});
    return made.substr(0, 4) + sign + made.substr(4, 4) + sign + made.substr(8, 4) + sign + made.substr(12);
  }
  std::string account() {
    switch (random_.below(7)) {
      case 0:
        return digits(6) + "-" + digits(2) + "-" + digits(6);
      case 1:
        return digits(3) + "-" + digits(3) + "-" + digits(6);
      case 2:
        return "1" + digits(3) + "-" + digits(3) + "-" + digits(6);
      case 3:
        return digits(3) + "-" + digits(6) + "-" + digits(5);
      case 4:
        return "3" + digits(2) + "-" + digits(4) + "-" + digits(4) + "-" + digits(2);
      case 5:
        return "3333-" + digits(2) + "-" + digits(7);
      default:
        return "1" + digits(12);
    }
  }
  std::string address_ko() {
    const std::string region = pick({"서울특별시 강남구", "서울 마포구", "부산광역시 해운대구", "경기도 성남시 분당구",
                                     "경기 수원시 영통구", "충청남도 천안시 서북구", "전북특별자치도 전주시 완산구",
                                     "제주특별자치도 서귀포시", "강원도 춘천시", "인천 연수구", "경남 창원시 의창구"});
    const std::string road =
        pick({"테헤란로", "중앙대로", "판교역로", "월드컵북로", "한강대로12길", "남부순환로248번길", "은행나무길"});
    const std::string detail = pick({"", "", ", 3층", " 101동 1203호", ", 지하 1층", " (역삼동)", " (서교동, 한빛빌딩)",
                                     " 한빛아파트 102동 304호"});
    switch (random_.below(4)) {
      case 0:
        return region + " " + pick({"역삼동", "서교동", "우동", "정자동", "상남동"}) + " " + number(1, 999) + "-" +
               number(1, 99) + detail;
      case 1:
        return region + " " + pick({"신북읍", "남면", "대정읍"}) + " " + pick({"산천리", "하모리"}) + " " +
               number(1, 999) + "번지";
      default:
        return region + " " + road + " " + number(1, 400) + (chance(30) ? "-" + number(1, 30) : "") + detail;
    }
  }
  std::string address_en() {
    return number(1, 9999) + " " + pick({"Maple", "Oak Hill", "North Lincoln", "Market", "King"}) + " " +
           pick({"Street", "Avenue", "Rd", "Blvd", "Drive", "Lane"}) +
           pick({", Springfield, IL 62704", ", Apt 4B, Boston, MA 02115", ", London SW1A 1AA", ", Seattle, WA"});
  }
  std::string name_ko() {
    return pick({"김", "이", "박", "최", "정", "강", "조", "윤", "장", "임", "한", "오", "서", "신",
                 "권", "황", "안", "송", "전", "홍", "유", "고", "문", "양", "손", "배", "백", "허",
                 "남", "심", "노", "하", "곽", "성", "차", "주", "우", "구", "민", "나"}) +
           pick({"민준", "서준", "도윤", "예준", "시우", "하준", "지호", "주원", "지훈", "준서", "서연", "서윤",
                 "지우", "하은", "민서", "하윤", "윤서", "지민", "채원", "수아", "영수", "영호", "영철", "성호",
                 "정호", "상훈", "성훈", "미경", "은영", "지영", "미영", "정숙", "영숙", "순자", "정희", "은정",
                 "현정", "혜진", "동현", "현우", "승현", "태현", "재윤", "은지", "유진", "소연", "나연", "가영",
                 "다은", "보라", "한별", "슬기", "길동", "철수", "영희", "광수", "만수", "복순", "말숙", "춘자",
                 "기태", "두현", "병철", "상철", "진영", "규리", "효린", "태희", "호석", "남준"});
  }
  std::string name_en() {
    return pick({"John", "Mary", "Robert", "Linda", "David", "Susan", "James", "Emily", "Peter", "Grace", "Daniel"}) +
           " " +
           pick({"Smith", "Johnson", "O'Neil", "Miller", "Garcia", "Anderson", "Lee", "Taylor", "McDonald", "Brown"});
  }
  std::string name_latin() {
    return chance(50)
               ? pick({"Kim", "Lee", "Park", "Choi", "Hong"}) + " " + pick({"Min-su", "Gil-dong", "Ji-young", "Soyeon"})
               : pick({"Minsu", "Gildong", "Jiyoung", "Soyeon"}) + " " + pick({"Kim", "Lee", "Park", "Choi", "Hong"});
  }
  std::string ip() {
    if (chance(15)) return "2001:4860:" + pick({"4860::8844", "abcd:12::1", "1:2:3:4:5:6"});
    return number(101, 171) + "." + number(0, 255) + "." + number(0, 255) + "." + number(1, 254);
  }

  static std::vector<std::string> templates(PersonalDataKind kind);

  LabelledText fill(std::string_view pattern) {
    LabelledText made;
    for (size_t p = 0; p < pattern.size();) {
      const size_t open = pattern.find('{', p);
      made.text += pattern.substr(p, open - p);
      if (open == std::string_view::npos) break;
      const size_t close = pattern.find('}', open);
      const std::string_view slot = pattern.substr(open + 1, close - open - 1);
      const size_t begin = made.text.size();
      struct Slot {
        std::string_view name;
        PersonalDataKind kind;
        std::string (*make)(PersonalDataSet&);
      };
      using K = PersonalDataKind;
      using S = PersonalDataSet;
      static constexpr Slot kSlots[] = {
          {"email", K::email, [](S& s) { return s.email(); }},
          {"phone", K::phone, [](S& s) { return s.phone(); }},
          {"resident", K::resident_number, [](S& s) { return s.resident(false, s.chance(50)); }},
          {"foreigner", K::foreigner_number, [](S& s) { return s.resident(true, s.chance(50)); }},
          {"business", K::business_number, [](S& s) { return s.business(); }},
          {"corporate", K::corporate_number, [](S& s) { return s.corporate(); }},
          {"licence", K::driver_licence, [](S& s) { return s.licence(); }},
          {"passport", K::passport, [](S& s) { return s.passport(); }},
          {"card", K::card, [](S& s) { return s.card(); }},
          {"account", K::bank_account, [](S& s) { return s.account(); }},
          {"address_ko", K::address, [](S& s) { return s.address_ko(); }},
          {"address_en", K::address, [](S& s) { return s.address_en(); }},
          {"name_ko", K::name, [](S& s) { return s.name_ko(); }},
          {"name_en", K::name, [](S& s) { return s.name_en(); }},
          {"name_latin", K::name, [](S& s) { return s.name_latin(); }},
          {"ip", K::ip_address, [](S& s) { return s.ip(); }}};
      const Slot* found = nullptr;
      for (const Slot& candidate : kSlots)
        if (candidate.name == slot) found = &candidate;
      made.text += found->make(*this);
      made.labels.push_back({found->kind, {begin, made.text.size()}});
      p = close + 1;
    }
    return made;
  }

  static const std::vector<Make> kHard;
  Random random_;
};

inline std::vector<std::string> PersonalDataSet::templates(PersonalDataKind kind) {
  switch (kind) {
    case PersonalDataKind::email:
      return {"문의는 {email}로 보내 주십시오.",   "이메일: {email}",
              "Write to <{email}> before Friday.", "({email}) 담당",
              "mailto:{email}?subject=hello",      "보낸 사람\t{email}\t오전 9시"};
    case PersonalDataKind::ip_address:
      return {"접속 IP: {ip}", "서버 주소는 {ip}이다.",        "Connection from {ip} refused.", "ssh root@{ip}",
              "ping {ip}",     "공인 IP {ip}를 차단했습니다.", "http://{ip}/index.html"};
    case PersonalDataKind::phone:
      return {"전화 {phone}",
              "연락처: {phone}",
              "Tel. {phone}",
              "문의 {phone} (평일)",
              "휴대폰 {phone}으로 연락 바랍니다.",
              "Call {phone} for help.",
              "| 대표번호 | {phone} |",
              "FAX {phone}",
              "고객센터({phone})"};
    case PersonalDataKind::resident_number:
      return {"주민등록번호: {resident}",
              "주민번호 {resident}",
              "본인({resident})은 동의합니다.",
              "생년월일/번호 {resident} 확인",
              "Resident registration number {resident}.",
              "{resident}"};
    case PersonalDataKind::foreigner_number:
      return {"외국인등록번호: {foreigner}", "등록번호 {foreigner} (체류자격 E-7)",
              "Alien registration no. {foreigner}", "{foreigner}"};
    case PersonalDataKind::business_number:
      return {"사업자등록번호: {business}", "사업자번호 {business}", "Business registration number: {business}",
              "(주)한빛 {business}", "공급자 등록번호 {business} 상호 한빛"};
    case PersonalDataKind::corporate_number:
      return {"법인등록번호: {corporate}", "법인번호 {corporate}", "Corporate registration number {corporate}",
              "법인등록번호({corporate})"};
    case PersonalDataKind::driver_licence:
      return {"운전면허번호: {licence}", "면허번호 {licence}", "Driver licence no. {licence}", "1종보통 {licence}",
              "운전면허\n{licence}"};
    case PersonalDataKind::passport:
      return {"여권번호: {passport}", "여권 {passport} (유효기간 2030-01-01)", "Passport No. {passport}",
              "passport number {passport}", "여권번호\n{passport}"};
    case PersonalDataKind::card:
      return {"카드번호 {card}", "Card number: {card}", "결제: {card} (유효기간 12/28)", "신용카드 {card} 승인",
              "paid with {card}"};
    case PersonalDataKind::bank_account:
      return {"계좌번호: {account}",       "국민은행 {account}", "입금계좌 {account} (예금주 한빛)",
              "신한은행 {account}로 송금", "농협 {account}",     "Account number: {account}",
              "카카오뱅크 {account}"};
    case PersonalDataKind::address:
      return {"주소: {address_ko}",
              "{address_ko}에 있습니다.",
              "배송지는 {address_ko}입니다.",
              "본사\n{address_ko}\n",
              "Address: {address_en}",
              "Ship to {address_en}.",
              "The office is at {address_en}",
              "소재지 | {address_ko} |"};
    case PersonalDataKind::name:
      return {"성명: {name_ko}",          "담당자 {name_ko} 과장",  "{name_ko} 님께서 신청하셨습니다.",
              "{name_ko}님 안녕하세요.",  "작성자: {name_ko}",      "예금주 {name_ko}",
              "{name_ko} 교수는 말했다.", "이름 : {name_ko}",       "{name_ko} 드림",
              "기안자\t{name_ko}",        "담당: {name_ko} 대리",   "{name_ko} 씨가 왔다.",
              "Name: {name_en}",          "Dear {name_en},",        "Mr. {name_en} called.",
              "Name: {name_latin}",       "Dr. {name_en} said so.", "Contact: {name_en}",
              "Sincerely,\n{name_en}",    "보호자: {name_ko}"};
  }
  return {};
}

inline const std::vector<PersonalDataSet::Make> PersonalDataSet::kHard = {
    [](PersonalDataSet& s) {
      return "version " + s.number(1, 20) + "." + s.number(0, 9) + "." + s.number(0, 255) + "." + s.number(0, 9);
    },
    [](PersonalDataSet& s) { return "버전 10.0." + s.number(100, 250) + "." + s.number(1, 9) + "로 올렸다"; },
    [](PersonalDataSet& s) {
      return "libfoo-" + s.number(1, 9) + "." + s.number(0, 9) + "." + s.number(101, 250) + ".4.tar.gz";
    },
    [](PersonalDataSet& s) { return "7.4." + s.number(1, 30) + "." + s.number(1, 9) + "절을 본다"; },
    [](PersonalDataSet& s) {
      return "2024-" + s.padded(1, 12) + "-" + s.padded(1, 28) + " 10:30:" + s.padded(0, 59) + " 시작";
    },
    [](PersonalDataSet& s) { return "일시: 2024." + s.padded(1, 12) + "." + s.padded(1, 28) + ". 14:00~16:00"; },
    [](PersonalDataSet& s) { return "주문번호 2024" + s.padded(1, 12) + s.padded(1, 28) + "-" + s.digits(7); },
    [](PersonalDataSet& s) { return "운송장 번호: " + s.number(6, 9) + s.digits(11); },
    [](PersonalDataSet& s) { return "commit 9f86d08" + s.digits(9) + "c15d6c15b0f00a08"; },
    [](PersonalDataSet& s) { return "uuid " + s.digits(8) + "-e29b-41d4-a716-" + s.digits(6) + "55440000"; },
    [](PersonalDataSet& s) { return "int size = " + s.number(100000000, 2147483647) + "; // bytes"; },
    [](PersonalDataSet& s) { return "constexpr auto kSeed = 0x" + s.digits(12) + "ULL;"; },
    [](PersonalDataSet& s) { return "Part no. AB-" + s.digits(4) + "-" + s.digits(4) + "-C"; },
    [](PersonalDataSet& s) { return "제품 코드 M" + s.digits(8) + " 재고"; },
    [](PersonalDataSet& s) { return "ISBN 978-89-" + s.digits(3) + "-" + s.digits(4) + "-" + s.digits(1); },
    [](PersonalDataSet& s) { return "ISBN 89-" + s.digits(3) + "-" + s.digits(4) + "-" + s.digits(1); },
    [](PersonalDataSet& s) { return "위도 37.566" + s.digits(3) + ", 경도 126.977" + s.digits(3); },
    [](PersonalDataSet& s) { return "매출 " + s.number(1, 999) + "," + s.digits(3) + "," + s.digits(3) + "원"; },
    [](PersonalDataSet& s) { return "임진왜란(1592-" + s.number(1593, 1598) + ")"; },
    [](PersonalDataSet& s) { return "timestamp 17" + s.digits(11) + " ms"; },
    [](PersonalDataSet& s) { return "epoch 1" + s.digits(9); },
    [](PersonalDataSet& s) {
      return "kex: sntrup761x25519-sha512@openssh.com, aes" + s.number(128, 256) + "-gcm@openssh.com";
    },
    [](PersonalDataSet& s) { return "git clone git@github.com:firm/repo" + s.digits(2) + ".git"; },
    [](PersonalDataSet& s) { return "npm install lodash@4.17." + s.number(1, 30); },
    [](PersonalDataSet& s) { return "std::chrono::seconds(" + s.digits(3) + ") a::b1::c" + s.digits(1); },
    [](PersonalDataSet& s) { return "MAC 00:1A:2B:3C:4D:" + s.number(10, 99); },
    [](PersonalDataSet& s) { return "pi = 3.14159265358979, e = 2.71828" + s.digits(8); },
    [](PersonalDataSet& s) { return "192.168." + s.number(0, 9) + ".0/16은 " + s.number(2, 9) + "개다"; },
    [](PersonalDataSet& s) { return "가장 유일한 대표 이사 " + s.number(2, 9) + "명이 참석"; },
    [](PersonalDataSet& s) {
      return "변수의 " + s.pick({"유효성 검사", "이진수 대표 값", "정규식 책임", "조건문 선수 과목"});
    },
    [](PersonalDataSet& s) {
      return "이름: " + s.pick({"문자열", "설정 파일", "변수의 이름", "주소록", "기본값", "사용자 정의"});
    },
    [](PersonalDataSet& s) {
      return "이용자 님과 신청자님, " + s.pick({"구매자님", "고객님", "회원님", "전문가 씨"});
    },
    [](PersonalDataSet& s) { return "서울 강남구에는 " + s.number(2, 30) + "개의 역이 있다"; },
    [](PersonalDataSet& s) { return "경기도 수원시 단독으로 " + s.number(2, 90) + "명이 왔다"; },
    [](PersonalDataSet& s) {
      return "Dear Customer, your order #" + s.digits(5) + "-" + s.digits(3) + " has shipped.";
    },
    [](PersonalDataSet& s) {
      return "Name: " + s.pick({"Default Value", "Static Library", "Visual Studio", "Release Build"});
    },
    [](PersonalDataSet& s) { return s.number(2, 9) + " Main Topics and " + s.number(2, 9) + " Side Roads lead there"; },
    [](PersonalDataSet& s) {
      return "점수 " + s.number(10, 99) + "-" + s.number(10, 99) + ", 비율 16:9, 회선 " + s.digits(3);
    },
    [](PersonalDataSet& s) { return "차량 " + s.number(10, 99) + "가 " + s.digits(4); },
    [](PersonalDataSet& s) { return "@Override public int f" + s.digits(2) + "(@Nullable String s)"; },
    [](PersonalDataSet& s) {
      return "배열 {" + s.digits(2) + ", " + s.digits(3) + ", " + s.digits(4) + ", " + s.digits(4) + "}";
    },
    [](PersonalDataSet& s) { return "국민 " + s.number(100, 900) + "만 명, 신한 " + s.number(2, 9) + "개 지점"; },
    [](PersonalDataSet& s) { return "S/N 20" + s.digits(2) + "-" + s.digits(6) + "-" + s.digits(3); },
    [](PersonalDataSet& s) {
      return "RFC " + s.digits(4) + ", 제" + s.number(1, 300) + "조 제" + s.number(1, 9) + "항";
    },
    [](PersonalDataSet& s) { return "logo@2x.png icon-" + s.digits(3) + "x" + s.digits(3) + ".png"; },
    [](PersonalDataSet& s) { return "OID 1.2.840." + s.number(100, 200) + ".5." + s.number(1, 9); }};

}  // namespace moru::curate::testing
