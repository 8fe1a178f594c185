// shortcut-key: what a key does and which key does it, by tables of keys and effects.
#include <algorithm>

#include "generate/generators/generators.h"
#include "text/unicode.h"

namespace moru::generate {
namespace {

constexpr size_t kLongestEffect = 28;  // characters of an effect that a question can name

}  // namespace

void find_shortcut_keys(const Outline& o, const Options& options, std::vector<Topic>& topics) {
  for (const Section& s : o.sections) {
    for (size_t i = s.begin; i < s.end; ++i) {
      const data::Block& table = o.block(i);
      if (table.kind != data::BlockKind::table) continue;
      uint64_t from = table.range.begin;
      for (const std::vector<std::string>& row : table.cells) {
        std::vector<data::Range> ranges;
        for (const std::string& cell : row) ranges.push_back(cell_range(*o.document, table, cell, from));
        if (row.size() < 2 || !is_key(row[0])) continue;
        const data::Range key = ranges[0], effect = ranges[1];
        if (key.end == 0 || effect.end == 0) continue;
        Answer answer = leading_sentences(*o.document, effect, {options.max_answer_chars, 20});
        if (answer.characters() < 2 || is_key(answer.text)) continue;
        Topic topic;
        topic.name = clean_key(row[0]);
        topic.name_range = key;
        topic.needs_context = true;
        topic.parent = s.is_title ? std::string() : s.name;
        topic.worth = 0.88;
        topic.family = Family::key_effect;
        topic.answer = answer;
        topics.push_back(topic);
        if (answer.characters() <= kLongestEffect && answer.text == text::normalise_space(row[1])) {
          topic.family = Family::effect_key;
          topic.name = clean_name(answer.text);
          topic.name_range = effect;
          topic.answer = {};
          append(topic.answer, *o.document, key_range(*o.document, key), " ");
          topics.push_back(topic);
        }
      }
    }
  }
}

}  // namespace moru::generate
