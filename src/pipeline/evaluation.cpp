#include "pipeline/evaluation.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/language.h"

namespace moru::pipeline {
namespace {

evaluate::Interval interval(const Json& json) {
  return {json.at("mean").get<double>(), json.at("low").get<double>(), json.at("high").get<double>()};
}

evaluate::Score score(const Json& json) {
  evaluate::Score s;
  json.at("system").get_to(s.system);
  json.at("set").get_to(s.set);
  json.at("baseline").get_to(s.baseline);
  json.at("questions").get_to(s.questions);
  json.at("clusters").get_to(s.clusters);
  s.f1 = interval(json.at("f1"));
  s.exact = interval(json.at("exact"));
  return s;
}

evaluate::Verdict verdict_of(const Json& json) {
  const auto verdict = json.at("verdict").get<std::string>();
  if (verdict == "a better") return evaluate::Verdict::a_better;
  if (verdict == "b better") return evaluate::Verdict::b_better;
  return evaluate::Verdict::not_shown;
}

evaluate::Comparison comparison(const Json& json) {
  evaluate::Comparison c;
  json.at("a").get_to(c.a);
  json.at("b").get_to(c.b);
  json.at("set").get_to(c.set);
  c.f1_difference = interval(json.at("f1_difference"));
  json.at("p_value").get_to(c.p_value);
  json.at("p_adjusted").get_to(c.p_adjusted);
  json.at("questions_a_higher").get_to(c.a_higher);
  json.at("questions_same").get_to(c.same);
  json.at("questions_b_higher").get_to(c.b_higher);
  json.at("exact_mcnemar_p_value").get_to(c.exact_p_value);
  c.detectable = json.value("smallest_detectable_difference", -1.0);
  c.verdict = verdict_of(json);
  return c;
}

evaluate::TextKind kind(const Json& json) {
  const auto name = json.at("kind").get<std::string>();
  if (name == "answers") return evaluate::TextKind::answers;
  if (name == "documents") return evaluate::TextKind::documents;
  return evaluate::TextKind::general;
}

evaluate::TextScore text_score(const Json& json) {
  evaluate::TextScore s;
  json.at("system").get_to(s.system);
  json.at("set").get_to(s.set);
  s.kind = kind(json);
  json.at("texts").get_to(s.texts);
  json.at("tokens").get_to(s.tokens);
  json.at("bytes").get_to(s.bytes);
  json.at("units").get_to(s.units);
  s.bits_per_byte = interval(json.at("bits_per_byte"));
  s.perplexity = interval(json.at("perplexity"));
  return s;
}

evaluate::TextComparison text_comparison(const Json& json) {
  evaluate::TextComparison c;
  json.at("a").get_to(c.a);
  json.at("b").get_to(c.b);
  json.at("set").get_to(c.set);
  c.kind = kind(json);
  c.bits_difference = interval(json.at("bits_difference"));
  json.at("p_value").get_to(c.p_value);
  json.at("p_adjusted").get_to(c.p_adjusted);
  c.verdict = verdict_of(json);
  return c;
}

}  // namespace

evaluate::Report report_from_facts(const Json& facts, std::string_view place) {
  try {
    evaluate::Report report;
    for (const Json& item : facts.at("scores")) report.scores.push_back(score(item));
    for (const Json& item : facts.at("comparisons")) report.comparisons.push_back(comparison(item));
    for (const Json& item : facts.value("texts", Json::array())) report.text_scores.push_back(text_score(item));
    for (const Json& item : facts.value("text_comparisons", Json::array()))
      report.text_comparisons.push_back(text_comparison(item));
    report.facts = facts;
    return report;
  } catch (const Json::exception& e) {
    throw Error(std::string(place), fmt::format("{}: {}", tr("not an evaluation", "평가 결과가 아닙니다"), e.what()),
                std::string(tr("delete the file's artefact folder and build again",
                               "이 파일의 산출물 폴더를 지우고 다시 빌드하세요")));
  }
}

}  // namespace moru::pipeline
