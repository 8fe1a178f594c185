// What a text is compared by: the hashes of its overlapping runs of words.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace moru::curate {

/// Appends the hash of every shingle of `ngram` words (at least 1) in order, equal ones again: runs of letters, marks
/// and numbers in lower case. In a text of fewer than 16 words a shingle is as many characters of them, one space
/// between words. Nothing if the text has no letters or numbers.
void append_shingles(std::string_view text, size_t ngram, std::vector<uint32_t>& hashes);

/// The same as a set: sorted, each once.
std::vector<uint32_t> shingles(std::string_view text, size_t ngram = 5);

/// datatrove's text normalisation for MinHash: lower case; numbers, with one decimal mark, become "0"; punctuation
/// becomes a space; marks go after NFD; runs of white space become one space, none at the ends.
std::string datatrove_normalised(std::string_view text);
/// The XXH64 of every run of `ngram` words of a normalised text, joined by spaces, in order.
void append_datatrove_shingles(std::string_view normalised, size_t ngram, std::vector<uint64_t>& hashes);

}  // namespace moru::curate
