// OpenDocument files (OASIS OpenDocument 1.3): a ZIP package, or all in one flat XML file.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "collect/docx_styles.h"
#include "collect/office_package.h"

namespace moru::collect {

/// The parts of one file that are read.
class OpenDocument {
 public:
  /// Throws as OfficePackage does; Unreadable("encrypted") too where the manifest says that the content is.
  explicit OpenDocument(const Input& input);

  /// The content's element below office:body: office:text, office:spreadsheet or office:presentation.
  pugi::xml_node content(std::string_view name) const;
  /// office:document-content and office:document-styles; both are the one element of a flat file.
  pugi::xml_node content_root() const { return content_->root(); }
  pugi::xml_node styles_root() const { return styles_ ? styles_->root() : content_->root(); }
  /// Author, keywords and the like as metadata; returns the title.
  std::string read_properties(DocumentBuilder& builder) const;

 private:
  std::optional<XmlDocument> content_, styles_, meta_;
};

/// Paragraph styles, list styles and the numbering of headings.
class OpenDocumentStyles {
 public:
  struct ListLevel {
    bool numbered = false, worded = false;
    int start = 1, shown_levels = 1;
    std::string format, prefix, suffix;
  };
  using ListStyle = std::array<ListLevel, 10>;
  struct Style {
    ParagraphUse use = ParagraphUse::body;
    bool page_break = false, hidden = false;
    std::string list;  ///< The list style that paragraphs of this style stand in.
  };

  explicit OpenDocumentStyles(const OpenDocument& document);
  const Style& paragraph(std::string_view name) const;
  /// Is the slide or sheet of this style not shown?
  bool is_hidden(std::string_view name) const { return paragraph(name).hidden; }
  const ListStyle& list(std::string_view name) const;
  const ListStyle& outline() const { return outline_; }
  bool has_page_breaks() const { return page_breaks_; }

 private:
  void read(pugi::xml_node parent);
  static void read_list(pugi::xml_node node, ListStyle& style);

  std::map<std::string, pugi::xml_node, std::less<>> nodes_;
  std::map<std::string, Style, std::less<>> styles_;
  std::map<std::string, ListStyle, std::less<>> lists_;
  ListStyle outline_;
  bool page_breaks_ = false;
};

/// Do the first bytes show a package whose first entry says this type ("…opendocument.text")?
bool begins_as_package(std::string_view head, std::string_view type);

}  // namespace moru::collect
