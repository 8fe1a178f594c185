#include "core/random.h"
#include "curate/personal_data_matcher.h"
#include "helper.h"

namespace moru::curate {
namespace {

using testing::make_document;
using testing::run_curate;

/// "KIND:text" of every match.
std::vector<std::string> found_in(std::string_view text) {
  std::vector<std::string> found;
  for (const PersonalData& match : find_personal_data(text))
    found.push_back(
        fmt::format("{}:{}", name_of(match.kind), text.substr(match.range.begin, match.range.end - match.range.begin)));
  return found;
}
std::vector<std::string> one(std::string text) {
  return {std::move(text)};
}
const std::vector<std::string> kNone;

TEST(PersonalData, Emails) {
  EXPECT_EQ(found_in("문의: kim.cs+office@mail.corp.co.kr으로 보내세요."), one("email:kim.cs+office@mail.corp.co.kr"));
  EXPECT_EQ(found_in("<a_b@c-d.org>, (x@y.io)."), (std::vector<std::string>{"email:a_b@c-d.org", "email:x@y.io"}));
  EXPECT_EQ(found_in("mailto:o'neil@firm.com?subject=x"), one("email:o'neil@firm.com"));
  EXPECT_EQ(found_in("hong＠firm.kr 입니다"), one("email:hong＠firm.kr"));
  EXPECT_EQ(found_in("a@b.com,c@d.com"), (std::vector<std::string>{"email:a@b.com", "email:c@d.com"}));
}

TEST(PersonalData, NotEmails) {
  for (const std::string_view text : {"user@host", "@name", "a@", "npm install pkg@1.2.3", "logo@2x.png", "a@b..com",
                                      "a@.com", "=SUM(A1)@B2", "x @ y.com", ".@y.com", "@", "SUM@2.5"})
    EXPECT_EQ(found_in(text), kNone) << text;
}

TEST(PersonalData, KoreanPhones) {
  for (const std::string text :
       {"010-1234-5678",    "010 1234 5678",    "010.1234.5678",       "01012345678",   "0161234567",
        "02-123-4567",      "02) 1234-5678",    "(02) 123-4567",       "031-123-4567",  "064-712-3456",
        "070-8765-4321",    "0505-123-4567",    "080-123-4567",        "1588-1234",     "1670-0001",
        "+82-10-1234-5678", "+82 2 123 4567",   "+82 (0)10-1234-5678", "+821012345678", "０１０－１２３４－５６７８",
        "010–1234–5678",    "010 - 1234 - 5678"}) {
    EXPECT_EQ(found_in("번호는 " + text + "입니다"), one("phone:" + text)) << text;
    EXPECT_EQ(found_in(text), one("phone:" + text)) << text;
  }
  EXPECT_EQ(found_in("(010-1234-5678)"), one("phone:010-1234-5678"));
  EXPECT_EQ(found_in("(+82-10-1234-5678)"), one("phone:+82-10-1234-5678"));
  EXPECT_EQ(found_in("번호010-1234-5678, 02-555-1234"),
            (std::vector<std::string>{"phone:010-1234-5678", "phone:02-555-1234"}));
}

TEST(PersonalData, AWordBeforeHelpsDoubtfulPhones) {
  EXPECT_EQ(found_in("1588-1600"), kNone);
  EXPECT_EQ(found_in("고객센터: 1588-1600"), one("phone:1588-1600"));
  EXPECT_EQ(found_in("02 123 4567"), kNone);
  EXPECT_EQ(found_in("Tel. 02 123 4567"), one("phone:02 123 4567"));
  EXPECT_EQ(found_in("Hotel 02 123 4567"), kNone);
  EXPECT_EQ(found_in("전화\n02 123 4567"), kNone);
  EXPECT_EQ(found_in("phone 212-555-0123"), one("phone:212-555-0123"));
  EXPECT_EQ(found_in("212-555-0123"), kNone);
  EXPECT_EQ(found_in("휴대전화 01011110000"), one("phone:01011110000"));
}

TEST(PersonalData, InternationalPhones) {
  for (const std::string text : {"+1 (212) 555-0123", "+44 20 7946 0958", "+49-30-901820", "+81 3-1234-5678",
                                 "+447911123456", "+1-212-555-0123", "(+44) 20 7946 0958", "+353 1 234 5678"})
    EXPECT_EQ(found_in("Call " + text + " now"), one("phone:" + text)) << text;
  EXPECT_EQ(found_in("(212) 555-0123"), one("phone:(212) 555-0123"));
}

TEST(PersonalData, NumbersThatAreNotPhones) {
  for (const std::string_view text : {"7.4.7.2",
                                      "version 24.2.10",
                                      "2024-01-15",
                                      "2024.01.15 10:30",
                                      "1592-1598",
                                      "1800-3600",
                                      "=A1+12345678",
                                      "=(B2)+4412345678",
                                      "3+447911123456",
                                      "01011010101",
                                      "0x0102030405",
                                      "1,010-1234",
                                      "12-010-1234-5678",
                                      "010-1234-5678-90",
                                      "ISBN 978-89-123-4567-8",
                                      "1234567890",
                                      "3.14159265358979",
                                      "+1000000000",
                                      "UTC+09:00",
                                      "1E+10",
                                      "123-456-7890",
                                      "A010-1234-5678",
                                      "010-12-345",
                                      "#1588-12345",
                                      "(100) 200-3000",
                                      "=02/12/1234",
                                      "010-1234-567",
                                      "+12 3",
                                      "+",
                                      "(",
                                      "(+",
                                      "02-",
                                      "+280123456789"})
    EXPECT_EQ(found_in(text), kNone) << text;
}

TEST(PersonalData, ResidentNumbers) {
  EXPECT_EQ(found_in("주민번호 900101-1234567."), one("resident_number:900101-1234567"));
  // 29 February needs a leap year of the right century: 2000 was one, 1900 was not.
  EXPECT_EQ(found_in("000229-3234567"), one("resident_number:000229-3234567"));
  EXPECT_EQ(found_in("000229-1234567"), kNone);
  EXPECT_EQ(found_in("040229 4000000"), one("resident_number:040229 4000000"));
  EXPECT_EQ(found_in("9912319876543"), one("resident_number:9912319876543"));
  EXPECT_EQ(found_in("９００１０１－１２３４５６７"), one("resident_number:９００１０１－１２３４５６７"));
  EXPECT_EQ(found_in("850505-5123456"), one("foreigner_number:850505-5123456"));
  EXPECT_EQ(found_in("010101-8123456"), one("foreigner_number:010101-8123456"));
}

TEST(PersonalData, AFailedChecksumClearsNothing) {
  // Weights 2 3 4 5 6 7 8 9 2 3 4 5: of the ten check digits one is right, all are masked.
  for (char digit = '0'; digit <= '9'; ++digit) EXPECT_EQ(found_in(std::string("900101-123456") + digit).size(), 1U);
}

TEST(PersonalData, NotResidentNumbers) {
  for (const std::string_view text :
       {"901301-1234567", "900132-1234567", "900100-1234567", "900431-1234567", "900101-12345678", "1900101-1234567",
        "900101-123456", "9789012345678", "X900101-1234567", "900101.1234567"})
    EXPECT_EQ(found_in(text), kNone) << text;
}

TEST(PersonalData, MatchesAreOrderedDisjointAndAtCharacters) {
  const std::vector<std::string> pieces = {"010", "-",  "1234", "5678", "@",    "a.b",    ".com", "+82", " ", "(",
                                           ")",   "０", "한",   "\xEF", "\xBC", "900101", "1",    "＠",  "."};
  Random random(3);
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (uint64_t i = 0; i < random.below(14); ++i) text += pieces[random.below(pieces.size())];
    uint64_t done = 0;
    for (const PersonalData& match : find_personal_data(text)) {
      ASSERT_GE(match.range.begin, done) << text;
      ASSERT_LT(match.range.begin, match.range.end) << text;
      ASSERT_LE(match.range.end, text.size()) << text;
      done = match.range.end;
    }
  }
}

/// The text of an HTML page, roughly: tags become spaces.
std::string without_tags(std::string_view html) {
  std::string text;
  bool inside = false;
  for (const char c : html) {
    if (c == '<') text += ' ';
    if (c == '<' || c == '>')
      inside = c == '<';
    else if (!inside)
      text += c;
  }
  return text;
}

TEST(PersonalData, RealManualsHoldNothingFalse) {
  // Version numbers, formulas, dates and code of 2,561 help pages, and words that look like names. The one phone number
  // in them is an example of one; so are the addresses of private networks.
  const fs::path help = "/usr/share/libreoffice/help/ko/text";
  ASSERT_TRUE(fs::is_directory(help)) << "install the package libreoffice-help-ko";
  std::vector<std::string> numbers;
  size_t emails = 0;
  for (const fs::path& file : list_files(help)) {
    const std::string text = without_tags(read_file(help / file));
    for (const PersonalData& match : find_personal_data(text)) {
      const std::string found = text.substr(match.range.begin, match.range.end - match.range.begin);
      if (match.kind == PersonalDataKind::email)
        ++emails;
      else if (match.kind != PersonalDataKind::ip_address || is_public_address(found))
        numbers.push_back(found);
    }
  }
  EXPECT_EQ(numbers, one("212 555-1234"));
  EXPECT_GT(emails, 0U);
  EXPECT_LT(emails, 40U);
}

TEST(PersonalData, MasksByTheDocumentsLanguage) {
  const auto outcome = run_curate(
      {make_document("담당자 홍길동의 전화는 010-1234-5678이고 메일은 hong@firm.kr, 주민번호는 900101-1234567입니다.",
                     "a"),
       make_document("Please write to the office manager at kim@firm.kr or call +44 20 7946 0958.", "b")},
      "", {"language", "personal_data"});
  ASSERT_EQ(outcome.kept.size(), 2U);
  EXPECT_EQ(outcome.kept[0].text,
            "담당자 [이름]의 전화는 [전화번호]이고 메일은 [이메일], 주민번호는 [주민등록번호]입니다.");
  EXPECT_EQ(outcome.kept[1].text, "Please write to the office manager at [EMAIL] or call [PHONE].");
  EXPECT_EQ(outcome.report.facts.at("counts").at("personal_data"),
            Json({{"email", 2}, {"name", 1}, {"phone", 2}, {"resident_number", 1}}));
  const Json removed = outcome.decisions.at(0).at("removed");
  EXPECT_EQ(removed.at(1).at("text"), "010-1234-5678");
  EXPECT_EQ(removed.at(1).at("replacement"), "[전화번호]");
}

TEST(PersonalData, MasksTitleCellsAndMetadataToo) {
  auto document = make_document(
      {{data::BlockKind::title, "Mail a@firm.kr"}, {data::BlockKind::table, "who\tmail\nKim\tb@firm.kr"}});
  document.blocks[1].cells = {{"who", "mail"}, {"Kim", "b@firm.kr"}};
  document.metadata["author"] = "c@firm.kr";
  const auto outcome = run_curate({document}, "", {"personal_data"});
  EXPECT_EQ(outcome.kept[0].title, "Mail [EMAIL]");
  EXPECT_EQ(outcome.kept[0].blocks[1].cells[1][1], "[EMAIL]");
  EXPECT_EQ(outcome.kept[0].metadata.at("author"), "[EMAIL]");
  EXPECT_EQ(dump_json(data::to_json(outcome.kept[0])).find("@firm"), std::string::npos);
  EXPECT_EQ(outcome.report.facts.at("counts").at("personal_data").at("email"), 3);
}

TEST(PersonalData, ExampleDomainsAndSwitches) {
  const auto document =
      make_document("Write to name@example.com, name@mail.example.org or name@myexample.com; call 02-123-4567.");
  EXPECT_EQ(run_curate({document}, "", {"personal_data"}).kept[0].text,
            "Write to name@example.com, name@mail.example.org or [EMAIL]; call [PHONE].");
  EXPECT_EQ(run_curate({document}, "personal_data: {mask_example_domains: true, phones: false}", {"personal_data"})
                .kept[0]
                .text,
            "Write to [EMAIL], [EMAIL] or [EMAIL]; call 02-123-4567.");
  EXPECT_TRUE(
      run_curate({document}, "personal_data: {emails: false, phones: false}", {"personal_data"}).decisions.empty());
}

}  // namespace
}  // namespace moru::curate
