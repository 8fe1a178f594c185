#include "curate/pii/detector.h"
#include "curate/pii/words.h"

namespace moru::curate::pii {

// Kind, trigger, detector; those with words name their list.
#define MORU_DETECTORS(DETECTOR)                            \
  DETECTOR(email, at_sign, find_email)                      \
  DETECTOR(email, at_sign, find_hidden_email)               \
  DETECTOR(card, number, find_card)                         \
  DETECTOR(resident_number, number, find_resident_number)   \
  DETECTOR(foreigner_number, number, find_foreigner_number) \
  DETECTOR(corporate_number, number, find_corporate_number) \
  DETECTOR(business_number, number, find_business_number)   \
  DETECTOR(driver_licence, number, find_driver_licence)     \
  DETECTOR(phone, number, find_phone)                       \
  DETECTOR(bank_account, number, find_bank_account)         \
  DETECTOR(bank_account, code, find_iban)                   \
  DETECTOR(passport, code, find_passport)                   \
  DETECTOR(passport, number, find_numeric_passport)         \
  DETECTOR(ip_address, number, find_ipv4)                   \
  DETECTOR(ip_address, colon, find_ipv6)                    \
  DETECTOR(address, number, find_street_address)
#define MORU_WORD_DETECTORS(DETECTOR)                         \
  DETECTOR(address, find_korean_address, korean_region_words) \
  DETECTOR(name, find_name_after_label, korean_label_words)   \
  DETECTOR(name, find_name_before_title, korean_title_words)  \
  DETECTOR(name, find_english_name, english_name_words)

#define DECLARE(kind, trigger, find) Hit find(const Place& place);
MORU_DETECTORS(DECLARE)
#undef DECLARE
#define DECLARE(kind, find, words) Hit find(const Place& place);
MORU_WORD_DETECTORS(DECLARE)
#undef DECLARE

std::span<const Detector> detectors() {
#define ENTRY(kind, trigger, find) {PersonalDataKind::kind, Trigger::trigger, &find, {}},
#define WORD_ENTRY(kind, find, words) {PersonalDataKind::kind, Trigger::word, &find, words()},
  static const Detector kDetectors[] = {MORU_DETECTORS(ENTRY) MORU_WORD_DETECTORS(WORD_ENTRY)};
#undef ENTRY
#undef WORD_ENTRY
  return kDetectors;
}

}  // namespace moru::curate::pii

namespace moru::curate {

const KindInfo& kind_info(PersonalDataKind kind) {
  static constexpr KindInfo kKinds[kPersonalDataKinds] = {
      {"email", "emails", "[이메일]", "[EMAIL]", "e-mail", "이메일"},
      {"ip_address", "ip_addresses", "[IP 주소]", "[IP ADDRESS]", "IP address", "IP 주소"},
      {"phone", "phones", "[전화번호]", "[PHONE]", "phone", "전화번호"},
      {"resident_number", "resident_numbers", "[주민등록번호]", "[RESIDENT NUMBER]", "resident number", "주민등록번호"},
      {"foreigner_number", "foreigner_numbers", "[외국인등록번호]", "[FOREIGNER NUMBER]", "foreigner number",
       "외국인등록번호"},
      {"business_number", "business_numbers", "[사업자등록번호]", "[BUSINESS NUMBER]", "business number",
       "사업자등록번호"},
      {"corporate_number", "corporate_numbers", "[법인등록번호]", "[CORPORATE NUMBER]", "corporate number",
       "법인등록번호"},
      {"driver_licence", "driver_licences", "[운전면허번호]", "[DRIVER LICENCE]", "driver licence", "운전면허번호"},
      {"passport", "passports", "[여권번호]", "[PASSPORT]", "passport", "여권번호"},
      {"card", "cards", "[카드번호]", "[CARD]", "card", "카드번호"},
      {"bank_account", "bank_accounts", "[계좌번호]", "[BANK ACCOUNT]", "bank account", "계좌번호"},
      {"address", "addresses", "[주소]", "[ADDRESS]", "address", "주소"},
      {"name", "names", "[이름]", "[NAME]", "name", "이름"}};
  return kKinds[static_cast<size_t>(kind)];
}

std::string_view name_of(Confidence confidence) {
  static constexpr std::string_view kNames[kConfidences] = {"format", "context", "checksum"};
  return kNames[static_cast<size_t>(confidence)];
}

}  // namespace moru::curate
