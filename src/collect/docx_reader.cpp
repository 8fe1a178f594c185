#include "collect/docx_reader.h"

#include <charconv>

#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr int kMaxSpan = 64;  // columns of a cell; Word's tables have at most 63

bool is_on(pugi::xml_node toggle) {
  const std::string_view value = xml_attribute(toggle, "val", "true");
  return toggle && value != "0" && value != "false" && value != "off";
}

bool is_code_font(std::string_view name) {
  static constexpr std::string_view kFonts[] = {"Courier",
                                                "Consolas",
                                                "Menlo",
                                                "Monaco",
                                                "Lucida Console",
                                                "D2Coding",
                                                "Cascadia",
                                                "Source Code",
                                                "Fira Code",
                                                "Liberation Mono",
                                                "DejaVu Sans Mono",
                                                "Noto Mono",
                                                "Andale Mono",
                                                "Nanum Gothic Coding",
                                                "나눔고딕코딩"};
  return std::ranges::any_of(kFonts, [&](std::string_view font) { return name.starts_with(font); });
}

bool says_something(std::string_view text) {
  for (size_t i = 0; i < text.size();)
    if (text::is_letter(text::next_code_point(text, i))) return true;
  return false;
}

/// What a document says about where its pages begin.
enum class Pages { unknown, by_breaks, rendered };

/// Rendered: as the program that last saved it laid them out. By breaks: only those that the author set.
Pages pages_of(pugi::xml_node root) {
  Pages pages = Pages::unknown;
  for (pugi::xml_node at = root; at;) {
    const std::string_view name = local_name(at);
    if (name == "lastRenderedPageBreak") return Pages::rendered;
    if (name == "pageBreakBefore" || (name == "br" && xml_attribute(at, "type") == "page") ||
        (name == "sectPr" && local_name(at.parent()) == "pPr"))
      pages = Pages::by_breaks;
    if (at.first_child()) {
      at = at.first_child();
      continue;
    }
    while (at != root && !at.next_sibling()) at = at.parent();
    at = at == root ? pugi::xml_node() : at.next_sibling();
  }
  return pages;
}

}  // namespace

DocxReader::DocxReader(OfficePackage& package, DocumentBuilder& builder)
    : package_(package), builder_(builder), main_(package.main_part()), document_(package.xml(main_)) {
  for (const auto& [id, relationship] : package.relationships(main_)) {
    if (relationship.type == "styles")
      if (const auto xml = package.xml_if(relationship.target)) styles_ = DocxStyles(xml->root());
    if (relationship.type == "numbering")
      if (const auto xml = package.xml_if(relationship.target)) numbering_ = DocxNumbering(xml->root());
    if (relationship.type == "footnotes") footnotes_ = package.xml_if(relationship.target);
    if (relationship.type == "endnotes") endnotes_ = package.xml_if(relationship.target);
    if (relationship.type == "vbaProject") builder.metadata("macros", "left out");
  }
  for (const std::optional<XmlDocument>* notes : {&footnotes_, &endnotes_}) {
    if (!*notes) continue;
    for (const pugi::xml_node node : (*notes)->root())
      note_nodes_.emplace(fmt::format("{} {}", local_name(node), xml_attribute(node, "id")), node);
  }
}

void DocxReader::read() {
  const pugi::xml_node content = xml_child(document_.root(), "body");
  if (!content) throw Unreadable("damaged", main_ + ": no body");
  const Pages pages = pages_of(content);
  pages_known_ = pages == Pages::rendered;
  page_ = pages == Pages::unknown ? 0 : 1;
  body(content);
  flush_code();
  notes(page_);
  builder_.place(0, 0);
  headers_and_footers();
}

void DocxReader::body(pugi::xml_node parent) {
  for_each_element(parent, [&](pugi::xml_node node, std::string_view name) {
    if (name == "p") {
      paragraph(node);
    } else if (name == "tbl") {
      table(node);
    } else if (name == "sdt") {
      const pugi::xml_node gallery = xml_path(node, {"sdtPr", "docPartObj", "docPartGallery"});
      if (xml_attribute(gallery, "val") != "Table of Contents") body(xml_child(node, "sdtContent"));
    } else if (name == "customXml" || name == "ins" || name == "moveTo") {
      body(node);
    }
  });
}

void DocxReader::page_break(bool rendered) {
  if (in_notes_ || rendered != pages_known_) return;
  page_ = std::max(page_, 1) + 1;
}

void DocxReader::run(pugi::xml_node node, Line& line) {
  const pugi::xml_node properties = xml_child(node, "rPr");
  if (is_on(xml_child(properties, "vanish"))) return;
  const bool code = is_code_font(xml_attribute(xml_child(properties, "rFonts"), "ascii")) ||
                    styles_.is_code_run(xml_attribute(xml_child(properties, "rStyle"), "val"));
  const auto add = [&](std::string_view text) {
    if (text.empty()) return;
    if (line.text.empty()) line.page = page_;
    line.code = line.code && (code || text::trim(text).empty());
    line.text += text;
  };
  for_each_element(node, [&](pugi::xml_node part, std::string_view name) {
    if (name == "t") {
      add(xml_text(part));
    } else if (name == "tab" || name == "ptab") {
      add("\t");
    } else if (name == "br" || name == "cr") {
      const std::string_view type = xml_attribute(part, "type");
      if (type == "page") page_break(false);
      add("\n");
    } else if (name == "noBreakHyphen") {
      add("-");
    } else if (name == "lastRenderedPageBreak") {
      page_break(true);
    } else if (name == "footnoteReference" || name == "endnoteReference") {
      add(note_mark(part, name.substr(0, name.size() - 9)));
    } else if (name == "sym") {
      // Symbol fonts keep their signs in the private use area, where no one else can read them.
      uint32_t value = 0;
      const std::string_view digits = xml_attribute(part, "char");
      std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
      std::string sign;
      if (value >= 0x20 && (value < 0xE000 || value > 0xF8FF)) text::append_utf8(sign, value);
      add(sign);
    } else if (name == "drawing" || name == "pict" || name == "object" || name == "ruby") {
      inlines(part, line);
    }
  });
}

void DocxReader::inlines(pugi::xml_node parent, Line& line) {
  for_each_element(parent, [&](pugi::xml_node node, std::string_view name) {
    if (name == "r") {
      run(node, line);
    } else if (name == "txbxContent") {
      line.boxes.push_back(node);
    } else if (name == "oMath" || name == "oMathPara") {
      if (line.text.empty()) line.page = page_;
      line.code = false;
      line.text += xml_text(node);
    } else if (name != "pPr" && name != "del" && name != "moveFrom" && name != "rt" && name != "sdtPr" &&
               name != "instrText" && name != "delText") {
      inlines(node, line);
    }
  });
}

std::string DocxReader::note_mark(pugi::xml_node reference, std::string_view role) {
  const auto found = note_nodes_.find(fmt::format("{} {}", role, xml_attribute(reference, "id")));
  if (found == note_nodes_.end() || in_notes_) return {};
  notes_.push_back({role == "footnote" ? "footnote" : "endnote", found->second});
  return fmt::format("[^{}]", notes_.size());
}

void DocxReader::flush_code() {
  if (code_.empty()) return;
  builder_.place(code_page_, code_paragraph_);
  builder_.code(code_, "");
  code_.clear();
}

void DocxReader::paragraph(pugi::xml_node node) {
  ++paragraph_;
  const pugi::xml_node properties = xml_child(node, "pPr");
  if (is_on(xml_child(properties, "pageBreakBefore"))) page_break(false);
  Line line;
  inlines(node, line);
  const int page = line.text.empty() ? page_ : line.page;
  const bool section_ends = static_cast<bool>(xml_child(properties, "sectPr"));
  const std::string_view section_type = xml_attribute(xml_path(properties, {"sectPr", "type"}), "val", "nextPage");

  ParagraphStyle style = styles_.paragraph(xml_attribute(xml_child(properties, "pStyle"), "val"));
  const bool code_font = style.use == ParagraphUse::body && line.code && !text::trim(line.text).empty();
  if (const pugi::xml_node outline = xml_child(properties, "outlineLvl")) {
    const int level = xml_number(outline, "val", 9);
    if (style.use == ParagraphUse::body || style.use == ParagraphUse::heading) {
      style.use = level >= 0 && level < 9 ? ParagraphUse::heading : ParagraphUse::body;
      style.heading_level = level + 1;
    }
  }
  const pugi::xml_node own = xml_child(properties, "numPr");
  if (const pugi::xml_node id = xml_child(own, "numId")) style.numbering.number = xml_attribute(id, "val");
  if (const pugi::xml_node level = xml_child(own, "ilvl")) style.numbering.level = xml_number(level, "val", -1);

  const bool is_code = style.use == ParagraphUse::code || code_font;
  if (is_code) {
    if (code_.empty()) code_page_ = page, code_paragraph_ = paragraph_;
    if (!code_.empty() || !text::trim(line.text).empty()) (code_ += line.text) += '\n';
  } else if (!text::trim(line.text).empty()) {
    flush_code();
    builder_.place(page, paragraph_);
    ListLabel label;
    const bool listed = !style.numbering.number.empty() && numbering_.next(style.numbering, label);
    const std::string with_label = label.label.empty() ? line.text : label.label + " " + line.text;
    if (style.use == ParagraphUse::contents) {
      // A table of contents repeats the headings.
    } else if (style.use == ParagraphUse::title && !builder_.has_title()) {
      builder_.title(line.text);
    } else if (style.use == ParagraphUse::heading || style.use == ParagraphUse::title) {
      builder_.heading(std::max(style.heading_level, 1), with_label);
    } else if (style.use == ParagraphUse::caption) {
      builder_.caption(line.text);
    } else if (listed) {
      builder_.list_item(label.worded ? with_label : line.text, label.level + 1,
                         label.numbered ? fmt::format("{}", label.number) : "-");
    } else {
      builder_.paragraph(line.text);
    }
  }
  if (!is_code) notes(page);
  for (const pugi::xml_node box : line.boxes) body(box);
  if (section_ends && section_type != "continuous") page_break(false);
}

std::string DocxReader::flat(pugi::xml_node parent) {
  std::string out;
  const auto add = [&](std::string_view text) {
    text = text::trim(text);
    if (!text.empty() && !out.empty()) out += '\n';
    out += text;
  };
  for_each_element(parent, [&](pugi::xml_node node, std::string_view name) {
    if (name == "p") {
      ++paragraph_;
      Line line;
      inlines(node, line);
      add(line.text);
      for (const pugi::xml_node box : line.boxes) add(flat(box));
    } else if (name != "pPr" && name != "tcPr" && name != "tblPr" && name != "trPr" && name != "sdtPr" &&
               name != "del" && name != "moveFrom") {
      add(flat(node));
    }
  });
  return out;
}

std::vector<std::vector<std::string>> DocxReader::cells_of(pugi::xml_node table,
                                                           std::vector<pugi::xml_node>& only_cells) {
  std::vector<pugi::xml_node> rows;
  const auto gather = [](auto& self, pugi::xml_node parent, std::string_view wanted,
                         std::vector<pugi::xml_node>& found) -> void {
    for_each_element(parent, [&](pugi::xml_node node, std::string_view name) {
      if (name == wanted)
        found.push_back(node);
      else if (name == "sdt" || name == "sdtContent" || name == "customXml" || name == "ins")
        self(self, node, wanted, found);
    });
  };
  gather(gather, table, "tr", rows);
  std::vector<std::vector<pugi::xml_node>> cell_nodes;
  size_t widest = 0;
  for (const pugi::xml_node row : rows) {
    if (xml_path(row, {"trPr", "del"})) continue;
    gather(gather, row, "tc", cell_nodes.emplace_back());
    widest = std::max(widest, cell_nodes.back().size());
  }
  if (widest <= 1) {
    for (const auto& row : cell_nodes) only_cells.insert(only_cells.end(), row.begin(), row.end());
    return {};
  }
  std::vector<std::vector<std::string>> cells;
  std::vector<std::string> above;  // texts of cells that may reach down, by column
  for (const auto& row : cell_nodes) {
    std::vector<std::string>& out = cells.emplace_back();
    if (!row.empty()) {
      const int before = xml_number(xml_path(row.front().parent(), {"trPr", "gridBefore"}), "val");
      out.resize(static_cast<size_t>(std::clamp(before, 0, kMaxSpan)));
    }
    for (const pugi::xml_node cell : row) {
      const pugi::xml_node properties = xml_child(cell, "tcPr");
      const pugi::xml_node down = xml_child(properties, "vMerge");
      const size_t column = out.size();
      if (above.size() <= column) above.resize(column + 1);
      if (down && xml_attribute(down, "val", "continue") == "continue") {
        paragraph_ += 1;
      } else {
        above[column] = flat(cell);
      }
      const pugi::xml_node across = xml_child(properties, "hMerge");
      const bool covered = across && xml_attribute(across, "val", "continue") == "continue";
      out.push_back(covered ? std::string() : above[column]);
      const int span = std::clamp(xml_number(xml_child(properties, "gridSpan"), "val", 1), 1, kMaxSpan);
      out.resize(out.size() + static_cast<size_t>(span - 1));
    }
  }
  return cells;
}

void DocxReader::table(pugi::xml_node node) {
  flush_code();
  const int page = page_, first = paragraph_ + 1;
  std::vector<pugi::xml_node> only_cells;
  std::vector<std::vector<std::string>> cells = cells_of(node, only_cells);
  // One column is a frame around running text.
  for (const pugi::xml_node cell : only_cells) body(cell);
  if (cells.empty()) return;
  builder_.place(page, first);
  builder_.table(std::move(cells));
  notes(page);
}

void DocxReader::notes(int page) {
  const int paragraph = paragraph_;
  in_notes_ = true;
  builder_.place(page, paragraph);
  for (; next_note_ < notes_.size(); ++next_note_) {
    std::string text = flat(notes_[next_note_].node);
    std::ranges::replace(text, '\n', ' ');
    if (!text::trim(text).empty())
      builder_.paragraph(fmt::format("[^{}]: {}", next_note_ + 1, text), notes_[next_note_].role);
  }
  in_notes_ = false;
  paragraph_ = paragraph;
}

void DocxReader::headers_and_footers() {
  const auto relationships = package_.relationships(main_);
  std::set<std::string> seen;
  for (const std::string_view role : {"header", "footer"})
    for (const auto& [id, relationship] : relationships) {
      if (relationship.type != role) continue;
      const std::optional<XmlDocument> xml = package_.xml_if(relationship.target);
      if (!xml) continue;
      const std::string text = clean_lines(flat(xml->root()));
      if (says_something(text) && seen.insert(text).second) builder_.paragraph(text, role);
    }
}

}  // namespace moru::collect
