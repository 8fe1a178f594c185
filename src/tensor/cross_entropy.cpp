#include "tensor/cross_entropy.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/cross_entropy.cpp"
#include <hwy/foreach_target.h>
// Highway's headers must come after foreach_target.
#include "tensor/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace moru::tensor::HWY_NAMESPACE {

template <class T>
double loss_row(T* logits, int64_t count, int64_t target, float weight) {
  const F f;
  V most_lanes = hn::Set(f, -std::numeric_limits<float>::infinity());
  float most_rest = -std::numeric_limits<float>::infinity();
  each(
      count, [&](int64_t i) { most_lanes = hn::Max(most_lanes, load(f, logits + i)); },
      [&](int64_t i) { most_rest = std::max(most_rest, scalar(logits[i])); });
  const float most = std::max(hn::GetLane(hn::MaxOfLanes(f, most_lanes)), most_rest);
  const V shift = hn::Set(f, most);
  const float target_logit = scalar(logits[target]);
  V sum_lanes = hn::Zero(f);
  double sum_rest = 0;
  // The exponentials take the logits' place: computing them once more costs more than rounding them twice.
  each(
      count,
      [&](int64_t i) {
        const V e = hn::Exp(f, hn::Sub(load(f, logits + i), shift));
        sum_lanes = hn::Add(sum_lanes, e);
        store(e, f, logits + i);
      },
      [&](int64_t i) {
        const float e = std::exp(scalar(logits[i]) - most);
        sum_rest += e;
        put(e, logits + i);
      });
  const double sum = static_cast<double>(hn::GetLane(hn::SumOfLanes(f, sum_lanes))) + sum_rest;
  const double loss = std::log(sum) + most - target_logit;
  const float factor = weight / static_cast<float>(sum);
  const float target_gradient = static_cast<float>(std::exp(-loss) - 1.0) * weight;
  const V factors = hn::Set(f, factor);
  each(
      count, [&](int64_t i) { store(hn::Mul(load(f, logits + i), factors), f, logits + i); },
      [&](int64_t i) { put(scalar(logits[i]) * factor, logits + i); });
  put(target_gradient, logits + target);
  return loss * weight;
}
double loss_row_f32(float* logits, int64_t count, int64_t target, float weight) {
  return loss_row(logits, count, target, weight);
}
double loss_row_bf16(Bf16* logits, int64_t count, int64_t target, float weight) {
  return loss_row(logits, count, target, weight);
}

}  // namespace moru::tensor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <cmath>
#include <numeric>

#include "tensor/parallel.h"

namespace moru::tensor {
namespace {

HWY_EXPORT(loss_row_f32);
HWY_EXPORT(loss_row_bf16);

}  // namespace

double cross_entropy_in_place(const Tensor& logits, std::span<const int32_t> targets, std::span<const float> weights) {
  assert(static_cast<size_t>(logits.rows()) == targets.size() && targets.size() == weights.size());
  std::vector<double> losses(targets.size());
  const int64_t vocabulary = logits.cols();
  share_rows(logits.rows(), 4, [&](int64_t begin, int64_t end, int) {
    for (int64_t r = begin; r < end; ++r) {
      const auto i = static_cast<size_t>(r);
      losses[i] = logits.dtype() == DType::f32
                      ? HWY_DYNAMIC_DISPATCH(loss_row_f32)(logits.data<float>() + r * vocabulary, vocabulary,
                                                           targets[i], weights[i])
                      : HWY_DYNAMIC_DISPATCH(loss_row_bf16)(logits.data<Bf16>() + r * vocabulary, vocabulary,
                                                            targets[i], weights[i]);
    }
  });
  return std::accumulate(losses.begin(), losses.end(), 0.0);
}

}  // namespace moru::tensor
#endif
