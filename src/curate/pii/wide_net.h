// What might be personal data: far more than it is, so that what the detectors miss can be counted.
#pragma once

#include <string_view>
#include <vector>

#include "curate/personal_data_matcher.h"

namespace moru::curate::pii {

/// Candidates in order, without overlap, and not where find_personal_data() finds something: anything around "@", runs
/// of nine digits and more however written, words of the syllables of names, given names with a capitalised word,
/// roads and villages with numbers, letters with seven digits. Their kind is a guess.
std::vector<PersonalData> wide_net(std::string_view text);

}  // namespace moru::curate::pii
