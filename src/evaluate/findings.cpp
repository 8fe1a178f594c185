#include "evaluate/findings.h"

#include "core/language.h"

namespace moru::evaluate {
namespace {

constexpr std::string_view kStart = "base", kTrained = "trained";

template <class... Arguments>
std::string say(std::string_view english, std::string_view korean, const Arguments&... arguments) {
  return fmt::format(fmt::runtime(tr(english, korean)), arguments...);
}

const Score& score_of(const Report& report, const std::string& set, const std::string& system) {
  return *std::ranges::find_if(report.scores, [&](const Score& s) { return s.set == set && s.system == system; });
}

// The interval of `first` minus the other, whichever way round the comparison stands.
Interval turned(const Comparison& c, const std::string& first) {
  const Interval& d = c.f1_difference;
  if (c.a == first) return d;
  // Zero minus the value, so that no difference does not read "-0.000".
  return {0 - d.mean, 0 - d.high, 0 - d.low};
}

std::string against_baseline(const Comparison& c, const Score& baseline, const Score& other) {
  const bool shown = c.verdict != Verdict::not_shown;
  // The one named first is the one whose figure and whose difference stand first.
  const bool other_won = shown && turned(c, baseline.system).mean <= 0;
  const Score& first = other_won ? other : baseline;
  const Score& second = other_won ? baseline : other;
  const std::string numbers =
      say("{:.3f} against {:.3f}, difference {}, adjusted p {}", "{:.3f} 대 {:.3f}, 차이 {}, 보정 p {}", first.f1.mean,
          second.f1.mean, interval_text(turned(c, first.system), true), p_text(c.p_adjusted));
  if (!shown)
    return say("{0} and {1}: no difference shown ({2}).", "{0}, {1}: 차이가 드러나지 않습니다({2}).", first.system,
               second.system, numbers);
  if (other_won)
    return say("{0} beats {1}: {2}.", "{0} 쪽이 {1}보다 낫습니다: {2}.", first.system, second.system, numbers);
  return say("{0} wins over {1}: {2}.", "{0} 쪽이 {1}보다 낫습니다: {2}.", first.system, second.system, numbers);
}

std::string detectable_text(const std::vector<const Comparison*>& comparisons) {
  double largest = 0, smallest = 1;
  for (const Comparison* c : comparisons) {
    if (c->detectable < 0) return {};
    largest = std::max(largest, c->detectable);
    smallest = std::min(smallest, c->detectable);
  }
  return say(
      "Smallest detectable difference (80 % power, 5 % level): {:.3f} to {:.3f} F1, depending on the pair; smaller "
      "true "
      "differences would mostly go unseen.",
      "알아볼 수 있는 가장 작은 차이(검정력 80 %, 유의수준 5 %): 짝에 따라 F1 {:.3f}~{:.3f}. 이보다 작은 실제 차이는 "
      "대개 드러나지 "
      "않습니다.",
      smallest, largest);
}

}  // namespace

std::vector<std::string> set_names(const Report& report) {
  std::vector<std::string> names;
  for (const Score& score : report.scores)
    if (std::ranges::find(names, score.set) == names.end()) names.push_back(score.set);
  return names;
}

std::string interval_text(const Interval& interval, bool with_sign) {
  return with_sign ? fmt::format("{:+.3f} ({:+.3f} … {:+.3f})", interval.mean, interval.low, interval.high)
                   : fmt::format("{:.3f} ({:.3f} … {:.3f})", interval.mean, interval.low, interval.high);
}

std::string p_text(double p) {
  return p < 0.001 ? "< 0.001" : fmt::format("{:.3f}", p);
}

std::string verdict_text(const Comparison& c) {
  switch (c.verdict) {
    case Verdict::a_better:
      return say("{} better", "{} 우세", c.a);
    case Verdict::b_better:
      return say("{} better", "{} 우세", c.b);
    case Verdict::not_shown:
      break;
  }
  return std::string(tr("no difference shown", "차이 드러나지 않음"));
}

std::vector<std::string> findings(const Report& report, const std::string& set) {
  std::vector<std::string> lines;
  std::vector<const Comparison*> comparisons;
  for (const Comparison& c : report.comparisons)
    if (c.set == set) comparisons.push_back(&c);
  // What training did to the model that it began with.
  for (const Comparison* c : comparisons)
    if (c->a == kStart && c->b == kTrained)
      lines.push_back(against_baseline(*c, score_of(report, set, c->a), score_of(report, set, c->b)));
  for (const Comparison* c : comparisons) {
    const Score& a = score_of(report, set, c->a);
    const Score& b = score_of(report, set, c->b);
    if (a.baseline == b.baseline) continue;
    lines.push_back(a.baseline ? against_baseline(*c, a, b) : against_baseline(*c, b, a));
  }
  const Score& any = *std::ranges::find(report.scores, set, &Score::set);
  if (any.clusters < 2) {
    lines.emplace_back(
        tr("All questions are about one document: nothing can be said about others, so the intervals are as wide "
           "as the scale.",
           "모든 질문이 문서 하나에 관한 것이어서 다른 문서에 대해서는 말할 수 없습니다. 구간은 눈금 전체입니다."));
  } else if (!comparisons.empty()) {
    lines.push_back(detectable_text(comparisons));
  }
  return lines;
}

}  // namespace moru::evaluate
