#include "core/language.h"
#include "optimize/quantize.h"

namespace moru::optimize {
namespace {

std::string verdict_text(const Report& r, double margin) {
  const Estimate &ratio = r.comparison.perplexity_ratio, expected = expected_rise(r.comparison);
  switch (r.verdict) {
    case Verdict::none:
      return std::string(
          tr("Not called as good as the original: no margin was given by which its perplexity may rise.",
             "원본만큼 좋다고 하지 않습니다. 혼란도가 얼마까지 늘어도 되는지(margin) 정하지 않았습니다."));
    case Verdict::too_little:
      return fmt::format(
          fmt::runtime(
              tr("Not called as good as the original: {} sequences with {} predicted tokens are too little to "
                 "tell; {} and {} at least are needed.",
                 "원본만큼 좋다고 하지 않습니다. 시퀀스 {}개, 예측한 토큰 {}개로는 알 수 없습니다. 적어도 {}개와 "
                 "{}개가 있어야 합니다.")),
          r.comparison.sequences, r.comparison.predicted, kLeastSequences, kLeastTokens);
    case Verdict::as_good:
      return fmt::format(
          fmt::runtime(
              tr("As good as the original within {:g} % of perplexity: the intervals end at {:.4f} on this text and "
                 "at {:.4f} on what the original would write.",
                 "혼란도 {:g} % 안에서 원본만큼 좋습니다. 구간이 이 글에서는 {:.4f}, 원본이 쓸 글에서는 {:.4f}에서 "
                 "끝납니다.")),
          100 * margin, ratio.high, expected.high);
    case Verdict::worse:
      return fmt::format(
          fmt::runtime(
              tr("Worse than the original by more than {:g} % of perplexity: the intervals begin at {:.4f} on this "
                 "text and at {:.4f} on what the original would write.",
                 "혼란도가 {:g} %보다 더 나쁩니다. 구간이 이 글에서는 {:.4f}, 원본이 쓸 글에서는 {:.4f}에서 "
                 "시작합니다.")),
          100 * margin, ratio.low, expected.low);
    default:
      return fmt::format(
          fmt::runtime(
              tr("Not shown to be as good as the original within {:g} % of perplexity: the intervals reach {:.4f} "
                 "on this text and {:.4f} on what the original would write. More text may tell.",
                 "혼란도 {:g} % 안에서 원본만큼 좋다고 보이지 못했습니다. 구간이 이 글에서는 {:.4f}, 원본이 쓸 "
                 "글에서는 {:.4f}까지 닿습니다. 글이 더 있으면 알 수 있을지 모릅니다.")),
          100 * margin, ratio.high, expected.high);
  }
}

std::string line(std::string_view label, std::string_view value, const Estimate& e, double factor, int digits,
                 std::string_view unit) {
  return fmt::format("  {} {} [{:.{}f}, {:.{}f}]{}\n", label, value, factor * e.low, digits, factor * e.high, digits,
                     unit);
}

}  // namespace

std::string report_text(const Report& r, const Options& o) {
  const Comparison& c = r.comparison;
  const bool feedback = o.weights.method == Method::feedback;
  std::string text = fmt::format(
      fmt::runtime(tr("{} bits in groups of {}, {}: {:.1f} MB -> {:.1f} MB ({:.0f} %)\n",
                      "{}비트, {}개씩 묶음, {}: {:.1f} MB -> {:.1f} MB ({:.0f} %)\n")),
      o.weights.bits, o.weights.group,
      feedback ? tr("calibrated with error feedback", "오차 되먹임으로 보정")
               : tr("rounded to nearest", "가까운 값으로 반올림"),
      static_cast<double>(r.bytes_before) / 1e6, static_cast<double>(r.bytes_after) / 1e6,
      100.0 * static_cast<double>(r.bytes_after) / static_cast<double>(std::max<uint64_t>(1, r.bytes_before)));
  if (feedback)
    text += fmt::format(fmt::runtime(tr("calibrated on {} tokens of {} sequences ({}); rounded to nearest for want of "
                                        "inputs: {} weights, because that was better: {}\n",
                                        "토큰 {}개, 시퀀스 {}개로 보정({}). 입력이 모자라 반올림한 가중치 {}개, 그편이 "
                                        "나아서 반올림한 가중치 {}개\n")),
                        r.weights.tokens, r.weights.sequences, r.texts.calibration.from,
                        r.weights.nearest_for_want_of_inputs, r.weights.nearest_as_better);
  text += fmt::format(fmt::runtime(tr("beside the original on {} tokens of {} sequences ({}), with 95 % intervals:\n",
                                      "원본과 나란히, 토큰 {}개, 시퀀스 {}개에서({}), 95 % 구간:\n")),
                      c.tokens, c.sequences, r.texts.comparison.from);
  text += line(tr("KL divergence, mean (nats)          ", "KL 발산 평균(nat)      "),
               fmt::format("{:.5f}", c.mean_kl.value), c.mean_kl, 1, 5, "");
  text += line(tr("KL divergence, 99th percentile      ", "KL 발산 99백분위(nat)  "),
               fmt::format("{:.5f}", c.p99_kl.value), c.p99_kl, 1, 5, "");
  text += line(tr("same most likely token (%)          ", "최상위 토큰 일치(%)    "),
               fmt::format("{:.2f}", 100 * c.same_top.value), c.same_top, 100, 2, "");
  text +=
      line(tr("perplexity                          ", "혼란도                 "),
           fmt::format("{:.4f} -> {:.4f}", c.original_perplexity.value, c.perplexity.value), c.perplexity, 1, 4, "");
  text += line(tr("perplexity, ratio to the original   ", "혼란도, 원본에 대한 비 "),
               fmt::format("{:.4f}", c.perplexity_ratio.value), c.perplexity_ratio, 1, 4,
               fmt::format(fmt::runtime(tr(", paired test p = {:.4f}", ", 짝지은 검정 p = {:.4f}")), c.p_value));
  return text + verdict_text(r, o.margin) + "\n";
}

}  // namespace moru::optimize
