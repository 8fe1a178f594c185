#include "collect/encoding_convert.h"

#include <unicode/ucnv.h>
#include <unicode/ucnv_err.h>

#include "text/unicode.h"

namespace moru::collect {
namespace {

struct CloseConverter {
  void operator()(UConverter* c) const { ucnv_close(c); }
};

std::optional<std::string> by_icu(std::string_view bytes, const std::string& encoding, bool whole) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, CloseConverter> from(ucnv_open(encoding.c_str(), &status));
  const std::unique_ptr<UConverter, CloseConverter> to(ucnv_open("UTF-8", &status));
  if (U_FAILURE(status)) return std::nullopt;
  ucnv_setToUCallBack(from.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
  std::string text(bytes.size() * 3 + 16, '\0');  // a byte gives at most one UTF-16 unit, which gives at most 3 bytes
  char* target = text.data();
  const char* source = bytes.data();
  ucnv_convertEx(to.get(), from.get(), &target, text.data() + text.size(), &source, bytes.data() + bytes.size(),
                 nullptr, nullptr, nullptr, nullptr, true, static_cast<UBool>(whole), &status);
  if (U_FAILURE(status)) return std::nullopt;
  text.resize(static_cast<size_t>(target - text.data()));
  return text;
}

/// Johab (KS X 1001, annex 3): a Hangul syllable is a set bit and three indices of five bits; signs and Hanja are those
/// of EUC-KR, moved.
std::optional<std::string> from_johab(std::string_view bytes, bool whole) {
  // By index: initial, vowel, final; -1 is none there, -2 no character.
  constexpr std::array<int, 32> kInitial = {-2, -1, 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13,
                                            14, 15, 16, 17, 18, -2, -2, -2, -2, -2, -2, -2, -2, -2, -2, -2};
  constexpr std::array<int, 32> kVowel = {-2, -2, -1, 0,  1,  2,  3,  4,  -2, -2, 5,  6,  7,  8,  9,  10,
                                          -2, -2, 11, 12, 13, 14, 15, 16, -2, -2, 17, 18, 19, 20, -2, -2};
  constexpr std::array<int, 32> kFinal = {-2, 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14,
                                          15, 16, -2, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, -2, -2};
  constexpr std::array<char32_t, 19> kInitialLetters = {U'ㄱ', U'ㄲ', U'ㄴ', U'ㄷ', U'ㄸ', U'ㄹ', U'ㅁ',
                                                        U'ㅂ', U'ㅃ', U'ㅅ', U'ㅆ', U'ㅇ', U'ㅈ', U'ㅉ',
                                                        U'ㅊ', U'ㅋ', U'ㅌ', U'ㅍ', U'ㅎ'};
  std::string out;
  std::map<int, std::string> signs;  // those met, by their place in EUC-KR
  for (size_t i = 0; i < bytes.size();) {
    const auto lead = static_cast<unsigned char>(bytes[i]);
    if (lead < 0x80) {
      out += bytes[i++];
      continue;
    }
    if (i + 1 == bytes.size()) {
      if (whole) return std::nullopt;
      break;
    }
    const auto trail = static_cast<unsigned char>(bytes[i + 1]);
    i += 2;
    if (lead >= 0x84 && lead <= 0xD3) {
      const unsigned code = static_cast<unsigned>(lead) << 8 | trail;
      const int initial = kInitial[code >> 10 & 31], vowel = kVowel[code >> 5 & 31], final = kFinal[code & 31];
      if (initial < -1 || vowel < -1 || final < 0) return std::nullopt;
      if (initial >= 0 && vowel >= 0)
        text::append_utf8(out, static_cast<char32_t>(0xAC00 + (initial * 21 + vowel) * 28 + final));
      else if (initial >= 0 && final == 0)
        text::append_utf8(out, kInitialLetters[static_cast<size_t>(initial)]);
      else if (vowel >= 0 && final == 0)
        text::append_utf8(out, U'ㅏ' + static_cast<char32_t>(vowel));
      else
        return std::nullopt;
    } else if ((lead >= 0xD9 && lead <= 0xDE) || (lead >= 0xE0 && lead <= 0xF9)) {
      // Two rows of EUC-KR share a lead byte: trails 31 … 7E and 91 … A0 are the first, A1 … FE the second.
      const bool second = trail >= 0xA1;
      if (trail < 0x31 || (trail > 0x7E && trail < 0x91) || trail > 0xFE) return std::nullopt;
      const int row = 2 * (lead - (lead < 0xE0 ? 0xD9 : 0xE0)) + (lead < 0xE0 ? 0xA1 : 0xCA) + second;
      const int column = second ? trail : trail <= 0x7E ? trail - 0x31 + 0xA1 : trail - 0x91 + 0xEF;
      const auto [sign, is_new] = signs.try_emplace(row << 8 | column);
      if (is_new) {
        const auto character =
            by_icu(std::string{static_cast<char>(row), static_cast<char>(column)}, "windows-949", true);
        if (!character) return std::nullopt;
        sign->second = *character;
      }
      out += sign->second;
    } else {
      return std::nullopt;
    }
  }
  return out;
}

}  // namespace

std::optional<std::string> convert_to_utf8(std::string_view bytes, std::string_view encoding, bool whole) {
  if (encoding == "johab") return from_johab(bytes, whole);
  return by_icu(bytes, encoding == "cp949" ? "windows-949" : std::string(encoding), whole);
}

}  // namespace moru::collect
