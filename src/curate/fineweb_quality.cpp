// fineweb_quality: the rules that FineWeb added (Penedo et al., 2024), as datatrove 0.10 has them
// (filters/fineweb_quality_filter.py), and FineWeb-2's limits for Korean.
#include <nlohmann/json.hpp>

#include "curate/rule_set.h"
#include "curate/text_view_chars.h"

namespace moru::curate {
namespace {

// A limit of 0 is a limit here, as in datatrove.
constexpr std::array<Check, 5> limits(double marks, double short_lines, double copies, double line_feeds) {
  return {{
      {"", "empty", Check::Bound::least, 1, 1, false},
      {"line_punctuation", "line_punct_ratio", Check::Bound::least, marks, 1, false},
      {"short_lines", "short_line_ratio", Check::Bound::most, short_lines, 1e12, false},
      {"duplicate_line_characters", "char_dup_ratio", Check::Bound::most, copies, 1, false},
      {"line_feeds", "list_ratio", Check::Bound::most, line_feeds, 1e12, false},
  }};
}

constexpr std::array<Check, 5> kLimits = limits(0.12, 0.67, 0.01, 0.3);
constexpr std::array<Check, 5> kLimitsKorean = limits(0.062, 999, 0.1, 0.196);

std::span<const Check> fineweb_checks(Dialect, LimitLanguage language) {
  return language == LimitLanguage::kor_Hang ? kLimitsKorean : kLimits;
}

class FineWebQuality final : public RuleSet {
 public:
  FineWebQuality(const RuleSetSettings& settings, const Config& section)
      : RuleSet(fineweb_checks(settings.dialect, settings.language), section),
        words_(settings.words),
        short_line_length_(static_cast<uint32_t>(section.integer("short_line_length", 30, 0, 1'000'000))),
        no_punctuation_passes_(section.flag("no_punctuation_passes", false)) {}

 private:
  void add_settings(Json& parameters) const override {
    parameters["short_line_length"] = short_line_length_;
    parameters["no_punctuation_passes"] = no_punctuation_passes_;
  }
  void measure(TextView& text, Watcher& watcher) const override {
    thread_local std::vector<Piece> lines;
    lines.clear();
    size_t marked = 0;
    size_t short_lines = 0;
    for (size_t i = 0; i < text.lines().size(); ++i) {
      if (text.words_of_line(i).empty()) continue;
      const Piece& line = text.lines()[i];
      lines.push_back(line);
      marked += ends_marked(text, line) ? 1 : 0;
      short_lines += line.characters <= short_line_length_ ? 1 : 0;
    }
    if (!watcher.see(0, [&] { return lines.size(); })) return;
    if (lines.empty()) return;
    if ((marked > 0 || !no_punctuation_passes_) && !watcher.see(1, [&] { return share(marked, lines.size()); })) return;
    if (!watcher.see(2, [&] { return share(short_lines, lines.size()); })) return;
    if (!watcher.see(3, [&] {
          return share(text.copies_among(lines).copied_characters, text.characters() - text.line_feeds());
        }))
      return;
    // Lines of marks alone may hold no word of some splitters.
    watcher.see(4, [&] { return share(text.line_feeds(), std::max<size_t>(text.words(words_).size(), 1)); });
  }

  static bool ends_marked(const TextView& text, const Piece& line) {
    const std::string_view bytes = text.of(line);
    size_t at = bytes.size() - 1;
    while (at > 0 && (static_cast<unsigned char>(bytes[at]) & 0xC0U) == 0x80U) --at;
    const auto* last = reinterpret_cast<const unsigned char*>(bytes.data()) + at;
    const CharBits& table = CharBits::get();
    if (*last < 0x80) return (table.ascii(*last) & char_bit::terminal) != 0;
    unsigned length = 0;
    const char32_t code = decode_non_ascii(last, length);
    return (table[code] & char_bit::terminal) != 0;
  }

  text::WordKind words_;
  uint32_t short_line_length_;
  bool no_punctuation_passes_;  ///< datatrove's line_punct_exclude_zero
};

}  // namespace

const RuleSetKind& fineweb_quality_kind() {
  static const RuleSetKind kind{"fineweb_quality",
                                {Dialect::datatrove},
                                true,
                                fineweb_checks,
                                [](const RuleSetSettings& settings, const Config& section) -> std::unique_ptr<RuleSet> {
                                  return std::make_unique<FineWebQuality>(settings, section);
                                }};
  return kind;
}

}  // namespace moru::curate
