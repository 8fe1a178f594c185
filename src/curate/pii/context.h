// The words around a number that say what it is.
#pragma once

#include <array>
#include <span>
#include <string_view>

namespace moru::curate::pii {

using Words = std::span<const std::string_view>;

/// The end of the line before a place, at most 64 bytes, in lower case (ASCII). Made when first asked for.
class Context {
 public:
  static constexpr size_t npos = static_cast<size_t>(-1);

  Context(std::string_view text, size_t position) : text_(text), position_(position) {}

  /// Bytes between the last of the words and the place; npos if none stands there. Words of ASCII letters are whole
  /// words, except that those of four letters and more may go on ("phones").
  size_t distance(Words words) const;
  bool has(Words words) const { return distance(words) != npos; }
  /// The words stand there, or are the line above: a label over its field.
  bool labelled(Words words) const;
  /// The line up to the place, in lower case.
  std::string_view before() const;

 private:
  static constexpr size_t kReach = 64;
  std::string_view text_;
  size_t position_;
  mutable std::array<char, kReach> buffer_;
  mutable size_t length_ = npos;
};

/// Whether one of the words stands at the beginning of `text`, after spaces, commas and brackets.
bool begins_with_word(std::string_view text, Words words);

}  // namespace moru::curate::pii
