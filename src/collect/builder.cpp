#include "collect/builder.h"

#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr int kMaxDepth = 8;         // deeper lists are drawn at this depth
constexpr size_t kMaxValue = 65536;  // bytes of a metadata value that is gathered line by line
constexpr size_t kIndent = 3;        // under "1. ", so that Markdown nests it

std::string_view trim_end(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string one_line(std::string_view text) {
  std::string line;
  append_collapsed(line, text);
  return std::string(trim_end(line));
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(trim_end(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  return lines;
}

/// Without empty lines at the ends, trailing spaces, and the indentation that all lines share.
std::string clean_code(std::string_view text) {
  std::vector<std::string_view> lines = lines_of(text);
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  lines.erase(lines.begin(), std::ranges::find_if(lines, [](std::string_view l) { return !l.empty(); }));
  size_t common = std::string_view::npos;
  for (const std::string_view line : lines)
    if (!line.empty()) common = std::min(common, line.find_first_not_of(' '));
  std::string out;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) out += '\n';
    out += lines[i].substr(std::min(common, lines[i].size()));
  }
  return out;
}

}  // namespace

void append_collapsed(std::string& out, std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const size_t begin = i;
    bool space = byte == ' ' || (byte >= '\t' && byte <= '\r');
    if (byte < 0x80) {
      ++i;
      if (!space && (byte < 0x20 || byte == 0x7F)) continue;
    } else {
      const char32_t c = text::next_code_point(text, i);
      space = text::is_space(c);
      if (!space && text::is_invisible(c)) continue;
    }
    if (!space)
      out.append(text.substr(begin, i - begin));
    else if (!out.empty() && out.back() != ' ' && out.back() != '\n')
      out += ' ';
  }
}

std::string clean_lines(std::string_view paragraph) {
  std::string out;
  while (!paragraph.empty()) {
    const size_t end = std::min(paragraph.find('\n'), paragraph.size());
    std::string line;
    append_collapsed(line, paragraph.substr(0, end));
    const std::string_view trimmed = text::trim(line);
    if (!out.empty() && !trimmed.empty()) out += '\n';
    out += trimmed;
    paragraph.remove_prefix(std::min(end + 1, paragraph.size()));
  }
  return out;
}

std::string_view section_role(std::string_view heading) {
  const std::string_view trimmed = text::trim(heading);
  std::string name = text::lower(trimmed.substr(0, trimmed.find_last_not_of(": ") + 1));
  std::erase(name, ' ');
  static constexpr std::pair<std::string_view, std::string_view> kRoles[] = {
      {"syntax", "syntax"},        {"구문", "syntax"},         {"parameters", "parameters"},
      {"parameter", "parameters"}, {"매개변수", "parameters"}, {"arguments", "parameters"},
      {"인수", "parameters"},      {"returnvalue", "returns"}, {"returnvalues", "returns"},
      {"returns", "returns"},      {"반환값", "returns"},      {"결과값", "returns"},
      {"errorcodes", "errors"},    {"errors", "errors"},       {"오류코드", "errors"},
      {"example", "example"},      {"examples", "example"},    {"예", "example"},
      {"예제", "example"},         {"예시", "example"},
  };
  for (const auto& [key, role] : kRoles)
    if (name == key) return role;
  return {};
}

data::Block& DocumentBuilder::add(data::BlockKind kind, std::string_view before, std::string_view content,
                                  std::string_view after, std::string_view role) {
  std::string& text = document_.text;
  const bool list =
      kind == data::BlockKind::list_item || (kind == data::BlockKind::paragraph && in_list_ && !before.empty());
  if (!text.empty()) text += list && in_list_ ? "\n" : "\n\n";
  in_list_ = list;
  joinable_ = false;
  text += before;
  data::Block& block = document_.blocks.emplace_back();
  block.kind = kind;
  block.page = page_;
  block.paragraph = paragraph_;
  block.range.begin = text.size();
  text += content;
  block.range.end = text.size();
  text += after;
  block.role = role.empty() ? section_role_ : role;
  return block;
}

void DocumentBuilder::title(std::string_view content) {
  const std::string line = one_line(content);
  if (line.empty()) return;
  section_role_.clear();
  document_.title = line;
  add(data::BlockKind::title, "# ", line, "", {});
}

void DocumentBuilder::heading(int level, std::string_view content) {
  const std::string line = one_line(content);
  if (line.empty()) return;
  level = std::clamp(level, 1, 6);
  const std::string_view role = section_role(line);
  if (level <= section_level_ || section_role_.empty() || !role.empty()) {
    section_role_ = role;
    section_level_ = level;
  }
  add(data::BlockKind::heading, std::string(static_cast<size_t>(level), '#') + " ", line, "", {}).level = level;
}

void DocumentBuilder::paragraph(std::string_view content, std::string_view role, int depth) {
  const std::string clean = depth > 0 ? one_line(content) : clean_lines(content);
  if (clean.empty()) return;
  const int drawn = std::clamp(depth, 0, kMaxDepth);
  add(data::BlockKind::paragraph, std::string(kIndent * static_cast<size_t>(drawn), ' '), clean, "", role).level =
      drawn;
}

void DocumentBuilder::list_item(std::string_view content, int depth, std::string_view mark, std::string_view role) {
  const std::string line = one_line(content);
  if (line.empty()) return;
  depth = std::clamp(depth, 1, kMaxDepth);
  std::string before(kIndent * static_cast<size_t>(depth - 1), ' ');
  before += mark;
  before += mark == "-" ? " " : ". ";
  data::Block& block = add(data::BlockKind::list_item, before, line, "", role);
  block.level = depth;
  block.mark = mark;
}

void DocumentBuilder::table(std::vector<std::vector<std::string>> cells, std::string_view role) {
  size_t columns = 0;
  for (auto& row : cells) {
    for (std::string& cell : row) cell = one_line(cell);
    columns = std::max(columns, row.size());
  }
  std::vector<size_t> kept;
  for (size_t column = 0; column < columns; ++column)
    if (std::ranges::any_of(cells, [&](const auto& row) { return column < row.size() && !row[column].empty(); }))
      kept.push_back(column);
  std::vector<std::vector<std::string>> rows;
  std::string text;
  for (auto& row : cells) {
    if (std::ranges::all_of(row, &std::string::empty)) continue;
    std::vector<std::string>& out = rows.emplace_back();
    for (const size_t column : kept) out.push_back(column < row.size() ? std::move(row[column]) : std::string());
    std::span<const std::string> drawn(out);  // a row's empty end is not drawn
    while (drawn.back().empty()) drawn = drawn.first(drawn.size() - 1);
    text += fmt::format("{}{}", text.empty() ? "" : "\n", fmt::join(drawn, " | "));
  }
  if (rows.empty()) return;
  add(data::BlockKind::table, "", text, "", role).cells = std::move(rows);
}

void DocumentBuilder::code(std::string_view content, std::string_view language, std::string_view role, bool joins) {
  const std::string text = clean_code(content);
  if (text.empty()) return;
  if (joins && joinable_ && document_.blocks.back().mark == language) {
    // Before the closing fence of three and its line end.
    document_.text.resize(document_.blocks.back().range.end);
    document_.text += "\n" + text;
    document_.blocks.back().range.end = document_.text.size();
    document_.text += "\n```";
    return;
  }
  std::string fence = "```";
  while (text.find(fence) != std::string::npos) fence += '`';
  add(data::BlockKind::code, fmt::format("{}{}\n", fence, language), text, "\n" + fence, role).mark = language;
  joinable_ = joins && fence.size() == 3;
}

void DocumentBuilder::caption(std::string_view content, std::string_view role) {
  const std::string line = one_line(content);
  if (!line.empty()) add(data::BlockKind::caption, "", line, "", role);
}

bool DocumentBuilder::extend(std::string_view end, std::string_view content) {
  if (document_.blocks.empty()) return false;
  data::Block& block = document_.blocks.back();
  if (block.kind != data::BlockKind::paragraph || !document_.text.ends_with(end)) return false;
  document_.text += " " + one_line(content);
  block.range.end = document_.text.size();
  return true;
}

void DocumentBuilder::metadata(const std::string& key, std::string_view value) {
  if (std::string line = one_line(value); !line.empty()) document_.metadata[key] = std::move(line);
}

void DocumentBuilder::metadata_line(const std::string& key, std::string_view line) {
  const std::string clean = one_line(line);
  if (clean.empty()) return;
  std::string& value = document_.metadata[key];
  if (value.size() > kMaxValue || ("\n" + value + "\n").find("\n" + clean + "\n") != std::string::npos) return;
  if (!value.empty()) value += '\n';
  value += clean;
}

data::Document DocumentBuilder::finish() {
  if (!document_.text.empty()) document_.text += '\n';
  return std::move(document_);
}

}  // namespace moru::collect
