// Given names of English and Korean surnames in Latin letters.
#pragma once

#include <string_view>

#include "data/document.h"

namespace moru::curate::pii {

bool is_given_name(std::string_view word);
bool is_korean_surname_in_latin(std::string_view word);

/// A capitalised word ("O'Neil", "Gil-dong") or an initial ("J.") at `begin`: its end, `begin` if there is none.
size_t capitalised_end(std::string_view text, size_t begin);

struct LatinName {
  data::Range range;
  size_t words = 0;
  bool known = false;  ///< One of its words is a given name, or its first or last a Korean surname.
};
/// Up to three capitalised words from `begin`.
LatinName read_latin_name(std::string_view text, size_t begin);

/// A given name and one or two more capitalised words at `begin`, or an empty range.
data::Range find_latin_name(std::string_view text, size_t begin);

}  // namespace moru::curate::pii
