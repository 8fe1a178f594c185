// Bank accounts: digits beside a bank's name or a word for account. Their forms differ by bank and are not checked.
#include <algorithm>
#include <array>

#include "curate/phone_numbers.h"
#include "curate/pii/checksum.h"
#include "curate/pii/detector.h"

namespace moru::curate::pii {
namespace {

constexpr std::string_view kAccount[] = {"계좌",       "입금",           "송금",         "이체", "예금주",
                                         "account no", "account number", "bank account", "acct"};
constexpr std::string_view kBanks[] = {
    "국민은행",   "신한은행", "우리은행", "하나은행", "농협",       "기업은행", "카카오뱅크", "토스뱅크", "케이뱅크",
    "새마을금고", "신협",     "수협",     "우체국",   "씨티은행",   "제일은행", "대구은행",   "부산은행", "경남은행",
    "광주은행",   "전북은행", "제주은행", "산업은행", "아이엠뱅크", "sc은행",   "축협",       "저축은행", "외환은행",
    "(국민)",     "(신한)",   "(우리)",   "(하나)",   "(기업)",     "(농협)",   "[국민]",     "[신한]",   "[우리]",
    "[하나]",     "국민 ",    "신한 ",    "기업 ",    "kb국민",     "ibk",      "nh농협"};
constexpr std::string_view kBanksAfter[] = {"국민",   "신한",     "우리은행", "하나은행", "농협",     "기업은행",
                                            "카카오", "토스",     "케이뱅크", "새마을",   "신협",     "수협",
                                            "우체국", "예금주",   "sc제일",   "SC제일",   "KB",       "IBK",
                                            "NH",     "대구은행", "부산은행", "경남은행", "광주은행", "전북은행"};
// Words of numbers of the same lengths; the nearest word decides.
constexpr std::string_view kOther[] = {"전화", "연락처", "휴대",  "핸드폰",   "팩스",     "고객센터",
                                       "문의", "tel",    "phone", "fax",      "사업자",   "주민",
                                       "법인", "카드",   "면허",  "등록번호", "승인번호", "주문번호"};

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr size_t kMaxIban = 34;
struct IbanLength {
  std::string_view country;
  size_t length;
};
// SWIFT's IBAN registry.
constexpr IbanLength kIbanLengths[] = {
    {"AD", 24}, {"AE", 23}, {"AL", 28}, {"AT", 20}, {"AZ", 28}, {"BA", 20}, {"BE", 16}, {"BG", 22}, {"BH", 22},
    {"BR", 29}, {"CH", 21}, {"CR", 22}, {"CY", 28}, {"CZ", 24}, {"DE", 22}, {"DK", 18}, {"DO", 28}, {"EE", 20},
    {"EG", 29}, {"ES", 24}, {"FI", 18}, {"FO", 18}, {"FR", 27}, {"GB", 22}, {"GE", 22}, {"GI", 23}, {"GL", 18},
    {"GR", 27}, {"GT", 28}, {"HR", 21}, {"HU", 28}, {"IE", 22}, {"IL", 23}, {"IS", 26}, {"IT", 27}, {"JO", 30},
    {"KW", 30}, {"KZ", 20}, {"LB", 28}, {"LI", 21}, {"LT", 20}, {"LU", 20}, {"LV", 21}, {"MC", 27}, {"MD", 24},
    {"ME", 22}, {"MK", 19}, {"MT", 31}, {"MU", 30}, {"NL", 18}, {"NO", 15}, {"PK", 24}, {"PL", 28}, {"PS", 29},
    {"PT", 25}, {"QA", 29}, {"RO", 24}, {"RS", 22}, {"SA", 24}, {"SE", 24}, {"SI", 19}, {"SK", 24}, {"SM", 27},
    {"TN", 24}, {"TR", 26}, {"UA", 29}, {"VG", 24}, {"XK", 20}};

}  // namespace

Hit find_bank_account(const Place& place) {
  const DigitGroups& groups = *place.groups;
  if (groups.plus || groups.opens) return {};
  constexpr size_t kMin = 10;
  constexpr size_t kMax = 16;
  size_t n = 1;
  size_t total = groups[0].digits.size();
  while (n < groups.size() && n < 5 && groups[n].before == Separator::hyphen && total < kMax)
    total += groups[n++].digits.size();
  if (total < kMin || total > kMax || groups[0].digits.size() < 2) return {};
  const data::Range range = groups.range(n);
  const size_t account = place.context->distance(kAccount);
  const size_t bank = place.context->distance(kBanks);
  const size_t near = std::min(account, bank);
  if (near == Context::npos) {
    // "110-123-456789 (신한은행)": the bank after it.
    constexpr size_t kAfter = 32;
    const bool after = n >= 3 && begins_with_word(place.text.substr(range.end, kAfter), kBanksAfter);
    return after && match_phone(groups, false) == 0 ? Hit{range, Confidence::context} : Hit{};
  }
  if (place.context->distance(kOther) < near) return {};
  // A phone's form beside a bank's name is its phone, unless the word is "account".
  if (account == Context::npos && match_phone(groups, false) > 0) return {};
  // Bare words of the street ("국민 ", "신한 ") need hyphens in the number.
  if (n == 1 && account == Context::npos && bank > 2) return {};
  return {range, Confidence::context};
}

/// International numbers: two letters of the country, two digits, and so many letters and digits as the country has, in
/// groups of four or in one piece.
Hit find_iban(const Place& place) {
  const std::string_view text = place.text;
  if (place.position < place.floor + 2) return {};
  const size_t begin = place.position - 2;
  if (!is_upper(text[begin]) || !is_upper(text[begin + 1])) return {};
  const auto country = std::ranges::find(kIbanLengths, text.substr(begin, 2), &IbanLength::country);
  if (country == std::end(kIbanLengths)) return {};
  if (begin > 0 && (is_upper(text[begin - 1]) || is_digit(text[begin - 1]) || text[begin - 1] == '_')) return {};
  std::array<char, kMaxIban> iban;
  size_t length = 0;
  size_t p = begin;
  while (p < text.size() && length < country->length) {
    if (text[p] == ' ' && length % 4 == 0 && length > 0) ++p;
    if (p >= text.size() || (!is_upper(text[p]) && !is_digit(text[p]))) return {};
    iban[length++] = text[p++];
  }
  if (length < country->length || !is_digit(iban[2]) || !is_digit(iban[3])) return {};
  return iban_checksum({iban.data(), length}) && number_may_end(text, p) ? Hit{{begin, p}, Confidence::checksum}
                                                                         : Hit{};
}

}  // namespace moru::curate::pii
