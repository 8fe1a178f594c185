#include "curate/shingles.h"

#include "text/unicode.h"

namespace moru::curate {
namespace {

constexpr size_t kFewWords = 16;
constexpr uint64_t kBase = 0x9E3779B97F4A7C15;  // odd, its bits mixed: 2^64 over the golden ratio

/// The lower case of a character of words, 0 for any other. A table for what nearly all text is made of.
class WordCharacters {
 public:
  WordCharacters() : lower_(kTabled) {
    for (char32_t c = 0; c < kTabled; ++c) lower_[c] = static_cast<uint16_t>(compute(c));
  }
  char32_t operator[](char32_t c) const {
    if (c < kTabled) return lower_[c];
    if (c >= 0xAC00 && c <= 0xD7A3) return c;  // Hangul syllables
    return compute(c);
  }

 private:
  static constexpr char32_t kTabled = 0xA000;
  static char32_t compute(char32_t c) {
    if (!text::is_letter(c) && !text::is_mark(c) && !text::is_number(c)) return 0;
    std::string one;
    text::append_utf8(one, c);
    const std::string lowered = text::lower(one);
    size_t position = 0;
    const char32_t lower = text::next_code_point(lowered, position);
    // A few capitals have a small letter of several characters, or of another size: they stay.
    return position == lowered.size() && (c >= kTabled || lower < 0x10000) ? lower : c;
  }
  std::vector<uint16_t> lower_;
};

uint64_t mixed(uint64_t h) {  // the finalizer of MurmurHash3 (Appleby, public domain)
  h = (h ^ (h >> 33)) * 0xFF51AFD7ED558CCDULL;
  h = (h ^ (h >> 33)) * 0xC4CEB9FE1A85EC53ULL;
  return h ^ (h >> 33);
}

/// The hash of the last n of a row of numbers: a polynomial, so that moving on costs two multiplications.
class Rolling {
 public:
  explicit Rolling(size_t n, uint64_t seed) : seed_(seed), window_(n) {
    for (size_t i = 0; i < n; ++i) leaving_ *= kBase;
  }
  void push(uint64_t number, std::vector<uint32_t>& hashes) {
    uint64_t& oldest = window_[at_];
    hash_ = hash_ * kBase + number - oldest * leaving_;
    oldest = number;
    if (++at_ == window_.size()) at_ = 0;
    if (++count_ >= window_.size()) emit(hashes);
  }
  /// What is shorter than the window is one shingle.
  void finish(std::vector<uint32_t>& hashes) const {
    if (count_ > 0 && count_ < window_.size()) emit(hashes);
  }

 private:
  void emit(std::vector<uint32_t>& hashes) const {
    hashes.push_back(static_cast<uint32_t>(mixed(hash_ ^ seed_) >> 32));
  }
  uint64_t seed_, hash_ = 0, leaving_ = 1;
  std::vector<uint64_t> window_;
  size_t at_ = 0, count_ = 0;
};

/// Calls character(lower) for each character of words and word_end() after each word.
template <class Character, class WordEnd>
void for_each_character(std::string_view text, Character character, WordEnd word_end) {
  static const WordCharacters kCharacters;
  bool inside = false;
  for (size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    char32_t c = byte;
    if (byte < 0x80) {
      ++i;
    } else if (byte >= 0xE1 && byte <= 0xEC && i + 2 < text.size()) {  // three bytes: most of Korean
      const auto second = static_cast<unsigned char>(text[i + 1]);
      const auto third = static_cast<unsigned char>(text[i + 2]);
      if ((second & 0xC0) == 0x80 && (third & 0xC0) == 0x80) {
        c = (byte & 0x0FU) << 12 | (second & 0x3FU) << 6 | (third & 0x3FU);
        i += 3;
      } else {
        c = text::next_code_point(text, i);
      }
    } else {
      c = text::next_code_point(text, i);
    }
    const char32_t lower = kCharacters[c];
    if (lower != 0) {
      character(lower);
      inside = true;
    } else if (inside) {
      word_end();
      inside = false;
    }
  }
  if (inside) word_end();
}

}  // namespace

void append_shingles(std::string_view text, size_t ngram, std::vector<uint32_t>& hashes) {
  const size_t before = hashes.size();
  size_t words = 0;
  uint64_t word = 0;
  Rolling rolling(ngram, 0);
  for_each_character(
      text, [&](char32_t c) { word = (word ^ c) * kBase; },
      [&] {
        rolling.push(mixed(word), hashes);
        word = 0;
        ++words;
      });
  if (words >= kFewWords || words == 0) return;
  hashes.resize(before);
  // Another seed: a shingle of characters must never equal one of words.
  Rolling characters(ngram, kBase);
  bool gap = false;
  for_each_character(
      text,
      [&](char32_t c) {
        if (std::exchange(gap, false)) characters.push(mixed(U' '), hashes);
        characters.push(mixed(c), hashes);
      },
      [&] { gap = true; });
  characters.finish(hashes);
}

std::vector<uint32_t> shingles(std::string_view text, size_t ngram) {
  std::vector<uint32_t> hashes;
  append_shingles(text, ngram, hashes);
  std::ranges::sort(hashes);
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
  return hashes;
}

}  // namespace moru::curate
