// Turns what an HWP 5 or HWPX document holds into a document's text and blocks.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "collect/builder.h"
#include "collect/hwp_model.h"

namespace moru::collect {

/// Paragraphs of the outline become headings where they read as such, else numbered items; numbers are written as the
/// document shows them. Tables of more than one column become table blocks, others are frames around running text; a
/// table in a cell follows the table that it stands in. Notes follow their paragraph (roles "footnote", "endnote").
/// Headers, footers and master pages are written once (roles "header", "footer", "master_page"). Pages are counted
/// where the document carries its layout and has one column.
class HwpWriter {
 public:
  /// `title`: what the document's properties give; it is believed where the text says it too.
  HwpWriter(DocumentBuilder& builder, const HwpShapes& shapes, std::string_view title);
  void section(const HwpSection& section);
  /// A page's background that a section names, kept outside it.
  void master_page(const HwpSection& page);

 private:
  struct Text {
    std::string content;  ///< With equations in their places.
    std::string number;   ///< What the shape draws before it.
    HwpParagraphShape shape;
  };

  void paragraph(const HwpParagraph& p, std::string_view role);
  void paragraphs(const std::vector<HwpParagraph>& all, std::string_view role);
  void written(const HwpParagraph& p, const Text& text, std::string_view role);
  void object(const HwpObject& o, std::string_view role);
  void table(const HwpObject& o, std::string_view role);
  void once(const std::vector<HwpParagraph>& all, std::string_view role);
  Text text_of(const HwpParagraph& p);
  /// All text of a cell or caption in one line. Tables and notes in it are put off.
  std::string flat(const std::vector<HwpParagraph>& all, std::vector<const HwpObject*>& put_off);
  void turn_pages(const HwpParagraph& p);
  void find_title(const HwpSection& section);

  DocumentBuilder& builder_;
  const HwpShapes& shapes_;
  std::string title_;
  unsigned outline_ = 0;
  std::map<std::pair<bool, unsigned>, HwpCounter> counters_;  // by "is the outline's", numbering
  std::set<std::string> once_;
  int page_ = 0, paragraph_ = 0;
  int64_t last_line_ = -1;
  bool one_column_ = true;
  bool title_sought_ = false;
  const HwpParagraph* title_at_ = nullptr;
};

/// Characters of a text in the private use area, which HWP keeps old Hangul and signs of its own in.
uint64_t count_private_use(std::string_view text);

}  // namespace moru::collect
