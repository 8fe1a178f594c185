// The report as Markdown, with examples.

#include "core/language.h"
#include "evaluate/evaluate.h"
#include "evaluate/findings.h"
#include "evaluate/text_scores.h"

namespace moru::evaluate {
namespace {

constexpr size_t kExamples = 5;

// One line of a table or list: answers may hold any Markdown and any line break.
std::string inline_text(std::string_view text) {
  constexpr std::string_view kMarks = "\\`*_[]<>|#~";
  std::string result;
  for (const char c : text) {
    if (c == '\n' || c == '\r' || c == '\t') {
      result += ' ';
      continue;
    }
    if (kMarks.find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

std::string scores_table(const Report& report, const std::string& set) {
  std::string text = std::string(tr("| system | F1 (95 % interval) | exact match (95 % interval) |\n",
                                    "| 대상 | F1 (95 % 구간) | 완전 일치 (95 % 구간) |\n")) +
                     "|---|---|---|\n";
  for (const Score& s : report.scores)
    if (s.set == set)
      text += fmt::format("| {} | {} | {} |\n", inline_text(s.system), interval_text(s.f1), interval_text(s.exact));
  return text;
}

std::string comparisons_table(const Report& report, const std::string& set) {
  std::string rows;
  for (const Comparison& c : report.comparisons)
    if (c.set == set)
      rows +=
          fmt::format("| {} − {} | {} | {} | {} | {}/{}/{} | {} |\n", inline_text(c.a), inline_text(c.b),
                      interval_text(c.f1_difference, true), inline_text(p_text(c.p_value)),
                      inline_text(p_text(c.p_adjusted)), c.a_higher, c.same, c.b_higher, inline_text(verdict_text(c)));
  if (rows.empty()) return rows;
  return '\n' +
         std::string(tr("| A − B | F1 difference (95 % interval) | p | p by Holm | A/=/B higher | verdict |\n",
                        "| A − B | F1 차이 (95 % 구간) | p | Holm p | A/=/B 높음 | 판정 |\n")) +
         "|---|---|---|---|---|---|\n" + rows;
}

std::string example(const Json& question) {
  std::string text = fmt::format("- **{}**\n", inline_text(question.at("question").get<std::string>()));
  text += fmt::format("  - {}: {}\n", tr("reference", "기준 답"),
                      inline_text(question.at("references").at(0).get<std::string>()));
  for (const Json& answer : question.at("answers"))
    text += fmt::format("  - {} ({:.2f}): {}\n", inline_text(answer.at("system").get<std::string>()),
                        answer.at("f1").get<double>(), inline_text(answer.at("answer").get<std::string>()));
  return text;
}

// How far the best baseline is ahead of the best other system on a question; 0 if either is missing.
double baseline_lead(const Json& question, const std::vector<std::string>& baselines) {
  double baseline = -1, other = -1;
  for (const Json& answer : question.at("answers")) {
    const bool plain = std::ranges::find(baselines, answer.at("system").get<std::string>()) != baselines.end();
    double& best = plain ? baseline : other;
    best = std::max(best, answer.at("f1").get<double>());
  }
  return baseline < 0 || other < 0 ? 0 : baseline - other;
}

std::string examples(const Report& report, const std::string& set) {
  std::vector<std::string> baselines;
  for (const Score& s : report.scores)
    if (s.set == set && s.baseline) baselines.push_back(s.system);
  std::vector<const Json*> questions;
  for (const Json& question : report.facts.at("questions"))
    if (question.at("set") == set) questions.push_back(&question);

  std::string text = fmt::format("\n### {}\n\n", tr("Examples", "예"));
  const size_t shown = std::min(kExamples, questions.size());
  for (size_t i = 0; i < shown; ++i) text += example(*questions[i * questions.size() / shown]);

  std::vector<std::pair<double, const Json*>> leads;
  for (const Json* question : questions) leads.emplace_back(baseline_lead(*question, baselines), question);
  std::ranges::stable_sort(leads, std::greater<>(), [](const auto& lead) { return lead.first; });
  const auto ahead = std::ranges::count_if(leads, [](const auto& lead) { return lead.first > 0; });
  if (ahead == 0) return text;
  text += fmt::format("\n### {}\n\n", tr("Where the baseline does better", "기준선이 더 나은 곳"));
  text += fmt::format(
      fmt::runtime(
          tr("The baseline is ahead of every other system on {} of {} questions; most on these:\n\n",
             "질문 {1}개 가운데 {0}개에서 기준선이 다른 모든 대상보다 낫습니다. 차이가 큰 것은 다음과 같습니다.\n\n")),
      ahead, questions.size());
  for (size_t i = 0; i < std::min(kExamples, static_cast<size_t>(ahead)); ++i) text += example(*leads[i].second);
  return text;
}

std::string texts_section(const Report& report) {
  if (report.text_scores.empty()) return {};
  std::string text = fmt::format("\n## {}\n\n", tr("Prediction of texts", "글 예측"));
  text += tr("| text | system | texts | tokens | bits per byte (95 % interval) | perplexity (95 % interval) |\n",
             "| 글 | 대상 | 글 수 | 토큰 | 바이트당 비트 (95 % 구간) | 혼란도 (95 % 구간) |\n");
  text += "|---|---|---|---|---|---|\n";
  for (const TextScore& s : report.text_scores)
    text += fmt::format("| {} | {} | {} | {} | {} | {} |\n", inline_text(display_name(s.set, s.kind)),
                        inline_text(s.system), s.texts, s.tokens, text_interval(s, s.bits_per_byte),
                        text_interval(s, s.perplexity));
  text += '\n';
  for (const std::string& finding : text_findings(report)) text += "- " + inline_text(finding) + '\n';
  text += fmt::format(
      "\n{}\n",
      tr("The fewer bits, the better. Intervals are the bootstrap's over documents, or over windows where there "
         "are fewer than 20 documents; differences are paired.",
         "비트가 적을수록 낫습니다. 구간은 문서 단위(문서가 20개 미만이면 창 단위) 부트스트랩으로 구하고, 차이는 "
         "같은 글끼리 견줍니다."));
  return text;
}

}  // namespace

std::string report_markdown(const Report& report) {
  std::string text = fmt::format("# {}\n", tr("Evaluation", "평가"));
  for (const std::string& set : set_names(report)) {
    const Score& any = *std::ranges::find(report.scores, set, &Score::set);
    text += fmt::format("\n## {}\n\n", inline_text(set));
    text += fmt::format(fmt::runtime(tr("{} questions about {} documents.\n\n", "질문 {}개, 문서 {}개.\n\n")),
                        any.questions, any.clusters);
    text += scores_table(report, set);
    text += comparisons_table(report, set);
    text += '\n';
    for (const std::string& finding : findings(report, set)) text += "- " + inline_text(finding) + '\n';
    text += examples(report, set);
  }
  text += texts_section(report);
  text +=
      fmt::format("\n{}\n", tr("F1 is over character bigrams after normalising (NFC, case, punctuation and white space "
                               "folded), the best over the "
                               "references. Intervals take the questions of one document as dependent; p-values flip "
                               "whole documents, two-sided. A "
                               "system is called better only if the interval excludes zero and Holm's p is below 0.05.",
                               "F1은 정규화(NFC, 대소문자·구두점·공백 통일) 뒤 글자 두 개씩을 견준 값이며 기준 답 "
                               "가운데 가장 잘 맞는 것을 씁니다. 구간은 한 문서의 "
                               "질문들이 서로 독립이 아닌 것으로 보고 구하고, p는 문서 단위로 부호를 뒤집어 구한 양쪽 "
                               "값입니다. 구간에 0이 없고 Holm p가 0.05보다 "
                               "작을 때만 우세라고 합니다."));
  return text;
}

}  // namespace moru::evaluate
