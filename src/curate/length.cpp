// length: documents too short to say anything, or so long that they are data dumps.
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/language.h"
#include "curate/rule.h"
#include "text/unicode.h"

namespace moru::curate {
namespace {

/// Marks of Markdown, dashes and bullets are no words.
bool has_letter(std::string_view word) {
  for (size_t i = 0; i < word.size();) {
    const char32_t c = text::next_code_point(word, i);
    if (text::is_letter(c) || text::is_number(c)) return true;
  }
  return false;
}

class Length final : public DocumentRule<Length> {
 public:
  explicit Length(const Config& section) {
    // The web's 50 words (Gopher) would take every short help page; "시간: 현재 시간을 표시합니다." says something.
    minimum_characters_ = section.integer("minimum_characters", 15, 0);
    maximum_characters_ = section.integer("maximum_characters", 2'000'000, 1);
    minimum_words_ = section.integer("minimum_words", 4, 0);
    maximum_words_ = section.integer("maximum_words", 500'000, 1);
    check(section, "maximum_characters", minimum_characters_, maximum_characters_);
    check(section, "maximum_words", minimum_words_, maximum_words_);
  }
  Json parameters() const override {
    return {{"minimum_characters", minimum_characters_},
            {"maximum_characters", maximum_characters_},
            {"minimum_words", minimum_words_},
            {"maximum_words", maximum_words_}};
  }
  std::string limit() const override {
    return fmt::format(fmt::runtime(tr("{} to {} characters, {} to {} words", "{}~{}자, {}~{}어절")),
                       minimum_characters_, maximum_characters_, minimum_words_, maximum_words_);
  }
  std::vector<Quantity> quantities(const Item& item) const override {
    const auto [characters, words] = measure(item.document.text);
    const auto quantity = [](std::string key, int64_t value, int64_t limit, bool most) {
      return Quantity{std::move(key), static_cast<double>(value), static_cast<double>(limit), most};
    };
    return {quantity("minimum_characters", characters, minimum_characters_, false),
            quantity("maximum_characters", characters, maximum_characters_, true),
            quantity("minimum_words", words, minimum_words_, false),
            quantity("maximum_words", words, maximum_words_, true)};
  }
  Verdict apply(Item& item) const {
    const auto [characters, words] = measure(item.document.text);
    item.document.measures["characters"] = static_cast<double>(characters);
    item.document.measures["words"] = static_cast<double>(words);
    if (characters < minimum_characters_)
      return drop(characters, minimum_characters_, "fewer characters than the minimum");
    if (characters > maximum_characters_)
      return drop(characters, maximum_characters_, "more characters than the maximum");
    if (words < minimum_words_) return drop(words, minimum_words_, "fewer words than the minimum");
    if (words > maximum_words_) return drop(words, maximum_words_, "more words than the maximum");
    return {};
  }

 private:
  /// Characters, and words with a letter.
  static std::pair<int64_t, int64_t> measure(std::string_view text) {
    int64_t words = 0;
    text::for_each_word(text, [&](std::string_view word) { words += has_letter(word) ? 1 : 0; });
    return {static_cast<int64_t>(text::count_code_points(text)), words};
  }
  static void check(const Config& section, std::string_view key, int64_t minimum, int64_t maximum) {
    if (minimum <= maximum) return;
    throw Error(
        section.place(key),
        fmt::format(fmt::runtime(tr("\"{}\" is less than the minimum, {}", "\"{}\" 값이 최솟값 {}보다 작습니다")), key,
                    minimum),
        std::string(tr("raise it, or lower the minimum", "값을 올리거나 최솟값을 낮추세요")));
  }
  static Verdict drop(int64_t value, int64_t limit, std::string detail) {
    Verdict verdict;
    verdict.action = Verdict::Action::drop;
    verdict.value = static_cast<double>(value);
    verdict.limit = static_cast<double>(limit);
    verdict.detail = std::move(detail);
    return verdict;
  }
  int64_t minimum_characters_, maximum_characters_, minimum_words_, maximum_words_;
};

}  // namespace

std::unique_ptr<Rule> make_length(const Config& section) {
  return std::make_unique<Length>(section);
}

}  // namespace moru::curate
