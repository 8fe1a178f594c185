#include "collect/opendocument_reader.h"

#include "collect/office_numbers.h"
#include "collect/opendocument_table.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr int kMaxSpaces = 256;  // that one text:s may stand for
constexpr size_t kLevels = 10;

bool is_index(std::string_view name) {
  return name == "table-of-content" || name.ends_with("-index");
}

bool says_something(std::string_view text) {
  for (size_t i = 0; i < text.size();)
    if (text::is_letter(text::next_code_point(text, i))) return true;
  return false;
}

/// White space of the file is one space; only text:s and text:tab mean more.
void append_text(std::string& out, std::string_view text) {
  for (const char c : text) {
    const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!space)
      out += c;
    else if (!out.empty() && out.back() != ' ' && out.back() != '\n')
      out += ' ';
  }
}

}  // namespace

void OpenDocumentReader::read_text() {
  const pugi::xml_node text = document_.content("text");
  const bool soft = xml_attribute(text, "use-soft-page-breaks") == "true";
  page_ = soft || styles_.has_page_breaks() ? 1 : 0;
  body(text, nullptr);
  flush_code();
  notes(page_);
  builder_.place(0, 0);
  headers_and_footers();
}

void OpenDocumentReader::read_slides() {
  slides_ = true;
  std::string hidden;
  for (const pugi::xml_node page : document_.content("presentation")) {
    if (local_name(page) != "page") continue;
    ++page_;
    if (styles_.is_hidden(xml_attribute(page, "draw:style-name")))
      hidden += fmt::format("{}{}", hidden.empty() ? "" : ", ", page_);
    else
      slide(page);
  }
  builder_.metadata("hidden_slides", hidden);
}

void OpenDocumentReader::slide(pugi::xml_node page) {
  std::string title;
  pugi::xml_node title_frame;
  for (const pugi::xml_node node : page)
    if (xml_attribute(node, "presentation:class") == "title" && !title_frame) {
      title = flat(node);
      title_frame = node;
    }
  paragraph_ = title.empty() ? 0 : 1;
  builder_.place(page_, paragraph_);
  builder_.heading(2, title);
  for_each_element(page, [&](pugi::xml_node node, std::string_view name) {
    const std::string_view use = xml_attribute(node, "presentation:class");
    if (node == title_frame || name == "notes" || use == "date-time" || use == "footer" || use == "header" ||
        use == "page-number")
      return;
    frame(node);
  });
  flush_code();
  for (const pugi::xml_node node : xml_child(page, "notes")) {
    if (xml_attribute(node, "presentation:class") != "notes") continue;
    role_ = "notes";
    frame(node);
    role_ = {};
  }
}

/// A shape, a frame or a group: its text boxes and tables are content of their own.
void OpenDocumentReader::frame(pugi::xml_node node) {
  body(node, nullptr);
}

void OpenDocumentReader::body(pugi::xml_node parent, List* around) {
  for_each_element(parent, [&](pugi::xml_node node, std::string_view name) {
    if (name == "p" || name == "h") {
      paragraph(node, around, false, name == "h");
    } else if (name == "list") {
      list(node, around);
    } else if (name == "table") {
      table(node);
    } else if (name == "soft-page-break") {
      page_ += page_ > 0 ? 1 : 0;
    } else if (name == "section" || name == "index-body" || name == "text-box" || name == "frame" || name == "g" ||
               name == "a" || name == "bibliography" || name.ends_with("shape") || name == "rect" ||
               name == "ellipse" || name == "circle" || name == "polygon" || name == "path" ||
               name == "numbered-paragraph" || name == "line" || name == "connector" || name == "caption" ||
               name == "polyline") {
      const bool hidden = xml_attribute(node, "text:display") == "none";
      if (!is_index(name) && !hidden) body(node, around);
    }
  });
}

std::string OpenDocumentReader::label(const OpenDocumentStyles::ListStyle& style, const List& list, size_t level) {
  std::string numbers;
  for (size_t l = level + 1 - static_cast<size_t>(style[level].shown_levels); l <= level; ++l) {
    if (!style[l].numbered) continue;
    if (!numbers.empty()) numbers += '.';
    numbers += list_number(list.begun[l] ? list.counts[l] : style[l].start, style[l].format);
  }
  return text::normalise_space(style[level].prefix + numbers + style[level].suffix);
}

std::string OpenDocumentReader::heading_label(int level) {
  const auto l = static_cast<size_t>(std::clamp(level, 1, static_cast<int>(kLevels)) - 1);
  const OpenDocumentStyles::ListStyle& style = styles_.outline();
  outline_.counts[l] = outline_.begun[l] ? outline_.counts[l] + 1 : style[l].start;
  outline_.begun[l] = true;
  for (size_t deeper = l + 1; deeper < kLevels; ++deeper) outline_.begun[deeper] = false;
  return style[l].numbered ? label(style, outline_, l) : std::string();
}

void OpenDocumentReader::list(pugi::xml_node node, List* outer) {
  List own;
  List* state = outer;
  const std::string_view style = xml_attribute(node, "style-name");
  if (outer == nullptr) {
    own.style = style;
    const bool goes_on = xml_attribute(node, "continue-numbering") == "true";
    if (const auto id = by_id_.find(xml_attribute(node, "continue-list")); id != by_id_.end())
      own = id->second;
    else if (const auto last = by_style_.find(style); goes_on && last != by_style_.end())
      own = last->second;
    own.depth = 0;
    state = &own;
  }
  const std::string style_before = state->style;
  if (!style.empty()) state->style = style;
  const auto level = static_cast<size_t>(std::min<int>(state->depth, kLevels - 1));
  if (outer != nullptr) state->begun[level] = false;
  ++state->depth;
  for_each_element(node, [&](pugi::xml_node item, std::string_view name) {
    if (name != "list-item" && name != "list-header") return;
    bool marked = name == "list-item";
    // An item that only holds a deeper list is there for its depth.
    const pugi::xml_node first = item.find_child([](pugi::xml_node n) { return n.type() == pugi::node_element; });
    if (marked && local_name(first) != "list") {
      const OpenDocumentStyles::ListLevel& format = styles_.list(state->style)[level];
      state->counts[level] = state->begun[level] ? state->counts[level] + 1 : format.start;
      state->counts[level] = xml_number(item, "start-value", state->counts[level]);
      state->begun[level] = true;
      for (size_t deeper = level + 1; deeper < kLevels; ++deeper) state->begun[deeper] = false;
    }
    for_each_element(item, [&](pugi::xml_node child, std::string_view kind) {
      if (kind == "p" || kind == "h") {
        paragraph(child, state, marked, kind == "h");
        marked = false;
      } else if (kind == "list") {
        list(child, state);
      } else if (kind == "soft-page-break") {
        page_ += page_ > 0 ? 1 : 0;
      } else if (kind == "table") {
        table(child);
      }
    });
  });
  --state->depth;
  state->style = style_before;
  if (outer != nullptr) return;
  state->style = style;
  by_style_[state->style] = *state;
  if (const std::string_view id = xml_attribute(node, "xml:id"); !id.empty()) by_id_[std::string(id)] = *state;
}

void OpenDocumentReader::flush_code() {
  if (code_.empty()) return;
  builder_.place(code_page_, code_paragraph_);
  builder_.code(code_, "");
  code_.clear();
}

void OpenDocumentReader::paragraph(pugi::xml_node node, List* list, bool marked, bool is_heading) {
  ++paragraph_;
  const OpenDocumentStyles::Style& style = styles_.paragraph(xml_attribute(node, "text:style-name"));
  if (style.page_break && page_ > 0 && !slides_ && paragraph_ > 1) ++page_;
  Line line;
  line.page = page_;
  inlines(node, line);
  const bool empty = text::trim(line.text).empty();
  if (style.use == ParagraphUse::code && list == nullptr && !is_heading) {
    if (code_.empty()) code_page_ = line.page, code_paragraph_ = paragraph_;
    if (!code_.empty() || !empty) (code_ += line.text) += '\n';
  } else if (!empty) {
    flush_code();
    builder_.place(line.page, paragraph_);
    if (is_heading) {
      const int level = std::clamp(xml_number(node, "outline-level", 1), 1, 10);
      const bool plain = xml_attribute(node, "is-list-header") == "true";
      const std::string number = plain ? std::string() : heading_label(level);
      builder_.heading(level, number.empty() ? line.text : number + " " + line.text);
    } else if (style.use == ParagraphUse::title && !builder_.has_title() && !slides_) {
      builder_.title(line.text);
    } else if (style.use == ParagraphUse::caption && list == nullptr) {
      builder_.caption(line.text);
    } else if (list != nullptr && list->depth > 0) {
      const auto level = static_cast<size_t>(std::min<int>(list->depth, kLevels) - 1);
      const OpenDocumentStyles::ListStyle& format = styles_.list(list->style);
      if (!marked) {
        builder_.paragraph(line.text, role_, list->depth);
      } else if (format[level].numbered) {
        builder_.list_item(format[level].worded ? label(format, *list, level) + " " + line.text : line.text,
                           list->depth, fmt::format("{}", list->counts[level]), role_);
      } else {
        builder_.list_item(line.text, list->depth, "-", role_);
      }
    } else {
      builder_.paragraph(line.text, role_);
    }
  }
  if (code_.empty()) notes(line.page);
  for (const pugi::xml_node box : line.boxes) body(box, nullptr);
}

void OpenDocumentReader::inlines(pugi::xml_node parent, Line& line) {
  for (const pugi::xml_node node : parent) {
    if (is_xml_text(node)) {
      append_text(line.text, node.value());
      continue;
    }
    if (node.type() != pugi::node_element) continue;
    const std::string_view name = local_name(node);
    if (name == "s") {
      line.text.append(static_cast<size_t>(std::clamp(xml_number(node, "c", 1), 0, kMaxSpaces)), ' ');
    } else if (name == "tab") {
      line.text += '\t';
    } else if (name == "line-break") {
      line.text += '\n';
    } else if (name == "soft-page-break") {
      page_ += page_ > 0 ? 1 : 0;
      if (line.text.empty()) line.page = page_;
    } else if (name == "note") {
      if (in_notes_) continue;
      const bool end = xml_attribute(node, "note-class") == "endnote";
      notes_.push_back({end ? "endnote" : "footnote", xml_child(node, "note-body")});
      line.text += fmt::format("[^{}]", notes_.size());
    } else if (name == "frame" || name == "custom-shape" || name == "g" || name == "rect" || name == "ellipse") {
      line.boxes.push_back(node);
    } else if (name != "annotation" && name != "hidden-text" && name != "ruby-text" && name != "script" &&
               name != "tracked-changes" && name != "desc" && name != "title" && name != "binary-data" &&
               name != "hidden-paragraph" && name != "event-listeners") {
      inlines(node, line);
    }
  }
}

std::string OpenDocumentReader::flat(pugi::xml_node parent) {
  std::string out;
  const auto add = [&](std::string_view text) {
    text = text::trim(text);
    if (!text.empty() && !out.empty()) out += '\n';
    out += text;
  };
  for_each_element(parent, [&](pugi::xml_node node, std::string_view name) {
    if (name == "p" || name == "h") {
      ++paragraph_;
      Line line;
      inlines(node, line);
      add(line.text);
      for (const pugi::xml_node box : line.boxes) add(flat(box));
    } else if (name != "annotation" && name != "desc" && name != "title" && name != "binary-data" && !is_index(name) &&
               name != "tracked-changes") {
      add(flat(node));
    }
  });
  return out;
}

void OpenDocumentReader::table(pugi::xml_node node) {
  flush_code();
  const int page = page_, first = paragraph_ + 1;
  OpenDocumentTable table(node, [&](pugi::xml_node cell) { return flat(cell); });
  // One column is a frame around running text.
  if (table.is_frame()) {
    table.for_each_cell([&](pugi::xml_node cell) { body(cell, nullptr); });
    return;
  }
  std::vector<std::vector<std::string>> cells = table.cells();
  builder_.place(page, first);
  builder_.table(std::move(cells), role_);
  notes(page);
}

void OpenDocumentReader::notes(int page) {
  const int paragraph = paragraph_;
  in_notes_ = true;
  builder_.place(page, paragraph);
  for (; next_note_ < notes_.size(); ++next_note_) {
    std::string text = flat(notes_[next_note_].body);
    std::ranges::replace(text, '\n', ' ');
    if (!text::trim(text).empty())
      builder_.paragraph(fmt::format("[^{}]: {}", next_note_ + 1, text), notes_[next_note_].role);
  }
  in_notes_ = false;
  paragraph_ = paragraph;
}

void OpenDocumentReader::headers_and_footers() {
  std::set<std::string> seen;
  const pugi::xml_node masters = xml_child(document_.styles_root(), "master-styles");
  for (const std::string_view role : {"header", "footer"})
    for (const pugi::xml_node master : masters)
      for (const pugi::xml_node part : master) {
        if (!local_name(part).starts_with(role) || xml_attribute(part, "display") == "false") continue;
        const std::string text = clean_lines(flat(part));
        if (says_something(text) && seen.insert(text).second) builder_.paragraph(text, role);
      }
}

}  // namespace moru::collect
