#include "infer/sampler.h"

#include <cmath>

#include "core/error.h"
#include "core/language.h"

namespace moru::infer {
namespace {

/// The index of the largest finite logit.
size_t most_likely(std::span<const float> logits) {
  size_t best = logits.size();
  for (size_t i = 0; i < logits.size(); ++i) {
    if (std::isfinite(logits[i]) && (best == logits.size() || logits[i] > logits[best])) best = i;
  }
  if (best < logits.size()) return best;
  throw Error("", std::string(tr("the model's output is not a number", "모델의 출력이 수가 아닙니다")),
              std::string(tr("the weights are damaged or training diverged; use an earlier checkpoint",
                             "가중치가 손상되었거나 학습이 발산했습니다. 이전 체크포인트를 쓰세요")));
}

}  // namespace

Sampler::Sampler(double temperature, double top_p, uint64_t seed)
    : temperature_(temperature), top_p_(top_p), random_(seed) {}

text::Token Sampler::sample(std::span<const float> logits) {
  const size_t best = most_likely(logits);
  if (temperature_ <= 0 || top_p_ <= 0) return static_cast<text::Token>(best);

  // Weights relative to the most likely token: no overflow whatever the temperature.
  weights_.resize(logits.size());
  double total = 0;
  for (size_t i = 0; i < logits.size(); ++i) {
    weights_[i] =
        std::isfinite(logits[i]) ? std::exp((static_cast<double>(logits[i]) - logits[best]) / temperature_) : 0.0;
    total += weights_[i];
  }
  if (top_p_ >= 1) {
    double point = random_.uniform() * total;
    for (size_t i = 0; i < weights_.size(); ++i) {
      point -= weights_[i];
      if (point < 0) return static_cast<text::Token>(i);
    }
    return static_cast<text::Token>(best);
  }

  // The nucleus: the fewest tokens that hold top_p of the mass. A heap, since it is usually a handful of the
  // vocabulary.
  const auto less_likely = [&](int32_t a, int32_t b) {
    return weights_[a] != weights_[b] ? weights_[a] < weights_[b] : a > b;
  };
  order_.clear();
  for (size_t i = 0; i < weights_.size(); ++i) {
    if (weights_[i] > 0) order_.push_back(static_cast<int32_t>(i));
  }
  std::make_heap(order_.begin(), order_.end(), less_likely);
  auto end = order_.end();
  double nucleus = 0;
  while (end != order_.begin() && nucleus < top_p_ * total) {
    std::pop_heap(order_.begin(), end, less_likely);
    --end;
    nucleus += weights_[*end];
  }
  // The popped tokens stand from `end` to the back, the most likely last.
  double point = random_.uniform() * nucleus;
  for (auto it = order_.end(); it != end;) {
    --it;
    point -= weights_[*it];
    if (point < 0) return *it;
  }
  return static_cast<text::Token>(best);
}

}  // namespace moru::infer
