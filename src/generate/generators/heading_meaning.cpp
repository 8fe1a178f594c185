// heading-meaning: what a heading names, by the sentences under it.
#include <algorithm>

#include "generate/generators/generators.h"
#include "generate/task_name.h"
#include "text/unicode.h"

namespace moru::generate {
namespace {

constexpr size_t kLongestName = 40;  // a longer heading is a sentence
constexpr size_t kShortestAnswer = 10;

/// The block that says what the section's heading means: the one marked as summary, else the first paragraph before any
/// list or table.
size_t summary_block(const Outline& o, const Section& s) {
  for (size_t i = s.begin; i < s.end; ++i)
    if (o.block(i).role == "summary") return i;
  for (size_t i = s.begin; i < s.end; ++i) {
    const data::Block& b = o.block(i);
    if (b.kind == data::BlockKind::paragraph && b.role.empty() && fingerprint(o.text(i)) != fingerprint(s.name))
      return i;
    if (b.kind == data::BlockKind::list_item || b.kind == data::BlockKind::table || b.kind == data::BlockKind::code)
      break;
  }
  return Section::kNone;
}

bool has_steps(const Outline& o, const Section& s) {
  for (size_t i = s.begin; i < s.end; ++i)
    if (is_step(o.block(i))) return true;
  return false;
}

double worth_of(const Outline& o, const Section& s, const Answer& answer) {
  double worth = s.is_title ? 0.86 : 0.5;
  if (is_very_vague(s.name)) worth -= 0.15;
  const size_t size = answer.characters();
  if (size > 110) worth -= 0.08;
  if (size < 16) worth -= 0.1;
  if (is_korean(s.name) && !is_korean(answer.text)) worth -= s.is_title ? 0.02 : 0.06;
  if (!is_korean(s.name)) worth -= 0.05;
  if (!s.is_title && s.level >= 3) worth -= 0.04;
  if (!s.is_title && !is_vague(s.name)) worth += 0.08;
  if (o.place.empty()) worth -= 0.03;
  return worth;
}

/// Not a fragment left of a list or of markup.
bool is_sentence(std::string_view text) {
  for (const std::string_view end : {".", "!", "?", ")", "다", "요", "\"", "”", "오"})
    if (text.ends_with(end)) return true;
  return false;
}

}  // namespace

void find_heading_meanings(const Outline& o, const Options& options, std::vector<Topic>& topics) {
  const bool untold = std::ranges::none_of(topics, [](const Topic& t) { return t.family == Family::how_to; });
  for (const Section& s : o.sections) {
    if (s.name.empty() || is_divider(s.name) || text::count_code_points(s.name) > kLongestName) continue;
    if (!s.role.empty() && s.role != "summary") continue;
    if (is_function(o, s)) continue;  // function-return asks about it
    if (s.name.ends_with("?") || s.name.ends_with("십시오") || s.name.ends_with("니다")) continue;
    const TaskForms task = task_forms(s.name);
    const bool is_task = !task.empty() || task.is_action;
    if (task.is_clause || (is_task && has_steps(o, s))) continue;  // how-to asks about it
    const size_t block = summary_block(o, s);
    if (block == Section::kNone) continue;
    // What a task's page begins with leads to how it is done, unless it is marked as what a command does.
    if (is_task && o.block(block).role != "summary" && !(s.is_title && untold)) continue;
    Answer answer = leading_sentences(*o.document, o.block(block).range, {options.max_answer_chars, 40});
    if (answer.characters() < kShortestAnswer || points_back(answer.text)) continue;
    if (s.is_title && tells_what_to_do(answer.text)) continue;
    if (!is_sentence(answer.text) || is_menu_path(answer.text) || states_purpose(answer.text)) continue;
    if (fingerprint(answer.text).find(fingerprint(s.name)) == 0 &&
        fingerprint(answer.text).size() < fingerprint(s.name).size() + 8)
      continue;
    Topic topic;
    topic.family = Family::meaning;
    topic.name = s.name;
    topic.name_range = s.range;
    topic.is_title = s.is_title;
    topic.needs_context = s.is_title ? is_very_vague(s.name) : is_vague(s.name);
    topic.parent = parent_name(o, s);
    topic.worth = worth_of(o, s, answer);
    topic.answer = std::move(answer);
    topics.push_back(std::move(topic));
  }
}

}  // namespace moru::generate
