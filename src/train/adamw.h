// AdamW (Loshchilov and Hutter, "Decoupled weight decay regularization", 2019).
#pragma once

#include <cstdint>

#include "tensor/tensor.h"

namespace moru::train {

struct AdamW {
  float beta1 = 0.9F, beta2 = 0.95F, epsilon = 1e-8F;
};

/// One step, number `step` from 1, on f32 elements: moments m and v and the master weights are updated in place.
/// gradient is read times `gradient_scale` (clipping). `value`, if given, is bf16 and gets the new weights, rounded.
void adamw_step(const AdamW& settings, uint64_t step, float learning_rate, float weight_decay, float gradient_scale,
                const tensor::Tensor& gradient, const tensor::Tensor& m, const tensor::Tensor& v,
                const tensor::Tensor& master, const tensor::Tensor& value = {});

}  // namespace moru::train
