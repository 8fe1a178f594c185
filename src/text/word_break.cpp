#include "text/word_break.h"

#include <unicode/uchar.h>

#include "text/unicode.h"

namespace moru::text {
namespace {

using Table = WordBreakTable;

uint8_t value_of(UChar32 c) {
  switch (u_getIntPropertyValue(c, UCHAR_WORD_BREAK)) {
    case U_WB_ALETTER:
      return Table::letter;
    case U_WB_HEBREW_LETTER:
      return Table::hebrew;
    case U_WB_NUMERIC:
      return Table::numeric;
    case U_WB_KATAKANA:
      return Table::katakana;
    case U_WB_EXTENDNUMLET:
      return Table::extend_num_let;
    case U_WB_MIDLETTER:
      return Table::mid_letter;
    case U_WB_MIDNUM:
      return Table::mid_num;
    case U_WB_MIDNUMLET:
      return Table::mid_num_let;
    case U_WB_SINGLE_QUOTE:
      return Table::single_quote;
    case U_WB_DOUBLE_QUOTE:
      return Table::double_quote;
    case U_WB_EXTEND:
    case U_WB_FORMAT:
      return Table::extend;
    case U_WB_ZWJ:
      return Table::zwj;
    case U_WB_WSEGSPACE:
      return Table::space;
    case U_WB_NEWLINE:
      return Table::newline;
    case U_WB_CR:
      return Table::carriage_return;
    case U_WB_LF:
      return Table::line_feed;
    case U_WB_REGIONAL_INDICATOR:
      return Table::regional_indicator;
    default:
      return Table::other;
  }
}

uint8_t entry_of(UChar32 c) {
  uint8_t entry = value_of(c);
  if (u_hasBinaryProperty(c, UCHAR_EXTENDED_PICTOGRAPHIC)) entry |= Table::kPictograph;
  if ((U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_N_MASK)) != 0) entry |= Table::kWordLike;
  return entry;
}

bool is_ahletter(uint8_t value) {
  return value == Table::letter || value == Table::hebrew;
}
bool is_mid_num_let_q(uint8_t value) {
  return value == Table::mid_num_let || value == Table::single_quote;
}
bool is_ignored(uint8_t value) {
  return value == Table::extend || value == Table::zwj;
}

}  // namespace

WordBreakTable::WordBreakTable() : entries_(kEnd) {
  for (char32_t c = 0; c < kEnd; ++c) entries_[c] = entry_of(static_cast<UChar32>(c));
}

const WordBreakTable& WordBreakTable::get() {
  static const WordBreakTable table;
  return table;
}

uint8_t WordBreakTable::beyond(char32_t c) {
  return entry_of(static_cast<UChar32>(c));
}

size_t word_segment_end(const WordBreakTable& table, std::string_view text, size_t begin, bool& is_word) {
  size_t position = begin;
  uint8_t entry = table.entry(next_code_point(text, position));
  uint8_t last = entry & Table::kValue;
  is_word = (entry & Table::kWordLike) != 0;
  if (last == Table::carriage_return || last == Table::line_feed || last == Table::newline) {  // WB3, WB3a
    if (last == Table::carriage_return && position < text.size() && text[position] == '\n') ++position;
    return position;
  }
  bool after_zwj = last == Table::zwj;
  bool after_space = last == Table::space;  // Directly: WB3d looks at neighbours.
  bool open_pair = last == Table::regional_indicator;
  while (position < text.size()) {
    size_t next = position;
    entry = table.entry(next_code_point(text, next));
    const uint8_t value = entry & Table::kValue;
    const auto take = [&] {
      is_word |= (entry & Table::kWordLike) != 0;
      position = next;
      after_zwj = value == Table::zwj;
      after_space = value == Table::space;
    };
    // WB3b, WB3c, WB3d, WB4.
    if (value == Table::carriage_return || value == Table::line_feed || value == Table::newline) return position;
    if (is_ignored(value)) {
      take();
      continue;
    }
    bool joins = after_zwj && (entry & Table::kPictograph) != 0;
    if (!joins && value == Table::space) joins = after_space;
    if (!joins) {
      switch (last) {
        case Table::letter:
        case Table::hebrew:  // WB5, WB9, WB13a
          joins = is_ahletter(value) || value == Table::numeric || value == Table::extend_num_let ||
                  (last == Table::hebrew && value == Table::single_quote);  // WB7a
          break;
        case Table::numeric:  // WB8, WB10, WB13a
          joins = value == Table::numeric || is_ahletter(value) || value == Table::extend_num_let;
          break;
        case Table::katakana:  // WB13, WB13a
          joins = value == Table::katakana || value == Table::extend_num_let;
          break;
        case Table::extend_num_let:  // WB13a, WB13b
          joins = is_ahletter(value) || value == Table::numeric || value == Table::katakana ||
                  value == Table::extend_num_let;
          break;
        case Table::regional_indicator:  // WB15, WB16
          joins = value == Table::regional_indicator && open_pair;
          break;
        default:
          break;
      }
    }
    if (joins) {
      open_pair = value == Table::regional_indicator && !(last == Table::regional_indicator && open_pair);
      last = value;
      take();
      continue;
    }
    // WB6, WB7, WB7b, WB7c, WB11, WB12: a mark between two of a kind.
    const bool between_letters = is_ahletter(last) && (value == Table::mid_letter || is_mid_num_let_q(value) ||
                                                       (last == Table::hebrew && value == Table::double_quote));
    const bool between_numbers = last == Table::numeric && (value == Table::mid_num || is_mid_num_let_q(value));
    if (!between_letters && !between_numbers) return position;
    size_t after = next;
    uint8_t beyond_mark = Table::other;
    uint8_t beyond_entry = 0;
    while (after < text.size()) {
      beyond_entry = table.entry(next_code_point(text, after));
      beyond_mark = beyond_entry & Table::kValue;
      if (!is_ignored(beyond_mark)) break;
      beyond_mark = Table::other;
    }
    const bool closes = between_numbers                ? beyond_mark == Table::numeric
                        : value == Table::double_quote ? beyond_mark == Table::hebrew
                                                       : is_ahletter(beyond_mark);
    if (!closes) return position;
    is_word = true;
    position = after;
    last = beyond_mark;
    after_zwj = after_space = open_pair = false;
  }
  return position;
}

}  // namespace moru::text
