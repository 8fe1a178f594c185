// Markdown: CommonMark's blocks (0.30, sections 4 and 5), GitHub's tables and alerts, front matter.
#include "collect/builder.h"
#include "collect/encoding.h"
#include "collect/extractor.h"
#include "collect/front_matter.h"
#include "collect/markdown_inline.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr int kMaxNesting = 32;  // of lists and quotes; deeper marks are read as text

using Lines = std::vector<std::string>;

size_t indent_of(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}
bool is_blank(std::string_view line) {
  return indent_of(line) == line.size();
}

/// Tabs to columns of four, as the block rules count them.
std::string expand_tabs(std::string_view line) {
  std::string out;
  size_t i = 0;
  for (; i < line.size() && (line[i] == ' ' || line[i] == '\t'); ++i)
    out.append(line[i] == '\t' ? 4 - out.size() % 4 : 1, ' ');
  out += line.substr(i);
  return out;
}

bool is_rule(std::string_view line) {
  const std::string_view s = text::trim(line);
  if (s.empty() || (s[0] != '*' && s[0] != '-' && s[0] != '_') || indent_of(line) > 3) return false;
  return s.find_first_not_of(std::string{s[0], ' ', '\t'}) == std::string_view::npos &&
         std::ranges::count(s, s[0]) >= 3;
}

int atx_level(std::string_view line) {
  const size_t at = indent_of(line);
  const size_t end = std::min(line.find_first_not_of('#', at), line.size());
  const size_t level = end - at;
  return at <= 3 && level >= 1 && level <= 6 && (end == line.size() || line[end] == ' ') ? static_cast<int>(level) : 0;
}

std::string atx_text(std::string_view line) {
  std::string_view s = text::trim(line);
  s.remove_prefix(std::min(s.find_first_not_of('#'), s.size()));
  s = text::trim(s);
  const size_t last = s.find_last_not_of('#');
  if (last == std::string_view::npos) return {};
  if (last + 1 < s.size() && s[last] == ' ') s = text::trim(s.substr(0, last));
  return std::string(s);
}

struct Fence {
  char mark = 0;
  size_t count = 0, indent = 0;
  std::string language;
};

std::optional<Fence> fence_of(std::string_view line) {
  const size_t at = indent_of(line);
  if (at > 3 || at >= line.size() || (line[at] != '`' && line[at] != '~')) return std::nullopt;
  const size_t end = std::min(line.find_first_not_of(line[at], at), line.size());
  if (end - at < 3) return std::nullopt;
  const std::string_view info = text::trim(line.substr(end));
  if (line[at] == '`' && info.find('`') != std::string_view::npos) return std::nullopt;
  std::string language(info.substr(0, std::min(info.find_first_of(" \t{"), info.size())));
  return Fence{line[at], end - at, at, language.size() <= 40 ? std::move(language) : ""};
}

struct Marker {
  bool numbered = false;
  std::string number;
  char mark = 0;
  size_t indent = 0, content = 0;  // columns of the mark and of what follows it
};

std::optional<Marker> marker_of(std::string_view line) {
  const size_t at = indent_of(line);
  if (at > 3 || at >= line.size() || is_rule(line)) return std::nullopt;
  Marker m;
  m.indent = at;
  size_t end = at;
  if (line[at] == '-' || line[at] == '+' || line[at] == '*') {
    m.mark = line[at];
    end = at + 1;
  } else {
    end = std::min(line.find_first_not_of("0123456789", at), line.size());
    if (end == at || end - at > 9 || end == line.size() || (line[end] != '.' && line[end] != ')')) return std::nullopt;
    m.numbered = true;
    m.number = std::to_string(std::stol(std::string(line.substr(at, end - at))));
    m.mark = line[end++];
  }
  if (end < line.size() && line[end] != ' ') return std::nullopt;
  const size_t text = indent_of(line.substr(end));
  m.content = end + (end + text == line.size() || text > 4 ? 1 : text);
  return m;
}

std::vector<std::string> split_row(std::string_view line) {
  std::string_view s = text::trim(line);
  if (s.starts_with('|')) s.remove_prefix(1);
  if (s.ends_with('|') && !s.ends_with("\\|")) s.remove_suffix(1);
  std::vector<std::string> cells(1);
  for (size_t i = 0; i < s.size(); ++i) {
    if (s[i] == '\\' && i + 1 < s.size() && s[i + 1] == '|')
      cells.back() += s[++i];
    else if (s[i] == '|')
      cells.emplace_back();
    else
      cells.back() += s[i];
  }
  return cells;
}

bool is_delimiter_row(std::string_view line) {
  if (line.find('-') == std::string_view::npos || line.find('|') == std::string_view::npos) return false;
  for (const std::string& cell : split_row(line)) {
    std::string_view c = text::trim(cell);
    if (c.starts_with(':')) c.remove_prefix(1);
    if (c.ends_with(':')) c.remove_suffix(1);
    if (c.empty() || c.find_first_not_of('-') != std::string_view::npos) return false;
  }
  return true;
}

bool is_link_definition(std::string_view line) {
  const std::string_view s = text::trim(line);
  const size_t close = s.find("]:");
  return s.starts_with('[') && !s.starts_with("[^") && close != std::string_view::npos && close > 1;
}

class Parser {
 public:
  /// `front_title`: the front matter's, which the text often repeats as its first heading.
  Parser(DocumentBuilder& builder, std::string_view front_title) : builder_(builder), front_title_(front_title) {}

  /// What stands around the lines.
  struct Around {
    std::string_view role;
    std::string mark;  // of the list item that they begin; emptied when that is written
    int depth = 0, nesting = 0;
  };

  void blocks(const Lines& lines, Around around) {
    for (size_t i = 0; i < lines.size();) {
      const std::string& line = lines[i];
      if (is_blank(line))
        ++i;
      else if (indent_of(line) >= 4)
        i = indented_code(lines, i, around);
      else if (const auto fence = fence_of(line))
        i = fenced_code(lines, i, *fence, around);
      else if (atx_level(line) > 0)
        heading(atx_level(line), atx_text(line)), ++i;
      else if (is_rule(line))
        ++i;
      else if (line[indent_of(line)] == '>' && around.nesting < kMaxNesting)
        i = quote(lines, i, around);
      else if (marker_of(line) && around.nesting < kMaxNesting)
        i = list_item(lines, i, around);
      else if (line[indent_of(line)] == '<' && html_block_begins(line))
        i = html_block(lines, i, around);
      else if (i + 1 < lines.size() && line.find('|') != std::string::npos && is_delimiter_row(lines[i + 1]))
        i = table(lines, i, around);
      else
        i = paragraph(lines, i, around);
    }
  }

 private:
  void heading(int level, const std::string& inlines) {
    const std::string text = markdown_text(inlines);
    if (level == 1 && !builder_.has_title())
      builder_.title(text);
    else if (level != 1 || text != front_title_)
      builder_.heading(level, text);
  }

  void text(const std::string& content, Around& around) {
    if (text::trim(content).empty()) return;
    if (!around.mark.empty())
      builder_.list_item(content, around.depth, around.mark, around.role);
    else
      builder_.paragraph(content, around.role, around.depth);
    around.mark.clear();
  }

  size_t indented_code(const Lines& lines, size_t i, const Around& around) {
    std::string code;
    for (; i < lines.size() && (is_blank(lines[i]) || indent_of(lines[i]) >= 4); ++i)
      code += (lines[i].size() > 4 ? lines[i].substr(4) : "") + "\n";
    builder_.code(code, {}, around.role);
    return i;
  }

  size_t fenced_code(const Lines& lines, size_t i, const Fence& fence, const Around& around) {
    std::string code;
    for (++i; i < lines.size(); ++i) {
      const std::string_view s = text::trim(lines[i]);
      if (s.size() >= fence.count && s.find_first_not_of(fence.mark) == std::string_view::npos &&
          indent_of(lines[i]) <= 3) {
        ++i;
        break;
      }
      code += lines[i].substr(std::min(fence.indent, indent_of(lines[i]))) + "\n";
    }
    builder_.code(code, fence.language, around.role);
    return i;
  }

  /// Ends the paragraph or quote that line `i` follows?
  static bool interrupts(const std::string& line) {
    if (is_blank(line) || atx_level(line) > 0 || is_rule(line) || fence_of(line)) return true;
    if (indent_of(line) < 4 && line[indent_of(line)] == '>') return true;
    const auto marker = marker_of(line);
    return marker && marker->content < line.size() && (!marker->numbered || marker->number == "1");
  }

  size_t quote(const Lines& lines, size_t i, Around& around) {
    Lines inside;
    bool open = true;  // a paragraph may go on without the mark
    for (; i < lines.size(); ++i) {
      const size_t at = indent_of(lines[i]);
      if (at < 4 && at < lines[i].size() && lines[i][at] == '>') {
        const size_t skip = at + (at + 1 < lines[i].size() && lines[i][at + 1] == ' ' ? 2 : 1);
        inside.push_back(expand_tabs(std::string_view(lines[i]).substr(skip)));
        open = !is_blank(inside.back()) && !fence_of(inside.back());
      } else if (open && !interrupts(lines[i])) {
        inside.push_back(lines[i]);
      } else {
        break;
      }
    }
    Around within = around;
    ++within.nesting;
    static constexpr std::pair<std::string_view, std::string_view> kAlerts[] = {{"[!NOTE]", "note"},
                                                                                {"[!TIP]", "tip"},
                                                                                {"[!IMPORTANT]", "warning"},
                                                                                {"[!WARNING]", "warning"},
                                                                                {"[!CAUTION]", "warning"}};
    for (const auto& [mark, role] : kAlerts) {
      if (inside.empty() || text::trim(inside[0]) != mark) continue;
      within.role = role;
      inside.erase(inside.begin());
    }
    blocks(inside, std::move(within));
    around.mark.clear();
    return i;
  }

  size_t list_item(const Lines& lines, size_t i, Around& around) {
    const Marker marker = *marker_of(lines[i]);
    Lines inside{lines[i].substr(std::min(marker.content, lines[i].size()))};
    bool open = !is_blank(inside[0]);
    for (++i; i < lines.size(); ++i) {
      if (is_blank(lines[i])) {
        inside.emplace_back();
        open = false;
      } else if (indent_of(lines[i]) >= marker.content) {
        inside.push_back(lines[i].substr(marker.content));
        open = true;
      } else if (open && !interrupts(lines[i]) && !marker_of(lines[i])) {
        inside.push_back(lines[i]);  // a lazy continuation
      } else {
        break;
      }
    }
    Around within = around;
    within.mark = marker.numbered ? marker.number : "-";
    ++within.depth;
    ++within.nesting;
    blocks(inside, std::move(within));
    around.mark.clear();
    return i;
  }

  static bool html_block_begins(const std::string& line) {
    const size_t at = indent_of(line) + 1;
    return at < line.size() &&
           (std::isalpha(static_cast<unsigned char>(line[at])) || line[at] == '/' || line[at] == '!' ||
            line[at] == '?') &&
           line.find("://") > line.find_first_of(" >");
  }

  size_t html_block(const Lines& lines, size_t i, Around& around) {
    std::string raw;
    const std::string start = text::lower(lines[i]);
    std::string_view until;
    for (const auto& [open, close] :
         {std::pair{"<!--", "-->"}, {"<script", "</script"}, {"<style", "</style"}, {"<pre", "</pre"}})
      if (start.find(open) == indent_of(start)) until = close;
    for (; i < lines.size() && (!until.empty() || !is_blank(lines[i])); ++i) {
      raw += lines[i] + "\n";
      if (!until.empty() && text::lower(lines[i]).find(until) != std::string::npos) {
        ++i;
        break;
      }
    }
    if (until.empty()) text(markdown_text(raw), around);  // the tags go, their text stays
    if (until == "</pre") builder_.code(markdown_text(raw), {}, around.role);
    return i;
  }

  size_t table(const Lines& lines, size_t i, const Around& around) {
    std::vector<std::vector<std::string>> cells;
    const size_t columns = split_row(lines[i]).size();
    for (size_t row = i;
         row < lines.size() && !is_blank(lines[row]) && (row < i + 2 || lines[row].find('|') != std::string::npos);
         ++row) {
      i = row + 1;
      if (row > 0 && is_delimiter_row(lines[row]) && cells.size() == 1) continue;
      auto& out = cells.emplace_back(split_row(lines[row]));
      out.resize(std::min(out.size(), columns));
      for (std::string& cell : out) cell = markdown_text(text::trim(cell));
    }
    builder_.table(std::move(cells), around.role);
    return i;
  }

  size_t paragraph(const Lines& lines, size_t i, Around& around) {
    std::string inlines;
    const size_t first = i;
    for (; i < lines.size(); ++i) {
      if (i > first && indent_of(lines[i]) < 4) {
        const std::string_view s = text::trim(lines[i]);
        if (!s.empty() && (s[0] == '=' || s[0] == '-') && s.find_first_not_of(s[0]) == std::string_view::npos) {
          heading(s[0] == '=' ? 1 : 2, inlines);
          return i + 1;
        }
      }
      if (i > first && interrupts(lines[i])) break;
      if (i > first && i + 1 < lines.size() && lines[i].find('|') != std::string::npos &&
          is_delimiter_row(lines[i + 1]))
        break;
      if (is_link_definition(lines[i])) continue;
      // Two spaces or a backslash at the end break the line; else the break is the writer's editor's.
      const std::string& line = lines[i];
      const bool hard = line.ends_with("  ") || line.ends_with("\\");
      std::string_view s = text::trim(line);
      if (hard && s.ends_with('\\')) s.remove_suffix(1);
      if (!inlines.empty() && inlines.back() != '\n') inlines += ' ';
      inlines += s;
      if (hard) inlines += '\n';
    }
    text(markdown_text(inlines), around);
    return std::max(i, first + 1);
  }

  DocumentBuilder& builder_;
  std::string_view front_title_;
};

}  // namespace

void extract_markdown(const Input& input, Output& output) {
  const Decoded decoded = decode(input.bytes);
  DocumentBuilder builder;
  const auto [body, title] = read_front_matter(decoded.text, builder);
  builder.title(title);
  Lines lines;
  for (size_t begin = 0; begin < body.size();) {
    const size_t end = std::min(body.find('\n', begin), body.size());
    lines.push_back(expand_tabs(body.substr(begin, end - begin)));
    begin = end + 1;
  }
  Parser(builder, title).blocks(lines, {});
  builder.metadata("encoding", decoded.encoding == "utf-8" ? "" : decoded.encoding);
  data::Document document = builder.finish();
  document.source.range = {0, input.bytes.size()};
  output.documents.push_back(std::move(document));
}

}  // namespace moru::collect
