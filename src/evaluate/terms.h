// Terms of a text for retrieval: what the index counts.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace moru::evaluate {

/// A term's number: two characters of Hangul, Han or kana side by side, or the hash of a word. Different words share a
/// number with a chance below 2^-63 a pair.
using Term = uint64_t;

/// Appends the terms of `text` in order, repeats included: overlapping character bigrams of each run of Hangul, Han or
/// kana (a run of one character is a term of its own), since Korean words carry particles; and lower-case words of
/// letters and digits for every other script. "DSUM함수는" gives dsum, 함수, 수는.
void append_terms(std::string_view text, std::vector<Term>& terms);

/// The terms of a question without those that only make it a question ("어떻게", "알려 주세요", "how do I"): they say
/// nothing about where the answer stands. A question of nothing else keeps them.
std::vector<Term> query_terms(std::string_view question);

}  // namespace moru::evaluate
