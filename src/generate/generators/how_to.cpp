// how-to: how a task is done, by the numbered steps under its heading or under the sentence that leads to them.
#include <algorithm>

#include "generate/generators/generators.h"
#include "generate/task_name.h"
#include "text/unicode.h"

namespace moru::generate {
namespace {

constexpr size_t kLongestName = 60;

/// The end of the list of steps that begins at `begin`: its steps count on, over what stands between them (pictures,
/// code, notes, paragraphs that belong to a step).
size_t end_of_steps(const Outline& o, size_t begin, size_t end) {
  constexpr size_t kBetween = 4;  // most blocks between two steps
  const int level = o.block(begin).level;
  int number = 1;
  size_t last = begin;
  for (size_t i = begin + 1; i < end && i - last <= kBetween + 1; ++i) {
    const data::Block& b = o.block(i);
    const bool inner =
        b.level > level && (b.kind == data::BlockKind::list_item || b.kind == data::BlockKind::paragraph);
    if (is_step(b) && b.level == level) {
      if (b.mark != std::to_string(number + 1)) break;
      ++number;
      last = i;
    } else if (inner) {
      last = i;
    }
  }
  return last + 1;
}

/// True if an instruction of a sentence or two is likely to be all there is to do: it goes through a menu, says what it
/// is for, or is long.
bool is_whole(const Answer& answer) {
  return answer.characters() >= 35 || answer.text.find(" - ") != std::string::npos ||
         (answer.characters() >= 20 && answer.text.find("려면") != std::string::npos);
}

/// The steps, numbered, as many as fit; empty if not even the first does.
Answer steps(const Outline& o, size_t begin, size_t end, const Lengths& lengths) {
  const int level = o.block(begin).level;
  std::vector<size_t> items;
  for (size_t i = begin; i < end; ++i)
    if (is_step(o.block(i)) && o.block(i).level == level) items.push_back(i);
  Answer answer;
  size_t number = 0, taken = 0, instructions = 0;  // instructions: of the first two steps
  for (const size_t i : items) {
    // A step's first sentence is what to do; what follows it explains.
    Answer step;
    for (const data::Range& sentence : sentences(o.document->text, o.block(i).range)) {
      std::string_view t = o.document->slice(sentence);
      if (t.find("not found") != std::string_view::npos) continue;
      append(step, *o.document, sentence, " ");
      if (step.characters() > 6) break;  // else an enumeration's beginning: "1., i."
    }
    if (step.empty()) continue;
    if (leans_on_context(step.text)) break;
    const std::string lead = items.size() == 1 ? "" : fmt::format("{}. ", ++number);
    const size_t size = step.characters() + lead.size() + (answer.empty() ? 0 : 1);
    if (taken + size > lengths.most) break;
    taken += size;
    instructions += number <= 2 && tells_what_to_do(step.text) ? 1 : 0;
    append(answer, *o.document, {step.ranges.front().begin, step.ranges.back().end}, "\n", lead);
  }
  // A first step alone is no way to do it.
  if (items.size() > 1 ? number < 2 || instructions == 0 : !is_whole(answer)) return {};
  return answer;
}

/// A paragraph that names the task of the steps behind it ("제목을 편집하려면:", "To underline text").
std::string lead_in(std::string_view text) {
  std::string name = clean_name(text);
  if (name.starts_with("To ")) name = name.substr(0, name.find(", "));
  if (text::count_code_points(name) > kLongestName || name.find(". ") != std::string::npos || name.ends_with("다"))
    return {};
  return task_forms(name).empty() || points_back(name) || has_deixis(name) ? std::string() : name;
}

/// True if a sentence says what it is for ("…하려면", "To …,") and that is not what the name says.
bool serves_another_purpose(std::string_view sentence, std::string_view name) {
  size_t end = sentence.find("려면");
  if (end == std::string_view::npos) end = sentence.starts_with("To ") ? sentence.find(',') : std::string_view::npos;
  if (end == std::string_view::npos) return false;
  const std::string_view purpose = sentence.substr(0, end);
  size_t shared = 0, words = 0;
  text::for_each_word(name, [&](std::string_view word) {
    ++words;
    const size_t stem = text::count_code_points(word) > 2 ? word.size() - (is_korean(word) ? 3 : 1) : word.size();
    shared += text::lower(purpose).find(text::lower(word.substr(0, stem))) != std::string::npos ? 1 : 0;
  });
  return shared * 2 < words + 1;
}

/// What to do, from the blocks [begin, end) of a task that has no steps.
Answer instruction(const Outline& o, size_t begin, size_t end, std::string_view name, const Lengths& lengths) {
  for (size_t i = begin; i < end; ++i) {
    const data::Block& b = o.block(i);
    if (b.role == "how_to_get" || b.kind == data::BlockKind::table || b.kind == data::BlockKind::code) continue;
    if (b.kind != data::BlockKind::paragraph && b.kind != data::BlockKind::list_item) continue;
    Answer answer;
    size_t taken = 0;
    for (const data::Range& sentence : sentences(o.document->text, b.range)) {
      const std::string_view text = o.document->slice(sentence);
      if (answer.empty() && (!tells_what_to_do(text) || points_back(text))) continue;
      if (leans_on_context(text)) break;
      if (answer.empty() && serves_another_purpose(text, name)) continue;
      const size_t size = text::count_code_points(text) + 1;
      if (taken + size > lengths.most) break;
      append(answer, *o.document, sentence, " ");
      taken += size;
      if (taken >= lengths.enough) break;
    }
    if (is_whole(answer)) return answer;
    if (b.kind == data::BlockKind::list_item) return {};  // one of several parts, not of several ways
  }
  return {};
}

bool has_role(const Outline& o, const Section& s, std::string_view role) {
  for (size_t i = s.begin; i < s.end; ++i)
    if (o.block(i).role == role) return true;
  return false;
}

bool has_steps(const Outline& o, const Section& s) {
  for (size_t i = s.begin; i < s.end; ++i)
    if (is_step(o.block(i))) return true;
  return false;
}

void add(const Outline& o, const Section& s, std::string name, data::Range range, bool is_title, Answer answer,
         double worth, std::vector<Topic>& topics) {
  Topic topic;
  topic.family = Family::how_to;
  topic.name = std::move(name);
  topic.name_range = range;
  topic.is_title = is_title;
  topic.needs_context = is_title ? is_very_vague(topic.name) : is_vague(topic.name);
  topic.parent = parent_name(o, s);
  if (!is_korean(topic.name)) worth -= 0.06;
  if (answer.characters() > 220) worth -= 0.03;
  topic.worth = worth;
  topic.answer = std::move(answer);
  topics.push_back(std::move(topic));
}

}  // namespace

void find_how_tos(const Outline& o, const Options& options, std::vector<Topic>& topics) {
  const Lengths lengths{options.max_answer_chars, 60};
  for (const Section& s : o.sections) {
    if (s.name.empty() || text::count_code_points(s.name) > kLongestName || (!s.role.empty() && s.role != "summary"))
      continue;
    const TaskForms forms = task_forms(s.name);
    const bool is_task = !forms.empty() || forms.is_action;
    bool named = false;  // the section's own name has been given to a list
    for (size_t i = s.begin; i < s.end; ++i) {
      if (!is_step(o.block(i))) continue;
      const size_t end = end_of_steps(o, i, s.end);
      size_t before = i;
      while (before > s.begin && o.block(before - 1).kind != data::BlockKind::paragraph) --before;
      const bool has_lead = before > s.begin && o.block(before - 1).role != "how_to_get";
      const std::string lead = has_lead ? lead_in(o.text(before - 1)) : std::string();
      Answer answer = steps(o, i, end, {options.max_steps_chars, 0});
      if (!answer.empty()) {
        if (is_task && !named)
          add(o, s, s.name, s.range, s.is_title, std::move(answer), s.is_title ? 1.0 : 0.96, topics);
        else if (!lead.empty())
          add(o, s, lead, o.block(before - 1).range, false, std::move(answer), 0.9, topics);
        else if (!named && !is_divider(s.name) && s.is_title && !has_role(o, s, "how_to_get"))
          add(o, s, s.name, s.range, true, std::move(answer), 0.84, topics);
        named = true;
      }
      i = end - 1;
    }
    for (size_t i = s.begin; i + 1 < s.end; ++i) {  // "To hide the headers:" and a list of ways
      const data::Block& item = o.block(i + 1);
      if (o.block(i).kind != data::BlockKind::paragraph || item.kind != data::BlockKind::list_item || is_step(item))
        continue;
      const std::string lead = lead_in(o.text(i));
      if (lead.empty() || !task_forms(lead).is_clause) continue;
      Answer answer = instruction(o, i + 1, i + 2, lead, lengths);
      if (!answer.empty()) add(o, s, lead, o.block(i).range, false, std::move(answer), 0.86, topics);
    }
    // Under other headings, an instruction says how to use the one field that the heading names.
    const bool may_instruct = !has_steps(o, s) && !has_role(o, s, "how_to_get");
    if (is_task && !named && may_instruct && (s.is_title || forms.is_clause || !forms.verb.empty())) {
      Answer answer = instruction(o, s.begin, s.end, s.name, lengths);
      if (!answer.empty()) add(o, s, s.name, s.range, s.is_title, std::move(answer), 0.88, topics);
    }
  }
}

}  // namespace moru::generate
