// Gopher's rules as Dolma 1.2 means them (taggers/gopher.py: gopher_v1, and gopher_v2 with `empty_lines: false`), with
// the limits of the Dolma 1.5 mix (configs/dolma-v1_5/mixing). Its mixer asks for the attributes "…most_common_2gram"
// to "4gram" where the tagger writes "2grams" to "4grams", so that those three rules never fire; here they do.
#include <nlohmann/json.hpp>

#include "curate/gopher.h"
#include "curate/gopher_dialects.h"
#include "curate/text_view_chars.h"

namespace moru::curate::gopher {
namespace {

constexpr Check kRepetition[] = {
    {"duplicate_lines", "fraction_of_duplicate_lines", Check::Bound::most, 0.3},
    {"duplicate_line_characters", "fraction_of_characters_in_duplicate_lines", Check::Bound::most, 0.3},
    {"top_2_gram", "fraction_of_characters_in_most_common_2grams", Check::Bound::most, 0.2},
    {"top_3_gram", "fraction_of_characters_in_most_common_3grams", Check::Bound::most, 0.18},
    {"top_4_gram", "fraction_of_characters_in_most_common_4grams", Check::Bound::most, 0.16},
    {"repeated_5_gram", "fraction_of_characters_in_duplicate_5grams", Check::Bound::most, 0.15},
    {"repeated_6_gram", "fraction_of_characters_in_duplicate_6grams", Check::Bound::most, 0.14},
    {"repeated_7_gram", "fraction_of_characters_in_duplicate_7grams", Check::Bound::most, 0.13},
    {"repeated_8_gram", "fraction_of_characters_in_duplicate_8grams", Check::Bound::most, 0.12},
    {"repeated_9_gram", "fraction_of_characters_in_duplicate_9grams", Check::Bound::most, 0.11},
    {"repeated_10_gram", "fraction_of_characters_in_duplicate_10grams", Check::Bound::most, 0.1},
};

class Repetition final : public RuleSet {
 public:
  Repetition(const RuleSetSettings& settings, const Config& section)
      : RuleSet(kRepetition, section), words_(settings.words), empty_lines_(section.flag("empty_lines", true)) {}

 private:
  void add_settings(Json& parameters) const override { parameters["empty_lines"] = empty_lines_; }
  void measure(TextView& text, Watcher& watcher) const override {
    WordList& words = text.words(words_);
    const std::span<const uint32_t> sums = words.character_sums();
    const size_t characters = std::max<size_t>(sums.back(), 1);
    if (watcher.wants(0) || watcher.wants(1)) {
      // All copies count, the first included.
      const TextView::Copies lines =
          text.copies_among(empty_lines_ ? text.lines() : text.split_at_breaks(0, text.text().size(), 1));
      if (!watcher.see(0, [&] { return share(lines.repeated, lines.pieces); })) return;
      if (!watcher.see(1, [&] { return share(lines.repeated_characters, characters); })) return;
    }
    for (size_t n = 2; n <= 4 && n <= words.size(); ++n) {
      const bool go_on = watcher.see(n, [&] {
        const TopGram top = top_gram(words, static_cast<int>(n));
        return share(top.characters * top.count, characters);
      });
      if (!go_on) return;
    }
    for (size_t n = 5; n <= 10 && n <= words.size(); ++n) {
      const bool go_on = watcher.see(n, [&] {
        size_t all = 0;
        for (size_t i = 0; i + n <= words.size(); ++i) all += sums[i + n] - sums[i];
        size_t repeated = 0;
        for (const WordList::Gram& gram : words.repeated(static_cast<int>(n)))
          repeated += sums[gram.position + n] - sums[gram.position];
        return share(repeated, all);
      });
      if (!go_on) return;
    }
  }

  text::WordKind words_;
  bool empty_lines_;
};

constexpr Check kQuality[] = {
    {"minimum_words", "word_count", Check::Bound::least, 50, 1e12},
    {"maximum_words", "word_count", Check::Bound::most, 100000, 1e12},
    {"minimum_median_word_length", "median_word_length", Check::Bound::least, 3, 1e12},
    {"maximum_median_word_length", "median_word_length", Check::Bound::most, 10, 1e12},
    {"symbol_words", "symbol_to_word_ratio", Check::Bound::most, 0.1},
    {"alphabetic_words", "fraction_of_words_with_alpha_character", Check::Bound::least, 0.8},
    {"minimum_stop_words", "required_word_count", Check::Bound::least, 2, 1e12},
    {"bullet_lines", "fraction_of_lines_starting_with_bullet_point", Check::Bound::most, 0.9},
    {"ellipsis_lines", "fraction_of_lines_ending_with_ellipsis", Check::Bound::most, 0.3},
};

double median_length(std::span<const Piece> words) {
  if (words.empty()) return 0;
  std::vector<uint32_t> lengths;
  lengths.reserve(words.size());
  for (const Piece& word : words) lengths.push_back(word.characters);
  const auto middle = lengths.begin() + static_cast<ptrdiff_t>(lengths.size() / 2);
  std::ranges::nth_element(lengths, middle);
  if (lengths.size() % 2 == 1) return *middle;
  return (static_cast<double>(*middle) + *std::max_element(lengths.begin(), middle)) / 2;
}

class Quality final : public RuleSet {
 public:
  Quality(const RuleSetSettings& settings, const Config& section)
      : RuleSet(kQuality, section),
        words_(settings.words),
        empty_lines_(section.flag("empty_lines", true)),
        stop_words_(section, english_stop_words()) {}

 private:
  void add_settings(Json& parameters) const override {
    parameters["empty_lines"] = empty_lines_;
    parameters["stop_words"] = stop_words_.words();
  }
  void measure(TextView& text, Watcher& watcher) const override {
    const std::span<const Piece> words = text.words(words_).words();
    if (!watcher.see(0, [&] { return words.size(); })) return;
    if (!watcher.see(1, [&] { return words.size(); })) return;
    if (watcher.wants(2) || watcher.wants(3)) {
      const double median = median_length(words);
      if (!watcher.see(2, [&] { return median; })) return;
      if (!watcher.see(3, [&] { return median; })) return;
    }
    const auto of_words = [&](const auto& counts) { return static_cast<size_t>(std::ranges::count_if(words, counts)); };
    const auto symbol = [&](const Piece& word) {
      const std::string_view bytes = text.of(word);
      return bytes.find('#') != std::string_view::npos || bytes.find("…") != std::string_view::npos;
    };
    if (!watcher.see(4, [&] { return share(of_words(symbol), words.size()); })) return;
    const auto lettered = [](const Piece& word) { return (word.any & char_bit::letter) != 0; };
    if (!watcher.see(5, [&] { return share(of_words(lettered), words.size()); })) return;
    const auto stop_word = [&](const Piece& word) { return stop_words_.find(text.of(word)) >= 0; };
    if (!watcher.see(6, [&] { return of_words(stop_word); })) return;
    if (!watcher.wants(7) && !watcher.wants(8)) return;
    const std::span<const Piece> lines = empty_lines_ ? text.lines() : text.split_at_breaks(0, text.text().size(), 1);
    const auto of_lines = [&](const auto& counts) {
      return share(
          static_cast<size_t>(std::ranges::count_if(lines, [&](const Piece& line) { return counts(text.of(line)); })),
          lines.size());
    };
    const auto bullet = [](std::string_view line) { return line.starts_with('*') || line.starts_with('-'); };
    if (!watcher.see(7, [&] { return of_lines(bullet); })) return;
    watcher.see(8, [&] { return of_lines([](std::string_view line) { return line.ends_with("…"); }); });
  }

  text::WordKind words_;
  bool empty_lines_;
  StopWords stop_words_;
};

}  // namespace

std::span<const Check> dolma_repetition_checks() {
  return kRepetition;
}
std::unique_ptr<RuleSet> dolma_repetition(const RuleSetSettings& settings, const Config& section) {
  return std::make_unique<Repetition>(settings, section);
}
std::span<const Check> dolma_quality_checks() {
  return kQuality;
}
std::unique_ptr<RuleSet> dolma_quality(const RuleSetSettings& settings, const Config& section) {
  return std::make_unique<Quality>(settings, section);
}

}  // namespace moru::curate::gopher
