// Each kind of personal data: what it looks like, and what only looks like it.
#include "curate/personal_data_matcher.h"
#include "curate/pii/checksum.h"
#include "curate/pii/wide_net.h"

namespace moru::curate {
namespace {

/// "KIND/CONFIDENCE:text" of every match.
std::vector<std::string> found_in(std::string_view text) {
  std::vector<std::string> found;
  for (const PersonalData& match : find_personal_data(text))
    found.push_back(fmt::format("{}/{}:{}", name_of(match.kind), name_of(match.confidence),
                                text.substr(match.range.begin, match.range.end - match.range.begin)));
  return found;
}
std::vector<std::string> one(std::string text) {
  return {std::move(text)};
}
const std::vector<std::string> kNone;

void expect_none(std::initializer_list<std::string_view> texts) {
  for (const std::string_view text : texts) EXPECT_EQ(found_in(text), kNone) << text;
}

TEST(PersonalDataKinds, SshNamesItsAlgorithmsLikeAddresses) {
  expect_none({"chacha20-poly1305@openssh.com,aes256-gcm@openssh.com", "umac-64-etm@openssh.com zlib@openssh.com",
               "curve25519-sha256@libssh.org", "rijndael-cbc@lysator.liu.se", "ssh-rsa-cert-v01@openssh.com",
               "hostkeys-00@openssh.com", "git clone git@github.com:firm/tool.git"});
  EXPECT_EQ(found_in("bugs to openssh@openssh.com"), one("email/format:openssh@openssh.com"));
  EXPECT_EQ(found_in("mail git@firm.kr."), one("email/format:git@firm.kr"));
}

TEST(PersonalDataKinds, AddressesHiddenFromPrograms) {
  EXPECT_EQ(found_in("hong[at]firm.kr"), one("email/format:hong[at]firm.kr"));
  EXPECT_EQ(found_in("hong (at) firm.co.kr,"), one("email/format:hong (at) firm.co.kr"));
  EXPECT_EQ(found_in("hong(@)firm.kr"), one("email/format:hong(@)firm.kr"));
  expect_none({"f(at) x.y", "a[at]", "(at) the office.", "list[at].size"});
}

TEST(PersonalDataKinds, IpAddresses) {
  EXPECT_EQ(found_in("접속 IP: 211.45.27.123 차단"), one("ip_address/context:211.45.27.123"));
  EXPECT_EQ(found_in("from 52.3.4.5:8080"), one("ip_address/context:52.3.4.5"));
  EXPECT_EQ(found_in("211.45.27.123"), one("ip_address/format:211.45.27.123"));
  EXPECT_EQ(found_in("주소 2001:4860:4860::8844 로"), one("ip_address/context:2001:4860:4860::8844"));
  expect_none({"version 211.45.27.123", "v1.2.3.4", "1.2.3.4", "제품 버전 10.0.190.1", "7.4.7.2", "libx-1.2.103.4.so",
               "1.2.840.113549.1.1", "256.100.100.100", "211.045.27.123", "std::a::b", "12:30:45", "00:1A:2B:3C:4D:5E",
               "pkg==101.2.3.4", "a::1", "::", "dead::beef::1"});
}

TEST(PersonalDataKinds, PublicAddresses) {
  for (const std::string_view address : {"211.45.27.123", "52.3.4.5", "2001:4860:4860::8844", "172.32.0.1"})
    EXPECT_TRUE(is_public_address(address)) << address;
  for (const std::string_view address :
       {"10.1.2.3", "172.16.0.1", "192.168.0.1", "127.0.0.1", "169.254.1.1", "100.64.0.1", "192.0.2.7", "198.51.100.7",
        "203.0.113.9", "198.18.0.1", "224.0.0.1", "255.255.255.255", "0.0.0.0", "8.8.8.8", "fe80::1", "fd00::1",
        "2001:db8::1", "nothing"})
    EXPECT_FALSE(is_public_address(address)) << address;
}

TEST(PersonalDataKinds, CheckDigits) {
  EXPECT_TRUE(pii::luhn("4111111111111111"));
  EXPECT_FALSE(pii::luhn("4111111111111112"));
  EXPECT_TRUE(pii::business_checksum("1248100998"));  // Samsung Electronics, as it publishes it
  EXPECT_FALSE(pii::business_checksum("1248100997"));
  EXPECT_TRUE(pii::corporate_checksum("1301110006246"));  // the same company's register
  EXPECT_FALSE(pii::corporate_checksum("1301110006247"));
  EXPECT_TRUE(pii::iban_checksum("GB29NWBK60161331926819"));  // ISO 13616's own example
  EXPECT_FALSE(pii::iban_checksum("GB29NWBK60161331926818"));
}

TEST(PersonalDataKinds, ACheckDigitOnlyRaisesConfidence) {
  EXPECT_EQ(found_in("900101-1234568"), one("resident_number/checksum:900101-1234568"));
  EXPECT_EQ(found_in("900101-1234567"), one("resident_number/format:900101-1234567"));
  EXPECT_EQ(found_in("주민번호 900101-1234567"), one("resident_number/context:900101-1234567"));
}

TEST(PersonalDataKinds, BusinessAndCorporateNumbers) {
  EXPECT_EQ(found_in("한빛 124-81-00998"), one("business_number/checksum:124-81-00998"));
  EXPECT_EQ(found_in("사업자등록번호 124-81-00997"), one("business_number/context:124-81-00997"));
  EXPECT_EQ(found_in("사업자등록번호 1248100998"), one("business_number/checksum:1248100998"));
  expect_none({"124-81-00997", "1248100998", "124-00-00998"});
  EXPECT_EQ(found_in("법인등록번호 130111-0006246"), one("corporate_number/checksum:130111-0006246"));
  // 110111 is Seoul's court and a date: without a word it is taken for a person's.
  EXPECT_EQ(found_in("110111-1234567"), one("resident_number/format:110111-1234567"));
  EXPECT_EQ(found_in("법인등록번호 110111-1234567"), one("corporate_number/context:110111-1234567"));
  EXPECT_EQ(found_in("법인 대표의 주민등록번호 110111-1234567"), one("resident_number/context:110111-1234567"));
}

TEST(PersonalDataKinds, LicencesAndPassports) {
  EXPECT_EQ(found_in("운전면허 11-23-123456-78"), one("driver_licence/context:11-23-123456-78"));
  EXPECT_EQ(found_in("11-23-123456-78"), one("driver_licence/format:11-23-123456-78"));
  EXPECT_EQ(found_in("면허 서울 98-123456-78"), one("driver_licence/context:서울 98-123456-78"));
  expect_none({"10-23-123456-78", "27-23-123456-78", "11-23-12345-78", "112312345678"});
  EXPECT_EQ(found_in("여권번호: M12345678"), one("passport/context:M12345678"));
  EXPECT_EQ(found_in("Passport No. M123A4567"), one("passport/context:M123A4567"));
  EXPECT_EQ(found_in("여권번호\nM12345678"), one("passport/context:M12345678"));
  expect_none({"M12345678", "M123A4567", "여권 재발급 안내\n\n제품 번호는 다음과 같이 적혀 있습니다\nM12345678",
               "여권 XM12345678"});
}

TEST(PersonalDataKinds, CardsAndAccounts) {
  EXPECT_EQ(found_in("4111-1111-1111-1111"), one("card/checksum:4111-1111-1111-1111"));
  EXPECT_EQ(found_in("3782 822463 10005"), one("card/checksum:3782 822463 10005"));
  expect_none({"4111-1111-1111-1112", "1111-1111-1111-1117", "0000 0000 0000 0000"});
  EXPECT_EQ(found_in("국민은행 123456-01-123456"), one("bank_account/context:123456-01-123456"));
  EXPECT_EQ(found_in("110-123-456789 (신한은행)"), one("bank_account/context:110-123-456789"));
  EXPECT_EQ(found_in("계좌번호 1102345678901"), one("bank_account/context:1102345678901"));
  EXPECT_EQ(found_in("국민은행 고객센터 1588-9999"), one("phone/context:1588-9999"));
  EXPECT_EQ(found_in("국민은행 010-1234-5678"), one("phone/format:010-1234-5678"));
  EXPECT_EQ(found_in("IBAN GB29 NWBK 6016 1331 9268 19."), one("bank_account/checksum:GB29 NWBK 6016 1331 9268 19"));
  expect_none({"110-123-456789", "GB29 NWBK 6016 1331 9268 18", "국민 123만 명"});
}

TEST(PersonalDataKinds, Addresses) {
  for (const std::string text :
       {"서울특별시 강남구 테헤란로 152", "서울 강남구 테헤란로7길 12-3, 3층",
        "경기도 성남시 분당구 판교역로 235 101동 1203호", "강남구 역삼동 123-4", "세종특별자치시 한누리대로 2130",
        "제주특별자치도 제주시 애월읍 애월로 12 (애월리)", "전남 담양군 금성면 원율리 산 12-3"}) {
    const auto found = found_in("주소: " + text + "\n다음");
    ASSERT_EQ(found.size(), 1U) << text;
    EXPECT_EQ(found[0].substr(found[0].find(':') + 1), text);
  }
  EXPECT_EQ(found_in("lives at 221 Baker Street, London NW1 6XE."),
            one("address/context:221 Baker Street, London NW1 6XE"));
  expect_none({"서울특별시 강남구", "서울 강남구에 3개", "경기도 수원시 단독으로 3명", "종로구 역사로 3년",
               "서울 10월 3일", "12 Main Topics, Part 3", "3 Way Switch", "2 Roads diverged"});
}

TEST(PersonalDataKinds, Names) {
  EXPECT_EQ(found_in("성명: 홍길동"), one("name/context:홍길동"));
  EXPECT_EQ(found_in("성 명 : 홍길동"), kNone);
  EXPECT_EQ(found_in("성명 : 홍 길 동"), one("name/context:홍 길 동"));
  EXPECT_EQ(found_in("담당자 홍길동 과장에게"), one("name/context:홍길동"));
  EXPECT_EQ(found_in("남궁민수 교수"), one("name/context:남궁민수"));
  EXPECT_EQ(found_in("성명: 허준"), one("name/context:허준"));
  EXPECT_EQ(found_in("참석자: 홍길동, 김철수, 이영희"), one("name/context:홍길동, 김철수, 이영희"));
  EXPECT_EQ(found_in("Dear Mr. Smith,"), one("name/context:Smith"));
  EXPECT_EQ(found_in("Name: Kim Min-su"), one("name/context:Kim Min-su"));
  EXPECT_EQ(found_in("Sincerely,\n\nMary O'Neil\n"), one("name/context:Mary O'Neil"));
  expect_none({"홍길동", "이름: 문자열", "이름: 유일한 값", "변수의 유효성 검사", "이용자님", "날씨", "아저씨",
               "선생님", "Dear Customer,", "Name: Default Value", "Dr. Dobb's Journal", "담당자: 정해지지 않음",
               "대표 이사", "가장 유일한 대표"});
}

TEST(PersonalDataKinds, TheWideNetFindsWhatTheDetectorsLeave) {
  const auto caught = [](std::string_view text) {
    std::vector<std::string> found;
    for (const PersonalData& match : pii::wide_net(text)) found.emplace_back(name_of(match.kind));
    return found;
  };
  EXPECT_EQ(caught("어제 홍길동이 왔다"), one("name"));
  EXPECT_EQ(caught("어제 김철수가 다녀갔다"), one("name"));
  EXPECT_EQ(caught("I met John Smith today"), one("name"));
  EXPECT_EQ(caught("110-123-456789로 보내"), one("bank_account"));
  EXPECT_EQ(caught("minsu @ 한빛.한국"), one("email"));
  EXPECT_EQ(caught("번호 M12345678"), one("passport"));
  EXPECT_EQ(caught("테헤란로 152 앞"), one("address"));
  // Not what the detectors find already.
  EXPECT_EQ(caught("010-1234-5678, hong@firm.kr, 성명: 홍길동"), kNone);
  EXPECT_EQ(caught("2024-01-15, 3.14159265358979, 10.0.17134.0"), kNone);
}

}  // namespace
}  // namespace moru::curate
