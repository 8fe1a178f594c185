#include "collect/pdf_layout.h"

#include <charconv>
#include <cmath>

#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr double kFarAway = 1e5;  // points; a page is some hundreds

double number(std::string_view text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  if (!std::isfinite(value)) return 0;
  return std::clamp(value, -kFarAway, kFarAway);
}

std::string_view attribute(std::string_view tag, std::string_view name) {
  for (size_t at = tag.find(name); at != std::string_view::npos; at = tag.find(name, at + 1)) {
    const std::string_view rest = tag.substr(at + name.size());
    if (at == 0 || tag[at - 1] != ' ' || !rest.starts_with("=\"")) continue;
    return rest.substr(2, rest.find('"', 2) - 2);
  }
  return {};
}

PageBox box_of(std::string_view tag) {
  PageBox box{number(attribute(tag, "xMin")), number(attribute(tag, "yMin")), number(attribute(tag, "xMax")),
              number(attribute(tag, "yMax"))};
  box.right = std::max(box.right, box.left);
  box.bottom = std::max(box.bottom, box.top);
  return box;
}

/// The five named entities and numbers. Control characters, which no text has, become spaces.
std::string unescaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t amp = std::min(text.find('&'), text.size());
    out += text.substr(0, amp);
    text.remove_prefix(amp);
    if (text.empty()) break;
    const size_t end = text.substr(0, 12).find(';');
    const std::string_view name = text.substr(1, end == std::string_view::npos ? 0 : end - 1);
    char32_t c = 0;
    if (name == "amp") c = '&';
    if (name == "lt") c = '<';
    if (name == "gt") c = '>';
    if (name == "quot") c = '"';
    if (name == "apos") c = '\'';
    if (name.starts_with("#")) {
      const bool hex = name.substr(1).starts_with('x');
      uint32_t value = 0;
      const std::string_view digits = name.substr(hex ? 2 : 1);
      std::from_chars(digits.data(), digits.data() + digits.size(), value, hex ? 16 : 10);
      c = value;
    }
    if (c == 0) {
      out += '&';
      text.remove_prefix(1);
      continue;
    }
    text::append_utf8(out, c);
    text.remove_prefix(end + 1);
  }
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  return text::is_valid_utf8(out) ? out : text::repair_utf8(out);
}

void drop_empty(Page& page) {
  for (PageBlock& block : page.blocks) std::erase_if(block.lines, [](const PageLine& l) { return l.words.empty(); });
  std::erase_if(page.blocks, [](const PageBlock& b) { return b.lines.empty(); });
}

struct Recognised {
  PageWord word;
  double confidence = 0;
};

/// Makes words of what Tesseract gives as single syllables: `texts` are the page's lines as it spaces them, of which
/// those before `next` have been used.
void join_as_spaced(std::vector<Recognised>& words, const std::vector<std::string>& texts, size_t& next) {
  constexpr size_t kAhead = 16;  // lines that may stand in the text alone
  std::string all;
  for (const Recognised& r : words) all += r.word.text;
  for (size_t i = next; i < std::min(texts.size(), next + kAhead); ++i) {
    std::string bare = texts[i];
    std::erase(bare, ' ');
    if (bare != all) continue;
    next = i + 1;
    std::vector<Recognised> joined;
    size_t at = 0;  // in the spaced text
    for (Recognised& r : words) {
      const bool fresh = joined.empty() || texts[i][at] == ' ';
      while (at < texts[i].size() && texts[i][at] == ' ') ++at;
      for (size_t left = r.word.text.size(); left > 0 && at < texts[i].size(); ++at) left -= texts[i][at] != ' ';
      if (fresh) {
        joined.push_back(std::move(r));
        continue;
      }
      Recognised& into = joined.back();
      const auto a = static_cast<double>(into.word.text.size()), b = static_cast<double>(r.word.text.size());
      into.confidence = (a * into.confidence + b * r.confidence) / (a + b);
      into.word.text += r.word.text;
      into.word.box.include(r.word.box);
    }
    words = std::move(joined);
    return;
  }
}

}  // namespace

void PageBox::include(const PageBox& other) {
  left = std::min(left, other.left);
  top = std::min(top, other.top);
  right = std::max(right, other.right);
  bottom = std::max(bottom, other.bottom);
}

PageLayout parse_pdf_layout(std::string_view xhtml) {
  PageLayout layout;
  for (size_t at = xhtml.find('<'); at != std::string_view::npos; at = xhtml.find('<', at)) {
    const size_t end = xhtml.find('>', at);
    if (end == std::string_view::npos) break;
    const std::string_view tag = xhtml.substr(at + 1, end - at - 1);
    at = end + 1;
    Page* const page = layout.pages.empty() ? nullptr : &layout.pages.back();
    if (tag == "title") {
      const size_t close = std::min(xhtml.find("</title>", at), xhtml.size());
      layout.metadata["title"] = unescaped(xhtml.substr(at, close - at));
    } else if (tag.starts_with("meta ")) {
      const std::string name = unescaped(attribute(tag, "name"));
      if (!name.empty() && layout.metadata.size() < 64)
        layout.metadata.emplace(name, unescaped(attribute(tag, "content")));
    } else if (tag.starts_with("page ")) {
      Page& fresh = layout.pages.emplace_back();
      fresh.number = static_cast<int>(layout.pages.size());
      fresh.width = number(attribute(tag, "width"));
      fresh.height = number(attribute(tag, "height"));
    } else if (page == nullptr) {
      continue;
    } else if (tag.starts_with("block")) {
      page->blocks.emplace_back();
    } else if (tag.starts_with("line") && !page->blocks.empty()) {
      page->blocks.back().lines.emplace_back().box = box_of(tag);
    } else if (tag.starts_with("word") && !page->blocks.empty() && !page->blocks.back().lines.empty()) {
      const size_t close = std::min(xhtml.find('<', at), xhtml.size());
      std::string word = unescaped(xhtml.substr(at, close - at));
      word = std::string(text::trim(word));
      if (!word.empty()) page->blocks.back().lines.back().words.push_back({box_of(tag), std::move(word)});
      at = close;
    }
  }
  for (Page& page : layout.pages) drop_empty(page);
  return layout;
}

Page parse_tesseract_tsv(std::string_view output, int number_, double dpi, double confidence) {
  Page page;
  page.number = number_;
  const double scale = 72 / std::max(dpi, 1.0);
  std::vector<std::string> texts;  // the lines as Tesseract spaces them
  std::vector<std::vector<std::vector<Recognised>>> blocks;
  while (!output.empty()) {
    const size_t end = std::min(output.find('\n'), output.size());
    std::string_view row = output.substr(0, end);
    output.remove_prefix(std::min(end + 1, output.size()));
    if (std::ranges::count(row, '\t') != 11) {
      const std::string_view text = text::trim(row);
      if (!text.empty() && text::is_valid_utf8(text)) texts.emplace_back(text);
      continue;
    }
    // level, page, block, paragraph, line, word, left, top, width, height, confidence, text
    std::array<std::string_view, 12> field;
    for (std::string_view& f : field) {
      const size_t tab = std::min(row.find('\t'), row.size());
      f = row.substr(0, tab);
      row.remove_prefix(std::min(tab + 1, row.size()));
    }
    PageBox box{number(field[6]) * scale, number(field[7]) * scale, 0, 0};
    box.right = box.left + std::max(0.0, number(field[8]) * scale);
    box.bottom = box.top + std::max(0.0, number(field[9]) * scale);
    if (field[0] == "1") {
      page.width = box.right;
      page.height = box.bottom;
    }
    if (field[0] == "3") blocks.emplace_back();  // Tesseract's paragraphs are what pdftotext calls blocks
    if (field[0] == "4" && !blocks.empty()) blocks.back().emplace_back();
    if (field[0] != "5" || blocks.empty() || blocks.back().empty()) continue;
    const std::string_view word = text::trim(field[11]);
    if (!word.empty() && text::is_valid_utf8(word))
      blocks.back().back().push_back({{box, std::string(word)}, number(field[10])});
  }
  size_t next_text = 0;
  for (std::vector<std::vector<Recognised>>& block : blocks) {
    PageBlock& into = page.blocks.emplace_back();
    for (std::vector<Recognised>& words : block) {
      join_as_spaced(words, texts, next_text);
      PageLine line;
      for (Recognised& r : words)
        if (r.confidence >= confidence) line.words.push_back(std::move(r.word));
      if (line.words.empty()) continue;
      line.box = line.words.front().box;
      for (const PageWord& word : line.words) line.box.include(word.box);
      // A line has one size; the boxes are those of the letters, with and without parts above and below.
      for (PageWord& word : line.words) {
        word.box.top = line.box.top;
        word.box.bottom = line.box.bottom;
      }
      into.lines.push_back(std::move(line));
    }
  }
  drop_empty(page);
  return page;
}

}  // namespace moru::collect
