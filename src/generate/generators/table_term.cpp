// table-term: what a term in a table's first column means, by the description in a later column of its row.
#include <algorithm>

#include "generate/generators/generators.h"
#include "text/unicode.h"

namespace moru::generate {
namespace {

constexpr size_t kLongestTerm = 32, kShortestMeaning = 12;

bool is_head_of_meanings(std::string_view head) {
  const std::string small = text::lower(clean_name(head));
  for (const std::string_view word :
       {"의미", "설명", "뜻", "효과", "기능", "작용", "결과", "용도", "meaning", "description", "effect", "function",
        "explanation", "definition", "purpose", "result", "usage"})
    if (small == word || small.ends_with(" " + std::string(word))) return true;
  return false;
}

/// A column's head that says what its terms are ("오류 코드"), to be put before a term that is only a sign or number.
bool says_kind(std::string_view head) {
  const std::string small = text::lower(head);
  for (const std::string_view word : {"오류", "코드", "연산자", "명령", "변수", "함수", "error", "code", "operator",
                                      "command", "variable", "property", "속성", "이벤트", "event"})
    if (small.find(word) != std::string::npos) return true;
  return false;
}

}  // namespace

void find_table_terms(const Outline& o, const Options& options, std::vector<Topic>& topics) {
  for (const Section& s : o.sections) {
    for (size_t i = s.begin; i < s.end; ++i) {
      const data::Block& table = o.block(i);
      if (table.kind != data::BlockKind::table || table.cells.size() < 2) continue;
      const std::vector<std::string>& head = table.cells.front();
      const auto column = std::ranges::find_if(head, is_head_of_meanings);
      if (column == head.end() || column == head.begin()) continue;
      const auto meaning = static_cast<size_t>(column - head.begin());
      const std::string kind = clean_name(head[0]);
      uint64_t from = table.range.begin;
      for (size_t r = 0; r < table.cells.size(); ++r) {
        const std::vector<std::string>& row = table.cells[r];
        std::vector<data::Range> ranges;
        for (const std::string& cell : row) ranges.push_back(cell_range(*o.document, table, cell, from));
        if (r == 0 || row.size() <= meaning || ranges[0].end == 0 || ranges[meaning].end == 0 || is_key(row[0]))
          continue;
        std::string term = clean_name(row[0]);
        if (term.empty()) term = std::string(text::trim(row[0]));
        const size_t size = text::count_code_points(term);
        const bool is_named =
            std::ranges::any_of(term, [](char c) { return c < 0 || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); });
        if (!is_named && !says_kind(kind)) continue;  // a bare number
        if (size == 0 || size > kLongestTerm || term.find('\n') != std::string::npos) continue;
        Answer answer = leading_sentences(*o.document, ranges[meaning], {options.max_answer_chars, 30});
        if (answer.characters() < kShortestMeaning || points_back(answer.text)) continue;
        Topic topic;
        topic.family = Family::meaning;
        topic.name = says_kind(kind) && size <= 20 ? kind + " " + term : term;
        topic.name_range = ranges[0];
        topic.prefers_place = says_kind(kind) && size <= 20;
        topic.needs_context = !topic.prefers_place;
        topic.parent = s.is_title || is_divider(s.name) ? std::string() : s.name;
        const bool is_error =
            text::lower(kind).find("error") != std::string::npos || kind.find("오류") != std::string::npos;
        topic.worth = is_error ? 0.8 : says_kind(kind) ? 0.6 : 0.5;
        topic.answer = std::move(answer);
        topics.push_back(std::move(topic));
      }
    }
  }
}

}  // namespace moru::generate
