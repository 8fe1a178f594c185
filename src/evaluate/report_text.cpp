// The report for the terminal.

#include "core/language.h"
#include "evaluate/evaluate.h"
#include "evaluate/findings.h"
#include "evaluate/text_scores.h"
#include "text/unicode.h"

namespace moru::evaluate {
namespace {

// The text with spaces after it (before it, with `right`) up to `width` columns.
std::string pad(std::string_view text, size_t width, bool right) {
  const std::string spaces(width - std::min(width, text::display_width(text)), ' ');
  return right ? spaces + std::string(text) : std::string(text) + spaces;
}

using Row = std::vector<std::string>;

// Columns as wide as their widest cell; the first `left` of them aligned left, numbers right.
std::string table(const std::vector<Row>& rows, size_t left) {
  std::vector<size_t> widths(rows.front().size(), 0);
  for (const Row& row : rows)
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], text::display_width(row[i]));
  std::string text;
  for (size_t r = 0; r < rows.size(); ++r) {
    std::string line;
    for (size_t i = 0; i < rows[r].size(); ++i) line += "  " + pad(rows[r][i], widths[i], i >= left);
    text += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
    if (r > 0) continue;
    for (const size_t width : widths) {
      text += "  ";
      for (size_t i = 0; i < width; ++i) text += "─";
    }
    text += '\n';
  }
  return text;
}

std::string cell(std::string_view english, std::string_view korean) {
  return std::string(tr(english, korean));
}

std::string scores_table(const Report& report, const std::string& set) {
  std::vector<Row> rows = {{cell("system", "대상"), cell("F1 (95 % interval)", "F1 (95 % 구간)"),
                            cell("exact match (95 % interval)", "완전 일치 (95 % 구간)")}};
  for (const Score& s : report.scores)
    if (s.set == set) rows.push_back({s.system, interval_text(s.f1), interval_text(s.exact)});
  return table(rows, 1);
}

std::string comparisons_table(const Report& report, const std::string& set) {
  std::vector<Row> rows = {{cell("A − B", "A − B"), cell("verdict", "판정"),
                            cell("F1 difference (95 % interval)", "F1 차이 (95 % 구간)"), cell("p", "p"),
                            cell("p by Holm", "Holm p"), cell("A/=/B higher", "A/=/B 높음")}};
  for (const Comparison& c : report.comparisons)
    if (c.set == set)
      rows.push_back({fmt::format("{} − {}", c.a, c.b), verdict_text(c), interval_text(c.f1_difference, true),
                      p_text(c.p_value), p_text(c.p_adjusted),
                      fmt::format("{}/{}/{}", c.a_higher, c.same, c.b_higher)});
  return rows.size() > 1 ? table(rows, 2) : std::string();
}

std::string texts_table(const Report& report) {
  std::vector<Row> rows = {{cell("text", "글"), cell("system", "대상"),
                            cell("bits per byte (95 % interval)", "바이트당 비트 (95 % 구간)"),
                            cell("perplexity", "혼란도")}};
  for (const TextScore& s : report.text_scores)
    rows.push_back({display_name(s.set, s.kind), s.system, text_interval(s, s.bits_per_byte),
                    fmt::format("{:.2f}", s.perplexity.mean)});
  return table(rows, 2);
}

}  // namespace

std::string report_text(const Report& report) {
  std::string text;
  for (const std::string& set : set_names(report)) {
    const Score& any = *std::ranges::find(report.scores, set, &Score::set);
    if (!text.empty()) text += '\n';
    text += fmt::format(fmt::runtime(tr("{}: {} questions about {} documents\n", "{}: 질문 {}개, 문서 {}개\n")), set,
                        any.questions, any.clusters);
    text += scores_table(report, set);
    const std::string comparisons = comparisons_table(report, set);
    if (!comparisons.empty()) text += '\n' + comparisons;
    for (const std::string& finding : findings(report, set)) text += "  • " + finding + '\n';
  }
  if (report.text_scores.empty()) return text;
  text += fmt::format("\n{}\n{}", tr("prediction of texts: fewer bits are better", "글 예측: 비트가 적을수록 낫습니다"),
                      texts_table(report));
  for (const std::string& finding : text_findings(report)) text += "  • " + finding + '\n';
  return text;
}

}  // namespace moru::evaluate
