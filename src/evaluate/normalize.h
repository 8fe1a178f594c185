// Normalising answers before they are compared, so that spelling habits do not count as mistakes.
#pragma once

#include <string>
#include <string_view>

namespace moru::evaluate {

/// NFC, lower case, punctuation and symbols as spaces, runs of white space as one space, none at the ends: what SQuAD's
/// script does to English (Rajpurkar et al. 2016, "SQuAD: 100,000+ questions for machine comprehension of text",
/// section 6.1), without dropping articles and for every script. "도구 > 옵션" and "도구 - 옵션" become the same.
/// A text of nothing but punctuation ("<>") keeps it. Bytes that are not UTF-8 become U+FFFD.
std::string normalize_answer(std::string_view text);

}  // namespace moru::evaluate
