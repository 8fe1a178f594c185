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
  const auto verdict = json.at("verdict").get<std::string>();
  if (verdict == "a better") c.verdict = evaluate::Verdict::a_better;
  if (verdict == "b better") c.verdict = evaluate::Verdict::b_better;
  return c;
}

}  // namespace

evaluate::Report report_from_facts(const Json& facts, std::string_view place) {
  try {
    evaluate::Report report;
    for (const Json& item : facts.at("scores")) report.scores.push_back(score(item));
    for (const Json& item : facts.at("comparisons")) report.comparisons.push_back(comparison(item));
    report.facts = facts;
    return report;
  } catch (const Json::exception& e) {
    throw Error(std::string(place), fmt::format("{}: {}", tr("not an evaluation", "평가 결과가 아닙니다"), e.what()),
                std::string(tr("delete the file's artefact folder and build again",
                               "이 파일의 산출물 폴더를 지우고 다시 빌드하세요")));
  }
}

}  // namespace moru::pipeline
