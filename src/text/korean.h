// Korean: which particle follows a word, by the sound that the word ends in when it is read aloud.
#pragma once

#include <string>
#include <string_view>

namespace moru::text {

/// What a word ends in when read in Korean. `rieul` is the consonant ㄹ, which 으로/로 treats as a vowel.
enum class FinalSound { vowel, rieul, consonant, unknown };

/// Of the last character that is read. Skipped are white space, punctuation, quotes, and a closing bracket with what it
/// encloses if something stands before it ("셀(cell)" ends as "셀"). Hangul is exact; digits are read as Sino-Korean
/// numbers ("10" 십, "1억" 억); Latin abbreviations letter by letter ("URL" 유아르엘), other Latin words by rules for
/// how they are usually written in Hangul ("file" 파일, "chart" 차트). Unknown for other scripts and for an empty word.
FinalSound final_sound(std::string_view word);

/// The pairs of particles that the final sound chooses between (National Institute of Korean Language, Hangul
/// orthography, 조사).
enum class Particle {
  topic,      ///< 은/는
  subject,    ///< 이/가
  object,     ///< 을/를
  direction,  ///< 으로/로
  naming,     ///< 이란/란
  with,       ///< 과/와
};

/// The particle's form for this word; for an unknown sound the form that shows both: "은(는)", "(으)로".
std::string_view particle(std::string_view word, Particle kind);
/// The word with the particle directly behind it.
std::string with_particle(std::string_view word, Particle kind);

/// Share of Hangul among the letters of a text, 0 … 1; 0 if it has no letters. Latin letters count as letters, digits
/// do not.
double hangul_share(std::string_view text);

/// The same syllable without its final consonant, or with another: `final` is the index 0 … 27 of Unicode chapter 3.12
/// (0 none, 8 ㄹ). Only the last syllable of the text is looked at; a text not ending in a Hangul syllable comes back
/// unchanged.
std::string with_final(std::string_view text, int final);
/// The index 0 … 27 of the last syllable's final consonant, or -1 if the text does not end in a Hangul syllable.
int final_index(std::string_view text);

}  // namespace moru::text
