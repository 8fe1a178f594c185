// Korean words that say little by themselves.
#pragma once

#include <span>
#include <string_view>

namespace moru::text {

/// The list of FineWeb-2's settings for Korean (kor_Hang.yml), in its order: the most frequent morphemes of Korean
/// Wikipedia as Kiwi cuts them. For words of WordKind::morpheme.
std::span<const std::string_view> fineweb2_korean_stop_words();

/// Particles, endings, auxiliary and light verbs, pronouns, bound nouns and conjunctions, as WordKind::morpheme cuts
/// them, sorted by their bytes: what a search or a classifier of topics leaves out. Words that decide a technical text
/// (안 "not", 없 "be lacking", numerals, names of units) are not among them.
std::span<const std::string_view> korean_stop_words();
bool is_korean_stop_word(std::string_view word);

}  // namespace moru::text
