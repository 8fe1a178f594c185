// Gopher's rules as DCLM means them (baselines/mappers/filters/content_filters.py), with the limits of
// dclm_baseline_refinedweb.yaml. Its tool names no reasons: here they are its functions' names.
#include <nlohmann/json.hpp>

#include "curate/gopher.h"
#include "curate/gopher_dialects.h"
#include "curate/text_view_chars.h"
#include "text/unicode.h"

namespace moru::curate::gopher {
namespace {

constexpr Check kRepetition[] = {
    {"duplicate_lines", "repetition_filter_line", Check::Bound::most, 0.3},
    {"duplicate_paragraphs", "repetition_filter_paragraph", Check::Bound::most, 0.3},
    {"duplicate_line_characters", "repetition_filter_line_characters", Check::Bound::most, 0.2},
    {"duplicate_paragraph_characters", "repetition_filter_paragraph_characters", Check::Bound::most, 0.2},
    {"top_2_gram", "repetition_filter_2_gram", Check::Bound::most, 0.2},
    {"top_3_gram", "repetition_filter_3_gram", Check::Bound::most, 0.18},
    {"top_4_gram", "repetition_filter_4_gram", Check::Bound::most, 0.16},
    {"repeated_5_gram", "repetition_filter_5_gram", Check::Bound::most, 0.15},
    {"repeated_6_gram", "repetition_filter_6_gram", Check::Bound::most, 0.14},
    {"repeated_7_gram", "repetition_filter_7_gram", Check::Bound::most, 0.13},
    {"repeated_8_gram", "repetition_filter_8_gram", Check::Bound::most, 0.12},
    {"repeated_9_gram", "repetition_filter_9_gram", Check::Bound::most, 0.11},
    {"repeated_10_gram", "repetition_filter_10_gram", Check::Bound::most, 0.1},
};

/// The pieces stripped, without the empty ones.
std::vector<Piece> stripped_pieces(const TextView& text, std::span<const Piece> pieces) {
  std::vector<Piece> kept;
  kept.reserve(pieces.size());
  for (const Piece& piece : pieces) {
    const Piece inner = text.stripped(piece);
    if (inner.size > 0) kept.push_back(inner);
  }
  return kept;
}

/// All copies count, the first included; one piece alone passes, none at all does not.
struct Segments {
  double elements = 1, characters = 1;
  Segments(TextView& text, std::span<const Piece> pieces) {
    const std::vector<Piece> segments = stripped_pieces(text, pieces);
    if (segments.size() == 1) elements = characters = 0;
    if (segments.size() < 2) return;
    const TextView::Copies copies = text.copies_among(segments);
    elements = share(copies.repeated, copies.pieces);
    characters = share(copies.repeated_characters, copies.characters);
  }
};

class Repetition final : public RuleSet {
 public:
  Repetition(const RuleSetSettings& settings, const Config& section)
      : RuleSet(kRepetition, section), settings_(settings) {}

 private:
  void measure(TextView& text, Watcher& watcher) const override {
    const Segments lines(text, text.lines());
    const Segments paragraphs(text, text.split_at("\n\n"));
    if (!watcher.see(0, [&] { return lines.elements; })) return;
    if (!watcher.see(1, [&] { return paragraphs.elements; })) return;
    if (!watcher.see(2, [&] { return lines.characters; })) return;
    if (!watcher.see(3, [&] { return paragraphs.characters; })) return;
    WordList& words = settings_.words_given ? text.words(settings_.words) : text.plain_words();
    const std::span<const uint32_t> sums = words.character_sums();
    for (size_t n = 2; n <= 4 && n <= words.size(); ++n) {
      const bool go_on = watcher.see(n + 2, [&]() -> double {
        const TopGram top = top_gram(words, static_cast<int>(n), true);
        return top.count < 2 ? 0 : share(top.characters * top.count, sums.back());
      });
      if (!go_on) return;
    }
    for (size_t n = 5; n <= 10 && n <= words.size(); ++n) {
      const bool go_on = watcher.see(n + 2, [&] {
        // Each word once, in however many n-grams it stands.
        size_t covered = 0;
        size_t done = 0;
        for (const WordList::Gram& gram : words.repeated(static_cast<int>(n))) {
          covered += sums[gram.position + n] - sums[std::max<size_t>(gram.position, done)];
          done = gram.position + n;
        }
        return share(covered, sums.back());
      });
      if (!go_on) return;
    }
  }

  RuleSetSettings settings_;
};

constexpr Check kQuality[] = {
    {"minimum_words", "page_length_filter", Check::Bound::least, 50, 1e12},
    {"maximum_words", "page_length_filter", Check::Bound::most, 100000, 1e12},
    {"minimum_mean_word_length", "word_length_filter", Check::Bound::least, 3, 1e12},
    {"maximum_mean_word_length", "word_length_filter", Check::Bound::most, 10, 1e12},
    {"symbols", "symbol_ratio_filter", Check::Bound::most, 0.1, 1e12},
    {"bullet_lines", "bullet_count_filter", Check::Bound::most, 0.9},
    {"ellipsis_lines", "ellipsis_count_filter", Check::Bound::most, 0.3},
    {"non_alphabetic_words", "alphabetic_word_ratio_filter", Check::Bound::most, 0.2},
    {"minimum_stop_words", "stop_word_filter", Check::Bound::least, 2, 1e12},
};

class Quality final : public RuleSet {
 public:
  Quality(const RuleSetSettings& settings, const Config& section)
      : RuleSet(kQuality, section),
        words_(settings.words),
        distinct_(section.flag("distinct_stop_words", false)),
        stop_words_(section, english_stop_words()) {}

 private:
  void add_settings(Json& parameters) const override {
    parameters["distinct_stop_words"] = distinct_;
    parameters["stop_words"] = stop_words_.words();
  }
  void measure(TextView& text, Watcher& watcher) const override {
    WordList& list = text.words(words_);
    const std::span<const Piece> words = list.words();
    const auto count = [&](const auto& counts) { return static_cast<size_t>(std::ranges::count_if(words, counts)); };
    const auto plain = [](const Piece& word) { return (word.first & (char_bit::letter | char_bit::number)) != 0; };
    const size_t plain_words = count(plain);
    if (!watcher.see(0, [&] { return plain_words; })) return;
    if (!watcher.see(1, [&] { return plain_words; })) return;
    const double length = share(list.character_sums().back(), words.size());
    if (!watcher.see(2, [&] { return length; })) return;
    if (!watcher.see(3, [&] { return length; })) return;
    const auto symbols = [&] {
      return share(text.count("#") + text.count("...") + text.count(". . .") + text.count("…"), words.size());
    };
    if (!watcher.see(4, symbols)) return;
    if (watcher.wants(5) || watcher.wants(6)) {
      const std::vector<Piece> lines = stripped_pieces(text, text.lines());
      const auto begins = [&](const Piece& line) {
        const std::string_view bytes = text.of(line);
        return bytes.starts_with("●") || bytes.starts_with("•") || bytes.starts_with('*') || bytes.starts_with('-');
      };
      const auto ends = [&](const Piece& line) {
        const std::string_view bytes = text.of(line);
        return bytes.ends_with("...") || bytes.ends_with(". . .") || bytes.ends_with("…");
      };
      const auto of_lines = [&](const auto& counts) {
        return share(static_cast<size_t>(std::ranges::count_if(lines, counts)), lines.size());
      };
      if (!watcher.see(5, [&] { return of_lines(begins); })) return;
      if (!watcher.see(6, [&] { return of_lines(ends); })) return;
    }
    const auto unlettered = [](const Piece& word) { return (word.any & char_bit::letter) == 0; };
    // No words at all do not pass.
    const auto unlettered_share = [&] { return words.empty() ? 1.0 : share(count(unlettered), words.size()); };
    if (!watcher.see(7, unlettered_share)) return;
    watcher.see(8, [&] {
      std::vector<bool> seen(stop_words_.size());
      size_t occurrences = 0;
      std::string lower;
      for (const Piece& word : words) {
        const std::string_view bytes = text.of(word);
        lower.assign(bytes);
        const bool ascii = std::ranges::all_of(bytes, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
        if (ascii)
          for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
        else
          lower = text::lower(bytes);
        const int number = stop_words_.find(lower);
        if (number < 0) continue;
        ++occurrences;
        seen[static_cast<size_t>(number)] = true;
      }
      return distinct_ ? static_cast<size_t>(std::ranges::count(seen, true)) : occurrences;
    });
  }

  text::WordKind words_;
  bool distinct_;
  StopWords stop_words_;
};

}  // namespace

std::span<const Check> dclm_repetition_checks() {
  return kRepetition;
}
std::unique_ptr<RuleSet> dclm_repetition(const RuleSetSettings& settings, const Config& section) {
  return std::make_unique<Repetition>(settings, section);
}
std::span<const Check> dclm_quality_checks() {
  return kQuality;
}
std::unique_ptr<RuleSet> dclm_quality(const RuleSetSettings& settings, const Config& section) {
  return std::make_unique<Quality>(settings, section);
}

}  // namespace moru::curate::gopher
