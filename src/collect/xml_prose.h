// Documents in XML (DocBook, JATS, TEI, DITA and their like) as headings, paragraphs, lists, tables and code.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collect/builder.h"
#include "collect/xml_reader.h"

namespace moru::collect {

/// What elements of this name are for in the vocabularies that documents are written in, by their names in lower case.
enum class XmlUse {
  unknown,
  section,
  title,
  paragraph,
  bullets,
  numbers,
  item,
  table,
  row,
  cell,
  code,
  caption,
  note,
  information,
  left_out
};
XmlUse xml_use(pugi::xml_node element);

/// Does the tree hold paragraphs, as documents do and data does not?
bool is_xml_prose(pugi::xml_node root);

class XmlProse {
 public:
  explicit XmlProse(DocumentBuilder& builder) : builder_(builder) {}
  void read(pugi::xml_node root);

 private:
  void element(pugi::xml_node node, XmlUse use, int level, int depth);
  void children(pugi::xml_node parent, int level, int depth);
  void title(pugi::xml_node node, XmlUse parent, int level);
  void list(pugi::xml_node node, bool numbered, int level, int depth);
  void item(pugi::xml_node node, std::string_view mark, int level, int depth);
  void table(pugi::xml_node node);
  void paragraph(pugi::xml_node node, int level, int depth);
  void information(pugi::xml_node node, int level);
  void flush(std::string& text, int depth);
  /// Those that stood in the text since the last call.
  void notes();
  /// Text of a node in one piece; blocks in it are left to the caller, notes become marks.
  void append_inline(pugi::xml_node node, std::string& out);
  std::string flat(pugi::xml_node node);

  DocumentBuilder& builder_;
  std::string mark_;  ///< Of a list's item whose first text has not come yet.
  std::vector<std::string> notes_;
  size_t next_note_ = 0;
};

}  // namespace moru::collect
