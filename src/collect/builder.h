// Builds a document's canonical text and the blocks that point into it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/document.h"

namespace moru::collect {

/// The text is plain Markdown: "# " before the title and "## " … before headings, "- " or "1. " before list items
/// (three spaces deeper a level), "cell | cell" for table rows, fences around code. A block's range covers its content
/// without these marks. Empty content adds nothing. Content must be valid UTF-8; white space at its ends is dropped.
class DocumentBuilder {
 public:
  void title(std::string_view content);
  void heading(int level, std::string_view content);
  /// `depth`: that of the list item which the paragraph continues, or 0.
  void paragraph(std::string_view content, std::string_view role = {}, int depth = 0);
  /// `mark`: "-", or the item's number.
  void list_item(std::string_view content, int depth, std::string_view mark, std::string_view role = {});
  /// Columns that are empty in every row are left out.
  void table(std::vector<std::vector<std::string>> cells, std::string_view role = {});
  /// Common indentation is removed. With `joins`, content that directly follows such code of the same language is one
  /// block with it.
  void code(std::string_view content, std::string_view language, std::string_view role = {}, bool joins = false);
  void caption(std::string_view content, std::string_view role = {});

  /// Adds to the last block if that is a paragraph that ends with `end`. False if it is not.
  bool extend(std::string_view end, std::string_view content);

  /// Blocks added from here on stand on this page and in this paragraph of the source (data::Block); 0: unknown.
  void place(int page, int paragraph) {
    page_ = page;
    paragraph_ = paragraph;
  }

  void metadata(const std::string& key, std::string_view value);
  /// Adds a line to a metadata value, unless it is there already.
  void metadata_line(const std::string& key, std::string_view line);

  bool has_title() const { return !document_.title.empty(); }
  /// Ends the building: title, text, blocks and metadata are filled.
  data::Document finish();

 private:
  data::Block& add(data::BlockKind kind, std::string_view before, std::string_view content, std::string_view after,
                   std::string_view role);
  data::Document document_;
  std::string section_role_;
  int section_level_ = 0;
  int page_ = 0, paragraph_ = 0;
  bool in_list_ = false, joinable_ = false;
};

/// The role of a section with this heading ("Syntax:", "구문"), or empty.
std::string_view section_role(std::string_view heading);

/// Appends text with white space collapsed and invisible characters left out: never two spaces in a row, none at the
/// start.
void append_collapsed(std::string& out, std::string_view text);

/// Each line collapsed, empty lines left out.
std::string clean_lines(std::string_view paragraph);

}  // namespace moru::collect
