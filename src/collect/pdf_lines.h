// Joining the lines of a paragraph.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "collect/pdf_layout.h"

namespace moru::collect {

/// Whether a line break stands for a space, by what the rest of the text shows. English words that a hyphen broke are
/// made whole. Korean may be broken between any two syllables (as browsers and HWP do by default) or at spaces only; a
/// PDF does not say which. A break is at a space for certain where the next syllable would still have fitted into the
/// line; else the words of the text tell: "청 / 구서를" is one word where others begin with "청구".
class LineJoiner {
 public:
  explicit LineJoiner(const PageLayout& layout);

  /// Appends a line to a paragraph whose last line had `room` points left at its end; `syllable` is the width of one
  /// character there.
  void append(std::string& paragraph, std::string_view line, double room, double syllable) const;

 private:
  enum class Sign { join, space, unclear };
  Sign sign(std::string_view before, std::string_view after) const;
  size_t words_beginning(const std::string& beginning) const;

  std::unordered_map<std::string, uint32_t> words_, beginnings_;
  bool breaks_words_ = false;
};

/// Points of one character of a line's last word.
double syllable_width(const PageLine& line);
std::string text_of(const PageLine& line);

}  // namespace moru::collect
