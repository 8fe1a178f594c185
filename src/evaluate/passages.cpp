#include "evaluate/passages.h"

#include "text/unicode.h"

namespace moru::evaluate {
namespace {

using data::Block;
using data::BlockKind;

class Cutter {
 public:
  Cutter(const data::Document& document, size_t max_chars) : max_chars_(max_chars) {
    if (!document.title.empty()) title_ = document.title;
  }

  void heading(std::string_view text, int level) {
    close();
    while (!path_.empty() && path_.back().first >= level) path_.pop_back();
    path_.emplace_back(level, text);
  }
  void block(std::string_view text) {
    text = text::trim(text);
    if (text.empty()) return;
    const size_t length = text::count_code_points(text);
    if (!text_.empty() && chars_ + length > max_chars_) close();
    if (!text_.empty()) text_ += '\n';
    text_ += text;
    chars_ += length;
  }
  void table(const Block& block) {
    close();
    for (const std::vector<std::string>& row : block.cells) {
      for (const std::string& cell : row) {
        const std::string_view text = text::trim(cell);
        if (!text_.empty() && !text.empty()) text_ += ' ';
        text_ += text;
      }
      close();
    }
  }
  std::vector<Passage> finish() {
    close();
    return std::move(passages_);
  }

 private:
  void close() {
    if (text_.empty()) return;
    std::string headings = title_;
    for (const auto& [level, text] : path_) {
      if (text == title_) continue;
      if (!headings.empty()) headings += '\n';
      headings += text;
    }
    passages_.push_back({std::move(headings), std::move(text_)});
    text_.clear();
    chars_ = 0;
  }

  size_t max_chars_;
  std::string title_;
  std::vector<std::pair<int, std::string>> path_;
  std::string text_;
  size_t chars_ = 0;
  std::vector<Passage> passages_;
};

}  // namespace

std::vector<Passage> cut_passages(const data::Document& document, size_t max_chars) {
  Cutter cutter(document, max_chars);
  if (document.blocks.empty()) {
    std::string_view rest = document.text;
    while (!rest.empty()) {
      const size_t end = rest.find("\n\n");
      cutter.block(rest.substr(0, end));
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 2);
    }
  }
  for (const Block& block : document.blocks) {
    const std::string_view text = document.slice(block.range);
    if (block.kind == BlockKind::title) continue;  // it is the document's title already
    if (block.kind == BlockKind::heading) {
      cutter.heading(text::trim(text), block.level);
    } else if (block.kind == BlockKind::table && !block.cells.empty()) {
      cutter.table(block);
    } else {
      cutter.block(text);
    }
  }
  return cutter.finish();
}

std::string_view cut_text(std::string_view text, size_t max_chars) {
  text = text::trim(text);
  size_t end = 0, sentence = 0, space = 0, count = 0;
  while (end < text.size() && count < max_chars) {
    const char32_t c = text::next_code_point(text, end);
    ++count;
    const bool blank_follows = end < text.size() && (text[end] == ' ' || text[end] == '\n');
    if (blank_follows && (c == '.' || c == '?' || c == '!' || c == 0x3002 || text[end] == '\n') &&
        count * 2 >= max_chars)
      sentence = end;
    if (blank_follows) space = end;
  }
  if (end >= text.size()) return text;
  if (sentence > 0) return text::trim(text.substr(0, sentence));
  if (space > 0) return text::trim(text.substr(0, space));
  return text.substr(0, end);
}

}  // namespace moru::evaluate
