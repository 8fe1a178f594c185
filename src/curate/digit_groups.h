// Numbers as people write them: groups of digits with hyphens, dots, spaces and parentheses between.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/document.h"

namespace moru::curate {

/// What stands between two groups. A parenthesis outranks a hyphen, a hyphen the space beside it.
enum class Separator { none, space, dot, hyphen, parenthesis };

struct DigitGroup {
  std::string digits;  ///< As ASCII.
  data::Range range;
  Separator before = Separator::none;
  bool closes_before = false;  ///< A ")" stands before it.
};

/// At most 7 groups that stand together.
struct DigitGroups {
  data::Range start;  ///< The signs before the first digit: "(", "+" or both; empty if none.
  uint64_t plus_begin = 0;
  bool opens = false, plus = false;
  std::vector<DigitGroup> groups;

  /// Bytes of the first `count` groups, with the sign before them; an opening parenthesis only if it closes inside.
  data::Range range(size_t count) const;
};

/// Reads the groups that begin at `position`, at a digit, "+" or "(". Empty if no digit follows the signs.
DigitGroups read_digit_groups(std::string_view text, size_t position);

/// Whether a number may begin here: not inside a word, a longer number, or a formula ("+" after an operand).
bool number_may_begin(std::string_view text, size_t position);
/// Whether a number may end here: no digit or Latin letter follows, nor a separator with a digit.
bool number_may_end(std::string_view text, size_t position);

/// 0 … 9 for ASCII and full-width digits, else -1.
int digit_value(char32_t c);

}  // namespace moru::curate
