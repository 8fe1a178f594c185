// Gopher's rules as NeMo Curator means them (stages/text/filters/heuristic/repetition and string.py), with the limits
// and the order of heuristic_filter_english_pipeline.yaml. Where several n-grams are equally frequent it takes any of
// them (the order of a Python set); here it is the first.
#include <nlohmann/json.hpp>

#include "curate/gopher.h"
#include "curate/gopher_dialects.h"
#include "curate/text_view_chars.h"

namespace moru::curate::gopher {
namespace {

constexpr Check kRepetition[] = {
    {"unique_lines", "repeated_lines", Check::Bound::least, 0.7},
    {"unique_paragraphs", "repeated_paragraphs", Check::Bound::least, 0.7},
    {"unique_line_characters", "repeated_lines_char", Check::Bound::least, 0.8},
    {"unique_paragraph_characters", "repeated_paragraphs_char", Check::Bound::least, 0.8},
    {"top_2_gram", "repeating_top_2grams", Check::Bound::most, 0.2},
    {"top_3_gram", "repeating_top_3grams", Check::Bound::most, 0.18},
    {"top_4_gram", "repeating_top_4grams", Check::Bound::most, 0.16},
    {"repeated_5_gram", "repeating_dup_5gram", Check::Bound::most, 0.15},
    {"repeated_6_gram", "repeating_dup_6gram", Check::Bound::most, 0.14},
    {"repeated_7_gram", "repeating_dup_7gram", Check::Bound::most, 0.13},
    {"repeated_8_gram", "repeating_dup_8gram", Check::Bound::most, 0.12},
    {"repeated_9_gram", "repeating_dup_9gram", Check::Bound::most, 0.11},
    {"repeated_10_gram", "repeating_dup_10gram", Check::Bound::most, 0.1},
};

std::vector<Piece> lines_that_are_not_blank(const TextView& text) {
  std::vector<Piece> lines;
  for (size_t i = 0; i < text.lines().size(); ++i)
    if (!text.words_of_line(i).empty()) lines.push_back(text.lines()[i]);
  return lines;
}

class Repetition final : public RuleSet {
 public:
  Repetition(const RuleSetSettings& settings, const Config& section)
      : RuleSet(kRepetition, section), words_(settings.words) {}

 private:
  void measure(TextView& text, Watcher& watcher) const override {
    const TextView::Copies lines = text.copies_among(lines_that_are_not_blank(text));
    const TextView::Copies paragraphs = text.copies_among(text.split_at("\n\n"));
    const auto unique = [](const TextView::Copies& of) { return share(of.pieces - of.copies, of.pieces); };
    const auto unique_characters = [](const TextView::Copies& of) {
      return share(of.characters - of.copied_characters, of.characters);
    };
    // Of nothing there is no share.
    if (lines.pieces > 0 && !watcher.see(0, [&] { return unique(lines); })) return;
    if (!watcher.see(1, [&] { return unique(paragraphs); })) return;
    if (lines.characters > 0 && !watcher.see(2, [&] { return unique_characters(lines); })) return;
    if (paragraphs.characters > 0 && !watcher.see(3, [&] { return unique_characters(paragraphs); })) return;
    WordList& words = text.words(words_);
    const size_t characters = text.characters();
    for (size_t n = 2; n <= 10; ++n)
      if (!watcher.see(n + 2, [&]() -> double {
            // Fewer than n words do not pass.
            if (words.size() < n) return 1;
            return share(n <= 4 ? removed_with_top(text, words, n) : in_copies(words, n), characters);
          }))
        return;
  }

  /// By how much the text shrinks if the most frequent n-gram is taken out wherever its words stand in it with one
  /// space between, in the middle of other words too.
  static size_t removed_with_top(const TextView& text, WordList& words, size_t n) {
    const TopGram top = top_gram(words, static_cast<int>(n));
    std::string joined;
    for (size_t i = 0; i < n; ++i) {
      if (i > 0) joined += ' ';
      joined += text.of(words.words()[top.position + i]);
    }
    return text.count(joined) * (top.characters + n - 1);
  }

  /// Second and later copies; a word that two of them share counts once, and so do spaces.
  static size_t in_copies(WordList& words, size_t n) {
    const std::span<const uint32_t> sums = words.character_sums();
    const std::span<const uint32_t> counts = words.counts(static_cast<int>(n));
    std::vector<bool> seen(counts.size());
    size_t covered = 0;
    size_t done = 0;  // words before this one are counted
    for (const WordList::Gram& gram : words.repeated(static_cast<int>(n))) {
      if (!seen[gram.number]) {
        seen[gram.number] = true;
        continue;
      }
      const size_t from = std::max<size_t>(gram.position, done);
      const size_t fresh = gram.position + n - from;
      covered += sums[gram.position + n] - sums[from] + std::min(fresh, n - 1);
      done = gram.position + n;
    }
    return covered;
  }

  text::WordKind words_;
};

constexpr Check kQuality[] = {
    {"symbol_words", "symbol_to_word", Check::Bound::most, 0.1},
    {"minimum_words", "word_count", Check::Bound::least, 50, 1e12},
    {"maximum_words", "word_count", Check::Bound::most, 100000, 1e12},
    {"alphabetic_words", "words_without_alphabets", Check::Bound::least, 0.8},
    {"minimum_stop_words", "common_english_words", Check::Bound::least, 2, 1e12},
    {"minimum_mean_word_length", "mean_word_length", Check::Bound::least, 3, 1e12},
    {"maximum_mean_word_length", "mean_word_length", Check::Bound::most, 10, 1e12},
    {"ellipsis_lines", "ellipsis", Check::Bound::most, 0.3},
    {"bullet_lines", "bullet_ratio", Check::Bound::most, 0.9},
};

constexpr std::array<std::string_view, 8> kEllipses = {"...", "[...]", "…",           "(...)",
                                                       "[…]", "-»",    "read more..", "read more"};
constexpr std::array<std::string_view, 12> kBullets = {"•", "‣", "⁃", "⁌", "⁍", "∙", "○", "●", "◘", "◦", "⦾", "⦿"};

bool ends_in_ellipsis(std::string_view line) {
  std::string end(line.substr(line.size() - std::min<size_t>(line.size(), 11)));
  for (char& c : end) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return std::ranges::any_of(kEllipses, [&](std::string_view mark) { return end.ends_with(mark); });
}

/// Runs of "#" are counted, and not the marks: "##" is no symbol.
bool is_symbol(std::string_view word, size_t characters) {
  if (std::ranges::find(kEllipses, word) != kEllipses.end()) return true;
  size_t runs = 0;
  for (size_t i = 0; i < word.size(); ++i) runs += word[i] == '#' && (i == 0 || word[i - 1] != '#') ? 1 : 0;
  return 2 * runs > characters;
}

class Quality final : public RuleSet {
 public:
  Quality(const RuleSetSettings& settings, const Config& section)
      : RuleSet(kQuality, section), words_(settings.words), stop_words_(section, english_stop_words()) {}

 private:
  void add_settings(Json& parameters) const override { parameters["stop_words"] = stop_words_.words(); }
  void measure(TextView& text, Watcher& watcher) const override {
    WordList& list = text.words(words_);
    const std::span<const Piece> words = list.words();
    const auto count = [&](const auto& counts) { return static_cast<size_t>(std::ranges::count_if(words, counts)); };
    const auto symbol = [&](const Piece& word) { return is_symbol(text.of(word), word.characters); };
    if (!watcher.see(0, [&] { return share(count(symbol), words.size()); })) return;
    if (!watcher.see(1, [&] { return words.size(); })) return;
    if (!watcher.see(2, [&] { return words.size(); })) return;
    const auto lettered = [](const Piece& word) { return (word.any & char_bit::alphabetic) != 0; };
    if (!watcher.see(3, [&] { return share(count(lettered), words.size()); })) return;
    const auto stop_word = [&](const Piece& word) { return stop_words_.find(text.of(word)) >= 0; };
    if (!watcher.see(4, [&] { return count(stop_word); })) return;
    const double length = share(list.character_sums().back(), words.size());
    if (!watcher.see(5, [&] { return length; })) return;
    if (!watcher.see(6, [&] { return length; })) return;
    if (!watcher.wants(7) && !watcher.wants(8)) return;
    const std::vector<Piece> lines = lines_that_are_not_blank(text);
    const auto of_lines = [&](const auto& counts) {
      return share(static_cast<size_t>(std::ranges::count_if(
                       lines, [&](const Piece& line) { return counts(text.of(text.stripped(line))); })),
                   lines.size());
    };
    if (!watcher.see(7, [&] { return of_lines(ends_in_ellipsis); })) return;
    watcher.see(8, [&] {
      return of_lines([](std::string_view line) {
        return std::ranges::any_of(kBullets, [&](std::string_view mark) { return line.starts_with(mark); });
      });
    });
  }

  text::WordKind words_;
  StopWords stop_words_;
};

}  // namespace

std::span<const Check> nemo_curator_repetition_checks() {
  return kRepetition;
}
std::unique_ptr<RuleSet> nemo_curator_repetition(const RuleSetSettings& settings, const Config& section) {
  return std::make_unique<Repetition>(settings, section);
}
std::span<const Check> nemo_curator_quality_checks() {
  return kQuality;
}
std::unique_ptr<RuleSet> nemo_curator_quality(const RuleSetSettings& settings, const Config& section) {
  return std::make_unique<Quality>(settings, section);
}

}  // namespace moru::curate::gopher
