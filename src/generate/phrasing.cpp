#include "generate/phrasing.h"

#include <cassert>
#include <map>
#include <optional>

#include "core/random.h"
#include "generate/task_name.h"
#include "text/korean.h"
#include "text/unicode.h"

namespace moru::generate {
namespace {

using text::Particle;
using Slots = std::map<std::string, std::string, std::less<>>;

Particle particle_named(std::string_view form) {
  if (form == "은") return Particle::topic;
  if (form == "이") return Particle::subject;
  if (form == "을") return Particle::object;
  if (form == "으로") return Particle::direction;
  if (form == "이란") return Particle::naming;
  assert(form == "과");
  return Particle::with;
}

/// Nothing if a slot is empty.
std::optional<std::string> fill(std::string_view pattern, const Slots& slots) {
  std::string text;
  for (size_t at = 0; at < pattern.size();) {
    if (pattern[at] != '{') {
      text += pattern[at++];
      continue;
    }
    const size_t end = pattern.find('}', at);
    const std::string_view slot = pattern.substr(at + 1, end - at - 1);
    const size_t colon = slot.find(':');
    const auto found = slots.find(slot.substr(0, colon));
    if (found == slots.end() || found->second.empty()) return std::nullopt;
    text += found->second;
    if (colon != std::string_view::npos) text += text::particle(found->second, particle_named(slot.substr(colon + 1)));
    at = end + 1;
  }
  return text;
}

std::string without_spaces(std::string_view text) {
  std::string tight;
  text::for_each_word(text, [&](std::string_view word) { tight += word; });
  return tight;
}

/// An effect as what stands before "단축키": "모두 선택", "마지막 작업을 다시 실행하는". From a sentence's "…ㅂ니다"
/// the verb's adnominal form is its stem and 는.
std::string before_noun(const std::string& effect) {
  constexpr std::string_view kEnding = "니다";
  constexpr int kBieup = 17;
  if (!effect.ends_with(kEnding)) return effect;
  const std::string stem = effect.substr(0, effect.size() - kEnding.size());
  if (stem.ends_with("습")) return stem.substr(0, stem.size() - std::string_view("습").size()) + "는";
  return text::final_index(stem) == kBieup ? text::with_final(stem, 0) + "는" : std::string();
}

bool is_task(Family family) {
  return family == Family::how_to;
}

Slots slots_of(const Topic& t) {
  Slots slots;
  const bool keyed = t.family == Family::key_effect || t.family == Family::effect_key;
  slots["topic"] = display_name(t);
  if (t.qualifier.find(t.place) == std::string::npos || t.qualifier.empty()) slots["app"] = t.place;
  if (t.qualifier.empty()) slots["bare"] = t.name;
  if (is_korean(t.name) && t.qualifier.empty()) {  // as one types who does not care for spaces
    const std::string tight = without_spaces(t.name);
    if (tight != t.name && text::count_code_points(tight) <= 12) slots["tight"] = tight;
  }
  if (is_task(t.family)) {
    const TaskForms forms = task_forms(t.name);
    const std::string lead = t.qualifier.empty() ? "" : t.qualifier + "에서 ";
    if (!forms.if_to.empty()) slots["if"] = lead + forms.if_to;
    if (!forms.way_of.empty()) slots["way"] = lead + forms.way_of;
    if (!forms.wish.empty()) slots["wish"] = lead + forms.wish;
    if (!forms.verb.empty()) {
      slots["verb"] = forms.verb + (t.qualifier.empty() ? "" : " in " + t.qualifier);
      slots["mixed"] = lead + forms.verb;
    }
    if (forms.is_clause) {  // cannot stand where a noun does
      slots.erase("topic");
      slots.erase("tight");
      slots.erase("bare");
    } else if (!is_korean(t.name)) {
      slots["foreign"] = slots["topic"];
    }
  }
  if (keyed) {
    slots["key"] = t.name;
    slots["in"] = t.qualifier;
    slots["effect"] = t.family == Family::effect_key ? before_noun(t.name) : std::string();
  }
  if (t.family == Family::use || t.family == Family::syntax || t.family == Family::returns ||
      t.family == Family::example) {
    const size_t space = t.name.rfind(' ');
    if (t.qualifier.empty()) slots["bare"] = t.name.substr(0, space);
    if (t.name.ends_with("함수")) slots["function"] = slots["topic"];
    static constexpr std::pair<std::string_view, std::string_view> kKinds[] = {
        {"함수", " function"}, {"문", " statement"},   {"연산자", " operator"}, {"메서드", " method"},
        {"속성", " property"}, {"서비스", " service"}, {"개체", " object"}};
    std::string_view kind;
    for (const auto& [korean, english] : kKinds)
      if (t.name.substr(space + 1) == korean) kind = english;
    slots["english"] = t.name.substr(0, space) + std::string(kind) + (t.qualifier.empty() ? "" : " in " + t.qualifier);
  } else if (!slots["topic"].empty()) {
    slots["english"] = t.name + (t.qualifier.empty() ? "" : " in " + t.qualifier);
  }
  return slots;
}

bool asked_in_english(const Topic& t) {
  // A task named by an English clause has few Korean phrasings.
  if (t.family == Family::how_to && task_forms(t.name).is_clause && text::hangul_share(t.name + t.qualifier) == 0)
    return true;
  switch (t.family) {
    case Family::use:
    case Family::syntax:
    case Family::returns:
    case Family::example:
      return !is_korean(t.answer.text) && text::hangul_share(t.name.substr(0, t.name.rfind(' '))) == 0;
    default:
      return text::hangul_share(t.name) == 0 && text::hangul_share(t.qualifier) == 0 && !is_korean(t.answer.text);
  }
}

}  // namespace

std::string display_name(const Topic& t) {
  if (t.qualifier.empty()) return t.name;
  if (t.family == Family::key_effect || t.family == Family::effect_key || is_task(t.family))
    return t.qualifier + "에서 " + t.name;
  return t.qualifier + "의 " + t.name;
}

std::vector<Question> questions(const Topic& topic) {
  const Slots slots = slots_of(topic);
  const Templates all = templates(topic.family);
  std::vector<Question> asked;
  for (const Template& t : all.korean)
    if (auto text = fill(t.text, slots)) asked.push_back({std::move(*text), t.name, true});
  if (asked_in_english(topic))
    for (const Template& t : all.english)
      if (auto text = fill(t.text, slots)) asked.push_back({std::move(*text), t.name, false});
  return asked;
}

std::vector<Question> questions_by_other_names(const Topic& topic, uint64_t seed) {
  const std::span<const Template> patterns = templates_by_other_name(topic.family);
  std::vector<Question> asked;
  Random random(seed);
  for (const std::string& name : topic.other_names) {
    const Template& t = patterns[random.below(patterns.size())];
    if (auto text = fill(t.text, {{"name", name}})) asked.push_back({std::move(*text), t.name, true});
  }
  return asked;
}

}  // namespace moru::generate
