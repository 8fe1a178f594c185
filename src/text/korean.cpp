#include "text/korean.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <initializer_list>

#include "text/unicode.h"

namespace moru::text {
namespace {

constexpr UChar32 kFirstSyllable = 0xAC00, kLastSyllable = 0xD7A3;
constexpr int kFinals = 28, kRieul = 8;

bool is_syllable(UChar32 c) {
  return c >= kFirstSyllable && c <= kLastSyllable;
}
bool is_latin(UChar32 c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(UChar32 c) {
  return c >= '0' && c <= '9';
}
bool is_lower_vowel(char c) {
  return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u';
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// The code point before `end`, which moves back over it; 0 at the beginning.
UChar32 previous(std::string_view text, size_t& end) {
  if (end == 0) return 0;
  auto i = static_cast<int32_t>(end);
  UChar32 c = 0;
  U8_PREV_OR_FFFD(reinterpret_cast<const uint8_t*>(text.data()), 0, i, c);
  end = static_cast<size_t>(i);
  return c;
}

FinalSound of_final(int final) {
  if (final == 0) return FinalSound::vowel;
  return final == kRieul ? FinalSound::rieul : FinalSound::consonant;
}

/// Letters read by their names: 엘, 엠, 엔 and 알 end in consonants, the others in vowels.
FinalSound of_letter(char c) {
  switch (lower(c)) {
    case 'l':
    case 'r':
      return FinalSound::rieul;
    case 'm':
    case 'n':
      return FinalSound::consonant;
    default:
      return FinalSound::vowel;
  }
}

bool ends_with_any(std::string_view word, std::initializer_list<std::string_view> endings) {
  for (const std::string_view ending : endings)
    if (word.ends_with(ending)) return true;
  return false;
}

/// A word of lower-case Latin letters, by how its ending is usually written in Hangul.
FinalSound of_word(std::string_view word) {
  const char last = word.back();
  const char before = word.size() > 1 ? word[word.size() - 2] : '\0';
  const bool after_vowel = is_lower_vowel(before);
  const bool after_two_vowels = after_vowel && word.size() > 2 && is_lower_vowel(word[word.size() - 3]);
  switch (last) {
    case 'l':
      return FinalSound::rieul;  // 셀, 파일, 메일
    case 'm':
    case 'n':
      return FinalSound::consonant;  // 폼, 칼럼
    case 'e':
      if (word.ends_with("le")) return FinalSound::rieul;                          // 파일, 테이블
      if (ends_with_any(word, {"me", "ne", "ype"})) return FinalSound::consonant;  // 네임, 라인, 타입
      return FinalSound::vowel;                                                    // 페이지, 노트
    case 'g':
      return before == 'n' ? FinalSound::consonant : FinalSound::vowel;  // 스프링; 로그
    case 'b':
      return after_vowel ? FinalSound::consonant : FinalSound::vowel;  // 탭, 웹
    case 'p':                                                          // 맵, 그룹; 루프, 헬프
      return after_vowel && !ends_with_any(word, {"oop", "eep", "eap"}) ? FinalSound::consonant : FinalSound::vowel;
    case 'k':  // 클릭, 북; 링크, 체크
      return ends_with_any(word, {"ck", "ook"}) && !word.ends_with("check") ? FinalSound::consonant : FinalSound::vowel;
    case 't':  // 포맷, 어바웃; 시트, 차트, 비트
      if (ends_with_any(word, {"out"})) return FinalSound::consonant;
      return after_vowel && !after_two_vowels && !ends_with_any(word, {"bit", "edit", "note"}) ? FinalSound::consonant
                                                                                               : FinalSound::vowel;
    case 'c':
      return after_vowel ? FinalSound::consonant : FinalSound::vowel;  // 베이직; 캘크
    default:
      return FinalSound::vowel;
  }
}

FinalSound of_latin(std::string_view word) {
  size_t capitals = 0, vowels = 0;
  std::string small;
  for (const char c : word) {
    capitals += c >= 'A' && c <= 'Z' ? 1 : 0;
    small += lower(c);
    vowels += is_lower_vowel(lower(c)) || lower(c) == 'y' ? 1 : 0;
  }
  // Abbreviations are read by their letters; capitals that can be read as a word (ROUND, TABLE) are.
  const bool spelled = word.size() == 1 || vowels == 0 || (capitals == word.size() && word.size() < 4);
  return spelled ? of_letter(word.back()) : of_word(small);
}

/// A run of digits ending at the word's end. Zeros at the end are read as the unit that they make: 십, 백, 천, 만, 억,
/// 조.
FinalSound of_number(std::string_view digits) {
  size_t zeros = 0, count = 0;
  for (const char c : digits) {
    zeros = c == '0' ? zeros + 1 : c == ',' ? zeros : 0;
    count += c == ',' ? 0 : 1;
  }
  if (zeros == count) return FinalSound::consonant;         // 영
  if (zeros >= 12 && zeros < 16) return FinalSound::vowel;  // 조
  if (zeros > 0) return FinalSound::consonant;
  switch (digits.back()) {
    case '1':
    case '7':
    case '8':
      return FinalSound::rieul;  // 일, 칠, 팔
    case '3':
    case '6':
      return FinalSound::consonant;  // 삼, 육
    default:
      return FinalSound::vowel;  // 이, 사, 오, 구
  }
}

bool has_letter(std::string_view text) {
  for (size_t at = text.size(); at > 0;)
    if (u_isalnum(previous(text, at))) return true;
  return false;
}

/// Where the bracket that closes at `end` opens, if something readable stands before it; else `end`.
size_t before_bracket(std::string_view text, size_t end, UChar32 close) {
  const UChar32 open = close == ')' ? '(' : close == ']' ? '[' : close == '}' ? '{' : close == 0xFF09 ? 0xFF08 : 0;
  if (open == 0) return end;
  int depth = 1;
  for (size_t at = end; at > 0;) {
    const UChar32 c = previous(text, at);
    if (c == close) ++depth;
    if (c == open && --depth == 0) {
      return has_letter(text.substr(0, at)) ? at : end;
    }
  }
  return end;
}

}  // namespace

FinalSound final_sound(std::string_view word) {
  for (size_t end = word.size(); end > 0;) {
    const size_t behind = end;
    const UChar32 c = previous(word, end);
    if (is_syllable(c)) return of_final((c - kFirstSyllable) % kFinals);
    if (c >= 0x1161 && c <= 0x1175) return FinalSound::vowel;  // conjoining letters, in text that is not NFC
    if (c >= 0x11A8 && c <= 0x11C2) return c == 0x11AF ? FinalSound::rieul : FinalSound::consonant;
    if (c >= 0x3131 && c <= 0x314E)
      return c == 0x3139 ? FinalSound::rieul : FinalSound::consonant;  // ㄱ 기역 … ㅎ 히읗
    if (c >= 0x314F && c <= 0x3163) return FinalSound::vowel;
    if (is_latin(c) || is_digit(c)) {
      size_t begin = end;
      const auto same = [&](char b) { return is_digit(c) ? is_digit(b) || b == ',' : is_latin(b); };
      while (begin > 0 && same(word[begin - 1])) --begin;
      const std::string_view run = word.substr(begin, behind - begin);
      return is_digit(c) ? of_number(run) : of_latin(run);
    }
    if (c == '%' || c == '$' || c == '+' || c == '&' || c == 0x2103)
      return FinalSound::vowel;                  // 퍼센트, 달러, 플러스, 앤드, 도
    if (c == '#') return FinalSound::consonant;  // 샵
    if (c == ')' || c == ']' || c == '}' || c == 0xFF09) {
      end = before_bracket(word, end, c);
      continue;
    }
    if (u_isalpha(c)) return FinalSound::unknown;
  }
  return FinalSound::unknown;
}

std::string_view particle(std::string_view word, Particle kind) {
  struct Forms {
    std::string_view consonant, vowel, both;
  };
  static constexpr Forms kForms[] = {{"은", "는", "은(는)"},   {"이", "가", "이(가)"},   {"을", "를", "을(를)"},
                                     {"으로", "로", "(으)로"}, {"이란", "란", "(이)란"}, {"과", "와", "와(과)"}};
  const Forms& forms = kForms[static_cast<size_t>(kind)];
  switch (final_sound(word)) {
    case FinalSound::consonant:
      return forms.consonant;
    case FinalSound::rieul:
      return kind == Particle::direction ? forms.vowel : forms.consonant;
    case FinalSound::vowel:
      return forms.vowel;
    case FinalSound::unknown:
      break;
  }
  return forms.both;
}

std::string with_particle(std::string_view word, Particle kind) {
  return std::string(word) + std::string(particle(word, kind));
}

double hangul_share(std::string_view text) {
  size_t hangul = 0, letters = 0;
  for (size_t i = 0; i < text.size();) {
    const char32_t c = next_code_point(text, i);
    if (is_hangul(c)) ++hangul;
    if (is_hangul(c) || is_letter(c)) ++letters;
  }
  return letters == 0 ? 0 : static_cast<double>(hangul) / static_cast<double>(letters);
}

int final_index(std::string_view text) {
  size_t end = text.size();
  const UChar32 c = previous(text, end);
  return is_syllable(c) ? (c - kFirstSyllable) % kFinals : -1;
}

std::string with_final(std::string_view text, int final) {
  size_t end = text.size();
  const UChar32 c = previous(text, end);
  if (!is_syllable(c)) return std::string(text);
  const UChar32 changed = c - (c - kFirstSyllable) % kFinals + final;
  uint8_t bytes[4];
  int32_t size = 0;
  U8_APPEND_UNSAFE(bytes, size, changed);
  return std::string(text.substr(0, end)) +
         std::string(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
}

}  // namespace moru::text
