// Slides of PresentationML as headings, lists and tables.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "collect/office_package.h"

namespace moru::collect {

/// A slide is a page: its title is a heading, the texts of its placeholders are list items where the layout or they
/// themselves give them bullets, tables have cells, diagrams and charts give their texts, and the speaker's notes
/// follow with the role "notes". Hidden slides, dates, numbers and footers are left out.
class PptxReader {
 public:
  PptxReader(OfficePackage& package, DocumentBuilder& builder) : package_(package), builder_(builder) {}
  void read();

 private:
  using Relationships = std::map<std::string, Relationship, std::less<>>;
  /// What decides whether paragraphs without own marks are bulleted, by level from 0.
  struct Bullets {
    bool at[9] = {};
  };
  struct Shape {
    pugi::xml_node body;   ///< p:txBody or dsp:txBody
    std::string_view use;  ///< The placeholder's type; "" for a text box
    bool placeholder = false;
    std::string_view index;
  };

  void slide(const std::string& part);
  void shapes(pugi::xml_node tree, const Relationships& relationships, bool titles);
  void graphic(pugi::xml_node frame, const Relationships& relationships);
  void table(pugi::xml_node node);
  void diagram(const std::string& part);
  void chart(const std::string& part);
  void text(const Shape& shape, std::string_view role);
  void notes(const std::string& part);
  /// Bullets of the layout for each placeholder index, and those of the master's body text.
  void read_layout(const std::string& part);
  const XmlDocument* cached(const std::string& part);
  static Shape shape_of(pugi::xml_node node);
  static std::string line_of(pugi::xml_node paragraph);
  static std::string flat(pugi::xml_node body);
  static void read_bullets(pugi::xml_node styles, Bullets& bullets);

  OfficePackage& package_;
  DocumentBuilder& builder_;
  int page_ = 0, paragraph_ = 0;
  std::map<std::string, XmlDocument> cache_;  ///< Layouts and masters, which slides share.
  Bullets master_;
  std::map<std::string, Bullets, std::less<>> layout_;
};

}  // namespace moru::collect
