// Running text: sentences, and which of them can stand alone as an answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/document.h"

namespace moru::generate {

/// The sentences of a range of `text`, in order, without white space at their ends. A full stop ends a sentence where
/// white space follows it, or Hangul does after "다."; not in abbreviations, numbers or file names.
std::vector<data::Range> sentences(std::string_view text, data::Range range);

/// True if the text is Korean rather than English: it has Hangul enough that Korean grammar holds it together.
bool is_korean(std::string_view text);

/// True if a sentence leads to something that is not part of it (a list, a table, a figure, a step), or is left over
/// from the page's markup: it answers nothing by itself.
bool leans_on_context(std::string_view sentence);

/// True if the sentence begins by pointing back ("이", "This option", "또한"): it may follow another, not stand first.
bool points_back(std::string_view sentence);

/// Lower case, only letters and digits: equal for texts that a reader would take for the same.
std::string fingerprint(std::string_view text);

/// Text of a document put together for an answer, and where each piece of it stands.
struct Answer {
  std::string text;
  std::vector<data::Range> ranges;
  size_t characters() const;
  bool empty() const { return ranges.empty(); }
};

/// How long answers may be, in characters (code points).
struct Lengths {
  size_t most = 160;   ///< No answer is longer.
  size_t enough = 40;  ///< An answer this long takes no further sentence.
};

/// Leading sentences of a block that stand alone: as many as reach `enough`, none past `most`. Empty if the first
/// usable sentence is too long.
Answer leading_sentences(const data::Document& document, data::Range range, const Lengths& lengths);

/// Appends `lead` and a piece of the document, after `separator` if the answer is not empty. White space runs become
/// one space.
void append(Answer& answer, const data::Document& document, data::Range range, std::string_view separator,
            std::string_view lead = {});

}  // namespace moru::generate
