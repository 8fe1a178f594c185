// repetition: documents that say the same again and again (Gopher's measures, see gopher.h).
#include <nlohmann/json.hpp>

#include "core/language.h"
#include "curate/gopher.h"
#include "curate/prose.h"
#include "curate/rule.h"
#include "text/unicode.h"

namespace moru::curate {
namespace {

struct Check {
  std::string_view key;
  double fallback;
  double (*value)(const Repetition&);
};

// An n-gram that occurs once is no repetition, though datatrove scores it: short pages would all fail.
template <size_t N>
double top(const Repetition& r) {
  return r.top_gram_count[N - 2] > 1 ? r.top_gram[N - 2] : 0;
}
template <size_t N>
double repeated(const Repetition& r) {
  return r.repeated_gram[N - 5];
}

// Gopher's limits for the web (0.30, 0.20, 0.30, 0.20; 0.20, 0.18, 0.16; 0.15 … 0.10) take an organisation's manuals
// apart: on 3,573 Korean C++ pages the FineWeb chain that holds them keeps 1.3 %, on 1,110 English technical pages 22
// %. Manuals repeat terms and sentence patterns. These limits are about three times as wide, and headings, tables and
// code, which are alike by nature, do not count.
constexpr std::array<Check, 13> kChecks = {{
    {"duplicate_paragraphs", 0.8, [](const Repetition& r) { return r.duplicate_paragraphs; }},
    {"duplicate_paragraph_characters", 0.7, [](const Repetition& r) { return r.duplicate_paragraph_characters; }},
    {"duplicate_lines", 0.8, [](const Repetition& r) { return r.duplicate_lines; }},
    {"duplicate_line_characters", 0.7, [](const Repetition& r) { return r.duplicate_line_characters; }},
    {"top_2_gram", 0.5, top<2>},
    {"top_3_gram", 0.5, top<3>},
    {"top_4_gram", 0.5, top<4>},
    {"repeated_5_gram", 0.7, repeated<5>},
    {"repeated_6_gram", 0.7, repeated<6>},
    {"repeated_7_gram", 0.7, repeated<7>},
    {"repeated_8_gram", 0.7, repeated<8>},
    {"repeated_9_gram", 0.7, repeated<9>},
    {"repeated_10_gram", 0.7, repeated<10>},
}};

class RepetitionRule final : public DocumentRule<RepetitionRule> {
 public:
  explicit RepetitionRule(const Config& section) {
    minimum_words_ = section.integer("minimum_words", 50, 0);
    for (size_t i = 0; i < kChecks.size(); ++i) limits_[i] = section.number(kChecks[i].key, kChecks[i].fallback, 0, 1);
  }
  Json parameters() const override {
    Json json = {{"minimum_words", minimum_words_}};
    for (size_t i = 0; i < kChecks.size(); ++i) json[std::string(kChecks[i].key)] = limits_[i];
    return json;
  }
  std::string limit() const override {
    return fmt::format(
        fmt::runtime(tr("duplicate lines <= {:g}, repeated 10-grams <= {:g}", "중복 줄 <= {:g}, 반복 10-그램 <= {:g}")),
        limits_[2], limits_[12]);
  }
  std::vector<Quantity> quantities(const Item& item) const override {
    std::vector<Quantity> all;
    if (const auto measured = measure(item.document))
      for (size_t i = 0; i < kChecks.size(); ++i)
        all.push_back({std::string(kChecks[i].key), kChecks[i].value(*measured), limits_[i], true, limits_[i] == 0, 1});
    return all;
  }
  Verdict apply(Item& item) const {
    const auto found = measure(item.document);
    if (!found) return {};
    const Repetition& measured = *found;
    for (size_t i = 0; i < kChecks.size(); ++i) {
      const double value = kChecks[i].value(measured);
      // A limit of 0 switches a check off.
      if (limits_[i] == 0 || value <= limits_[i]) continue;
      Verdict verdict;
      verdict.action = Verdict::Action::drop;
      verdict.value = value;
      verdict.limit = limits_[i];
      verdict.detail = kChecks[i].key;
      return verdict;
    }
    return {};
  }

 private:
  /// Nothing for a document too short to judge.
  std::optional<Repetition> measure(const data::Document& document) const {
    const std::string prose = prose_of(document);
    // In a few words everything is frequent. Gopher judges no text of fewer than 50 either.
    int64_t words = 0;
    text::for_each_word(prose, [&](std::string_view) { ++words; });
    if (words < minimum_words_) return std::nullopt;
    return measure_repetition(prose);
  }
  int64_t minimum_words_ = 0;
  std::array<double, kChecks.size()> limits_{};
};

}  // namespace

std::unique_ptr<Rule> make_repetition(const Config& section) {
  return std::make_unique<RepetitionRule>(section);
}

}  // namespace moru::curate
