#include "text/unicode.h"

#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/edits.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <limits>

#include "core/error.h"
#include "core/language.h"

namespace moru::text {
namespace {

bool is_ascii(std::string_view text) {
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    uint64_t word = 0;
    std::memcpy(&word, text.data() + i, 8);
    if (word & 0x8080808080808080ULL) return false;
  }
  for (; i < text.size(); ++i)
    if (static_cast<unsigned char>(text[i]) >= 0x80) return false;
  return true;
}

/// ICU counts in 32 bits.
icu::StringPiece piece_of(std::string_view text) {
  if (text.size() > static_cast<size_t>(std::numeric_limits<int32_t>::max() / 4))
    throw Error(
        "",
        std::string(tr("a text of more than 512 MiB cannot be normalised", "512 MiB가 넘는 글은 정규화할 수 없습니다")),
        std::string(tr("split the document", "문서를 나누세요")));
  return {text.data(), static_cast<int32_t>(text.size())};
}

const icu::Normalizer2& nfc_instance() {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* instance = icu::Normalizer2::getNFCInstance(status);
  if (U_FAILURE(status)) throw std::runtime_error(fmt::format("ICU: {}", u_errorName(status)));
  return *instance;
}

void check(UErrorCode status) {
  if (U_FAILURE(status)) throw std::runtime_error(fmt::format("ICU: {}", u_errorName(status)));
}

bool in_category(char32_t c, uint32_t mask) {
  return (U_GET_GC_MASK(static_cast<UChar32>(c)) & mask) != 0;
}

}  // namespace

char32_t detail::next_non_ascii(std::string_view text, size_t& position) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  UChar32 c = 0;
  U8_NEXT_OR_FFFD(bytes, position, text.size(), c);
  return static_cast<char32_t>(c);
}

size_t previous_boundary(std::string_view text, size_t position) {
  do --position;
  while (position > 0 && (static_cast<unsigned char>(text[position]) & 0xC0) == 0x80);
  return position;
}

void append_utf8(std::string& text, char32_t code_point) {
  if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF)) code_point = kReplacement;
  std::array<char, 4> buffer{};
  int32_t length = 0;
  U8_APPEND_UNSAFE(buffer.data(), length, static_cast<UChar32>(code_point));
  text.append(buffer.data(), static_cast<size_t>(length));
}

size_t valid_utf8_length(std::string_view text) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  for (size_t i = 0; i < text.size();) {
    if (bytes[i] < 0x80) {
      ++i;
      continue;
    }
    const size_t start = i;
    UChar32 c = 0;
    U8_NEXT(bytes, i, text.size(), c);
    if (c < 0) return start;
  }
  return text.size();
}

std::string repair_utf8(std::string_view text) {
  std::string repaired;
  repaired.reserve(text.size());
  for (size_t i = 0; i < text.size();) append_utf8(repaired, next_code_point(text, i));
  return repaired;
}

size_t count_code_points(std::string_view text) {
  return static_cast<size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool is_letter(char32_t c) {
  return in_category(c, U_GC_L_MASK);
}
bool is_mark(char32_t c) {
  return in_category(c, U_GC_M_MASK);
}
bool is_number(char32_t c) {
  return in_category(c, U_GC_N_MASK);
}
bool is_digit(char32_t c) {
  return in_category(c, U_GC_ND_MASK);
}
bool is_punctuation(char32_t c) {
  return in_category(c, U_GC_P_MASK);
}
bool is_symbol(char32_t c) {
  return in_category(c, U_GC_S_MASK);
}
bool is_upper(char32_t c) {
  return in_category(c, U_GC_LU_MASK);
}

bool is_word_character(char32_t c) {
  return u_isUAlphabetic(static_cast<UChar32>(c)) != 0 || in_category(c, U_GC_M_MASK | U_GC_ND_MASK | U_GC_PC_MASK) ||
         c == 0x200C || c == 0x200D;
}

bool is_space(char32_t c) {
  if (c < 0x80) return c == ' ' || (c >= '\t' && c <= '\r');
  return u_isUWhiteSpace(static_cast<UChar32>(c)) != 0;
}

bool is_hangul(char32_t c) {
  return (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0x1100 && c <= 0x11FF) || (c >= 0x3131 && c <= 0x318E) ||
         (c >= 0xA960 && c <= 0xA97C) || (c >= 0xD7B0 && c <= 0xD7FB) || (c >= 0xFFA1 && c <= 0xFFDC);
}

bool is_invisible(char32_t c) {
  if (c < 0x20) return c != '\t' && c != '\n' && !is_space(c);
  if (c < 0x7F) return false;
  if (c < 0xA0) return c != 0x85;  // NEL is a line break
  switch (c) {
    case 0x00AD:
    case 0x200B:
    case 0x200E:
    case 0x200F:
    case 0xFEFF:
      return true;
    default:
      return (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F);
  }
}

bool is_nfc(std::string_view text) {
  if (is_ascii(text)) return true;
  UErrorCode status = U_ZERO_ERROR;
  const bool normal = nfc_instance().isNormalizedUTF8(piece_of(text), status) != 0;
  check(status);
  return normal;
}

std::string nfc(std::string_view text) {
  if (is_nfc(text)) return std::string(text);
  std::string normal;
  icu::StringByteSink<std::string> sink(&normal, static_cast<int32_t>(text.size()));
  UErrorCode status = U_ZERO_ERROR;
  nfc_instance().normalizeUTF8(0, piece_of(text), sink, nullptr, status);
  check(status);
  return normal;
}

void nfc_changes(std::string_view text, const std::function<void(size_t, size_t, std::string_view)>& change) {
  if (is_nfc(text)) return;
  std::string normal;
  icu::StringByteSink<std::string> sink(&normal, static_cast<int32_t>(text.size()));
  icu::Edits edits;
  UErrorCode status = U_ZERO_ERROR;
  nfc_instance().normalizeUTF8(0, piece_of(text), sink, &edits, status);
  check(status);
  auto it = edits.getFineChangesIterator();
  while (it.next(status)) {
    const auto begin = static_cast<size_t>(it.sourceIndex());
    const auto end = begin + static_cast<size_t>(it.oldLength());
    const auto replacement = std::string_view(normal).substr(static_cast<size_t>(it.destinationIndex()),
                                                             static_cast<size_t>(it.newLength()));
    // ICU reports a composition that came out as it went in (a reordered run, for one) as a change too.
    if (text.substr(begin, end - begin) != replacement) change(begin, end, replacement);
  }
  check(status);
}

std::string lower(std::string_view text) {
  std::string result;
  if (is_ascii(text)) {
    result.assign(text);
    for (char& c : result)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return result;
  }
  icu::StringByteSink<std::string> sink(&result, static_cast<int32_t>(text.size()));
  UErrorCode status = U_ZERO_ERROR;
  icu::CaseMap::utf8ToLower("", 0, piece_of(text), sink, nullptr, status);
  check(status);
  return result;
}

std::string upper(std::string_view text) {
  std::string result;
  icu::StringByteSink<std::string> sink(&result, static_cast<int32_t>(text.size()));
  UErrorCode status = U_ZERO_ERROR;
  icu::CaseMap::utf8ToUpper("", 0, piece_of(text), sink, nullptr, status);
  check(status);
  return result;
}

std::string normalise_space(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for_each_word(text, [&](std::string_view word) {
    if (!result.empty()) result += ' ';
    result += word;
  });
  return result;
}

std::string_view trim(std::string_view text) {
  size_t begin = 0;
  while (begin < text.size()) {
    size_t next = begin;
    if (!is_space(next_code_point(text, next))) break;
    begin = next;
  }
  size_t end = text.size();
  while (end > begin) {
    const size_t start = previous_boundary(text, end);
    size_t next = start;
    if (!is_space(next_code_point(text, next))) break;
    end = start;
  }
  return text.substr(begin, end - begin);
}

void for_each_word(std::string_view text, const std::function<void(std::string_view)>& word) {
  size_t begin = 0;
  for (size_t i = 0; i < text.size();) {
    const size_t start = i;
    if (!is_space(next_code_point(text, i))) continue;
    if (start > begin) word(text.substr(begin, start - begin));
    begin = i;
  }
  if (begin < text.size()) word(text.substr(begin));
}

size_t display_width(std::string_view text) {
  size_t width = 0;
  for (size_t i = 0; i < text.size();) {
    const char32_t c = next_code_point(text, i);
    if (c < 0x20 || c == 0x7F || is_mark(c) || is_invisible(c)) continue;
    const int east_asian = u_getIntPropertyValue(static_cast<UChar32>(c), UCHAR_EAST_ASIAN_WIDTH);
    width += east_asian == U_EA_WIDE || east_asian == U_EA_FULLWIDTH ? 2 : 1;
  }
  return width;
}

}  // namespace moru::text
