// What HWP 5 and HWPX documents hold, whichever of the two it was read from.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace moru::collect {

/// How deep tables, boxes and notes are followed into each other; what lies deeper is left out and counted.
inline constexpr int kHwpNesting = 32;

/// Automatic numbers of a document's outline or of a list: one format for each level.
struct HwpNumbering {
  struct Level {
    std::string format;  ///< "^1.", "(^5)", "제^1조": "^N" stands for the number of level N (from 1).
    int shape = 0;       ///< How the number is written, as hwp_number_text() takes it.
    unsigned start = 1;
  };
  std::array<Level, 10> levels;
};

/// What a paragraph's shape says about the paragraph's place in the document.
struct HwpParagraphShape {
  enum class Head { none, outline, number, bullet };
  Head head = Head::none;
  int level = 0;            ///< Of the head, from 0.
  unsigned numbering = 0;   ///< Id of the numbering or bullet; of an outline the section says it.
  bool page_break = false;  ///< A new page before every such paragraph.
  bool centred = false;
};

/// Definitions that a document's paragraphs refer to by id.
struct HwpShapes {
  std::map<unsigned, HwpParagraphShape> paragraphs;
  std::map<unsigned, HwpNumbering> numberings;
  std::map<unsigned, std::string> styles;  ///< Names: "개요 1", "본문".
  std::map<unsigned, int> letter_heights;  ///< Of character shapes, in 1/100 point.
};

struct HwpObject;

struct HwpParagraph {
  std::string text;  ///< UTF-8; "\n" for a line break. What is drawn by number or bullet is not in it.
  unsigned shape = 0, style = 0;
  unsigned letters = 0;     ///< The character shape that it begins with.
  bool page_break = false;  ///< A new page (or section) begins with it.
  /// Height of its first and last lines in their page, in 1/7200 inch, where the writer stored the layout; else -1.
  int64_t first_line = -1, last_line = -1;
  int resets = 0;                  ///< Lines within it that stand higher than the line before: new columns or pages.
  std::vector<HwpObject> objects;  ///< In order of `at`.
};

struct HwpCell {
  unsigned row = 0, column = 0, rows = 1, columns = 1;  ///< Address from 0, and how many it spans.
  std::vector<HwpParagraph> paragraphs;
};

/// What is anchored in a paragraph.
struct HwpObject {
  enum class Kind { table, box, footnote, endnote, header, footer, master_page, equation };
  Kind kind = Kind::box;
  size_t at = 0;                         ///< Byte of the paragraph's text.
  std::vector<HwpParagraph> paragraphs;  ///< Of all but tables and equations.
  std::vector<HwpParagraph> caption;
  std::vector<HwpCell> cells;  ///< Of a table, in order of rows, then columns.
  std::string script;          ///< Of an equation.
};

struct HwpSection {
  std::vector<HwpParagraph> paragraphs;
  unsigned outline = 0;  ///< Id of the outline's numbering.
  unsigned columns = 1;
};

/// A number as the format writes it: 0 "1", 1 "①", 2 "I", 3 "i", 4 "A", 5 "a", 6 "Ⓐ", 7 "ⓐ", 8 "가", 9 "㉮", 10 "ㄱ",
/// 11 "㉠", 12 "일", 13 "一", 14 "㊀", 15 "갑", 16 "甲". A number that the shape does not have is written in digits.
std::string hwp_number_text(unsigned number, int shape);

/// Counts an outline's or list's numbers through a document.
class HwpCounter {
 public:
  /// The number text of the next paragraph at this level ("가.", "(3)"), of the numbering's format.
  std::string next(const HwpNumbering& numbering, int level);

 private:
  std::array<unsigned, 10> last_{};
  std::array<bool, 10> begun_{};
};

}  // namespace moru::collect
