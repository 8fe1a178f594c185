#include "collect/pdf_text.h"

#include <cmath>
#include <set>

#include "collect/builder.h"
#include "collect/pdf_lines.h"
#include "collect/pdf_tables.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr double kMargin = 0.1;           // of the page's height: where running heads and feet stand
constexpr double kOutermost = 0.07;       // where a lone number is the page's
constexpr double kRunningShare = 0.4;     // of the pages: left and right pages may have different ones
constexpr double kHeadingSize = 1.15;     // of the body's
constexpr double kRecognisedSize = 1.45;  // the same for OCR, which measures less well
constexpr double kSameLeft = 12;          // points
constexpr size_t kHeadingBytes = 300;
constexpr size_t kHeadingLines = 3;

double size_of(const PageLine& line) {
  std::vector<double> heights;
  for (const PageWord& word : line.words) heights.push_back(word.box.height());
  std::ranges::nth_element(heights, heights.begin() + static_cast<std::ptrdiff_t>(heights.size() / 2));
  return heights[heights.size() / 2];
}

/// Half points: what differs by less is one size.
int rounded(double size) {
  return static_cast<int>(std::lround(size * 2));
}

/// The size that most characters have.
double body_size(const PageLayout& layout) {
  std::map<int, size_t> bytes;
  for (const Page& page : layout.pages)
    for (const PageBlock& block : page.blocks)
      for (const PageLine& line : block.lines) bytes[rounded(size_of(line))] += text_of(line).size();
  int best = 0;
  size_t most = 0;
  for (const auto& [size, count] : bytes)
    if (count > most) {
      best = size;
      most = count;
    }
  return best / 2.0;
}

/// A running line's text on any page: numbers differ.
std::string pattern_of(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    if (digit && out.ends_with('#')) continue;
    out += digit ? '#' : c;
  }
  return out;
}

bool is_page_number(std::string_view text) {
  size_t digits = 0;
  for (const char c : text) {
    if (c >= '0' && c <= '9')
      ++digits;
    else if (std::string_view(" -/.|[]()").find(c) == std::string_view::npos)
      return false;
  }
  return digits > 0 && digits <= 8;
}

/// The first and the last number of a line.
std::vector<int> numbers_at_ends(std::string_view text) {
  std::vector<int> numbers;
  for (size_t i = 0; i < text.size();) {
    size_t end = i;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    if (end > i && end - i <= 6) numbers.push_back(std::stoi(std::string(text.substr(i, end - i))));
    i = std::max(end, i + 1);
  }
  if (numbers.size() > 2) numbers = {numbers.front(), numbers.back()};
  return numbers;
}

/// The lines at the head and foot of pages that are no part of the text: those that many pages have, and those that
/// bear the page's number, which runs on as the pages do.
std::set<const PageLine*> running_lines(const PageLayout& layout) {
  std::map<std::string, std::set<int>> pages_of;
  const auto for_margins = [&](const auto& use) {
    for (const Page& page : layout.pages)
      for (const PageBlock& block : page.blocks)
        for (const PageLine& line : block.lines) {
          const double above = line.box.bottom / std::max(page.height, 1.0),
                       below = 1 - line.box.top / std::max(page.height, 1.0);
          if (above < kMargin) use(page, line, above, "head " + pattern_of(text_of(line)));
          if (below < kMargin) use(page, line, below, "foot " + pattern_of(text_of(line)));
        }
  };
  std::map<int, std::set<int>> numbered;  // pages by the difference to the number that they bear
  for_margins([&](const Page& page, const PageLine& line, double, const std::string& key) {
    pages_of[key].insert(page.number);
    for (const int n : numbers_at_ends(text_of(line))) numbered[page.number - n].insert(page.number);
  });
  const auto enough = std::max(2.0, kRunningShare * static_cast<double>(layout.pages.size()));
  std::set<const PageLine*> found;
  for_margins([&](const Page& page, const PageLine& line, double distance, const std::string& key) {
    const bool repeated = static_cast<double>(pages_of[key].size()) >= enough ||
                          std::ranges::any_of(numbers_at_ends(text_of(line)), [&](int n) {
                            return static_cast<double>(numbered[page.number - n].size()) >= std::max(3.0, enough);
                          });
    if (repeated || (distance < kOutermost && is_page_number(text_of(line)))) found.insert(&line);
  });
  // What stands in one line with such a line ("Chapter 3 … 27") is of its kind.
  for (const Page& page : layout.pages) {
    std::vector<double> middles;
    for (const PageBlock& block : page.blocks)
      for (const PageLine& line : block.lines)
        if (found.contains(&line) && middles.size() < 16) middles.push_back((line.box.top + line.box.bottom) / 2);
    for (const PageBlock& block : page.blocks)
      for (const PageLine& line : block.lines)
        for (const double middle : middles)
          if (line.box.top < middle && middle < line.box.bottom && line.box.height() < page.height / 20)
            found.insert(&line);
  }
  return found;
}

struct ListMark {
  size_t length = 0;  // bytes of the mark and the space behind it; 0: none
  std::string mark;
};

ListMark list_mark(std::string_view text) {
  static constexpr std::string_view kBullets[] = {"•", "‣", "▪", "●",  "○", "◦", "■", "□", "▶",
                                                  "◆", "◇", "※", "ㆍ", "·", "-", "–", "*"};
  for (const std::string_view bullet : kBullets) {
    if (!text.starts_with(bullet)) continue;
    const std::string_view rest = text.substr(bullet.size());
    if (rest.starts_with(' ')) return {bullet.size() + 1, "-"};
    return {};
  }
  size_t digits = 0;
  while (digits < text.size() && digits < 4 && text[digits] >= '0' && text[digits] <= '9') ++digits;
  if (digits > 0 && digits < 4 && digits + 1 < text.size() && (text[digits] == '.' || text[digits] == ')') &&
      text[digits + 1] == ' ')
    return {digits + 2, std::string(text.substr(0, digits))};
  return {};
}

bool ends_sentence(std::string_view text) {
  for (const std::string_view end : {".", "?", "!", ":", ";", "。", "…", "\"", "”", ")"})
    if (text.ends_with(end)) return true;
  return false;
}

class Writing {
 public:
  explicit Writing(const PageLayout& layout)
      : layout_(layout), joiner_(layout), body_(body_size(layout)), running_(running_lines(layout)) {
    rank_headings();
  }

  data::Document all() {
    for (const Page& page : layout_.pages) {
      std::vector<const PageLine*> lines;
      for (const PageBlock& block : page.blocks)
        for (const PageLine& line : block.lines)
          if (!running_.contains(&line)) lines.push_back(&line);
      tables_ = find_tables(lines);
      written_.assign(tables_.size(), false);
      for (const PageBlock& block : page.blocks) write(page, block);
    }
    flush();
    if (!running_.empty()) builder_.metadata("running_lines", std::to_string(running_.size()));
    return builder_.finish();
  }

 private:
  bool same_size(double a, double b) const {
    return std::abs(a - b) <= (layout_.recognised ? 0.3 : 0.1) * std::max(a, b);
  }
  double heading_size() const { return (layout_.recognised ? kRecognisedSize : kHeadingSize) * body_; }

  /// Sizes of headings, the largest first: its place is its level. The title has a level of its own.
  void rank_headings() {
    std::set<int, std::greater<>> sizes;
    const PageLine* title = nullptr;
    for (const Page& page : layout_.pages)
      for (const PageBlock& block : page.blocks)
        for (const PageLine& line : block.lines) {
          if (running_.contains(&line) || !is_large(line)) continue;
          const double size = size_of(line);
          if (&page == &layout_.pages.front() && (title == nullptr || size > 1.02 * size_of(*title))) title = &line;
          sizes.insert(rounded(size));
        }
    if (title != nullptr) title_size_ = size_of(*title);
    for (const int size : sizes)
      if (title == nullptr || !same_size(size / 2.0, title_size_))
        if (levels_.empty() || !same_size(levels_.back(), size / 2.0)) levels_.push_back(size / 2.0);
  }

  bool is_large(const PageLine& line) const {
    return size_of(line) >= heading_size() && text_of(line).size() <= kHeadingBytes;
  }

  /// Where the column ends that a block stands in. A block of short lines (a list without marks, an address) says
  /// nothing of that: then the other blocks that begin at the same place do.
  double column_end(const Page& page, const PageBlock& block, const PageBox& box) {
    double ragged = 0;
    for (size_t i = 0; i + 1 < block.lines.size(); ++i) ragged += box.right - block.lines[i].box.right;
    const auto lines = static_cast<double>(block.lines.size());
    if (block.lines.size() >= 3 && ragged < 0.08 * lines * box.width()) return box.right;
    if (ends_page_ != &page) {
      ends_page_ = &page;
      ends_.clear();
      for (const PageBlock& other : page.blocks)
        for (const PageLine& line : other.lines) {
          double& end = ends_[std::lround(line.box.left / kSameLeft)];
          end = std::max(end, line.box.right);
        }
    }
    double end = box.right;
    const auto at = std::lround(box.left / kSameLeft);
    for (const auto near : {at - 1, at, at + 1})
      if (const auto found = ends_.find(near); found != ends_.end()) end = std::max(end, found->second);
    return end;
  }

  void write(const Page& page, const PageBlock& block) {
    PageBox box = block.lines.front().box;
    for (const PageLine& line : block.lines) box.include(line.box);
    const double end = block.lines.size() > 1 ? column_end(page, block, box) : box.right;
    for (size_t i = 0; i < block.lines.size(); ++i) {
      const PageLine& line = block.lines[i];
      if (running_.contains(&line)) continue;
      if (table(page, line)) continue;
      const std::string text = text_of(line);
      const double size = size_of(line);
      const ListMark mark = list_mark(text);
      if (begins_paragraph(page, block, i, box, mark, size)) {
        flush();
        page_ = page.number;
        size_ = size;
        mark_ = mark.mark;
        text_ = text.substr(mark.length);
        lines_ = 1;
      } else {
        joiner_.append(text_, text, room_, syllable_);
        ++lines_;
      }
      room_ = box.right - line.box.right;
      room_in_column_ = end - line.box.right;
      syllable_ = syllable_width(line);
      width_ = box.width();
      last_ = &line;
      last_block_ = &block;
      last_page_ = page.number;
    }
  }

  bool table(const Page& page, const PageLine& line) {
    for (size_t t = 0; t < tables_.size(); ++t) {
      if (!tables_[t].lines.contains(&line)) continue;
      if (!written_[t]) {
        flush();
        builder_.place(page.number, 0);
        builder_.table(tables_[t].cells);
        written_[t] = true;
      }
      return true;
    }
    return false;
  }

  bool begins_paragraph(const Page& page, const PageBlock& block, size_t i, const PageBox& box, const ListMark& mark,
                        double size) const {
    if (text_.empty() || mark.length > 0 || !same_size(size, size_)) return true;
    if (is_heading()) return !(last_block_ == &block && lines_ < kHeadingLines);
    const PageLine& line = block.lines[i];
    if (last_block_ != &block) {
      // Only a sentence that the end of a page or a column cut goes on elsewhere.
      const bool elsewhere = last_page_ != page.number || line.box.bottom < last_->box.top;
      return !(elsewhere && mark_.empty() && !ends_sentence(text_) && room_ < 3 * syllable_ && width_ > 8 * size_);
    }
    const bool short_before = room_ > 0.2 * box.width() && ends_sentence(text_);
    // The next word would have fitted: the line was ended on purpose.
    const bool on_purpose = room_in_column_ > line.words.front().box.width() + 1.5 * size;
    const bool indented =
        mark_.empty() && line.box.left > box.left + 0.8 * size && last_->box.left < box.left + 0.3 * size;
    return short_before || on_purpose || indented;
  }

  bool is_heading() const {
    return size_ >= heading_size() && text_.size() <= kHeadingBytes && lines_ <= kHeadingLines;
  }

  void flush() {
    if (text_.empty()) return;
    builder_.place(page_, 0);
    if (is_heading()) {
      if (title_size_ > 0 && same_size(size_, title_size_) && page_ == layout_.pages.front().number &&
          !builder_.has_title()) {
        builder_.title(text_);
      } else {
        size_t level = 1;
        while (level <= levels_.size() && !same_size(levels_[level - 1], size_)) ++level;
        if (level > levels_.size()) level = 1;
        builder_.heading(static_cast<int>(std::min<size_t>(level + 1, 6)), text_);
      }
    } else if (!mark_.empty()) {
      builder_.list_item(text_, 1, mark_);
    } else {
      builder_.paragraph(text_);
    }
    text_.clear();
    mark_.clear();
  }

  const PageLayout& layout_;
  LineJoiner joiner_;
  double body_;
  std::set<const PageLine*> running_;
  std::vector<double> levels_;
  double title_size_ = 0;
  std::vector<PageTable> tables_;
  std::vector<bool> written_;
  DocumentBuilder builder_;

  const Page* ends_page_ = nullptr;
  std::map<long, double> ends_;  // of the page's lines, by where they begin

  // The paragraph that is being gathered, and its last line.
  std::string text_, mark_;
  int page_ = 0, last_page_ = 0;
  double size_ = 0, room_ = 0, room_in_column_ = 0, syllable_ = 0, width_ = 0;
  size_t lines_ = 0;
  const PageLine* last_ = nullptr;
  const PageBlock* last_block_ = nullptr;
};

}  // namespace

data::Document document_of_pages(const PageLayout& layout) {
  return Writing(layout).all();
}

}  // namespace moru::collect
