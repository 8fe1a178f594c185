// The words of a view, and their repeated n-grams.
#include <random>

#include "curate/text_view.h"

namespace moru::curate {

uint64_t piece_seed() {
  static const uint64_t seed = [] {
    std::random_device device;
    return (static_cast<uint64_t>(device()) << 32) ^ device();
  }();
  return seed;
}

void WordList::clear() {
  // What one very large text needed is given back.
  if (words_.capacity() > (size_t{1} << 20)) *this = WordList();
  words_.clear();
  sums_.clear();
  joined_.clear();
  joined_begins_.clear();
  known_ = 0;
}

std::span<const uint32_t> WordList::character_sums() {
  if (!sums_.empty()) return sums_;
  sums_.resize(words_.size() + 1);
  uint32_t sum = 0;
  for (size_t i = 0; i < words_.size(); ++i) {
    sums_[i] = sum;
    sum += words_[i].characters;
  }
  sums_.back() = sum;
  return sums_;
}

std::string_view WordList::joined() {
  joined_begins();
  return std::string_view(joined_).substr(0, joined_begins_.back());
}

std::span<const uint32_t> WordList::joined_begins() {
  if (!joined_begins_.empty()) return joined_begins_;
  joined_begins_.resize(words_.size() + 1);
  uint32_t size = 0;
  for (size_t i = 0; i < words_.size(); ++i) {
    joined_begins_[i] = size;
    size += words_[i].size;
  }
  joined_begins_.back() = size;
  joined_.resize(size + kPadding);
  char* to = joined_.data();
  for (const Piece& word : words_) {
    // Most words are short: a copy of a fixed size is two instructions. What it writes too much, the next overwrites.
    if (word.size <= 16)
      std::memcpy(to, text_ + word.begin, 16);
    else
      std::memcpy(to, text_ + word.begin, word.size);
    to += word.size;
  }
  std::memset(to, 0, kPadding);
  return joined_begins_;
}

std::span<const WordList::Gram> WordList::repeated(int n) {
  const auto length = static_cast<size_t>(n);
  if (known_ == 0) number_words();
  while (known_ < length) number_grams(known_ + 1);
  return grams_[length];
}

std::span<const uint32_t> WordList::counts(int n) {
  repeated(n);
  return counts_[static_cast<size_t>(n)];
}

void WordList::number_words() {
  word_table_.reset(words_.size());
  all_.resize(words_.size());
  renumbered_.clear();
  uint32_t numbers = 0;
  const uint64_t seed = piece_seed();
  // A word's entry is the first place where it stands; its number is that place's.
  for (size_t i = 0; i < words_.size(); ++i) {
    const Piece& word = words_[i];
    const char* bytes = text_ + word.begin;
    const auto position = static_cast<uint32_t>(i);
    const uint32_t first =
        word_table_.find_or_insert(piece_hash(bytes, word.size, seed), position, [&](uint32_t other) {
          return words_[other].size == word.size && equal_bytes(text_ + words_[other].begin, bytes, word.size);
        });
    all_[i] = {position, first == position ? numbers++ : all_[first].number};
  }
  keep_repeated(1, all_, numbers);
  known_ = 1;
}

void WordList::number_grams(size_t n) {
  // What repeats an n-gram repeats both its first and its last n - 1 words.
  const std::vector<Gram>& shorter = grams_[n - 1];
  gram_table_.reset(shorter.size());
  all_.clear();
  for (size_t i = 0; i + 1 < shorter.size(); ++i) {
    if (shorter[i + 1].position != shorter[i].position + 1) continue;
    const uint64_t key = (static_cast<uint64_t>(shorter[i].number) << 32) | shorter[i + 1].number;
    all_.push_back({shorter[i].position, gram_table_.number(key)});
  }
  keep_repeated(n, all_, gram_table_.size());
  known_ = n;
}

/// Leaves out what occurs once, and numbers the rest anew without gaps.
void WordList::keep_repeated(size_t n, std::vector<Gram>& all, uint32_t numbers) {
  constexpr uint32_t kNone = 0xFFFFFFFF;
  tally_.assign(numbers, 0);
  for (const Gram& gram : all) ++tally_[gram.number];
  renumbered_.assign(numbers, kNone);
  std::vector<uint32_t>& counts = counts_[n];
  counts.clear();
  std::vector<Gram>& kept = grams_[n];
  kept.clear();
  for (const Gram& gram : all) {
    if (tally_[gram.number] < 2) continue;
    uint32_t& number = renumbered_[gram.number];
    if (number == kNone) {
      number = static_cast<uint32_t>(counts.size());
      counts.push_back(tally_[gram.number]);
    }
    kept.push_back({gram.position, number});
  }
}

}  // namespace moru::curate
