// A section of an HWPX document: paragraphs out of its XML.
#include <set>

#include "collect/hwpx_parts.h"
#include "collect/xml_reader.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

class SectionReader {
 public:
  explicit SectionReader(uint64_t& left_out) : left_out_(left_out) {}

  HwpSection read(pugi::xml_node section) {
    find_deletions(section);
    paragraphs(section, 0, section_.paragraphs);
    return std::move(section_);
  }

 private:
  /// Ids of the deletions that have an end: one without deletes nothing, or it would take the rest of the document.
  void find_deletions(pugi::xml_node section) {
    struct Walker : pugi::xml_tree_walker {
      std::set<std::string, std::less<>> ends;
      bool for_each(pugi::xml_node& node) override {
        if (node.type() == pugi::node_element && local_name(node) == "deleteEnd")
          ends.emplace(xml_attribute(node, "Id"));
        return true;
      }
    } walker;
    section.traverse(walker);
    ended_ = std::move(walker.ends);
  }

  void paragraphs(pugi::xml_node list, int depth, std::vector<HwpParagraph>& out) {
    for (const pugi::xml_node node : list.children())
      if (local_name(node) == "p") paragraph(node, depth, out.emplace_back());
  }

  /// The paragraphs of a list in the node.
  void sub_list(pugi::xml_node node, int depth, std::vector<HwpParagraph>& out) {
    for (const pugi::xml_node list : node.children())
      if (local_name(list) == "subList") paragraphs(list, depth + 1, out);
  }

  void paragraph(pugi::xml_node node, int depth, HwpParagraph& out) {
    out.shape = static_cast<unsigned>(xml_number(node, "paraPrIDRef"));
    out.style = static_cast<unsigned>(xml_number(node, "styleIDRef"));
    out.page_break = xml_attribute(node, "pageBreak") == "1";
    bool first = true;
    for (const pugi::xml_node child : node.children()) {
      const std::string_view name = local_name(child);
      if (name == "linesegarray") lines(child, out);
      if (name != "run") continue;
      if (std::exchange(first, false)) out.letters = static_cast<unsigned>(xml_number(child, "charPrIDRef"));
      run(child, depth, out);
    }
  }

  static void lines(pugi::xml_node array, HwpParagraph& out) {
    for (const pugi::xml_node line : array.children()) {
      const int height = xml_number(line, "vertpos", -1);
      if (height < 0) continue;
      if (out.first_line < 0) out.first_line = height;
      if (height < out.last_line) ++out.resets;
      out.last_line = height;
    }
  }

  void run(pugi::xml_node run, int depth, HwpParagraph& out) {
    for (const pugi::xml_node node : run.children()) {
      const std::string_view name = local_name(node);
      if (name == "t") {
        text(node, out);
      } else if (name == "secPr") {
        section_.outline = static_cast<unsigned>(xml_number(node, "outlineShapeIDRef"));
      } else if (name == "ctrl") {
        for (const pugi::xml_node control : node.children()) this->control(control, depth, out);
      } else if (name == "switch") {  // the same for readers of other versions
        const pugi::xml_node usual = xml_child(node, "default");
        this->run(usual ? usual : node.first_child(), depth, out);
      } else if (!deleted_) {
        object(node, name, depth, out);
      }
    }
  }

  void text(pugi::xml_node node, HwpParagraph& out) {
    for (const pugi::xml_node piece : node.children()) {
      if (is_xml_text(piece)) {
        if (!deleted_) out.text += piece.value();
        continue;
      }
      const std::string_view name = local_name(piece);
      if (name == "deleteBegin" && ended_.contains(xml_attribute(piece, "Id"))) deleted_ = true;
      if (name == "deleteEnd") deleted_ = false;
      if (deleted_) continue;
      if (name == "tab") out.text += '\t';
      if (name == "lineBreak") out.text += '\n';
      if (name == "nbSpace" || name == "fwSpace") out.text += ' ';
      if (name == "hyphen") out.text += '-';
    }
  }

  void control(pugi::xml_node node, int depth, HwpParagraph& out) {
    using Kind = HwpObject::Kind;
    static constexpr std::pair<std::string_view, Kind> kLists[] = {
        {"header", Kind::header}, {"footer", Kind::footer}, {"footNote", Kind::footnote}, {"endNote", Kind::endnote}};
    const std::string_view name = local_name(node);
    if (name == "colPr")
      section_.columns =
          std::max(section_.columns, static_cast<unsigned>(std::max(xml_number(node, "colCount", 1), 1)));
    if (deleted_) return;
    if (name == "autoNum") return automatic_number(node, out);
    for (const auto& [list, kind] : kLists) {
      if (name != list || !deep_enough(depth)) continue;
      HwpObject& object = add(kind, out);
      std::vector<HwpParagraph> inner;
      sub_list(node, depth, inner);
      object.paragraphs = std::move(inner);
    }
    // The rest are marks, fields, whose text stands in the paragraph, and comments, which are not shown.
  }

  bool deep_enough(int depth) {
    if (depth < kHwpNesting) return true;
    ++left_out_;
    return false;
  }

  static HwpObject& add(HwpObject::Kind kind, HwpParagraph& out) {
    HwpObject& object = out.objects.emplace_back();
    object.kind = kind;
    object.at = out.text.size();
    return object;
  }

  static void automatic_number(pugi::xml_node node, HwpParagraph& out) {
    if (xml_attribute(node, "numType") == "PAGE") return;
    const pugi::xml_node format = xml_child(node, "autoNumFormat");
    const auto number = static_cast<unsigned>(std::max(xml_number(node, "num"), 0));
    out.text += xml_attribute(format, "prefixChar");
    out.text += hwp_number_text(number, hwpx_number_shape(xml_attribute(format, "type")));
    out.text += xml_attribute(format, "suffixChar");
  }

  void object(pugi::xml_node node, std::string_view name, int depth, HwpParagraph& out) {
    if (node.type() != pugi::node_element) return;
    if (name == "tbl") {
      if (deep_enough(depth)) table(node, depth, out);
    } else if (name == "equation") {
      add(HwpObject::Kind::equation, out).script = xml_text(xml_child(node, "script"));
    } else if (name == "compose") {  // characters drawn over each other
      out.text += xml_attribute(node, "composeText");
    } else if (name == "dutmal") {  // a text with a small one above it
      out.text += xml_text(xml_child(node, "mainText"));
      const std::string above = xml_text(xml_child(node, "subText"));
      if (!above.empty()) out.text += "(" + above + ")";
    } else if (name == "btn" || name == "checkBtn" || name == "radioBtn") {
      label(xml_attribute(node, "caption"), out);
    } else if (name == "comboBox" || name == "listBox") {
      for (const pugi::xml_node item : node.children())
        if (local_name(item) == "listItem") label(xml_attribute(item, "displayText"), out);
    } else if (name == "edit") {
      label(xml_text(xml_child(node, "text")), out);
    } else if (deep_enough(depth)) {
      shape(node, depth, out);
    }
  }

  /// The text of a form's control, set off by spaces.
  static void label(std::string_view text, HwpParagraph& out) {
    if (text.empty()) return;
    if (!out.text.empty() && out.text.back() != ' ') out.text += ' ';
    out.text += text;
    out.text += ' ';
  }

  void table(pugi::xml_node node, int depth, HwpParagraph& out) {
    HwpObject table;
    table.kind = HwpObject::Kind::table;
    table.at = out.text.size();
    unsigned row = 0;
    for (const pugi::xml_node part : node.children()) {
      const std::string_view name = local_name(part);
      if (name == "caption") sub_list(part, depth, table.caption);
      if (name != "tr") continue;
      unsigned column = 0;
      for (const pugi::xml_node tc : part.children()) {
        if (local_name(tc) != "tc") continue;
        const pugi::xml_node address = xml_child(tc, "cellAddr"), span = xml_child(tc, "cellSpan");
        const auto number = [](pugi::xml_node from, std::string_view what, unsigned otherwise) {
          return static_cast<unsigned>(std::clamp(xml_number(from, what, static_cast<int>(otherwise)), 0, 65535));
        };
        HwpCell cell;
        cell.row = number(address, "rowAddr", row);
        cell.column = number(address, "colAddr", column);
        cell.rows = number(span, "rowSpan", 1);
        cell.columns = number(span, "colSpan", 1);
        sub_list(tc, depth, cell.paragraphs);
        column = std::min(cell.column + std::max(cell.columns, 1U), 65535U);
        table.cells.push_back(std::move(cell));
      }
      row = std::min(row + 1, 65535U);
    }
    out.objects.push_back(std::move(table));
  }

  /// A drawing: its caption, and the texts of all the shapes that it is made of.
  void shape(pugi::xml_node node, int depth, HwpParagraph& out) {
    HwpObject box;
    box.at = out.text.size();
    if (local_name(node) == "textart") {
      HwpParagraph art;
      // The line ends of its text are written as the pictures of control characters.
      for (const char* at = node.attribute("text").value(); *at != '\0';) {
        const std::string_view rest = at;
        if (rest.starts_with("␍") || rest.starts_with("␊")) {
          art.text += '\n';
          at += 3;
        } else {
          art.text += *at++;
        }
      }
      box.paragraphs.push_back(std::move(art));
    }
    // Shapes may be grouped in groups; the depth of the XML is bounded.
    const auto gather = [&](const auto& self, pugi::xml_node from) -> void {
      for (const pugi::xml_node part : from.children()) {
        const std::string_view name = local_name(part);
        if (name == "caption")
          sub_list(part, depth, box.caption);
        else if (name == "drawText")
          sub_list(part, depth, box.paragraphs);
        else if (part.type() == pugi::node_element)
          self(self, part);
      }
    };
    gather(gather, node);
    if (!box.paragraphs.empty() || !box.caption.empty()) out.objects.push_back(std::move(box));
  }

  uint64_t& left_out_;
  HwpSection section_;
  std::set<std::string, std::less<>> ended_;
  bool deleted_ = false;
};

}  // namespace

HwpSection read_hwpx_section(pugi::xml_node section, uint64_t& left_out) {
  return SectionReader(left_out).read(section);
}

}  // namespace moru::collect
