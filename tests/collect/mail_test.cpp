#include "collect/extract.h"
#include "collect/hwp_builder.h"
#include "collect/mail_coding.h"
#include "collect/mail_mime.h"

namespace moru::collect {
namespace {

std::string base64(std::string_view bytes) {
  static constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t bits = 0;
    for (size_t k = 0; k < 3; ++k)
      bits = bits << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (size_t k = 0; k < 4; ++k) out += i + k > bytes.size() ? '=' : kLetters[bits >> (18 - 6 * k) & 63];
    if (i % 57 == 54) out += "\r\n";
  }
  return out;
}

TEST(Mail, HeadersInKoreanCharsets) {
  // "회의록 송부" in EUC-KR; a word cut within a character; quoted-printable; raw bytes.
  EXPECT_EQ(decode_mail_header("=?euc-kr?B?yLjAx7fPILzbus4=?="), "회의록 송부");
  EXPECT_EQ(decode_mail_header("=?ks_c_5601-1987?B?yLg=?= =?ks_c_5601-1987?B?wMc=?="), "회의");
  EXPECT_EQ(decode_mail_header("=?utf-8?B?7ZY=?=\n =?utf-8?B?jA==?= <a@b.kr>"), "햌 <a@b.kr>");
  EXPECT_EQ(decode_mail_header("Re: =?utf-8?q?=ED=9A=8C=EC=9D=98_=3F?="), "Re: 회의 ?");
  EXPECT_EQ(decode_mail_header("\xC8\xB8\xC0\xC7"), "회의");
  EXPECT_EQ(decode_mail_header("=?utf-8?B?"), "=?utf-8?B?");
  EXPECT_EQ(
      parse_mail_value("attachment; filename*0*=utf-8''%ED%9A%8C; filename*1*=%EC%9D%98.hwp").parameters.at("filename"),
      "회의.hwp");
  EXPECT_EQ(parse_mail_value("Text/HTML; charset=\"EUC-KR\"; name=\"a \\\"b\\\"; c.txt\"").parameters.at("name"),
            "a \"b\"; c.txt");
  EXPECT_EQ(mail_date("Fri, 1 Mar 2024 09:00:00 +0900 (KST)"), "2024-03-01T00:00:00Z");
  EXPECT_EQ(mail_date("1 Mar 24 09:00 -0500"), "2024-03-01T14:00:00Z");
  EXPECT_EQ(mail_date("yesterday"), "");
}

TEST(Mail, Codings) {
  EXPECT_EQ(base64_decoded(base64("어떤 글이든 길게 적은 것이 그대로 돌아온다. 줄이 여러 번 바뀌어도.")),
            "어떤 글이든 길게 적은 것이 그대로 돌아온다. 줄이 여러 번 바뀌어도.");
  EXPECT_EQ(quoted_printable_decoded("a=3Db=\r\nc = \nd=ZZ=", false), "a=bc d=ZZ");
}

TEST(Mail, PlainMessage) {
  const std::string bytes =
      "From: =?euc-kr?B?yKux5rW/?= <hong@example.kr>\r\nTo: kim@example.kr\r\nDate: Fri, 1 Mar 2024 09:00:00 +0900\r\n"
      "Subject: =?euc-kr?B?yLjAx7fPILzbus4=?=\r\nContent-Type: text/plain; charset=ks_c_5601-1987\r\n"
      "Content-Transfer-Encoding: 8bit\r\n\r\n\xC8\xB8\xC0\xC7\xB7\xCF\xC0\xBB "
      "\xBA\xB8\xB3\xC0\xB4\xCF\xB4\xD9.\r\n\r\n"
      "> \xC1\xF6\xB3\xAD \xC8\xB8\xC0\xC7\r\n";
  const data::Document d = one_document("a.eml", bytes);
  EXPECT_EQ(blocks_of(d), (Lines{"title: 회의록 송부", "paragraph: 회의록을 보냅니다.", "paragraph: > 지난 회의"}));
  EXPECT_EQ(d.metadata, (std::map<std::string, std::string>{{"date", "2024-03-01T00:00:00Z"},
                                                            {"encoding", "cp949"},
                                                            {"from", "홍길동 <hong@example.kr>"},
                                                            {"subject", "회의록 송부"},
                                                            {"to", "kim@example.kr"}}));
  EXPECT_EQ(blocks_of(one_document(
                "a.eml", "Subject: x\nContent-Type: text/plain; format=flowed\n\n한 줄이 \n이어진다.\n둘째.\n")),
            (Lines{"title: x", "paragraph: 한 줄이 이어진다.\n둘째."}));
}

std::string with_attachments() {
  return "From: a@b.kr\nSubject: report\nDate: Fri, 1 Mar 2024 09:00:00 +0900\nMessage-ID: <1@b.kr>\nMIME-Version: "
         "1.0\n"
         "Content-Type: multipart/mixed; boundary=\"out\"\n\npreamble\n--out\n"
         "Content-Type: multipart/alternative; boundary=out2\n\n--out2\nContent-Type: text/plain; charset=utf-8\n\n"
         "표는 HTML에 있습니다.\n--out2\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: "
         "quoted-printable\n\n"
         "<html><body><p>=EB=B3=B4=EA=B3=A0</p><table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></"
         "table>"
         "<p>A long text that the plain form does not have, of more than twice its "
         "length.</p></body></html>\n--out2--\n--out\n"
         "Content-Type: application/octet-stream; name=\"x.hwp\"\nContent-Disposition: attachment;\n "
         "filename*=utf-8''%EB%B3%B4%EA%B3%A0.hwp\n"
         "Content-Transfer-Encoding: base64\n\n" +
         base64(hwp_file(paragraph(u"붙임 글", 0))) +
         "\n--out\nContent-Type: message/rfc822\n\nSubject: inner\nFrom: c@d.kr\n\nThe inner text.\n"
         "--out\nContent-Type: image/png; name=\"../../logo.png\"\nContent-Transfer-Encoding: "
         "base64\n\niVBORw0KGgo=\n--out--\nepilogue\n";
}

TEST(Mail, AlternativesAttachmentsAndMessagesInMessages) {
  const Output output = extract("a.eml", with_attachments());
  ASSERT_EQ(output.documents.size(), 3U);
  EXPECT_EQ(blocks_of(output.documents[0]),
            (Lines{"title: report", "paragraph: 보고", "table: a | b\nc | d",
                   "paragraph: A long text that the plain form does not have, of more than twice its length."}));
  EXPECT_EQ(output.documents[1].source.member, "보고.hwp");
  EXPECT_EQ(blocks_of(output.documents[1]), (Lines{"paragraph: 붙임 글"}));
  EXPECT_EQ(output.documents[2].source.member, "message-2.eml");
  EXPECT_EQ(blocks_of(output.documents[2]), (Lines{"title: inner", "paragraph: The inner text."}));
  ASSERT_EQ(output.set_aside.size(), 1U);
  EXPECT_EQ(output.set_aside[0].reason(), "unknown-format");
  EXPECT_NE(std::string(output.set_aside[0].what()).find("logo.png"), std::string::npos);
  EXPECT_EQ(std::string(output.set_aside[0].what()).find(".."), std::string::npos);
  EXPECT_EQ(extractor_for("1709280000.M1P2.host", with_attachments())->name, "eml");
}

TEST(Mail, HostileBoundaries) {
  std::string deep = "inner";
  for (int i = 0; i < 200; ++i)
    deep = fmt::format("Content-Type: multipart/mixed; boundary=b{0}\n\n--b{0}\n{1}\n--b{0}--\n", i, deep);
  extract("a.eml", "Subject: deep\n" + deep);
  std::string many = "Subject: many\nContent-Type: multipart/mixed; boundary=x\n\n";
  for (int i = 0; i < 50'000; ++i) many += "--x\n\nt\n";
  const Output output = extract("a.eml", many);
  EXPECT_EQ(output.documents.size(), 1U);
  extract("a.eml", "Subject: marks\nContent-Type: multipart/mixed; boundary=x\n\n" + std::string(3'000'000, '-'));
  EXPECT_EQ(
      blocks_of(one_document("a.eml", "Subject: cut\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\n끝이 없다")),
      (Lines{"title: cut", "paragraph: 끝이 없다"}));
  EXPECT_THROW(extract("a.eml", "no header here\n"), Unreadable);
}

TEST(Mail, Mailboxes) {
  const std::string bytes =
      "From a@b.kr Fri Mar  1 09:00:00 2024\nSubject: one\nFrom: a@b.kr\n\nText.\n\n>From the start.\n\nFrom here on "
      "no "
      "message begins.\n\nFrom - Fri Mar  1 10:00:00 2024\nSubject: two\n\nSecond.\n>>From x\n> quoted\n";
  const Output output = extract("a.mbox", bytes);
  ASSERT_EQ(output.documents.size(), 2U);
  EXPECT_EQ(blocks_of(output.documents[0]), (Lines{"title: one", "paragraph: Text.", "paragraph: From the start.",
                                                   "paragraph: From here on no message begins."}));
  EXPECT_EQ(output.documents[0].source.member, "000001.eml");
  EXPECT_EQ(blocks_of(output.documents[1]), (Lines{"title: two", "paragraph: Second.\n>From x\n> quoted"}));
  EXPECT_EQ(extractor_for("inbox", bytes)->name, "mbox");
}

}  // namespace
}  // namespace moru::collect
