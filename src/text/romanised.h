// Korean in Latin letters.
#pragma once

#include <string_view>

namespace moru::text {

/// How much a text in Latin letters looks like romanised Korean.
struct Romanised {
  double score = 0;     ///< Mean log-odds (natural) of a letter trigram being of romanised Korean, not other languages.
  size_t trigrams = 0;  ///< How many were looked at.
  double probability() const;  ///< 0 … 1, from both.
};

/// By the frequencies of letter trigrams in Korean sentences, romanised by the Revised Romanization (by sound and by
/// letter) and McCune-Reischauer, against those in ten languages written in Latin letters and in romanised Japanese.
/// Case, hyphens and apostrophes do not matter. Made by tests/reference/language_samples.py.
Romanised romanised_korean(std::string_view text);

}  // namespace moru::text
