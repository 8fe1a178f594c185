#include "curate/gopher.h"

#include <unordered_set>

#include "core/hash.h"
#include "text/unicode.h"

namespace moru::curate {
namespace {

struct Shares {
  double elements = 0, characters = 0;
};

/// Shares of second and later copies among the pieces of `text` between runs of at least `breaks` line breaks.
Shares duplicates(std::string_view text, size_t breaks, size_t characters) {
  std::unordered_set<std::string_view> seen;
  size_t pieces = 0;
  size_t copies = 0;
  size_t copied_characters = 0;
  const auto piece = [&](std::string_view part) {
    ++pieces;
    if (seen.insert(part).second) return;
    ++copies;
    copied_characters += text::count_code_points(part);
  };
  size_t begin = 0;
  for (size_t i = 0; i < text.size();) {
    if (text[i] != '\n') {
      i = std::min(text.find('\n', i), text.size());
      continue;
    }
    const size_t end = std::min(text.find_first_not_of('\n', i), text.size());
    if (end - i >= breaks) {
      piece(text.substr(begin, i - begin));
      begin = end;
    }
    i = end;
  }
  piece(text.substr(begin));
  if (characters == 0) return {};
  return {static_cast<double>(copies) / static_cast<double>(pieces),
          static_cast<double>(copied_characters) / static_cast<double>(characters)};
}

/// A hash table of n-gram hashes that is emptied fast: 64-bit keys, so that two n-grams meet by chance about once in
/// 2^64 / words^2 texts.
class Counter {
 public:
  struct Slot {
    uint64_t key = 0;
    uint32_t count = 0, first = 0;
  };
  explicit Counter(size_t capacity) {
    size_t size = 16;
    while (size < 2 * capacity) size *= 2;
    slots_.resize(size);
  }
  void clear() { std::ranges::fill(slots_, Slot{}); }
  Slot& at(uint64_t key) {
    size_t i = key & (slots_.size() - 1);
    while (slots_[i].count != 0 && slots_[i].key != key) i = (i + 1) & (slots_.size() - 1);
    slots_[i].key = key;
    return slots_[i];
  }

 private:
  std::vector<Slot> slots_;
};

struct Words {
  std::vector<uint64_t> hashes;
  std::vector<uint32_t> ends{0};  ///< Characters of the first i words, without spaces.
  size_t size() const { return hashes.size(); }
  size_t characters(size_t from, size_t to) const { return ends[to] - ends[from]; }
};

/// Hash of words [i, i + n), from those of [i, i + n - 1): order matters, so a multiply between.
uint64_t extend(uint64_t gram, uint64_t word) {
  uint64_t x = (gram ^ word) * 0x9E3779B97F4A7C15ULL;
  x ^= x >> 32;
  return x * 0xD6E8FEB86659FD93ULL + 1;
}

}  // namespace

Repetition measure_repetition(std::string_view text) {
  Repetition result;
  const size_t characters = text::count_code_points(text);
  if (characters == 0) return result;
  const Shares paragraphs = duplicates(text::trim(text), 2, characters);
  const Shares lines = duplicates(text, 1, characters);
  result.duplicate_paragraphs = paragraphs.elements;
  result.duplicate_paragraph_characters = paragraphs.characters;
  result.duplicate_lines = lines.elements;
  result.duplicate_line_characters = lines.characters;

  Words words;
  text::for_each_word(text, [&](std::string_view word) {
    words.hashes.push_back(hash64(word));
    words.ends.push_back(words.ends.back() + static_cast<uint32_t>(text::count_code_points(word)));
  });
  std::vector<uint64_t> grams = words.hashes;  // hashes of n-grams, grown by a word a round
  Counter counter(words.size());
  for (size_t n = 2; n <= 10 && n <= words.size(); ++n) {
    grams.resize(words.size() - n + 1);
    for (size_t i = 0; i < grams.size(); ++i) grams[i] = extend(grams[i], words.hashes[i + n - 1]);
    if (n <= 4) {
      uint32_t best = 0;
      size_t best_first = 0;
      for (size_t i = 0; i < grams.size(); ++i) {
        Counter::Slot& slot = counter.at(grams[i]);
        if (slot.count++ == 0) slot.first = static_cast<uint32_t>(i);
        if (slot.count > best || (slot.count == best && slot.first < best_first)) {
          best = slot.count;
          best_first = slot.first;
        }
      }
      const size_t length = words.characters(best_first, best_first + n) + n - 1;
      result.top_gram[n - 2] = static_cast<double>(length * best) / static_cast<double>(characters);
      result.top_gram_count[n - 2] = best;
      counter.clear();
    } else {
      size_t repeated = 0;
      for (size_t i = 0; i < grams.size();) {
        Counter::Slot& slot = counter.at(grams[i]);
        if (slot.count++ == 0) {
          ++i;
        } else {
          repeated += words.characters(i, i + n);
          i += n;
        }
      }
      result.repeated_gram[n - 5] = static_cast<double>(repeated) / static_cast<double>(characters);
      counter.clear();
    }
  }
  return result;
}

}  // namespace moru::curate
