#include "curate/overrides.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"
#include "core/language.h"
#include "curate/rule.h"

namespace moru::curate {
namespace {

struct Line {
  std::string document, rule, text;
};

std::vector<Line> read_lines(const std::filesystem::path& file) {
  std::vector<Line> lines;
  std::error_code code;
  if (!std::filesystem::exists(file, code)) return lines;
  const std::string text = read_file(file);
  size_t number = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string one = text.substr(begin, end - begin);
    begin = end + 1;
    const std::string place = fmt::format("{}:{}", file.string(), ++number);
    if (one.find_first_not_of(" \t\r") == std::string::npos) continue;
    const Json json = parse_json(one, place);
    Line line{json_text(json, "document", place), json_text(json, "rule", place), one};
    const bool known =
        line.rule == "*" || std::ranges::find(registry(), line.rule, &Registration::name) != registry().end();
    if (!known)
      throw Error(place, fmt::format(fmt::runtime(tr("there is no rule \"{}\"", "\"{}\" 규칙은 없습니다")), line.rule),
                  std::string(tr("name a rule of docs/recipe.md, or \"*\" for all",
                                 "docs/recipe.md의 규칙 이름이나, 모두라면 \"*\"를 적으세요")));
    lines.push_back(std::move(line));
  }
  return lines;
}

void write_lines(const std::filesystem::path& file, const std::vector<Line>& lines) {
  std::string text;
  for (const Line& line : lines) text += line.text + "\n";
  write_file_atomic(file, text);
}

}  // namespace

Overrides Overrides::load(const std::filesystem::path& file) {
  Overrides overrides;
  for (const Line& line : read_lines(file)) overrides.lines_[line.document].insert(line.rule);
  return overrides;
}

bool Overrides::cover(std::string_view document, std::string_view rule) const {
  const auto rules = lines_.find(document);
  return rules != lines_.end() && (rules->second.contains(rule) || rules->second.contains("*"));
}

Json Overrides::to_json() const {
  return lines_;
}

size_t Overrides::add(const std::filesystem::path& file, const std::string& document,
                      const std::set<std::string>& rules, const std::string& note) {
  std::vector<Line> lines = read_lines(file);
  size_t added = 0;
  for (const std::string& rule : rules) {
    if (std::ranges::any_of(lines, [&](const Line& l) { return l.document == document && l.rule == rule; })) continue;
    Json json = {{"document", document}, {"rule", rule}};
    if (!note.empty()) json["note"] = note;
    lines.push_back({document, rule, dump_json(json)});
    ++added;
  }
  if (added > 0) write_lines(file, lines);
  return added;
}

size_t Overrides::remove(const std::filesystem::path& file, const std::string& document,
                         const std::set<std::string>& rules) {
  std::vector<Line> lines = read_lines(file);
  const size_t removed = std::erase_if(
      lines, [&](const Line& l) { return l.document == document && (rules.empty() || rules.contains(l.rule)); });
  if (removed > 0) write_lines(file, lines);
  return removed;
}

}  // namespace moru::curate
