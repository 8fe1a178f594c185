#include <algorithm>
#include <array>

#include "text/hangul.h"
#include "text/unicode.h"

namespace moru::text {

/// src/text/hanyang.bin, made by tests/reference/hanyang_table.py
std::string_view hanyang_table();

namespace {

struct Symbol {
  char32_t code;
  std::u32string_view meaning;
};

// By code point. Wingdings where Korean documents use it as bullets and arrows; Hancom's plane 15.
constexpr std::array kSymbols = {
    Symbol{0xF045, U"☜"},   Symbol{0xF046, U"☞"},   Symbol{0xF047, U"☝"},   Symbol{0xF048, U"☟"},
    Symbol{0xF04A, U"☺"},   Symbol{0xF04C, U"☹"},   Symbol{0xF06C, U"●"},   Symbol{0xF06D, U"❍"},
    Symbol{0xF06E, U"■"},   Symbol{0xF06F, U"□"},   Symbol{0xF071, U"❑"},   Symbol{0xF072, U"❒"},
    Symbol{0xF074, U"⧫"},   Symbol{0xF075, U"◆"},   Symbol{0xF076, U"❖"},   Symbol{0xF077, U"⬥"},
    Symbol{0xF09E, U"·"},   Symbol{0xF09F, U"•"},   Symbol{0xF0A1, U"○"},   Symbol{0xF0A4, U"◉"},
    Symbol{0xF0A5, U"◎"},   Symbol{0xF0A7, U"▪"},   Symbol{0xF0A8, U"◻"},   Symbol{0xF0AB, U"★"},
    Symbol{0xF0B7, U"•"},   Symbol{0xF0D8, U"➢"},   Symbol{0xF0DF, U"←"},   Symbol{0xF0E0, U"→"},
    Symbol{0xF0E1, U"↑"},   Symbol{0xF0E2, U"↓"},   Symbol{0xF0E8, U"➔"},   Symbol{0xF0EF, U"⇦"},
    Symbol{0xF0F0, U"⇨"},   Symbol{0xF0F1, U"⇧"},   Symbol{0xF0F2, U"⇩"},   Symbol{0xF0FB, U"✗"},
    Symbol{0xF0FC, U"✓"},   Symbol{0xF0FD, U"☒"},   Symbol{0xF0FE, U"☑"},   Symbol{0xF003B, U"↓"},
    Symbol{0xF0090, U"✺"},  Symbol{0xF02C5, U"⑫"},  Symbol{0xF02EC, U"◇"},  Symbol{0xF02EF, U"·"},
    Symbol{0xF03A7, U"⊟"},  Symbol{0xF03A8, U"⊞"},  Symbol{0xF03DA, U"□"},  Symbol{0xF03EF, U"한"},
    Symbol{0xF03F0, U"글"}, Symbol{0xF03F1, U"과"}, Symbol{0xF03F2, U"컴"}, Symbol{0xF03F3, U"퓨"},
    Symbol{0xF03F4, U"터"}, Symbol{0xF03FF, U"□"},  Symbol{0xF081C, U"┈"},  Symbol{0xF0832, U"═"},
    Symbol{0xF0848, U"━"},  Symbol{0xF0854, U"《"}, Symbol{0xF0855, U"》"},
};
static_assert(std::ranges::is_sorted(kSymbols, {}, &Symbol::code));

constexpr char32_t kHanyangFirst = 0xE0BC, kHanyangLast = 0xF8F7;

/// The jamo of an index in the table: Unicode has two blocks of each kind.
char32_t jamo(size_t kind, uint8_t index) {
  constexpr std::array<char32_t, 3> kFirst = {0x1100, 0x1160, 0x11A8};
  constexpr std::array<char32_t, 3> kSecond = {0xA960, 0xD7B0, 0xD7CB};
  constexpr std::array<uint8_t, 3> kSize = {0x60, 0x48, 0x58};
  return index < kSize[kind] ? kFirst[kind] + index : kSecond[kind] + (index - kSize[kind]);
}

std::string old_hangul(char32_t c) {
  const std::string_view entry = hanyang_table().substr(size_t{c - kHanyangFirst} * 3, 3);
  std::string meaning;
  for (size_t kind = 0; kind < 3; ++kind)
    if (const auto index = static_cast<uint8_t>(entry[kind]); index != 0xFF) append_utf8(meaning, jamo(kind, index));
  return meaning;
}

}  // namespace

std::string private_use_meaning(char32_t c) {
  std::string meaning;
  // Numbers in boxes have no code points of their own: circled ones keep what they say.
  if (c >= 0xF02B1 && c <= 0xF02C4) {
    append_utf8(meaning, 0x2460 + (c - 0xF02B1));  // ① … ⑳
  } else if (c >= 0xF02CE && c <= 0xF02E1) {
    const char32_t number = c - 0xF02CE;
    append_utf8(meaning, number < 10 ? 0x2776 + number : 0x24EB + (number - 10));  // ❶ … ⓴
  } else if (const auto found = std::ranges::lower_bound(kSymbols, c, {}, &Symbol::code);
             found != kSymbols.end() && found->code == c) {
    for (const char32_t s : found->meaning) append_utf8(meaning, s);
  } else if (c >= kHanyangFirst && c <= kHanyangLast) {
    meaning = old_hangul(c);
  }
  return meaning;
}

bool is_private_use(char32_t c) {
  return (c >= 0xE000 && c <= 0xF8FF) || (c >= 0xF0000 && c <= 0xFFFFD) || (c >= 0x100000 && c <= 0x10FFFD);
}

size_t count_private_use(std::string_view text) {
  size_t count = 0;
  for (size_t i = 0; i < text.size();) {
    // Their first bytes in UTF-8: EE, EF, F3, F4.
    if (static_cast<unsigned char>(text[i]) < 0xEE) {
      ++i;
      continue;
    }
    count += is_private_use(next_code_point(text, i)) ? 1 : 0;
  }
  return count;
}

}  // namespace moru::text
