// purpose: sentences that say what to do for what purpose ("열을 숨기려면 …을 선택합니다", "To hide a column, choose
// …").
#include <algorithm>

#include "generate/generators/generators.h"
#include "generate/task_name.h"
#include "text/unicode.h"

namespace moru::generate {
namespace {

constexpr size_t kShortestName = 7, kLongestName = 40;
constexpr size_t kShortestRest = 10;  // "클릭합니다." alone points at a button that the page shows

struct Purpose {
  std::string name;
  size_t size = 0;  ///< Bytes of the sentence that the name takes.
};

/// True if what to do names a thing by where it stands on the page or the screen ("이 상자", "in this box",
/// "1단계에서").
bool points_at_screen(std::string_view rest) {
  const std::string padded = " " + text::lower(rest);
  for (const std::string_view word :
       {" 이 상자",   " 이 아이콘",   " 이 필드",     " 이 버튼",      " 이 대화",    " 이 확인란", " 이 명령",
        " 이 옵션",   " 이 목록",     " 이 항목",     " 이 키",        "단계에서",    " in this ",  " this box",
        " this icon", " this button", " this option", " this command", " this field", " this list", " these "})
    if (padded.find(word) != std::string::npos) return true;
  return false;
}

Purpose korean_purpose(std::string_view sentence) {
  constexpr std::string_view kEnd = "려면";
  const size_t at = sentence.find(kEnd);
  if (at == std::string_view::npos) return {};
  const size_t end = at + kEnd.size();
  if (end >= sentence.size() || (sentence[end] != ' ' && sentence[end] != ',')) return {};
  if (sentence.find(kEnd, end) != std::string_view::npos) return {};
  const std::string_view name = sentence.substr(0, end);
  if (name.find_first_of(",(:;=") != std::string_view::npos || name.find("거나 ") != std::string_view::npos ||
      name.find("지만") != std::string_view::npos)
    return {};
  return {std::string(name), end};
}

Purpose english_purpose(std::string_view sentence) {
  if (!sentence.starts_with("To ")) return {};
  const size_t comma = sentence.find(", ");
  if (comma == std::string_view::npos) return {};
  return {std::string(sentence.substr(0, comma)), comma};
}

}  // namespace

void find_purposes(const Outline& o, const Options& options, std::vector<Topic>& topics) {
  for (const Section& s : o.sections) {
    if (!s.role.empty() && s.role != "summary") continue;
    for (size_t i = s.begin; i < s.end; ++i) {
      const data::Block& b = o.block(i);
      if ((b.kind != data::BlockKind::paragraph && b.kind != data::BlockKind::list_item) || b.role == "how_to_get")
        continue;
      for (const data::Range& range : sentences(o.document->text, b.range)) {
        const std::string_view sentence = o.document->slice(range);
        const bool korean = is_korean(sentence);
        const Purpose found = korean ? korean_purpose(sentence) : english_purpose(sentence);
        const size_t size = text::count_code_points(found.name);
        if (size < kShortestName || size > kLongestName + (korean ? 0 : 20) || has_deixis(found.name) ||
            points_back(found.name) || leans_on_context(sentence))
          continue;
        if (text::count_code_points(sentence) > options.max_answer_chars) continue;
        const std::string_view rest = text::trim(sentence.substr(found.size));
        if (text::count_code_points(rest) < kShortestRest || !tells_what_to_do(rest) || points_at_screen(rest) ||
            task_forms(found.name).empty())
          continue;
        Topic topic;
        topic.family = Family::how_to;
        topic.name = found.name;
        topic.name_range = {range.begin, range.begin + found.size};
        topic.parent = parent_name(o, s);
        topic.worth = korean ? 0.74 : 0.55;
        append(topic.answer, *o.document, range, " ");
        topics.push_back(std::move(topic));
      }
    }
  }
}

}  // namespace moru::generate
