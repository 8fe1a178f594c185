#include "collect/html_walker.h"

#include "text/unicode.h"

namespace moru::collect {
namespace {

// A page nests some tens deep. Past this only the text is kept, so that no page can exhaust the stack.
constexpr int kMaxNesting = 400;

const GumboNode* child_at(const GumboNode* node, unsigned i) {
  return static_cast<const GumboNode*>(node->v.element.children.data[i]);
}

bool is_element(const GumboNode* node) {
  return node->type == GUMBO_NODE_ELEMENT;
}

bool is_text(const GumboNode* node) {
  return node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE || node->type == GUMBO_NODE_CDATA;
}

/// Classes of paragraphs that LibreOffice's help sets as code.
bool is_code_paragraph(const GumboElement& element) {
  return element.tag == GUMBO_TAG_P &&
         (has_class(element, "code") || has_class(element, "codeintable") || has_class(element, "smathcode"));
}

}  // namespace

void HtmlWalker::walk(const GumboNode* root, bool first_heading_is_title, const GumboNode* skipped) {
  skipped_ = skipped;
  first_heading_is_title_ = first_heading_is_title;
  const Frame frame;
  children(root, frame);
  flush(frame);
}

void HtmlWalker::children(const GumboNode* parent, const Frame& frame) {
  if (Variants::is_choice(parent->v.element)) {
    for (const GumboNode* child : variants_.shown(parent->v.element)) {
      // A variant that is shown is hidden only until the script has run.
      if (is_element(child) && gumbo_get_attribute(&child->v.element.attributes, "hidden") != nullptr)
        element(child, frame);
      else
        node(child, frame);
    }
    return;
  }
  for (unsigned i = 0; i < parent->v.element.children.length; ++i) node(child_at(parent, i), frame);
}

void HtmlWalker::node(const GumboNode* n, const Frame& frame) {
  if (is_text(n)) {
    const size_t before = inline_.size();
    append_collapsed(inline_, n->v.text.text);
    if (before == 0 && !inline_.empty()) summary_ = summary_depth_ > 0;
    return;
  }
  if (!is_element(n) || n == skipped_) return;
  if (n->v.element.tag == GUMBO_TAG_META)
    meta(n->v.element);
  else if (!is_left_out(n->v.element, in_article_))
    element(n, frame);
}

void HtmlWalker::element(const GumboNode* n, Frame frame) {
  const GumboElement& e = n->v.element;
  if (++frame.nesting > kMaxNesting) {
    append_collapsed(inline_, flat_text(n));
    return;
  }
  if (e.tag == GUMBO_TAG_BR) {
    while (!inline_.empty() && inline_.back() == ' ') inline_.pop_back();
    if (!inline_.empty()) inline_ += '\n';
    return;
  }
  if (!is_block(e)) {
    const bool summary = has_class(e, "avis");
    const bool menu = menu_depth_ == 0 && (has_class(e, "menuitem") || has_class(e, "emph") ||
                                           has_class(e, "guimenu") || has_class(e, "menuselection"));
    summary_depth_ += summary;
    menu_depth_ += menu;
    const size_t begin = inline_.size();
    children(n, frame);
    if (menu && inline_.size() > begin) menus_.push_back({begin, inline_.size()});
    menu_depth_ -= menu;
    summary_depth_ -= summary;
    return;
  }
  flush(frame);
  if (const std::string_view role = role_of(e); !role.empty()) frame.role = role;
  if (const int level = heading_level(e); level > 0) return heading(n, level, frame);
  if (is_code_paragraph(e)) return builder_.code(flat_text(n), {}, frame.role, true);
  switch (e.tag) {
    case GUMBO_TAG_UL:
    case GUMBO_TAG_OL:
      list(n, frame);
      return;
    case GUMBO_TAG_TABLE:
      table(n, frame);
      return;
    case GUMBO_TAG_PRE:
      preformatted(n, frame);
      return;
    case GUMBO_TAG_CAPTION:
    case GUMBO_TAG_FIGCAPTION:
      builder_.caption(flat_text(n), frame.role);
      return;
    case GUMBO_TAG_HEADER:
      for (const GumboTag tag : {GUMBO_TAG_H1, GUMBO_TAG_H2, GUMBO_TAG_H3})
        for (const GumboNode* found : own_descendants(n, tag, GUMBO_TAG_NAV))
          heading(found, heading_level(found->v.element), frame);
      return;
    default:
      break;
  }
  if (has_class(e, "relatedtopics")) return related(n);
  Item item{"-"};
  if (e.tag == GUMBO_TAG_DD || e.tag == GUMBO_TAG_LI) {  // an li without a list, as broken pages have it
    frame.item = &item;
    ++frame.depth;
  }
  if (has_class(e, "howtogetheader")) frame.caption = true;
  if (has_class(e, "icontable")) frame.icon = true;
  children(n, frame);
  flush(frame);
}

void HtmlWalker::heading(const GumboNode* n, int level, const Frame& frame) {
  // A heading that was never closed holds the blocks after it: what stands before the first of them is its text.
  const unsigned count = n->v.element.children.length;
  unsigned end = count;
  std::string text;
  for (unsigned i = 0; i < count && end == count; ++i) {
    const GumboNode* child = child_at(n, i);
    if (is_element(child) && is_block(child->v.element) && !text.empty())
      end = i;
    else if (is_text(child))
      append_collapsed(text, child->v.text.text);
    else if (is_element(child) && !is_left_out(child->v.element, in_article_))
      append_collapsed(text, flat_text(child));
  }
  if (end == count) text = flat_text(n);
  if (!builder_.has_title() && (level == 1 || first_heading_is_title_))
    builder_.title(text);
  else
    builder_.heading(level, text);
  for (unsigned i = end; i < count; ++i) node(child_at(n, i), frame);
  flush(frame);
}

void HtmlWalker::list(const GumboNode* n, Frame frame) {
  const GumboElement& e = n->v.element;
  const bool numbered = e.tag == GUMBO_TAG_OL;
  int64_t number = 1;
  if (const std::string start(attribute(e, "start")); !start.empty()) number = std::strtoll(start.c_str(), nullptr, 10);
  frame.numbered_steps = numbered && (attribute(e, "itemprop") == "HowTo" ||
                                      attribute(e, "itemtype").find("HowTo") != std::string_view::npos);
  ++frame.depth;
  for (unsigned i = 0; i < e.children.length; ++i) {
    const GumboNode* child = child_at(n, i);
    if (!is_element(child) || child->v.element.tag != GUMBO_TAG_LI) {
      Frame around = frame;  // a list right in a list, or text outside its items
      --around.depth;
      around.item = nullptr;
      node(child, around);
      flush(around);
      continue;
    }
    if (is_left_out(child->v.element, in_article_)) continue;
    if (const std::string value(attribute(child->v.element, "value")); !value.empty())
      number = std::strtoll(value.c_str(), nullptr, 10);
    Item item{numbered ? std::to_string(number) : "-"};
    Frame inside = frame;
    inside.item = &item;
    ++inside.nesting;
    children(child, inside);
    flush(inside);
    // An item that only holds other blocks, or nothing, still counts; a skipped number would be a hole.
    ++number;
  }
}

void HtmlWalker::table(const GumboNode* n, const Frame& frame) {
  for (const GumboNode* caption : own_descendants(n, GUMBO_TAG_CAPTION, GUMBO_TAG_TABLE))
    builder_.caption(flat_text(caption), frame.role);
  constexpr unsigned kMaxSpan = 64;  // a wider span is a mistake or a trap
  const std::vector<const GumboNode*> rows = own_descendants(n, GUMBO_TAG_TR, GUMBO_TAG_TABLE);
  std::vector<std::vector<std::string>> cells(rows.size());
  std::map<std::pair<size_t, size_t>, std::string> spanned;  // texts that reach down from a row above
  size_t widest = 0;
  for (size_t r = 0; r < rows.size(); ++r) {
    std::vector<std::string>& row = cells[r];
    const auto fill = [&] {
      for (auto it = spanned.find({r, row.size()}); it != spanned.end(); it = spanned.find({r, row.size()}))
        row.push_back(it->second);
    };
    size_t filled = 0;
    for (unsigned i = 0; i < rows[r]->v.element.children.length; ++i) {
      const GumboNode* cell = child_at(rows[r], i);
      if (!is_element(cell) || (cell->v.element.tag != GUMBO_TAG_TD && cell->v.element.tag != GUMBO_TAG_TH)) continue;
      if (is_left_out(cell->v.element, in_article_)) continue;
      fill();
      const auto span = [&](const char* name) {
        const long value = std::strtol(std::string(attribute(cell->v.element, name)).c_str(), nullptr, 10);
        return static_cast<size_t>(std::clamp<long>(value, 1, kMaxSpan));
      };
      const size_t column = row.size(), down = span("rowspan"), across = span("colspan");
      std::string text = flat_text(cell);
      filled += !text.empty();
      for (size_t d = 1; d < down && r + d < rows.size(); ++d) spanned[{r + d, column}] = text;
      row.push_back(std::move(text));
      for (size_t a = 1; a < across; ++a) row.emplace_back();
    }
    fill();
    widest = std::max(widest, filled);
  }
  // One column is a frame around running text.
  if (widest <= 1)
    rows_as_blocks(rows, frame);
  else
    builder_.table(std::move(cells), frame.role);
}

void HtmlWalker::rows_as_blocks(const std::vector<const GumboNode*>& rows, const Frame& frame) {
  for (const GumboNode* row : rows) {
    for (unsigned i = 0; i < row->v.element.children.length; ++i) {
      Frame inside = frame;
      inside.nesting += 2;
      node(child_at(row, i), inside);
      flush(inside);
    }
  }
}

void HtmlWalker::preformatted(const GumboNode* n, const Frame& frame) {
  std::string text;
  std::vector<const GumboNode*> stack{n};
  while (!stack.empty()) {
    const GumboNode* at = stack.back();
    stack.pop_back();
    if (is_text(at)) text += at->v.text.text;
    if (!is_element(at) || (at != n && is_left_out(at->v.element, in_article_))) continue;
    if (at->v.element.tag == GUMBO_TAG_BR) text += '\n';
    for (unsigned i = at->v.element.children.length; i > 0; --i) stack.push_back(child_at(at, i - 1));
  }
  builder_.code(text, code_language(n), frame.role);
}

void HtmlWalker::related(const GumboNode* n) {
  for (const GumboNode* link : own_descendants(n, GUMBO_TAG_A, GUMBO_TAG_TABLE))
    builder_.metadata_line("related", flat_text(link));
}

void HtmlWalker::meta(const GumboElement& e) {
  if (attribute(e, "itemprop") == "keywords") builder_.metadata_line("keywords", attribute(e, "content"));
}

void HtmlWalker::icon(std::string_view name) {
  for (const std::string_view end : {"click", "click:", "clicking", "press"})
    if (builder_.extend(end, name)) return;
  builder_.caption(name, "icon");
}

void HtmlWalker::note_menu_paths() {
  // Items that only a dash, an arrow or a space parts are one path: "Tools - " "AutoCorrect - " "AutoCorrect Options".
  constexpr std::string_view kBetween = " -\xE2\x80\x93\xE2\x96\xB8\xE2\x86\x92>";
  for (size_t i = 0; i < menus_.size();) {
    data::Range run = menus_[i];
    for (++i; i < menus_.size(); ++i) {
      const std::string_view gap = std::string_view(inline_).substr(run.end, menus_[i].begin - run.end);
      if (gap.find_first_not_of(kBetween) != std::string_view::npos) break;
      run.end = menus_[i].end;
    }
    std::string_view path = text::trim(std::string_view(inline_).substr(run.begin, run.end - run.begin));
    while (path.ends_with(" -")) path = text::trim(path.substr(0, path.size() - 2));
    const bool joined = path.find(" - ") != std::string_view::npos ||
                        path.find(" \xE2\x96\xB8 ") != std::string_view::npos ||
                        path.find(" > ") != std::string_view::npos;
    if (joined && path.size() < 200) builder_.metadata_line("menu_path", path);
  }
}

void HtmlWalker::flush(const Frame& frame) {
  const std::string_view text = text::trim(inline_);
  if (!text.empty()) {
    if (frame.role == "how_to_get") note_menu_paths();
    const bool special = !frame.role.empty();
    const std::string_view role = special                                         ? frame.role
                                  : frame.numbered_steps && frame.item != nullptr ? "step"
                                  : summary_                                      ? "summary"
                                                                                  : "";
    constexpr std::string_view kBullet = "\xE2\x80\xA2 ";
    if (frame.caption)
      builder_.caption(text, role);
    else if (frame.icon)
      icon(text);
    else if (frame.item == nullptr && text.starts_with(kBullet))
      builder_.list_item(text.substr(kBullet.size()), 1, "-", role);
    else if (frame.item != nullptr && !frame.item->emitted)
      builder_.list_item(text, frame.depth, frame.item->mark, role);
    else
      builder_.paragraph(text, role, frame.item != nullptr ? frame.depth : 0);
    if (frame.item != nullptr) frame.item->emitted = true;
  }
  inline_.clear();
  menus_.clear();
  summary_ = false;
}

std::string HtmlWalker::flat_text(const GumboNode* top) const {
  std::string text;
  // A node, or nullptr for the space that parts two blocks.
  std::vector<const GumboNode*> stack{top};
  while (!stack.empty()) {
    const GumboNode* at = stack.back();
    stack.pop_back();
    if (at == nullptr) {
      append_collapsed(text, " ");
    } else if (is_text(at)) {
      append_collapsed(text, at->v.text.text);
    } else if (is_element(at)) {
      const GumboElement& e = at->v.element;
      const bool shown_variant =
          at->parent != nullptr && is_element(at->parent) && Variants::is_choice(at->parent->v.element);
      if (at != top && !shown_variant && is_left_out(e, in_article_)) continue;
      const bool parts = is_block(e) || e.tag == GUMBO_TAG_BR;
      if (parts) append_collapsed(text, " ");
      if (parts) stack.push_back(nullptr);
      if (Variants::is_choice(e)) {
        const std::vector<const GumboNode*> shown = variants_.shown(e);
        stack.insert(stack.end(), shown.rbegin(), shown.rend());
      } else {
        for (unsigned i = e.children.length; i > 0; --i) stack.push_back(child_at(at, i - 1));
      }
    }
  }
  return std::string(text::trim(text));
}

std::vector<const GumboNode*> own_descendants(const GumboNode* root, GumboTag wanted, GumboTag barrier) {
  std::vector<const GumboNode*> found, stack{root};
  while (!stack.empty()) {
    const GumboNode* at = stack.back();
    stack.pop_back();
    if (!is_element(at)) continue;
    if (at != root && at->v.element.tag == wanted) {
      found.push_back(at);
      continue;
    }
    if (at != root && at->v.element.tag == barrier) continue;
    for (unsigned i = at->v.element.children.length; i > 0; --i) stack.push_back(child_at(at, i - 1));
  }
  return found;
}

}  // namespace moru::collect
