#include "curate/c4_quality.h"

#include <limits>
#include <nlohmann/json.hpp>

#include "core/language.h"
#include "curate/change.h"
#include "curate/rule.h"
#include "curate/rule_set_chain.h"
#include "curate/text_view_chars.h"
#include "text/unicode.h"

namespace moru::curate {
namespace {

constexpr std::string_view kPolicies[] = {"terms of use", "privacy policy", "cookie policy",
                                          "uses cookies", "use of cookies", "use cookies"};

/// A copy in lower case, of ASCII only: the words that are looked for are ASCII. Beyond it, the Kelvin sign alone
/// becomes one of their letters (Python's str.lower(): "k").
void lower_ascii(std::string_view text, std::string& lower) {
  constexpr std::string_view kKelvin = "\u212A";
  lower.clear();
  for (size_t at = text.find(kKelvin); at != std::string_view::npos; at = text.find(kKelvin)) {
    lower.append(text.substr(0, at)).append("k");
    text.remove_prefix(at + kKelvin.size());
  }
  lower.append(text);
  for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

bool holds(std::string_view text, std::string_view piece) {
  return ::memmem(text.data(), text.size(), piece.data(), piece.size()) != nullptr;
}

/// Which of the words that lines are searched for stand in a text at all: mostly none.
struct Suspicions {
  bool lorem_ipsum, javascript, policy, any;
  explicit Suspicions(std::string_view text) {
    thread_local std::string lower;
    lower_ascii(text, lower);
    lorem_ipsum = holds(lower, "lorem ipsum");
    javascript = holds(lower, "javascript");
    policy = holds(lower, "cookie") || holds(lower, "terms of use") || holds(lower, "privacy policy");
    any = lorem_ipsum || javascript || policy;
  }
};

/// Bytes of "[12]", "[]", "[edit]" or "[citation needed]" where text begins with it, else 0.
size_t citation_at(std::string_view text) {
  for (const std::string_view whole : {"[edit]", "[citation needed]"})
    if (text.starts_with(whole)) return whole.size();
  for (size_t i = 1; i < text.size();) {
    if (text[i] == ']') return i + 1;
    if (!text::is_digit(text::next_code_point(text, i))) return 0;
  }
  return 0;
}

/// What is kept of the text, piece by piece; pieces of one line follow each other, a line feed parts lines.
class Kept {
 public:
  explicit Kept(std::string_view text) : text_(text) { pieces().clear(); }
  void start_line() { new_line_ = true; }
  void add(size_t begin, size_t end) {
    if (begin == end && !new_line_) return;
    pieces().push_back({begin, end, new_line_});
    new_line_ = false;
  }
  /// Edits the text to these pieces, without white space at either end of the whole.
  TextEdit edit() {
    std::vector<Piece>& all = pieces();
    size_t first = 0;
    size_t last = all.size();
    while (first < last && trim_front(all[first])) ++first;
    while (last > first && trim_back(all[last - 1])) --last;
    TextEdit edit;
    size_t done = 0;
    for (size_t i = first; i < last; ++i) {
      const std::string_view between = i > first && all[i].starts_line ? "\n" : "";
      if (text_.substr(done, all[i].begin - done) != between) edit.replace(done, all[i].begin, between);
      done = all[i].end;
    }
    if (done < text_.size()) edit.erase(done, text_.size());
    return edit;
  }

 private:
  struct Piece {
    size_t begin, end;
    bool starts_line;
  };
  static std::vector<Piece>& pieces() {
    thread_local std::vector<Piece> all;
    return all;
  }
  bool trim_front(Piece& piece) const {
    while (piece.begin < piece.end) {
      size_t next = piece.begin;
      if ((CharBits::get()[text::next_code_point(text_, next)] & char_bit::space) == 0) return false;
      piece.begin = next;
    }
    return true;
  }
  bool trim_back(Piece& piece) const {
    while (piece.begin < piece.end) {
      const size_t before = text::previous_boundary(text_, piece.end);
      size_t next = before;
      if ((CharBits::get()[text::next_code_point(text_, next)] & char_bit::space) == 0) return false;
      piece.end = before;
    }
    return true;
  }
  std::string_view text_;
  bool new_line_ = false;
};

constexpr bool ends_terminal(std::string_view line) {
  if (line.empty() || line.ends_with("...")) return false;
  const char last = line.back();
  return last == '.' || last == '?' || last == '!' || last == '"' || last == '\'';
}

}  // namespace

std::string_view C4Quality::name_of(LineReason reason) {
  switch (reason) {
    case LineReason::too_long_word:
      return "line-filter-too_long_word";
    case LineReason::no_terminal_punctuation:
      return "line-filter-no_terminal_punc";
    case LineReason::too_few_words:
      return "line-filter-too_few_words";
    case LineReason::javascript:
      return "line-filter-javascript";
    case LineReason::policy:
      return "line-filter-policy";
  }
  return {};
}

C4Quality::C4Quality(const Config& section, bool terminal_mark)
    : terminal_mark_(section.flag("terminal_mark", terminal_mark)),
      remove_citations_(section.flag("remove_citations", true)),
      lorem_ipsum_(section.flag("lorem_ipsum", true)),
      javascript_(section.flag("javascript", true)),
      curly_bracket_(section.flag("curly_bracket", true)),
      policy_(section.flag("policy", true)),
      minimum_sentences_(static_cast<size_t>(section.integer("minimum_sentences", 5, 0, 1'000'000))),
      minimum_words_(static_cast<size_t>(section.integer("minimum_words_per_line", 3, 0, 1'000'000))),
      maximum_word_length_(static_cast<size_t>(section.integer("maximum_word_length", 1000, 0, 1'000'000'000))) {}

Json C4Quality::parameters() const {
  return {{"terminal_mark", terminal_mark_},
          {"remove_citations", remove_citations_},
          {"lorem_ipsum", lorem_ipsum_},
          {"javascript", javascript_},
          {"curly_bracket", curly_bracket_},
          {"policy", policy_},
          {"minimum_sentences", minimum_sentences_},
          {"minimum_words_per_line", minimum_words_},
          {"maximum_word_length", maximum_word_length_}};
}

std::optional<size_t> C4Quality::sentences(TextView& text) const {
  C4Quality all = *this;
  all.minimum_sentences_ = std::numeric_limits<size_t>::max();
  const std::optional<Failure> failure = all.judge(text).failure;
  if (failure->key != "minimum_sentences") return std::nullopt;
  return static_cast<size_t>(failure->value);
}

C4Quality::Outcome C4Quality::judge(TextView& text) const {
  Outcome outcome;
  const std::string_view whole = text.text();
  const std::span<const Piece> words = text.words(text::WordKind::whitespace).words();
  const std::span<const Piece> lines = text.python_lines();
  const Suspicions suspicions(whole);
  Kept kept(whole);
  size_t sentences = 0;
  size_t word = 0;  // the first of the line
  thread_local std::string without_citations;
  thread_local std::string lower;
  outcome.lines = lines.size();
  const auto drop = [&](LineReason reason) { ++outcome.dropped[static_cast<size_t>(reason)]; };
  const auto fail = [&](std::string_view reason, std::string_view key, double value, double limit) {
    outcome.failure = Failure{reason, key, value, limit};
    return std::move(outcome);
  };
  for (const Piece& line : lines) {
    const size_t first = word;
    bool long_word = false;
    while (word < words.size() && words[word].begin < line.begin + line.size) {
      long_word = long_word || words[word].characters > maximum_word_length_;
      ++word;
    }
    if (long_word && maximum_word_length_ > 0) {
      drop(LineReason::too_long_word);
      continue;
    }
    const size_t begin = first < word ? words[first].begin : line.begin;
    const size_t end = first < word ? words[word - 1].begin + words[word - 1].size : begin;
    std::string_view stripped = whole.substr(begin, end - begin);
    const size_t bracket = remove_citations_ ? stripped.find('[') : std::string_view::npos;
    if (bracket != std::string_view::npos) {
      without_citations.clear();
      for (size_t i = 0; i < stripped.size();) {
        const size_t skipped = stripped[i] == '[' ? citation_at(stripped.substr(i)) : 0;
        if (skipped == 0) without_citations += stripped[i];
        i += std::max<size_t>(skipped, 1);
      }
    }
    const std::string_view clean = bracket != std::string_view::npos ? without_citations : stripped;
    if (terminal_mark_ && !ends_terminal(clean)) {
      drop(LineReason::no_terminal_punctuation);
      continue;
    }
    if (word - first < minimum_words_) {
      drop(LineReason::too_few_words);
      continue;
    }
    // Citations taken out may join what stood apart: "lorem[1] ipsum".
    const bool look = suspicions.any || bracket != std::string_view::npos;
    if (look) lower_ascii(clean, lower);
    if (look && lorem_ipsum_ && holds(lower, "lorem ipsum")) return fail("lorem_ipsum", "lorem_ipsum", 1, 0);
    if (look && javascript_ && holds(lower, "javascript")) {
      drop(LineReason::javascript);
      continue;
    }
    if (curly_bracket_ && clean.find('{') != std::string_view::npos)
      return fail("curly_bracket", "curly_bracket", 1, 0);
    if (look && policy_ &&
        std::ranges::any_of(kPolicies, [&](std::string_view phrase) { return holds(lower, phrase); })) {
      drop(LineReason::policy);
      continue;
    }
    if (sentences < minimum_sentences_) sentences += count_sentences(clean, minimum_sentences_ - sentences);
    ++outcome.kept;
    kept.start_line();
    if (bracket == std::string_view::npos) {
      kept.add(begin, end);
      continue;
    }
    size_t from = begin;
    for (size_t i = begin; i < end;) {
      const size_t skipped = whole[i] == '[' ? citation_at(whole.substr(i, end - i)) : 0;
      if (skipped > 0) {
        kept.add(from, i);
        from = i + skipped;
      }
      i += std::max<size_t>(skipped, 1);
    }
    kept.add(from, end);
  }
  if (sentences < minimum_sentences_)
    return fail("too_few_sentences", "minimum_sentences", static_cast<double>(sentences),
                static_cast<double>(minimum_sentences_));
  outcome.edit = kept.edit();
  return outcome;
}

namespace {

class C4QualityRule final : public DocumentRule<C4QualityRule> {
 public:
  C4QualityRule(const Config& section, bool terminal_mark) : rules_(section, terminal_mark) {}
  Json parameters() const override { return rules_.parameters(); }
  std::string limit() const override {
    return fmt::format(fmt::runtime(tr("at least {} sentences in kept lines", "남은 줄에 문장 {}개 이상")),
                       rules_.parameters().at("minimum_sentences").get<int64_t>());
  }
  std::vector<Quantity> quantities(const Item& item) const override {
    const std::optional<size_t> sentences = rules_.sentences(text_view(item.document.text));
    if (!sentences) return {};
    const double limit = rules_.parameters().at("minimum_sentences").get<double>();
    Quantity quantity;
    quantity.key = "minimum_sentences";
    quantity.value = static_cast<double>(*sentences);
    quantity.limit = limit;
    quantity.most = false;
    quantity.off = limit == 0;
    return {quantity};
  }
  Verdict apply(Item& item) const {
    const C4Quality::Outcome outcome = rules_.judge(text_view(item.document.text));
    Verdict verdict;
    if (outcome.failure) {
      verdict.action = Verdict::Action::drop;
      verdict.value = outcome.failure->value;
      verdict.limit = outcome.failure->limit;
      verdict.detail = outcome.failure->reason;
      return verdict;
    }
    verdict = change_document(
        outcome.edit, [](std::string_view other) { return std::string(other); }, item.document);
    for (size_t i = 0; i < outcome.dropped.size(); ++i)
      if (outcome.dropped[i] > 0)
        verdict.counts[std::string(C4Quality::name_of(static_cast<C4Quality::LineReason>(i)))] = outcome.dropped[i];
    return verdict;
  }

 private:
  C4Quality rules_;
};

}  // namespace

std::unique_ptr<Rule> make_c4_quality_rule(const Config& section, bool terminal_mark) {
  return std::make_unique<C4QualityRule>(section, terminal_mark);
}

std::unique_ptr<Rule> make_c4_quality(const Config& section) {
  return make_c4_quality_rule(section, true);
}

}  // namespace moru::curate
