// Numbers as people write them: groups of digits with hyphens, dots, spaces and parentheses between.
#pragma once

#include <array>
#include <string_view>

#include "data/document.h"

namespace moru::curate {

/// What stands between two groups. A parenthesis outranks a hyphen, a hyphen the space beside it.
enum class Separator { none, space, dot, hyphen, parenthesis };

struct DigitGroup {
  std::string_view digits;  ///< As ASCII, in the DigitGroups that holds it.
  data::Range range;
  Separator before = Separator::none;
  bool closes_before = false;  ///< A ")" stands before it.
};

/// At most 7 groups that stand together, 20 digits and the rest of the group that passes them.
class DigitGroups {
 public:
  /// Reads the groups that begin at `position`, at a digit, "+" or "(". Empty if no digit follows the signs.
  DigitGroups(std::string_view text, size_t position);
  DigitGroups(const DigitGroups&) = delete;
  DigitGroups& operator=(const DigitGroups&) = delete;

  bool empty() const { return count_ == 0; }
  size_t size() const { return count_; }
  const DigitGroup& operator[](size_t i) const { return groups_[i]; }
  /// The digits of the first `count` groups, joined.
  std::string_view joined(size_t count) const;
  /// Whether the first groups have these lengths, each with one of "-" or a space before it (all the same).
  bool has_form(std::initializer_list<size_t> lengths) const;
  /// Bytes of the first `count` groups, with the sign before them; an opening parenthesis only if it closes inside.
  data::Range range(size_t count) const;

  data::Range start;  ///< The signs before the first digit: "(", "+" or both; empty if none.
  uint64_t plus_begin = 0;
  bool opens = false, plus = false;

 private:
  static constexpr size_t kMaxGroups = 7;
  static constexpr size_t kMaxDigits = 20;
  std::array<DigitGroup, kMaxGroups> groups_;
  size_t count_ = 0;
  std::array<char, 2 * kMaxDigits + 1> digits_;
};

/// Whether a number may begin here: not inside a word, a longer number, or a formula ("+" after an operand).
bool number_may_begin(std::string_view text, size_t position);
/// Whether a number may end here: no digit or Latin letter follows, nor a separator with a digit.
bool number_may_end(std::string_view text, size_t position);

/// 0 … 9 for ASCII and full-width digits, else -1.
int digit_value(char32_t c);

}  // namespace moru::curate
