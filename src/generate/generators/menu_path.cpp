// menu-path: which menu leads to a command, and which key runs it, by the page's how-to-get passage.
#include <algorithm>

#include "generate/generators/generators.h"
#include "text/unicode.h"

namespace moru::generate {
namespace {

constexpr size_t kLongestName = 40;

/// The keys that a line consists of beside words such as "Press" ("Press Ctrl+1.", "키(F9)"); else an empty range.
data::Range keys_said(const data::Document& document, data::Range line) {
  std::string_view rest = text::trim(document.slice(line));
  for (const std::string_view lead : {"Press the ", "Press ", "Key ", "키"})
    if (rest.starts_with(lead)) rest.remove_prefix(lead.size());
  for (const std::string_view tail : {".", " key", " keys", "을 누릅니다", "를 누릅니다", "키"})
    if (rest.size() > tail.size() && rest.ends_with(tail)) rest = text::trim(rest.substr(0, rest.size() - tail.size()));
  if (rest.size() > 2 && rest.starts_with("(") && rest.ends_with(")")) rest = rest.substr(1, rest.size() - 2);
  const bool function_key = rest.size() >= 2 && rest[0] == 'F' && rest[1] >= '1' && rest[1] <= '9';
  if (!is_key(rest) || (rest.find('+') == std::string_view::npos && !function_key)) return {};
  const auto begin = static_cast<uint64_t>(rest.data() - document.text.data());
  return {begin, begin + rest.size()};
}

/// The heading that a how-to-get passage belongs to: its own section's.
bool can_be_asked(const Section& s) {
  return !s.name.empty() && !is_divider(s.name) && text::count_code_points(s.name) <= kLongestName;
}

}  // namespace

void find_menu_paths(const Outline& o, const Options& options, std::vector<Topic>& topics) {
  for (const Section& s : o.sections) {
    if (!can_be_asked(s)) continue;
    bool has_path = false, has_key = false;
    for (size_t i = s.begin; i < s.end && !(has_path && has_key); ++i) {
      const data::Block& b = o.block(i);
      if (b.role != "how_to_get" || b.kind == data::BlockKind::caption) continue;
      const std::string_view line = o.text(i);
      const data::Range keys = keys_said(*o.document, b.range);
      const bool key = keys.begin < keys.end;
      if (key ? has_key : (has_path || !is_menu_path(line) || leans_on_context(line))) continue;
      if (text::count_code_points(line) > options.max_answer_chars) continue;
      Topic topic;
      topic.family = key ? Family::command_key : Family::menu;
      topic.name = s.name;
      topic.name_range = s.range;
      topic.is_title = s.is_title;
      topic.needs_context = !s.is_title && is_vague(s.name);
      topic.parent = parent_name(o, s);
      topic.worth = (key ? 0.9 : 0.82) - (s.is_title ? 0 : 0.1) - (is_very_vague(s.name) ? 0.15 : 0);
      append(topic.answer, *o.document, key ? keys : b.range, " ");
      topics.push_back(std::move(topic));
      (key ? has_key : has_path) = true;
    }
  }
}

}  // namespace moru::generate
