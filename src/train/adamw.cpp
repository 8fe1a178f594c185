#include "train/adamw.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "train/adamw.cpp"
#include <hwy/foreach_target.h>
// Highway's headers must come after foreach_target.
#include "tensor/simd-inl.h"

#ifndef MORU_TRAIN_ADAMW_ONCE
#define MORU_TRAIN_ADAMW_ONCE
namespace moru::train {
/// What one step needs, with the corrections of the moments' start at zero worked in.
struct AdamWStep {
  float beta1, beta2, epsilon, rate, root_correction, decay, gradient_scale;
};
}  // namespace moru::train
#endif

HWY_BEFORE_NAMESPACE();
namespace moru::tensor::HWY_NAMESPACE {

/// `value` may be null.
void adamw_elements(const train::AdamWStep& s, const float* gradient, float* m, float* v, float* master, Bf16* value,
                    int64_t count) {
  const F f;
  const auto update = [&](float g, float& first, float& second, float& weight) {
    first = s.beta1 * first + (1.0F - s.beta1) * g;
    second = s.beta2 * second + (1.0F - s.beta2) * g * g;
    weight -= s.decay * weight + s.rate * first / (std::sqrt(second) * s.root_correction + s.epsilon);
  };
  each(
      count,
      [&](int64_t i) {
        const V g = hn::Mul(hn::LoadU(f, gradient + i), hn::Set(f, s.gradient_scale));
        const V first = hn::MulAdd(hn::Set(f, 1.0F - s.beta1), g, hn::Mul(hn::Set(f, s.beta1), hn::LoadU(f, m + i)));
        const V second =
            hn::MulAdd(hn::Set(f, 1.0F - s.beta2), hn::Mul(g, g), hn::Mul(hn::Set(f, s.beta2), hn::LoadU(f, v + i)));
        hn::StoreU(first, f, m + i);
        hn::StoreU(second, f, v + i);
        const V w = hn::LoadU(f, master + i);
        const V root = hn::MulAdd(hn::Sqrt(second), hn::Set(f, s.root_correction), hn::Set(f, s.epsilon));
        const V move = hn::MulAdd(hn::Set(f, s.decay), w, hn::Div(hn::Mul(hn::Set(f, s.rate), first), root));
        const V moved = hn::Sub(w, move);
        hn::StoreU(moved, f, master + i);
        if (value != nullptr) store(moved, f, value + i);
      },
      [&](int64_t i) {
        update(gradient[i] * s.gradient_scale, m[i], v[i], master[i]);
        if (value != nullptr) put(master[i], value + i);
      });
}

}  // namespace moru::tensor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <cmath>

#include "tensor/parallel.h"

namespace moru::tensor {
namespace {
HWY_EXPORT(adamw_elements);
}
void adamw_run(const train::AdamWStep& s, const float* gradient, float* m, float* v, float* master, Bf16* value,
               int64_t count) {
  HWY_DYNAMIC_DISPATCH(adamw_elements)(s, gradient, m, v, master, value, count);
}
}  // namespace moru::tensor

namespace moru::train {

void adamw_step(const AdamW& a, uint64_t step, float learning_rate, float weight_decay, float gradient_scale,
                const tensor::Tensor& gradient, const tensor::Tensor& m, const tensor::Tensor& v,
                const tensor::Tensor& master, const tensor::Tensor& value) {
  const double t = static_cast<double>(step);
  const AdamWStep s{a.beta1,
                    a.beta2,
                    a.epsilon,
                    static_cast<float>(learning_rate / (1.0 - std::pow(a.beta1, t))),
                    static_cast<float>(1.0 / std::sqrt(1.0 - std::pow(a.beta2, t))),
                    learning_rate * weight_decay,
                    gradient_scale};
  tensor::share_rows(master.size(), 16384, [&](int64_t begin, int64_t end, int) {
    tensor::adamw_run(s, gradient.data<float>() + begin, m.data<float>() + begin, v.data<float>() + begin,
                      master.data<float>() + begin, value ? value.data<tensor::Bf16>() + begin : nullptr, end - begin);
  });
}

}  // namespace moru::train
#endif
