// Edits to a text that keep every range into it right.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/document.h"

namespace moru::curate {

/// Replacements of byte ranges of one text, in ascending order and without overlap. Positions mean the text before.
class TextEdit {
 public:
  struct Change {
    data::Range range;               ///< Bytes of the text before.
    uint64_t replacement_begin = 0;  ///< In the texts of all replacements, one after another.
    uint64_t replacement_end = 0;
    int64_t shift = 0;  ///< By how much a position after this change moves.
  };

  /// Bytes [begin, end) become `replacement`. `begin` must not lie before the end of the last change.
  void replace(uint64_t begin, uint64_t end, std::string_view replacement);
  void erase(uint64_t begin, uint64_t end) { replace(begin, end, {}); }

  bool empty() const { return changes_.empty(); }
  std::span<const Change> changes() const { return changes_; }
  std::string_view replacement(const Change& change) const {
    return std::string_view(replacements_)
        .substr(change.replacement_begin, change.replacement_end - change.replacement_begin);
  }

  /// The text after. `text` must reach to the end of the last change.
  std::string apply(std::string_view text) const;

  /// Where a position of the text before stands after. Never decreasing; a position inside a replaced range moves to
  /// the end of the replacement, so that ranges that did not overlap do not overlap after, and what replaces a piece
  /// across a border belongs to the range before the border.
  uint64_t map(uint64_t position) const;
  data::Range map(data::Range range) const { return {map(range.begin), map(range.end)}; }

 private:
  std::vector<Change> changes_;
  std::string replacements_;
};

/// Changes a document's text and moves its blocks along: a block whose text is gone is removed, a table's cells are cut
/// anew from the text. `transform` does the same as the edit to a text that is not part of the document's text (a cell
/// that does not stand in it).
void apply_edit(const TextEdit& edit, const std::function<std::string(std::string_view)>& transform,
                data::Document& document);

}  // namespace moru::curate
