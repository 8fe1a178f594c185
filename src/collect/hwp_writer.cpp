#include "collect/hwp_writer.h"

#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr size_t kHeadingLength = 80;  // characters; a longer outline paragraph is a clause, not a heading
constexpr size_t kTitleWithin = 6;     // a title is one of the first paragraphs
constexpr size_t kTitleCells = 4;      // of a table that may frame it
constexpr int kSaysSo = 1'000'000;
constexpr int kTitleHeight = 1300;  // of letters, in 1/100 point, where a centred line is a title
constexpr size_t kRepeated = 200;   // bytes of a cell's text that is repeated in the rows that it spans

/// By its last sign; Korean's endings of sentences and clauses end titles too, but not short ones.
bool ends_a_sentence(std::string_view text) {
  const auto ends_with = [&](std::initializer_list<std::string_view> ends) {
    return std::ranges::any_of(ends, [&](std::string_view end) { return text.ends_with(end); });
  };
  return ends_with({".", ",", ";", "!", "?", ":", "。", "…"}) ||
         (ends_with({"다", "함", "음"}) && text::count_code_points(text) > 20);
}

/// "1" of "1.", "가" of "(가)": a list item's mark.
std::string mark_of(std::string_view number) {
  while (!number.empty() && std::string_view("([<{ ").find(number.front()) != std::string_view::npos)
    number.remove_prefix(1);
  while (!number.empty() && std::string_view(")]>}. ").find(number.back()) != std::string_view::npos)
    number.remove_suffix(1);
  return number.empty() ? "-" : std::string(number);
}

bool blank(std::string_view text) {
  return text::trim(text).empty();
}

/// Short, no sentence, and more than a date or a number.
bool reads_as_title(std::string_view line) {
  if (text::count_code_points(line) > kHeadingLength || ends_a_sentence(line)) return false;
  size_t letters = 0;
  for (size_t at = 0; at < line.size();) {
    const char32_t c = text::next_code_point(line, at);
    letters += text::is_letter(c) && c != U'년' && c != U'월' && c != U'일';
  }
  return letters >= 2;
}

/// Level of a heading whose number is typed: "제1편 …", "제2장 …", "제3절 …", "제4관 …", "Ⅱ. …"; 0 for anything else. A
/// line of a table of contents ends with its page.
int typed_heading(std::string_view line) {
  if (text::count_code_points(line) > kHeadingLength || ends_a_sentence(line) || line.find('\t') != line.npos) return 0;
  if (line.back() >= '0' && line.back() <= '9') return 0;
  size_t at = 0;
  const char32_t first = text::next_code_point(line, at);
  if (first >= U'Ⅰ' && first <= U'Ⅻ') {
    const std::string_view rest = line.substr(at);
    return rest.size() > 2 && (rest.starts_with(". ") || rest.starts_with(' ')) ? 1 : 0;
  }
  if (first != U'제') return 0;
  const size_t digits = line.find_first_not_of("0123456789", at);
  if (digits == at || digits == line.npos) return 0;
  const std::string_view unit = line.substr(digits);
  int level = 0;
  for (const std::string_view name : {"편", "장", "절", "관"}) {
    ++level;
    if (unit.starts_with(name) && unit.size() > name.size() + 1 && unit[name.size()] == ' ') return level;
  }
  return 0;
}

bool names_a_title(std::string_view style) {
  for (const std::string_view name : {"제목", "큰제목", "큰 제목", "문서 제목", "문서제목", "Title"})
    if (style == name) return true;
  return false;
}

}  // namespace

HwpWriter::HwpWriter(DocumentBuilder& builder, const HwpShapes& shapes, std::string_view title)
    : builder_(builder), shapes_(shapes), title_(text::normalise_space(title)) {}

void HwpWriter::section(const HwpSection& section) {
  if (!std::exchange(title_sought_, true)) find_title(section);
  outline_ = section.outline;
  one_column_ = one_column_ && section.columns <= 1;
  for (const HwpParagraph& p : section.paragraphs) {
    ++paragraph_;
    turn_pages(p);
    builder_.place(one_column_ ? page_ : 0, paragraph_);
    paragraph(p, {});
    page_ += page_ > 0 ? p.resets : 0;
  }
  title_at_ = nullptr;  // the section's paragraphs go
}

void HwpWriter::master_page(const HwpSection& page) {
  builder_.place(0, 0);
  once(page.paragraphs, "master_page");
}

void HwpWriter::turn_pages(const HwpParagraph& p) {
  if (p.first_line < 0 && page_ == 0) return;  // no layout
  const auto shape = shapes_.paragraphs.find(p.shape);
  const bool breaks = p.page_break || (shape != shapes_.paragraphs.end() && shape->second.page_break);
  if (page_ == 0)
    page_ = 1;
  else if (breaks || (p.first_line >= 0 && p.first_line < last_line_))
    ++page_;
  if (p.last_line >= 0) last_line_ = p.last_line;
}

HwpWriter::Text HwpWriter::text_of(const HwpParagraph& p) {
  Text text;
  if (const auto shape = shapes_.paragraphs.find(p.shape); shape != shapes_.paragraphs.end())
    text.shape = shape->second;
  size_t from = 0;
  for (const HwpObject& o : p.objects) {
    if (o.kind != HwpObject::Kind::equation) continue;
    text.content.append(p.text, from, o.at - from);
    from = o.at;
    if (!text.content.empty()) text.content += ' ';
    text.content += o.script + ' ';
  }
  text.content.append(p.text, from);
  using Head = HwpParagraphShape::Head;
  if (text.shape.head == Head::outline || text.shape.head == Head::number) {
    const unsigned id = text.shape.head == Head::outline ? outline_ : text.shape.numbering;
    if (const auto numbering = shapes_.numberings.find(id); numbering != shapes_.numberings.end())
      text.number = counters_[{text.shape.head == Head::outline, id}].next(numbering->second, text.shape.level);
  }
  return text;
}

void HwpWriter::find_title(const HwpSection& section) {
  // The first paragraphs with text, those in boxes and frames included.
  std::vector<const HwpParagraph*> first;
  const auto gather = [&](const auto& self, const std::vector<HwpParagraph>& all) -> void {
    for (const HwpParagraph& p : all) {
      if (first.size() >= kTitleWithin) return;
      if (!blank(p.text)) first.push_back(&p);
      for (const HwpObject& o : p.objects) {
        if (o.kind == HwpObject::Kind::box) self(self, o.paragraphs);
        if (o.kind == HwpObject::Kind::table && o.cells.size() <= kTitleCells)
          for (const HwpCell& cell : o.cells) self(self, cell.paragraphs);
      }
    }
  };
  gather(gather, section.paragraphs);
  int best = 0;  // 1/100 point, or more than any where the document says so itself
  for (const HwpParagraph* p : first) {
    const std::string line = text::normalise_space(p->text);
    if (!reads_as_title(line)) continue;
    const auto style = shapes_.styles.find(p->style);
    const auto shape = shapes_.paragraphs.find(p->shape);
    const auto height = shapes_.letter_heights.find(p->letters);
    int score = 0;
    if (line == title_)
      score = 2 * kSaysSo;
    else if (style != shapes_.styles.end() && names_a_title(style->second))
      score = kSaysSo;
    else if (shape != shapes_.paragraphs.end() && shape->second.centred &&
             shape->second.head == HwpParagraphShape::Head::none && height != shapes_.letter_heights.end() &&
             height->second >= kTitleHeight)
      score = std::min(height->second, kSaysSo - 1);
    if (score > best) {
      best = score;
      title_at_ = p;
    }
  }
}

void HwpWriter::written(const HwpParagraph& p, const Text& text, std::string_view role) {
  if (blank(text.content)) return;
  using Head = HwpParagraphShape::Head;
  const std::string numbered = text.number.empty() ? text.content : text.number + " " + text.content;
  if (!role.empty()) return builder_.paragraph(numbered, role);
  if (&p == title_at_) return builder_.title(numbered);
  const std::string_view trimmed = text::trim(text.content);
  switch (text.shape.head) {
    case Head::outline:
      if (text::count_code_points(trimmed) <= kHeadingLength && !ends_a_sentence(trimmed))
        return builder_.heading(text.shape.level + 1, numbered);
      [[fallthrough]];
    case Head::number:
      return builder_.list_item(text.content, text.shape.level + 1, mark_of(text.number));
    case Head::bullet:
      return builder_.list_item(text.content, text.shape.level + 1, "-");
    case Head::none:
      if (const int level = typed_heading(trimmed)) return builder_.heading(level, text.content);
      return builder_.paragraph(text.content);
  }
}

void HwpWriter::paragraph(const HwpParagraph& p, std::string_view role) {
  // What is anchored before the first letter stands before the text.
  const size_t lead = p.text.find_first_not_of(" \t\n");
  const auto leads = [&](const HwpObject& o) {
    return (o.kind == HwpObject::Kind::table || o.kind == HwpObject::Kind::box) &&
           (lead == std::string::npos || o.at <= lead);
  };
  const Text text = text_of(p);
  for (const HwpObject& o : p.objects)
    if (leads(o) || o.kind == HwpObject::Kind::header) object(o, role);
  if (blank(p.text) && !blank(text.content))
    builder_.code(text.content, "eqedit", role);
  else
    written(p, text, role);
  for (const HwpObject& o : p.objects)
    if (!leads(o) && o.kind != HwpObject::Kind::header) object(o, role);
}

void HwpWriter::paragraphs(const std::vector<HwpParagraph>& all, std::string_view role) {
  for (const HwpParagraph& p : all) paragraph(p, role);
}

void HwpWriter::once(const std::vector<HwpParagraph>& all, std::string_view role) {
  std::vector<const HwpObject*> put_off;
  const std::string text = flat(all, put_off);
  if (!blank(text) && once_.insert(text).second) builder_.paragraph(text, role);
  for (const HwpObject* o : put_off) object(*o, role);
}

void HwpWriter::object(const HwpObject& o, std::string_view role) {
  switch (o.kind) {
    case HwpObject::Kind::table:
      return table(o, role);
    case HwpObject::Kind::box: {
      paragraphs(o.paragraphs, role);
      std::vector<const HwpObject*> put_off;
      builder_.caption(flat(o.caption, put_off), role);
      for (const HwpObject* inner : put_off) object(*inner, role);
      return;
    }
    case HwpObject::Kind::footnote:
      return paragraphs(o.paragraphs, "footnote");
    case HwpObject::Kind::endnote:
      return paragraphs(o.paragraphs, "endnote");
    case HwpObject::Kind::header:
      return once(o.paragraphs, "header");
    case HwpObject::Kind::footer:
      return once(o.paragraphs, "footer");
    case HwpObject::Kind::master_page:
      return once(o.paragraphs, "master_page");
    case HwpObject::Kind::equation:
      return;  // stands in the text
  }
}

std::string HwpWriter::flat(const std::vector<HwpParagraph>& all, std::vector<const HwpObject*>& put_off) {
  std::string out;
  const auto add = [&out](std::string_view piece) {
    if (blank(piece)) return;
    if (!out.empty()) out += '\n';
    out += piece;
  };
  for (const HwpParagraph& p : all) {
    const Text text = text_of(p);
    if (!blank(text.content)) add(text.number.empty() ? text.content : text.number + " " + text.content);
    for (const HwpObject& o : p.objects) {
      if (o.kind == HwpObject::Kind::equation) continue;
      if (o.kind != HwpObject::Kind::box) {
        put_off.push_back(&o);
        continue;
      }
      add(flat(o.paragraphs, put_off));
      add(flat(o.caption, put_off));
    }
  }
  return out;
}

void HwpWriter::table(const HwpObject& o, std::string_view role) {
  std::vector<const HwpObject*> put_off;
  builder_.caption(flat(o.caption, put_off), role);

  // Cells of the fullest row that say anything. One is a frame around running text.
  const auto says = [](const HwpCell& cell) {
    return std::ranges::any_of(cell.paragraphs,
                               [](const HwpParagraph& p) { return !blank(p.text) || !p.objects.empty(); });
  };
  std::map<unsigned, unsigned> in_row;
  unsigned widest = 0;
  size_t rows = 0, columns = 0;
  for (const HwpCell& cell : o.cells) {
    if (says(cell)) widest = std::max(widest, ++in_row[cell.row]);
    rows = std::max<size_t>(rows, cell.row + 1);
    columns = std::max<size_t>(columns, cell.column + 1);
  }
  if (widest <= 1) {
    for (const HwpCell& cell : o.cells) paragraphs(cell.paragraphs, role);
  } else if (rows * columns > 16 * o.cells.size() + 4096) {
    // Addresses that make no table of these cells: their order is believed, not their places.
    std::vector<std::vector<std::string>> cells;
    unsigned row = 0;
    for (const HwpCell& cell : o.cells) {
      if (cells.empty() || cell.row != row) cells.emplace_back();
      row = cell.row;
      cells.back().push_back(flat(cell.paragraphs, put_off));
    }
    builder_.table(std::move(cells), role);
  } else {
    std::vector<std::vector<std::string>> cells(rows, std::vector<std::string>(columns));
    for (const HwpCell& cell : o.cells) {
      const std::string text = flat(cell.paragraphs, put_off);
      const unsigned down = text.size() <= kRepeated ? std::clamp(cell.rows, 1U, 64U) : 1;
      for (size_t row = cell.row; row < std::min<size_t>(cell.row + down, rows); ++row) {
        std::string& to = cells[row][cell.column];
        if (to.empty())
          to = text;
        else if (row == cell.row)
          to += "\n" + text;
      }
    }
    builder_.table(std::move(cells), role);
  }
  for (const HwpObject* inner : put_off) object(*inner, role);
}

uint64_t count_private_use(std::string_view text) {
  uint64_t count = 0;
  for (size_t at = 0; at < text.size();) {
    const char32_t c = text::next_code_point(text, at);
    count += (c >= 0xE000 && c < 0xF900) || c >= 0xF0000;
  }
  return count;
}

}  // namespace moru::collect
