// Rounding with error feedback: GPTQ (Frantar, Ashkboos, Hoefler and Alistarh, "GPTQ: accurate post-training
// quantization for generative pre-trained transformers", 2022). Columns are rounded one after the other, and what one's
// rounding does to a layer's outputs is made up for by the columns that are still to come.
#pragma once

#include "tensor/quantized.h"

namespace moru::optimize {

struct FeedbackSettings {
  int bits = 4;
  int group = 128;                ///< Divides the columns; a multiple of 8.
  double damping = 0.01;          ///< Share of the Hessian's mean diagonal that is added to its diagonal.
  bool activation_order = false;  ///< Columns of large inputs first. Groups stay where they are: scales are chosen
                                  ///< before, from the weights as they were.
};

struct FeedbackResult {
  tensor::QuantizedRows rows;
  /// Share of the outputs' squares on the calibration's inputs that rounding changes: tr(E H Eᵀ) / tr(W H Wᵀ).
  double error = 0;
  double error_nearest = 0;  ///< The same of plain rounding.
  double damping = 0;        ///< Used: raised tenfold where the matrix could not be factored.
  bool feedback = true;      ///< False where plain rounding was better, and was taken.
};

/// `weight`: f32 or bf16 [N, K]; `hessian`: f32 [K, K], the sum of x xᵀ over the inputs (its scale does not
/// matter). Both hold finite numbers only, the Hessian none above 1e30.
FeedbackResult round_with_feedback(const tensor::Tensor& weight, const tensor::Tensor& hessian,
                                   const FeedbackSettings& settings);

}  // namespace moru::optimize
