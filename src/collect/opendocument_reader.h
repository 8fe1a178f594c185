// Walks text, lists, tables and notes of OpenDocument and tells a DocumentBuilder what it finds.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "collect/opendocument_package.h"

namespace moru::collect {

/// Left out: comments, tracked deletions, hidden text, indexes, phonetic guides. Notes follow their paragraph
/// or table with the roles "footnote" and "endnote", marked [^1] as where they stand; headers and footers stand once,
/// at the end, with the roles "header" and "footer".
class OpenDocumentReader {
 public:
  OpenDocumentReader(const OpenDocument& document, DocumentBuilder& builder)
      : document_(document), styles_(document), builder_(builder) {}

  void read_text();
  void read_slides();
  /// Paragraphs below a node as lines of text.
  std::string flat(pugi::xml_node parent);

 private:
  struct Line {
    std::string text;
    int page = 0;
    std::vector<pugi::xml_node> boxes;  ///< Frames with content of their own, which follow the paragraph.
  };
  struct List {
    std::string style;
    int depth = 0;
    std::array<int, 10> counts{};  ///< Of the item that was last seen, by depth.
    std::array<bool, 10> begun{};
  };
  struct Note {
    std::string_view role;
    pugi::xml_node body;
  };

  void body(pugi::xml_node parent, List* list);
  void paragraph(pugi::xml_node node, List* list, bool marked, bool is_heading);
  void list(pugi::xml_node node, List* outer);
  void table(pugi::xml_node node);
  void frame(pugi::xml_node node);
  void slide(pugi::xml_node page);
  void inlines(pugi::xml_node parent, Line& line);
  void flush_code();
  /// Those that stood in the text since the last call.
  void notes(int page);
  void headers_and_footers();
  std::string heading_label(int level);
  /// The label of the item that `list` stands at: number with prefix and suffix.
  static std::string label(const OpenDocumentStyles::ListStyle& style, const List& list, size_t level);

  const OpenDocument& document_;
  OpenDocumentStyles styles_;
  DocumentBuilder& builder_;
  List outline_;
  std::map<std::string, List, std::less<>> by_style_, by_id_;  ///< Lists that others may continue.
  int page_ = 0, paragraph_ = 0;
  std::string_view role_;
  std::string code_;
  int code_page_ = 0, code_paragraph_ = 0;
  std::vector<Note> notes_;
  size_t next_note_ = 0;
  bool in_notes_ = false, slides_ = false;
};

}  // namespace moru::collect
