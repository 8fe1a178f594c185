// Walks the body of a WordprocessingML document and tells a DocumentBuilder what it finds.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "collect/docx_styles.h"
#include "collect/office_package.h"

namespace moru::collect {

/// Left out: comments, tracked deletions and moves away, hidden text, tables of contents, phonetic guides. Kept once,
/// at the end, with roles: "footnote", "endnote" (marked [^1] where they are referred to), "header", "footer".
class DocxReader {
 public:
  DocxReader(OfficePackage& package, DocumentBuilder& builder);
  void read();

 private:
  /// The text of one paragraph and what was met in it.
  struct Line {
    std::string text;
    int page = 0;                       ///< Where its first text stands.
    bool code = true;                   ///< All of its text is set in a font or style of code.
    std::vector<pugi::xml_node> boxes;  ///< Text boxes, which follow the paragraph.
  };
  struct Note {
    std::string_view role;
    pugi::xml_node node;
  };

  void body(pugi::xml_node parent);
  void paragraph(pugi::xml_node node);
  void table(pugi::xml_node node);
  void flush_code();
  void inlines(pugi::xml_node parent, Line& line);
  void run(pugi::xml_node node, Line& line);
  void page_break(bool rendered);
  /// Paragraphs and tables below a node as lines of text.
  std::string flat(pugi::xml_node parent);
  std::vector<std::vector<std::string>> cells_of(pugi::xml_node table, std::vector<pugi::xml_node>& only_cells);
  /// Those that were referred to since the last call.
  void notes(int page);
  void headers_and_footers();
  std::string note_mark(pugi::xml_node reference, std::string_view role);

  OfficePackage& package_;
  DocumentBuilder& builder_;
  std::string main_;
  XmlDocument document_;
  std::optional<XmlDocument> footnotes_, endnotes_;
  std::map<std::string, pugi::xml_node, std::less<>> note_nodes_;  ///< By role and id.
  DocxStyles styles_;
  DocxNumbering numbering_;
  bool pages_known_ = false;  ///< The program that wrote the file noted where its pages began.
  int page_ = 0, paragraph_ = 0;
  std::string code_;  ///< Lines of code that were gathered.
  int code_page_ = 0, code_paragraph_ = 0;
  std::vector<Note> notes_;  ///< In the order in which they are referred to.
  size_t next_note_ = 0;
  bool in_notes_ = false;
};

}  // namespace moru::collect
