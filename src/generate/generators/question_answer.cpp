// question-answer: a heading that is a question, and the sentences under it.
#include "generate/generators/generators.h"
#include "text/unicode.h"

namespace moru::generate {
namespace {

constexpr size_t kShortestName = 6, kLongestName = 80, kShortestAnswer = 10;

}  // namespace

void find_questions(const Outline& o, const Options& options, std::vector<Topic>& topics) {
  for (const Section& s : o.sections) {
    const size_t size = text::count_code_points(s.name);
    if (!s.name.ends_with("?") || size < kShortestName || size > kLongestName) continue;
    for (size_t i = s.begin; i < s.end; ++i) {
      const data::Block& b = o.block(i);
      if (b.kind != data::BlockKind::paragraph || fingerprint(o.text(i)) == fingerprint(s.name)) continue;
      Answer answer = leading_sentences(*o.document, b.range, {options.max_answer_chars, 60});
      if (answer.characters() < kShortestAnswer) break;
      Topic topic;
      topic.family = Family::question;
      topic.name = s.name;
      topic.name_range = s.range;
      topic.is_title = s.is_title;
      topic.worth = 0.9;
      topic.answer = std::move(answer);
      topics.push_back(std::move(topic));
      break;
    }
  }
}

}  // namespace moru::generate
