// Gopher's rules as datatrove 0.10 means them (filters/gopher_repetition_filter.py and gopher_quality_filter.py), with
// its limits, and those of FineWeb-2 for Korean (configs/kor_Hang.yml of its repository), which were fitted to words as
// the Kiwi analyser cuts them.
#include <bit>
#include <nlohmann/json.hpp>

#include "curate/gopher.h"
#include "curate/gopher_dialects.h"
#include "curate/text_view_chars.h"

namespace moru::curate::gopher {
namespace {

// FineWeb-2 switches the paragraph checks and that of characters in duplicate lines off for all languages: 0.
constexpr std::array<Check, 13> repetition(std::array<double, 13> limits) {
  std::array<Check, 13> checks = {{
      {"duplicate_paragraphs", "dup_para_frac"},
      {"duplicate_paragraph_characters", "dup_para_char_frac"},
      {"duplicate_lines", "dup_line_frac"},
      {"duplicate_line_characters", "dup_line_char_frac"},
      {"top_2_gram", "top_2_gram"},
      {"top_3_gram", "top_3_gram"},
      {"top_4_gram", "top_4_gram"},
      {"repeated_5_gram", "duplicated_5_n_grams"},
      {"repeated_6_gram", "duplicated_6_n_grams"},
      {"repeated_7_gram", "duplicated_7_n_grams"},
      {"repeated_8_gram", "duplicated_8_n_grams"},
      {"repeated_9_gram", "duplicated_9_n_grams"},
      {"repeated_10_gram", "duplicated_10_n_grams"},
  }};
  for (size_t i = 0; i < checks.size(); ++i) checks[i].limit = limits[i];
  return checks;
}

constexpr std::array<Check, 13> kRepetition =
    repetition({0.3, 0.2, 0.3, 0.2, 0.2, 0.18, 0.16, 0.15, 0.14, 0.13, 0.12, 0.11, 0.1});
constexpr std::array<Check, 13> kRepetitionKorean =
    repetition({0, 0, 0.374, 0, 0.282, 0.228, 0.185, 0.201, 0.184, 0.168, 0.154, 0.14, 0.127});

class Repetition final : public RuleSet {
 public:
  Repetition(const RuleSetSettings& settings, const Config& section)
      : RuleSet(datatrove_repetition_checks(settings.language), section), words_(settings.words) {}

 private:
  void measure(TextView& text, Watcher& watcher) const override {
    const size_t characters = text.characters();
    if (watcher.wants(0) || watcher.wants(1)) {
      const Piece stripped = text.stripped();
      const TextView::Copies paragraphs =
          text.copies_among(text.split_at_breaks(stripped.begin, stripped.begin + stripped.size, 2));
      if (!watcher.see(0, [&] { return share(paragraphs.copies, paragraphs.pieces); })) return;
      if (!watcher.see(1, [&] { return share(paragraphs.copied_characters, characters); })) return;
    }
    if (watcher.wants(2) || watcher.wants(3)) {
      const TextView::Copies lines = text.copies_among(text.split_at_breaks(0, text.text().size(), 1));
      if (!watcher.see(2, [&] { return share(lines.copies, lines.pieces); })) return;
      if (!watcher.see(3, [&] { return share(lines.copied_characters, characters); })) return;
    }
    WordList& words = text.words(words_);
    for (size_t n = 2; n <= 4 && n <= words.size(); ++n) {
      const bool go_on = watcher.see(n + 2, [&] {
        const TopGram top = top_gram(words, static_cast<int>(n));
        return share((top.characters + n - 1) * top.count, characters);
      });
      if (!go_on) return;
    }
    RepeatScan scan(words);
    for (size_t n = 5; n <= 10; ++n)
      if (!watcher.see(n + 2, [&] { return share(scan.characters(static_cast<int>(n)), characters); })) return;
  }

  text::WordKind words_;
};

constexpr std::array<Check, 9> quality(double shortest, double longest, double letters) {
  return {{
      {"minimum_words", "gopher_short_doc", Check::Bound::least, 50, 1e12},
      {"maximum_words", "gopher_long_doc", Check::Bound::most, 100000, 1e12},
      {"minimum_mean_word_length", "gopher_below_avg_threshold", Check::Bound::least, shortest, 1e12},
      {"maximum_mean_word_length", "gopher_above_avg_threshold", Check::Bound::most, longest, 1e12},
      {"hash_marks", "gopher_too_many_hashes", Check::Bound::most, 0.1, 1e12},
      {"ellipses", "gopher_too_many_ellipsis", Check::Bound::most, 0.1, 1e12},
      {"bullet_lines", "gopher_too_many_bullets", Check::Bound::most, 0.9},
      {"ellipsis_lines", "gopher_too_many_end_ellipsis", Check::Bound::most, 0.3},
      {"alphabetic_words", "gopher_below_alpha_threshold", Check::Bound::least, letters},
  }};
}

template <size_t N>
constexpr std::array<Check, N + 1> with_stop_words(const std::array<Check, N>& checks) {
  std::array<Check, N + 1> all{};
  for (size_t i = 0; i < N; ++i) all[i] = checks[i];
  all[N] = {"minimum_stop_words", "gopher_enough_stop_words", Check::Bound::least, 2, 1e12};
  return all;
}

constexpr std::array<Check, 10> kQuality = with_stop_words(quality(3, 10, 0.8));
constexpr std::array<Check, 10> kQualityKorean = with_stop_words(quality(1, 6, 0.791));

// FineWeb-2's for Korean: morphemes.
constexpr std::array<std::string_view, 21> kKoreanStopWords = {"의", "다", "이",   "는", "에", "을", "한",
                                                               "년", "하", "은",   "를", "했", "고", "에서",
                                                               "가", "있", "으로", "인", "월", "로", "되"};

class Quality final : public RuleSet {
 public:
  Quality(const RuleSetSettings& settings, const Config& section)
      : RuleSet(datatrove_quality_checks(settings.language), section),
        words_(settings.words),
        stop_words_(section, settings.language == LimitLanguage::kor_Hang
                                 ? std::span<const std::string_view>(kKoreanStopWords)
                                 : english_stop_words()) {}

 private:
  void add_settings(Json& parameters) const override { parameters["stop_words"] = stop_words_.words(); }
  void measure(TextView& text, Watcher& watcher) const override {
    const std::span<const Piece> words = text.words(words_).words();
    size_t marked = 0;
    size_t characters = 0;
    size_t lettered = 0;
    for (const Piece& word : words) {
      lettered += (word.any & char_bit::letter) != 0 ? 1 : 0;
      if ((word.all & char_bit::symbol) != 0) continue;
      ++marked;
      characters += word.characters;
    }
    if (!watcher.see(0, [&] { return marked; })) return;
    if (!watcher.see(1, [&] { return marked; })) return;
    // Of no words there is no mean: datatrove's is NaN, which passes.
    if (marked > 0) {
      if (!watcher.see(2, [&] { return share(characters, marked); })) return;
      if (!watcher.see(3, [&] { return share(characters, marked); })) return;
    }
    if (!watcher.see(4, [&] { return share(text.count("#"), words.size()); })) return;
    if (!watcher.see(5, [&] { return share(text.count("...") + text.count("…"), words.size()); })) return;
    if (watcher.wants(6) || watcher.wants(7)) {
      const std::span<const Piece> lines = text.python_lines();
      size_t bullets = 0;
      size_t ellipses = 0;
      for (const Piece& line : lines) {
        const std::string_view inner = text.of(text.stripped(line));
        bullets += inner.starts_with("•") || inner.starts_with('-') ? 1 : 0;
        ellipses += inner.ends_with("...") || inner.ends_with("…") ? 1 : 0;
      }
      if (!watcher.see(6, [&] { return share(bullets, lines.size()); })) return;
      if (!watcher.see(7, [&] { return share(ellipses, lines.size()); })) return;
    }
    if (!words.empty() && !watcher.see(8, [&] { return share(lettered, words.size()); })) return;
    watcher.see(9, [&] {
      uint64_t seen = 0;
      std::vector<bool> more(stop_words_.size() > 64 ? stop_words_.size() : 0);
      for (const Piece& word : words) {
        const int number = stop_words_.find(text.of(word));
        if (number < 0) continue;
        if (more.empty())
          seen |= uint64_t{1} << number;
        else
          more[static_cast<size_t>(number)] = true;
      }
      return static_cast<size_t>(std::popcount(seen)) + static_cast<size_t>(std::ranges::count(more, true));
    });
  }

  text::WordKind words_;
  StopWords stop_words_;
};

}  // namespace

std::span<const Check> datatrove_repetition_checks(LimitLanguage language) {
  return language == LimitLanguage::kor_Hang ? kRepetitionKorean : kRepetition;
}

std::unique_ptr<RuleSet> datatrove_repetition(const RuleSetSettings& settings, const Config& section) {
  return std::make_unique<Repetition>(settings, section);
}

std::span<const Check> datatrove_quality_checks(LimitLanguage language) {
  return language == LimitLanguage::kor_Hang ? kQualityKorean : kQuality;
}

std::unique_ptr<RuleSet> datatrove_quality(const RuleSetSettings& settings, const Config& section) {
  return std::make_unique<Quality>(settings, section);
}

}  // namespace moru::curate::gopher
