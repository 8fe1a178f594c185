#include "evaluate/evaluate.h"

#include <set>

#include "core/error.h"
#include "core/hash.h"
#include "core/language.h"
#include "core/threads.h"
#include "evaluate/facts.h"
#include "evaluate/intervals.h"
#include "evaluate/paired_tests.h"
#include "evaluate/text_scores.h"

namespace moru::evaluate {
namespace {

constexpr double kSignificant = 0.05;
constexpr uint64_t kSeed = 20240;  // any constant: the flips must be the same each time

void check(const std::vector<Question>& questions, const std::vector<System>& systems) {
  if (questions.empty())
    throw Error("evaluate", std::string(tr("there is no question to ask", "물어볼 질문이 없습니다")),
                std::string(tr("hold out some phrasings, or give a file of questions",
                               "물음 표현을 일부 따로 두거나 질문 파일을 주세요")));
  if (systems.empty())
    throw Error("evaluate", std::string(tr("there is nothing to evaluate", "평가할 대상이 없습니다")),
                std::string(tr("name at least one model", "모델을 하나 이상 지정하세요")));
  std::set<std::string_view> names;
  for (const System& system : systems)
    if (!names.insert(system.name).second)
      throw Error(system.name, std::string(tr("two systems have this name", "같은 이름의 대상이 둘 있습니다")),
                  std::string(tr("give each its own name", "서로 다른 이름을 주세요")));
  for (const Question& question : questions)
    if (question.references.empty())
      throw Error(question.id, std::string(tr("the question has no reference answer", "질문에 기준 답이 없습니다")),
                  std::string(tr("add one, or leave the question out", "답을 더하거나 질문을 빼세요")));
}

Answered ask(const System& system, const std::vector<Question>& questions, ProgressSink& progress) {
  Answered answered{system.name, system.baseline, system.answer(questions, progress), {}};
  if (answered.answers.size() != questions.size())
    throw Error(system.name,
                fmt::format(fmt::runtime(tr("{} answers came to {} questions", "답이 {}개인데 질문은 {}개입니다")),
                            answered.answers.size(), questions.size()),
                std::string(tr("a system must answer every question, if only with an empty text",
                               "빈 글이라도 모든 질문에 답해야 합니다")));
  answered.scores.resize(questions.size());
  parallel_for(questions.size(),
               [&](size_t i) { answered.scores[i] = score_answer(answered.answers[i], questions[i].references); });
  return answered;
}

// The questions of one set, by their place among all.
struct Set {
  std::string name;
  std::vector<size_t> questions;
  std::vector<uint32_t> clusters;
};

std::vector<Set> sets_of(const std::vector<Question>& questions) {
  std::vector<Set> sets;
  for (size_t i = 0; i < questions.size(); ++i) {
    auto it = std::ranges::find(sets, questions[i].set, &Set::name);
    if (it == sets.end()) it = sets.insert(sets.end(), {questions[i].set, {}, {}});
    it->questions.push_back(i);
  }
  for (Set& set : sets) {
    std::vector<std::string> names;
    for (const size_t i : set.questions) names.push_back(questions[i].cluster);
    set.clusters = cluster_numbers(names);
  }
  return sets;
}

std::vector<double> column(const Set& set, const std::function<double(size_t)>& value) {
  std::vector<double> values;
  values.reserve(set.questions.size());
  for (const size_t i : set.questions) values.push_back(value(i));
  return values;
}

Score score_of(const Set& set, const Answered& answered) {
  const ClusteredMean f1 = clustered_mean(column(set, [&](size_t i) { return answered.scores[i].f1; }), set.clusters);
  const ClusteredMean exact =
      clustered_mean(column(set, [&](size_t i) { return answered.scores[i].exact; }), set.clusters);
  return {answered.system, set.name,           answered.baseline,    f1.observations,
          f1.clusters,     score_interval(f1), share_interval(exact)};
}

Comparison compare(const Set& set, const Answered& a, const Answered& b) {
  Comparison c;
  c.a = a.system;
  c.b = b.system;
  c.set = set.name;
  const std::vector<double> differences = column(set, [&](size_t i) { return a.scores[i].f1 - b.scores[i].f1; });
  const ClusteredMean mean = clustered_mean(differences, set.clusters);
  c.f1_difference = difference_interval(mean);
  c.detectable = smallest_detectable(mean);
  c.p_value = sign_flip_p_value(differences, set.clusters, hash64(set.name, kSeed));
  for (const double difference : differences) ++(difference > 0 ? c.a_higher : difference < 0 ? c.b_higher : c.same);
  uint64_t a_only = 0, b_only = 0;
  for (const size_t i : set.questions) {
    a_only += a.scores[i].exact > b.scores[i].exact;
    b_only += a.scores[i].exact < b.scores[i].exact;
  }
  c.exact_p_value = mcnemar_exact_p_value(a_only, b_only);
  return c;
}

/// `difference`: of A minus B, where more is better.
Verdict verdict_of(double p_adjusted, const Interval& difference) {
  if (p_adjusted >= kSignificant) return Verdict::not_shown;
  if (difference.low > 0) return Verdict::a_better;
  if (difference.high < 0) return Verdict::b_better;
  return Verdict::not_shown;
}

void predict(const std::vector<TextSet>& sets, const std::vector<System>& systems, Report& report,
             ProgressSink& progress) {
  if (sets.empty()) return;
  std::vector<std::pair<std::string, std::vector<std::vector<TextBlock>>>> predicted;
  for (const System& system : systems)
    if (system.predict) predicted.emplace_back(system.name, system.predict(sets, progress));
  for (size_t set = 0; set < sets.size(); ++set) {
    const auto blocks = [&](size_t i) { return std::span<const TextBlock>(predicted[i].second.at(set)); };
    for (size_t i = 0; i < predicted.size(); ++i)
      if (!blocks(i).empty()) report.text_scores.push_back(text_score(sets[set], predicted[i].first, blocks(i)));
    for (size_t a = 0; a < predicted.size(); ++a)
      for (size_t b = a + 1; b < predicted.size(); ++b)
        if (auto c = compare_texts(sets[set], predicted[a].first, blocks(a), predicted[b].first, blocks(b)))
          report.text_comparisons.push_back(std::move(*c));
  }
}

}  // namespace

Report evaluate(const std::vector<Question>& questions, const std::vector<System>& systems, ProgressSink& progress,
                const std::vector<TextSet>& texts) {
  check(questions, systems);
  std::vector<Answered> answered;
  answered.reserve(systems.size());
  for (const System& system : systems) answered.push_back(ask(system, questions, progress));
  Report report;
  for (const Set& set : sets_of(questions)) {
    for (const Answered& one : answered) report.scores.push_back(score_of(set, one));
    for (size_t a = 0; a < answered.size(); ++a)
      for (size_t b = a + 1; b < answered.size(); ++b)
        report.comparisons.push_back(compare(set, answered[a], answered[b]));
  }
  predict(texts, systems, report, progress);
  std::vector<double> p_values;
  for (const Comparison& c : report.comparisons) p_values.push_back(c.p_value);
  for (const TextComparison& c : report.text_comparisons) p_values.push_back(c.p_value);
  const std::vector<double> adjusted = holm_adjust(p_values);
  size_t next = 0;
  for (Comparison& c : report.comparisons) {
    c.p_adjusted = adjusted[next++];
    c.verdict = verdict_of(c.p_adjusted, c.f1_difference);
  }
  for (TextComparison& c : report.text_comparisons) {
    c.p_adjusted = adjusted[next++];
    const Interval& bits = c.bits_difference;  // the fewer, the better
    c.verdict = verdict_of(c.p_adjusted, {-bits.mean, -bits.high, -bits.low});
  }
  report.facts = evaluation_facts(questions, answered, report.scores, report.comparisons);
  if (!report.text_scores.empty()) add_text_facts(report);
  return report;
}

}  // namespace moru::evaluate
