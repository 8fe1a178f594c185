#include "collect/xml_prose.h"

#include <map>

#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr size_t kMaxNotes = 100'000;

bool is_block(XmlUse use) {
  return use != XmlUse::unknown && use != XmlUse::note && use != XmlUse::left_out;
}

/// An element of unknown use that holds blocks is a frame around them; another is part of the running text.
bool holds_blocks(pugi::xml_node node) {
  for (pugi::xml_node at = node.first_child(); at;) {
    if (at.type() == pugi::node_element && is_block(xml_use(at))) return true;
    if (at.first_child()) {
      at = at.first_child();
      continue;
    }
    while (at != node && !at.next_sibling()) at = at.parent();
    at = at == node ? pugi::xml_node() : at.next_sibling();
  }
  return false;
}

}  // namespace

XmlUse xml_use(pugi::xml_node element) {
  using enum XmlUse;
  static const std::map<std::string_view, XmlUse> kUses = {{"section", section},
                                                           {"sect1", section},
                                                           {"sect2", section},
                                                           {"sect3", section},
                                                           {"sect4", section},
                                                           {"sect5", section},
                                                           {"chapter", section},
                                                           {"part", section},
                                                           {"appendix", section},
                                                           {"preface", section},
                                                           {"article", section},
                                                           {"book", section},
                                                           {"div", section},
                                                           {"div1", section},
                                                           {"div2", section},
                                                           {"div3", section},
                                                           {"sec", section},
                                                           {"topic", section},
                                                           {"abstract", section},
                                                           {"reference", section},
                                                           {"refentry", section},
                                                           {"refsect1", section},
                                                           {"refsect2", section},
                                                           {"refsection", section},
                                                           {"title", title},
                                                           {"head", title},
                                                           {"bridgehead", title},
                                                           {"h1", title},
                                                           {"h2", title},
                                                           {"h3", title},
                                                           {"h4", title},
                                                           {"h5", title},
                                                           {"h6", title},
                                                           {"subtitle", paragraph},
                                                           {"para", paragraph},
                                                           {"simpara", paragraph},
                                                           {"p", paragraph},
                                                           {"ab", paragraph},
                                                           {"shortdesc", paragraph},
                                                           {"l", paragraph},
                                                           {"term", paragraph},
                                                           {"dt", paragraph},
                                                           {"glossterm", unknown},
                                                           {"cmd", paragraph},
                                                           {"itemizedlist", bullets},
                                                           {"simplelist", bullets},
                                                           {"ul", bullets},
                                                           {"list", bullets},
                                                           {"sl", bullets},
                                                           {"orderedlist", numbers},
                                                           {"procedure", numbers},
                                                           {"substeps", numbers},
                                                           {"ol", numbers},
                                                           {"steps", numbers},
                                                           {"listitem", item},
                                                           {"list-item", item},
                                                           {"li", item},
                                                           {"item", item},
                                                           {"step", item},
                                                           {"member", item},
                                                           {"substep", item},
                                                           {"table", table},
                                                           {"informaltable", table},
                                                           {"simpletable", table},
                                                           {"row", row},
                                                           {"tr", row},
                                                           {"sthead", row},
                                                           {"strow", row},
                                                           {"entry", cell},
                                                           {"td", cell},
                                                           {"th", cell},
                                                           {"cell", cell},
                                                           {"stentry", cell},
                                                           {"programlisting", code},
                                                           {"screen", code},
                                                           {"literallayout", code},
                                                           {"codeblock", code},
                                                           {"pre", code},
                                                           {"synopsis", code},
                                                           {"cmdsynopsis", code},
                                                           {"caption", caption},
                                                           {"figcaption", caption},
                                                           {"footnote", note},
                                                           {"fn", note},
                                                           {"info", information},
                                                           {"articleinfo", information},
                                                           {"bookinfo", information},
                                                           {"chapterinfo", information},
                                                           {"sectioninfo", information},
                                                           {"refentryinfo", information},
                                                           {"prolog", information},
                                                           {"docinfo", information},
                                                           {"indexterm", left_out},
                                                           {"remark", left_out},
                                                           {"script", left_out},
                                                           {"style", left_out},
                                                           {"toc", left_out},
                                                           {"index", left_out},
                                                           {"draft-comment", left_out}};
  const std::string_view name = local_name(element);
  if (const auto found = kUses.find(name); found != kUses.end()) return found->second;
  if (name.size() > 16) return unknown;
  const auto found = kUses.find(text::lower(text::repair_utf8(name)));
  return found == kUses.end() ? unknown : found->second;
}

bool is_xml_prose(pugi::xml_node root) {
  for (pugi::xml_node at = root; at;) {
    const std::string_view name = at.type() == pugi::node_element ? local_name(at) : std::string_view();
    if (name == "para" || name == "simpara" || name == "p" || name == "programlisting" || name == "itemizedlist")
      return true;
    if (at.first_child()) {
      at = at.first_child();
      continue;
    }
    while (at != root && !at.next_sibling()) at = at.parent();
    at = at == root ? pugi::xml_node() : at.next_sibling();
  }
  return false;
}

void XmlProse::read(pugi::xml_node root) {
  children(root, 0, 0);
  notes();
}

void XmlProse::notes() {
  for (; next_note_ < notes_.size(); ++next_note_)
    builder_.paragraph(fmt::format("[^{}]: {}", next_note_ + 1, notes_[next_note_]), "footnote");
}

void XmlProse::flush(std::string& text, int depth) {
  if (!text::trim(text).empty()) {
    if (!mark_.empty())
      builder_.list_item(text, depth, mark_);
    else
      builder_.paragraph(text, {}, depth);
    mark_.clear();
    notes();
  }
  text.clear();
}

void XmlProse::children(pugi::xml_node parent, int level, int depth) {
  std::string running;  // text and inline elements between blocks
  for (const pugi::xml_node child : parent) {
    if (is_xml_text(child)) {
      append_collapsed(running, child.value());
      continue;
    }
    if (child.type() != pugi::node_element) continue;
    const XmlUse use = xml_use(child);
    if (use == XmlUse::left_out) continue;
    if (use == XmlUse::note || (use == XmlUse::unknown && !holds_blocks(child))) {
      // In a frame of blocks such an element stands for itself, in running text it is a part of it.
      const bool alone = text::trim(running).empty();
      append_inline(child, running);
      if (alone && use == XmlUse::unknown && !is_xml_text(child.next_sibling())) flush(running, depth);
      continue;
    }
    flush(running, depth);
    if (use == XmlUse::title)
      title(child, xml_use(parent), level);
    else
      element(child, use, level, depth);
  }
  flush(running, depth);
}

void XmlProse::element(pugi::xml_node node, XmlUse use, int level, int depth) {
  switch (use) {
    case XmlUse::section:
      return children(node, level + 1, 0);
    case XmlUse::paragraph:
      return paragraph(node, level, depth);
    case XmlUse::bullets:
    case XmlUse::numbers: {
      const std::string_view type = xml_attribute(node, "list-type", xml_attribute(node, "type"));
      return list(node, use == XmlUse::numbers || type == "order" || type == "ordered", level, depth);
    }
    case XmlUse::item:
      return item(node, "-", level, std::max(depth, 1));
    case XmlUse::table:
      return table(node);
    case XmlUse::code:
      return builder_.code(xml_text(node), text::repair_utf8(xml_attribute(node, "language")));
    case XmlUse::caption:
      return builder_.caption(flat(node));
    case XmlUse::information:
      return information(node, level);
    default:
      return children(node, level, depth);
  }
}

void XmlProse::title(pugi::xml_node node, XmlUse parent, int level) {
  const std::string text = flat(node);
  const std::string_view name = local_name(node);
  const bool numbered = name.size() == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6';
  if (numbered)
    level = name[1] - '0';
  else if (level == 0 && !builder_.has_title())
    return builder_.title(text);
  if (parent == XmlUse::table || local_name(node.parent()) == "figure" || local_name(node.parent()) == "example" ||
      local_name(node.parent()) == "fig")
    builder_.caption(text);
  else
    builder_.heading(std::max(level, 1), text);
}

void XmlProse::information(pugi::xml_node node, int level) {
  for (const pugi::xml_node child : node) {
    const std::string_view name = local_name(child);
    if (name == "title")
      title(child, XmlUse::section, level);
    else if (name == "abstract")
      children(child, level + 1, 0);
    else if (name == "author" || name == "authorgroup" || name == "editor")
      builder_.metadata_line("author", flat(child));
    else if (name == "keywordset" || name == "subjectset" || name == "keywords")
      builder_.metadata("keywords", flat(child));
    else if (name == "pubdate" || name == "date")
      builder_.metadata("created", flat(child));
    else if (name == "copyright" || name == "legalnotice" || name == "license")
      builder_.metadata_line("rights", flat(child));
  }
}

void XmlProse::paragraph(pugi::xml_node node, int level, int depth) {
  if (holds_blocks(node)) return children(node, level, depth);
  std::string text;
  append_inline(node, text);
  flush(text, depth);
}

void XmlProse::list(pugi::xml_node node, bool numbered, int level, int depth) {
  int number = 0;
  for (const pugi::xml_node child : node) {
    if (child.type() != pugi::node_element) continue;
    const XmlUse use = xml_use(child);
    if (use == XmlUse::item)
      item(child, numbered ? fmt::format("{}", ++number) : "-", level, depth + 1);
    else if (use == XmlUse::title)
      builder_.caption(flat(child));
    else if (use != XmlUse::left_out)
      element(child, use, level, depth);
  }
}

void XmlProse::item(pugi::xml_node node, std::string_view mark, int level, int depth) {
  mark_ = mark;
  children(node, level, depth);
  mark_.clear();
}

void XmlProse::table(pugi::xml_node node) {
  std::vector<pugi::xml_node> rows;
  std::string caption;
  const auto gather = [&](auto& self, pugi::xml_node parent) -> void {
    for (const pugi::xml_node child : parent) {
      if (child.type() != pugi::node_element) continue;
      const XmlUse use = xml_use(child);
      if (use == XmlUse::row)
        rows.push_back(child);
      else if (use == XmlUse::title || use == XmlUse::caption)
        caption = flat(child);
      else if (use != XmlUse::table)
        self(self, child);
    }
  };
  gather(gather, node);
  builder_.caption(caption);
  std::vector<std::vector<std::string>> cells;
  for (const pugi::xml_node row : rows) {
    std::vector<std::string>& out = cells.emplace_back();
    for (const pugi::xml_node cell : row)
      if (cell.type() == pugi::node_element && xml_use(cell) == XmlUse::cell) out.push_back(flat(cell));
  }
  builder_.table(std::move(cells));
  notes();
}

void XmlProse::append_inline(pugi::xml_node node, std::string& out) {
  if (xml_use(node) == XmlUse::note) {
    if (notes_.size() >= kMaxNotes) return;
    notes_.emplace_back();
    const size_t index = notes_.size();
    std::string text;
    for (const pugi::xml_node child : node) {
      if (is_xml_text(child)) append_collapsed(text, child.value());
      if (child.type() == pugi::node_element) append_inline(child, text);
    }
    notes_[index - 1] = text::normalise_space(text);
    out += fmt::format("[^{}]", index);
    return;
  }
  for (const pugi::xml_node child : node) {
    if (is_xml_text(child)) {
      append_collapsed(out, child.value());
    } else if (child.type() == pugi::node_element && xml_use(child) != XmlUse::left_out) {
      if (is_block(xml_use(child))) append_collapsed(out, " ");
      append_inline(child, out);
      if (is_block(xml_use(child))) append_collapsed(out, " ");
    }
  }
}

std::string XmlProse::flat(pugi::xml_node node) {
  std::string out;
  append_inline(node, out);
  return out;
}

}  // namespace moru::collect
