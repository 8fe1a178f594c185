// white_space: one space between words, one kind of line break, nothing invisible. Code keeps its inner spaces and
// tables their tabs.
#include <nlohmann/json.hpp>

#include "core/language.h"
#include "curate/change.h"
#include "curate/rule.h"
#include "text/unicode.h"

namespace moru::curate {
namespace {

using data::BlockKind;
using data::Range;

bool is_line_break(char32_t c) {
  return (c >= 0x0A && c <= 0x0D) || c == 0x85 || c == 0x2028 || c == 0x2029;
}
bool is_blank(char32_t c) {
  return text::is_space(c) || text::is_invisible(c);
}

/// What a run of blank characters holds.
struct Run {
  size_t breaks = 0, spaces = 0;
};

Run measure(std::string_view blank) {
  Run run;
  for (size_t i = 0; i < blank.size();) {
    const char32_t c = text::next_code_point(blank, i);
    if (c == '\r' && i < blank.size() && blank[i] == '\n') continue;  // counted with its line feed
    if (is_line_break(c))
      ++run.breaks;
    else if (text::is_space(c))
      ++run.spaces;
  }
  return run;
}

std::string replacement_in_prose(std::string_view blank) {
  const Run run = measure(blank);
  if (run.breaks > 0) return std::string(std::min<size_t>(run.breaks, 2), '\n');
  return run.spaces > 0 ? " " : "";
}

/// Line breaks of one kind, no spaces before them, nothing invisible; the rest as it is.
std::string replacement_in_code(std::string_view blank) {
  std::string result;
  for (size_t i = 0; i < blank.size();) {
    const char32_t c = text::next_code_point(blank, i);
    if (c == '\r' && i < blank.size() && blank[i] == '\n') continue;
    if (is_line_break(c)) {
      while (!result.empty() && result.back() != '\n') result.pop_back();
      result += '\n';
    } else if (c == '\t') {
      result += '\t';
    } else if (text::is_space(c)) {
      result += ' ';
    }
  }
  return result;
}

/// Between blocks stand line breaks and Markdown's marks, whose indentation says how deep a list is.
std::string replacement_between(std::string_view blank) {
  const Run run = measure(blank);
  if (run.breaks == 0) return replacement_in_prose(blank);
  std::string indentation = replacement_in_code(blank);
  indentation.erase(0, indentation.rfind('\n') + 1);
  return std::string(std::min<size_t>(run.breaks, 2), '\n') + indentation;
}

/// A block's range without the blanks at its ends, which belong between blocks. Code keeps its first indentation.
Range trimmed(const data::Document& document, const data::Block& block) {
  const std::string_view text = document.slice(block.range);
  size_t begin = 0;
  for (size_t i = 0; i < text.size();) {
    const char32_t c = text::next_code_point(text, i);
    if (!is_blank(c)) break;
    if (block.kind != BlockKind::code || is_line_break(c)) begin = i;
  }
  size_t end = text.size();
  while (end > begin) {
    const size_t start = text::previous_boundary(text, end);
    size_t i = start;
    if (!is_blank(text::next_code_point(text, i))) break;
    end = start;
  }
  return {block.range.begin + begin, block.range.begin + std::max(begin, end)};
}

void edit_segment(std::string_view whole, Range segment, std::string (*replace)(std::string_view), TextEdit& edit) {
  for (size_t i = segment.begin; i < segment.end;) {
    const size_t begin = i;
    if (!is_blank(text::next_code_point(whole, i))) continue;
    size_t end = i;
    while (i < segment.end && is_blank(text::next_code_point(whole, i))) end = i;
    i = end;
    const std::string_view blank = whole.substr(begin, end - begin);
    // The document begins with no blanks, unless it is with indented code, and ends with none or with one line break.
    const bool first = begin == 0 && replace != replacement_in_code;
    const bool last = end == whole.size();
    if (blank == " " && !first && !last) continue;
    std::string with;
    if (last && !first && measure(blank).breaks > 0) with.push_back('\n');
    if (!last && !first) with = replace(blank);
    if (with != blank) edit.replace(begin, end, with);
  }
}

bool ends_blank(std::string_view text) {
  size_t last = text::previous_boundary(text, text.size());
  return is_blank(text::next_code_point(text, last));
}

/// Trims the blocks' ranges on the way.
TextEdit edit_of(data::Document& document) {
  TextEdit edit;
  const std::string_view text = document.text;
  uint64_t done = 0;
  for (data::Block& block : document.blocks) {
    const Range before = block.range;
    block.range = trimmed(document, block);
    if (before.begin < done || block.range.begin == block.range.end) continue;  // inside the block before, or of blanks
    edit_segment(text, {done, before.begin}, replacement_between, edit);
    // What was trimmed in front: nothing of it is needed where blanks part the blocks already.
    const bool parted =
        before.begin == 0 || (before.begin > done && ends_blank(text.substr(done, before.begin - done)));
    if (parted && block.range.begin > before.begin) edit.erase(before.begin, block.range.begin);
    if (!parted) edit_segment(text, {before.begin, block.range.begin}, replacement_in_prose, edit);
    const bool verbatim = block.kind == BlockKind::code || block.kind == BlockKind::table;
    edit_segment(text, block.range, verbatim ? replacement_in_code : replacement_in_prose, edit);
    done = block.range.end;
  }
  edit_segment(text, {done, text.size()}, replacement_between, edit);
  std::erase_if(document.blocks, [](const data::Block& block) { return block.range.begin == block.range.end; });
  return edit;
}

/// A title or a loose cell: one line.
std::string one_line(std::string_view other) {
  std::string visible;
  for (size_t i = 0; i < other.size();) {
    const char32_t c = text::next_code_point(other, i);
    if (!text::is_invisible(c)) text::append_utf8(visible, c);
  }
  return text::normalise_space(visible);
}

class WhiteSpace final : public DocumentRule<WhiteSpace> {
 public:
  Json parameters() const override { return Json::object(); }
  std::string limit() const override {
    return std::string(tr("one space, at most one empty line", "공백 하나, 빈 줄은 하나까지"));
  }
  Verdict apply(Item& item) const {
    data::Document& document = item.document;
    Verdict verdict = change_document(edit_of(document), one_line, document);
    // A cell's blanks at its ends have become part of what stands between cells.
    for (data::Block& block : document.blocks)
      for (std::vector<std::string>& row : block.cells)
        for (std::string& cell : row) cell = std::string(text::trim(cell));
    return verdict;
  }
};

}  // namespace

std::unique_ptr<Rule> make_white_space(const Config&) {
  return std::make_unique<WhiteSpace>();
}

}  // namespace moru::curate
