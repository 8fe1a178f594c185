// Metrics of an answer against its references.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace moru::evaluate {

/// Both in 0 … 1; exact is 0 or 1.
struct AnswerScore {
  double f1 = 0;
  double exact = 0;
};

/// F1 of the multisets of character bigrams of two normalised texts: 2 |A ∩ B| / (|A| + |B|), which is also Dice's
/// coefficient. The F1 of overlap is SQuAD's (Rajpurkar et al. 2016, section 6.1); characters instead of words, with
/// white space left out, are chrF's (Popović 2015, "chrF: character n-gram F-score for automatic MT evaluation"), since
/// Korean words carry particles and are spaced as the writer likes. A text of one character counts as one gram. An
/// empty text scores 0.
double bigram_f1(std::string_view normalized_answer, std::string_view normalized_reference);

/// The best over the references, as in SQuAD: any of them is right. Texts are normalised here.
AnswerScore score_answer(std::string_view answer, std::span<const std::string> references);

}  // namespace moru::evaluate
