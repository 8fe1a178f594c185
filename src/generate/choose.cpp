#include "generate/choose.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "core/hash.h"

namespace moru::generate {
namespace {

/// Ways to qualify a topic, from the most natural.
std::vector<std::pair<std::string, bool>> qualifiers(const Topic& t, const std::map<std::string, size_t>& titles) {
  std::vector<std::pair<std::string, bool>> ways;
  const auto add = [&](const std::string& qualifier, bool is_place) {
    if (!qualifier.empty() && fingerprint(qualifier) != fingerprint(t.name)) ways.emplace_back(qualifier, is_place);
  };
  // A title that several documents have does not say which is meant; with the place before it, it may.
  const auto found = titles.find(fingerprint(t.title));
  const bool vague = is_divider(t.title) || (found != titles.end() && found->second > 1);
  if (t.is_title || t.prefers_place || t.family == Family::key_effect || t.family == Family::effect_key ||
      t.family == Family::use || t.family == Family::syntax || t.family == Family::returns ||
      t.family == Family::example)
    add(t.place, true);
  if (t.is_title) return ways;
  if (t.family == Family::key_effect || t.family == Family::effect_key) {
    if (!vague) add(t.title, false);
    if (t.parent.find(t.place) != std::string::npos || t.place.empty())
      add(t.parent, false);
    else if (!t.parent.empty())
      add(t.place + " " + t.parent, false);
    return ways;
  }
  const auto is_name = [&](const std::string& s) { return !s.empty() && fingerprint(s) == fingerprint(t.name); };
  if (!t.title.empty() && !is_name(t.title)) {
    if (!vague) add(t.title, false);
    if (!t.place.empty() && t.title.find(t.place) == std::string::npos) add(t.place + " " + t.title, false);
  }
  if (!t.parent.empty() && !is_name(t.parent)) {
    add(t.parent, false);
    if (!t.title.empty() && !is_name(t.title) && fingerprint(t.title) != fingerprint(t.parent))
      add(t.title + " " + t.parent, false);
    if (!t.place.empty()) add(t.place + " " + t.parent, false);
  }
  return ways;
}

std::string key_of(const Topic& t, std::string_view qualifier = {}) {
  return std::string(name_of(t.family)) + '\x1f' + fingerprint(qualifier) + '\x1f' + fingerprint(t.name);
}

std::vector<Topic> without_repeats(std::vector<Topic> topics, LeftOut& left_out) {
  std::set<std::string> seen;
  std::vector<Topic> kept;
  kept.reserve(topics.size());
  for (Topic& t : topics) {
    if (seen.insert(key_of(t) + '\x1f' + fingerprint(t.answer.text)).second)
      kept.push_back(std::move(t));
    else
      ++left_out["the same question and answer as another"];
  }
  return kept;
}

/// Leaves out what says the same of many things: a page's opening that its neighbours share tells nothing about any of
/// them.
std::vector<Topic> without_commonplaces(std::vector<Topic> topics, LeftOut& left_out) {
  constexpr size_t kMost = 2;
  const auto explains = [](const Topic& t) {
    return t.family == Family::meaning || t.family == Family::use || t.family == Family::how_to;
  };
  std::map<std::string, size_t> uses;
  for (const Topic& t : topics)
    if (explains(t)) ++uses[fingerprint(t.answer.text)];
  std::vector<Topic> kept;
  kept.reserve(topics.size());
  for (Topic& t : topics) {
    if (explains(t) && uses.at(fingerprint(t.answer.text)) > kMost)
      ++left_out["an answer that many share"];
    else
      kept.push_back(std::move(t));
  }
  return kept;
}

/// Qualifies the topics of one name; true for those that then stand alone.
std::vector<bool> qualify(std::vector<Topic*>& group, const std::map<std::string, size_t>& titles) {
  std::vector<bool> settled(group.size(), false);
  const auto titled =
      std::count_if(group.begin(), group.end(), [](const Topic* t) { return t->is_title && !t->needs_context; });
  for (size_t i = 0; i < group.size(); ++i)
    settled[i] = !group[i]->needs_context && (group.size() == 1 || (group[i]->is_title && titled == 1));
  std::vector<std::vector<std::pair<std::string, bool>>> ways;
  for (const Topic* t : group) ways.push_back(qualifiers(*t, titles));
  // A title that is vague where several have it, but only one does and nothing could be said beside it.
  if (group.size() == 1 && group[0]->is_title && ways[0].empty()) settled[0] = true;
  std::map<std::string, size_t> uses;  // how many topics of the group a qualifier fits
  for (const auto& mine : ways) {
    std::set<std::string> distinct;
    for (const auto& [qualifier, is_place] : mine) distinct.insert(fingerprint(qualifier));
    for (const std::string& q : distinct) ++uses[q];
  }
  for (size_t i = 0; i < group.size(); ++i) {
    if (settled[i]) continue;
    for (const auto& [qualifier, is_place] : ways[i])
      if (uses.at(fingerprint(qualifier)) == 1) {
        group[i]->qualifier = qualifier;
        group[i]->place_qualifies = is_place;
        settled[i] = true;
        break;
      }
  }
  return settled;
}

std::vector<size_t> worthiest(const std::vector<Topic>& topics, std::vector<size_t> order, size_t most) {
  // Equals are drawn by hash, so that the order of the documents prefers none.
  std::vector<std::pair<double, uint64_t>> rank(topics.size());
  for (const size_t i : order) rank[i] = {-topics[i].worth, hash64(key_of(topics[i], topics[i].qualifier))};
  std::ranges::sort(order, [&](size_t a, size_t b) { return std::tie(rank[a], a) < std::tie(rank[b], b); });
  std::array<size_t, kFamilies> room{};
  for (size_t f = 0; f < kFamilies; ++f)
    room[f] = static_cast<size_t>(share_of(static_cast<Family>(f)) * static_cast<double>(most));
  std::vector<size_t> kept, others;
  for (const size_t i : order) {
    size_t& left = room[static_cast<size_t>(topics[i].family)];
    (left > 0 ? kept : others).push_back(i);
    if (left > 0) --left;
  }
  kept.insert(kept.end(), others.begin(), others.begin() + static_cast<std::ptrdiff_t>(most - kept.size()));
  std::sort(kept.begin(), kept.end());
  return kept;
}

}  // namespace

std::vector<Topic> choose(std::vector<Topic> topics, size_t most, LeftOut& left_out) {
  topics = without_commonplaces(without_repeats(std::move(topics), left_out), left_out);
  std::map<std::string, size_t> titles;
  std::set<std::string> documents;
  for (const Topic& t : topics)
    if (documents.insert(t.document).second) ++titles[fingerprint(t.title)];

  std::map<std::string, std::vector<Topic*>> groups;
  for (Topic& t : topics) groups[key_of(t)].push_back(&t);
  std::vector<bool> keep(topics.size(), false);
  for (auto& [key, group] : groups) {
    const std::vector<bool> settled = qualify(group, titles);
    for (size_t i = 0; i < group.size(); ++i) keep[static_cast<size_t>(group[i] - topics.data())] = settled[i];
  }

  std::vector<size_t> order;
  for (size_t i = 0; i < topics.size(); ++i) {
    if (keep[i])
      order.push_back(i);
    else
      ++left_out["namesakes that nothing tells apart"];
  }
  if (most > 0 && order.size() > most) {
    left_out["more topics than max_topics"] += order.size() - most;
    order = worthiest(topics, std::move(order), most);
  }
  std::vector<Topic> chosen;
  chosen.reserve(order.size());
  for (const size_t i : order) chosen.push_back(std::move(topics[i]));
  return chosen;
}

}  // namespace moru::generate
