// Styles and numbering of a WordprocessingML document (ECMA-376 part 1, 17.7 and 17.9).
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "collect/xml_reader.h"

namespace moru::collect {

/// What a paragraph is by its style.
enum class ParagraphUse { body, title, heading, caption, code, contents };

struct NumberingReference {
  std::string number;  ///< w:numId; "" inherits, "0" is none.
  int level = -1;      ///< w:ilvl; -1 inherits.
};

struct ParagraphStyle {
  ParagraphUse use = ParagraphUse::body;
  int heading_level = 0;  ///< From 1, where `use` is heading.
  NumberingReference numbering;
};

/// What a style's name says, in the languages that office programs name their styles in ("heading 1", "제목 1",
/// "Überschrift 1", "Preformatted Text"): use and level.
ParagraphStyle style_by_name(std::string_view name);

class DocxStyles {
 public:
  DocxStyles() = default;
  explicit DocxStyles(pugi::xml_node root);
  /// Of this id, or of the default where the id is empty or unknown.
  const ParagraphStyle& paragraph(std::string_view id) const;
  /// Is text in this character style code?
  bool is_code_run(std::string_view id) const { return code_runs_.contains(std::string(id)); }

 private:
  std::map<std::string, ParagraphStyle, std::less<>> paragraphs_;
  std::map<std::string, bool> code_runs_;
  ParagraphStyle default_;
};

/// A number as it stands before a paragraph.
struct ListLabel {
  bool numbered = false;
  int level = 0;  ///< From 0.
  int number = 0;
  std::string label;    ///< "1.2.", "제1조", "가."; empty for bullets and formats without one.
  bool worded = false;  ///< The label has words of its own ("제1조", "Chapter 1").
};

class DocxNumbering {
 public:
  DocxNumbering() = default;
  explicit DocxNumbering(pugi::xml_node root);
  /// Counts a paragraph of this list. False if there is no such list.
  bool next(const NumberingReference& reference, ListLabel& label);

 private:
  static constexpr int kLevels = 9;
  struct Level {
    std::string format = "decimal", text;
    int start = 1;
  };
  struct Abstract {
    std::array<Level, kLevels> levels;
    std::array<int, kLevels> counts{};
    std::array<bool, kLevels> begun{};
  };
  struct Number {
    std::string abstract;
    std::map<int, int> starts;  ///< Levels that begin anew at a number when this list is first used.
    bool used = false;
  };
  static void read_level(pugi::xml_node node, Level& level);
  static std::string label_of(const Abstract& abstract, int level);

  std::map<std::string, Abstract, std::less<>> abstracts_;
  std::map<std::string, Number, std::less<>> numbers_;
};

}  // namespace moru::collect
