// C4's heuristics (Raffel et al., 2020, section 2.2) as datatrove 0.10 has them (filters/c4_filters.py): they drop
// lines, and documents for what their lines hold. A modifier as well as a filter.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "core/config.h"
#include "core/json.h"
#include "curate/rule_set.h"
#include "curate/text_edit.h"

namespace moru::curate {

class C4Quality {
 public:
  /// Why a line goes, as datatrove's statistics name it.
  enum class LineReason { too_long_word, no_terminal_punctuation, too_few_words, javascript, policy };
  static constexpr size_t kLineReasons = 5;
  static std::string_view name_of(LineReason reason);

  /// What is left of a text, as edits to it; or why nothing is.
  struct Outcome {
    std::optional<Failure> failure;
    TextEdit edit;  ///< Of the view's text. The lines that are kept, trimmed, with one line feed between.
    size_t lines = 0, kept = 0;
    std::array<size_t, kLineReasons> dropped{};
  };

  /// `terminal_mark`: whether lines need one, unless the section says. Throws Error for a value that is out of range.
  explicit C4Quality(const Config& section, bool terminal_mark = true);
  Outcome judge(TextView& text) const;
  /// Sentences in the lines that are kept; none if the text fails for what its lines hold.
  std::optional<size_t> sentences(TextView& text) const;
  Json parameters() const;

 private:
  bool terminal_mark_, remove_citations_, lorem_ipsum_, javascript_, curly_bracket_, policy_;
  size_t minimum_sentences_, minimum_words_, maximum_word_length_;
};

/// Sentences in a line that is not empty, as spaCy's sentencizer counts them on English: a new one begins with the
/// first word after a mark that ends one and the marks that close after it. Stops at `enough`.
size_t count_sentences(std::string_view line, size_t enough);

}  // namespace moru::curate
