#include "evaluate/facts.h"

namespace moru::evaluate {
namespace {

Json interval_json(const Interval& interval) {
  return {{"mean", interval.mean}, {"low", interval.low}, {"high", interval.high}};
}

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::a_better:
      return "a better";
    case Verdict::b_better:
      return "b better";
    case Verdict::not_shown:
      break;
  }
  return "no difference shown";
}

Json score_json(const Score& s) {
  return {{"system", s.system},
          {"set", s.set},
          {"baseline", s.baseline},
          {"questions", s.questions},
          {"clusters", s.clusters},
          {"f1", interval_json(s.f1)},
          {"exact", interval_json(s.exact)}};
}

Json comparison_json(const Comparison& c) {
  Json json = {{"a", c.a},
               {"b", c.b},
               {"set", c.set},
               {"f1_difference", interval_json(c.f1_difference)},
               {"p_value", c.p_value},
               {"p_adjusted", c.p_adjusted},
               {"questions_a_higher", c.a_higher},
               {"questions_same", c.same},
               {"questions_b_higher", c.b_higher},
               {"exact_mcnemar_p_value", c.exact_p_value},
               {"verdict", verdict_name(c.verdict)}};
  if (c.detectable >= 0) json["smallest_detectable_difference"] = c.detectable;
  return json;
}

Json method_json() {
  return {{"normalising", "NFC, case folded, punctuation and white space folded"},
          {"f1", "multisets of character bigrams without spaces; best over the references"},
          {"interval", "95 %, cluster-robust standard error, t with clusters - 1 degrees of freedom"},
          {"p_value", "two-sided, signs of whole documents flipped"},
          {"p_adjusted", "Holm over all comparisons"},
          {"smallest_detectable_difference", "80 % power at 5 %, two-sided"}};
}

}  // namespace

Json evaluation_facts(const std::vector<Question>& questions, const std::vector<Answered>& answered,
                      const std::vector<Score>& scores, const std::vector<Comparison>& comparisons) {
  Json facts = {{"method", method_json()},
                {"scores", Json::array()},
                {"comparisons", Json::array()},
                {"questions", Json::array()}};
  for (const Score& score : scores) facts["scores"].push_back(score_json(score));
  for (const Comparison& comparison : comparisons) facts["comparisons"].push_back(comparison_json(comparison));
  for (size_t i = 0; i < questions.size(); ++i) {
    const Question& q = questions[i];
    Json answers = Json::array();
    for (const Answered& a : answered)
      answers.push_back(
          {{"system", a.system}, {"answer", a.answers[i]}, {"f1", a.scores[i].f1}, {"exact", a.scores[i].exact}});
    facts["questions"].push_back({{"id", q.id},
                                  {"set", q.set},
                                  {"document", q.cluster},
                                  {"question", q.text},
                                  {"references", q.references},
                                  {"answers", std::move(answers)}});
  }
  return facts;
}

std::string_view name_of(TextKind kind) {
  return kind == TextKind::answers ? "answers" : kind == TextKind::documents ? "documents" : "general";
}

void add_text_facts(Report& report) {
  Json scores = Json::array(), comparisons = Json::array();
  for (const TextScore& s : report.text_scores)
    scores.push_back({{"system", s.system},
                      {"set", s.set},
                      {"kind", name_of(s.kind)},
                      {"texts", s.texts},
                      {"tokens", s.tokens},
                      {"bytes", s.bytes},
                      {"units", s.units},
                      {"bits_per_byte", interval_json(s.bits_per_byte)},
                      {"perplexity", interval_json(s.perplexity)}});
  for (const TextComparison& c : report.text_comparisons)
    comparisons.push_back({{"a", c.a},
                           {"b", c.b},
                           {"set", c.set},
                           {"kind", name_of(c.kind)},
                           {"bits_difference", interval_json(c.bits_difference)},
                           {"p_value", c.p_value},
                           {"p_adjusted", c.p_adjusted},
                           {"verdict", verdict_name(c.verdict)}});
  report.facts["method"]["texts"] =
      "bits per byte, less is better; 95 % by the bootstrap over documents (windows where there are fewer than 20), "
      "paired differences, two-sided p by flipping their signs";
  report.facts["texts"] = std::move(scores);
  report.facts["text_comparisons"] = std::move(comparisons);
}

}  // namespace moru::evaluate
