// What can be a Korean person's name, by its syllables.
#pragma once

#include <string_view>

namespace moru::curate::pii {

/// A surname in use and a given name of two syllables that given names have, or a surname of two syllables and a given
/// name of one or two; not an ordinary word that happens to look so ("이용자"). 3 or 4 syllables.
bool is_korean_name(std::string_view word);
/// Whether a word that has the syllables of a name is as likely a noun and a particle or suffix ("변수의", "조정은").
bool is_inflected_word(std::string_view word);
/// Whether its first two syllables are a noun of everyday or technical prose.
bool begins_with_noun(std::string_view word);
/// A surname and a given name of one syllable ("허준"): rare, and many ordinary words look so.
bool is_short_korean_name(std::string_view word);

}  // namespace moru::curate::pii
