#include "collect/encoding.h"

#include <unicode/unistr.h>

#include "collect/encoding_convert.h"
#include "collect/encoding_guess.h"
#include "collect/extract.h"

namespace moru::collect {
namespace {

std::string encoded(std::string_view utf8, const char* encoding) {
  const icu::UnicodeString text =
      icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), static_cast<int>(utf8.size())));
  std::string out(utf8.size() * 4 + 16, '\0');
  out.resize(
      static_cast<size_t>(text.extract(0, text.length(), out.data(), static_cast<uint32_t>(out.size()), encoding)));
  return out;
}

std::string named(std::string_view bytes) {
  return guess_encoding(bytes).value_or("none");
}

TEST(Encoding, ShortKoreanIsRecognised) {
  for (const std::string_view text : {"가",
                                      "붙임",
                                      "1. 목적",
                                      "홍길동,서울특별시 강남구",
                                      "김철수 010-1234-5678",
                                      "제3조(휴가) ① 직원은",
                                      "★공지★ 주차장 이용 안내",
                                      "Microsoft 워드",
                                      "※ 문의: 총무과",
                                      "㈜한국 대표이사",
                                      "「개인정보 보호법」 제15조",
                                      "값: 10℃",
                                      "뷁",
                                      "아햏햏",
                                      "Re: 회의록 송부",
                                      "ㅋㅋㅋ",
                                      "大韓民國 憲法",
                                      "Ⅰ. 개요",
                                      "→ 다음",
                                      "안녕하세요."}) {
    const Decoded decoded = decode(encoded(text, "windows-949"));
    EXPECT_EQ(decoded.text, text);
    EXPECT_EQ(decoded.encoding, "cp949") << text;
  }
}

TEST(Encoding, OtherEncodingsByTheirLanguage) {
  const std::pair<const char*, std::string_view> kTexts[] = {
      {"shift_jis", "日本語のテキストです。東京は晴れ。"},
      {"euc-jp", "日本語のテキストです。"},
      {"gb18030", "这是一个中文文件，我们在这里工作。"},
      {"big5", "這是一個中文文件，我們在這裡工作。"},
      {"windows-1252", "Café “naïve” — où est l’été? Müller, señor Ærø €5"},
      {"windows-1252", "Der Fluß fließt über die Brücke."},
      {"windows-1252", "Copyright © 2024 ACME"}};
  for (const auto& [encoding, text] : kTexts) {
    const std::string bytes = encoded(text, encoding);
    EXPECT_EQ(named(bytes), encoding) << text;
    EXPECT_EQ(decode(bytes).text, text);
  }
  const std::string johab =
      "\x94\x81\xD0\x65\xA3\xA5\x8A\x82\xB7\x81 \xF3\xAB\xE2\xED\xB7\x65 \x8A\x82\xA3\xA5\xB5\x41\x89\x41 "
      "\xB7\xB6\x94\x61. \x88\x41, \x84\x61";
  EXPECT_EQ(named(johab), "johab");
  EXPECT_EQ(decode(johab).text, "대한민국의 主權은 국민에게 있다. ㄱ, ㅏ");
  EXPECT_FALSE(convert_to_utf8("\x94", "johab"));
  EXPECT_EQ(convert_to_utf8("a\x94", "johab", false), "a");
}

TEST(Encoding, Utf16WithoutItsMark) {
  for (const std::string_view text : {"제목\r\n본문은 한글이고 공백이 있다.\r\n", "plain English\n"}) {
    std::string expected(text);
    std::erase(expected, '\r');
    for (const char* const encoding : {"UTF-16LE", "UTF-16BE"}) {
      const Decoded decoded = decode(encoded(text, encoding));
      EXPECT_EQ(decoded.text, expected);
      EXPECT_EQ(decoded.encoding, encoding == std::string_view("UTF-16LE") ? "utf-16le" : "utf-16be");
    }
  }
  std::string numbers;
  for (int i = 0; i < 256; ++i) numbers += std::string{static_cast<char>(i), '\0'};
  EXPECT_THROW(decode(numbers), Unreadable);
  EXPECT_THROW(decode(std::string("\x7F\x45LF\0\0\1\2\3\0\x80\x90", 12)), Unreadable);
}

TEST(Encoding, DamagedUtf8IsNotTakenForAnotherEncoding) {
  EXPECT_EQ(named("한글 문서에 깨진 바이트가 하나 \xFF 있다."), "none");
  EXPECT_EQ(named("caf\xC3\xA9 na\xC3\xAFve se\xC3\xB1or \xC3\xA9t\xC3\xA9 \xC3\xA0 \xC3\xBC \xFF"), "none");
  std::string noise;
  uint32_t state = 1;
  for (int i = 0; i < 2000; ++i) noise += static_cast<char>((state = state * 1664525 + 1013904223) >> 24 | 0x80);
  EXPECT_EQ(named(noise), "none");
}

TEST(Encoding, DeclaredNamesOfKorean) {
  const std::string bytes = encoded("한글", "windows-949");
  for (const char* const name : {"EUC-KR", "ks_c_5601-1987", "UHC", "windows-949"})
    EXPECT_EQ(decode(bytes, name).text, "한글");
  EXPECT_EQ(decode(encoded("한글 문서", "ISO-2022-KR"), "iso-2022-kr").text, "한글 문서");
  EXPECT_EQ(decode(bytes, "no-such-encoding").encoding, "cp949");
}

TEST(PlainText, MillionsOfEmptyLinesTakeLinearTime) {
  const data::Document d = one_document("a.txt", "처음\n" + std::string(3'000'000, '\n') + "끝.");
  EXPECT_EQ(blocks_of(d), (Lines{"title: 처음", "paragraph: 끝."}));
  EXPECT_EQ(one_document("a.txt", "처음" + std::string(3'000'000, '\n')).blocks.size(), 1U);
}

}  // namespace
}  // namespace moru::collect
