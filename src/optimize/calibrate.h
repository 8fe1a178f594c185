// Quantizing a whole model, layer by layer.
#pragma once

#include <string>
#include <vector>

#include "core/progress.h"
#include "model/decoder.h"
#include "optimize/sequences.h"

namespace moru::optimize {

enum class Method {
  nearest,   ///< Round to nearest.
  feedback,  ///< Error feedback (GPTQ) on the inputs that each layer gets from the layers already quantized.
};

struct WeightSettings {
  int bits = 8;
  int group = 64;  ///< Where it does not divide a row: the largest multiple of 8 that does and is not larger.
  Method method = Method::nearest;
  bool activation_order = false;
  double damping = 0.01;
  int embedding_bits = 8;                   ///< Of the token embeddings and the head: 8, or 16 to leave them.
  uint64_t most_bytes = uint64_t{1} << 30;  ///< For sums of inputs at a time; less means more passes over a layer.
};

/// What became of one weight.
struct QuantizedTensor {
  std::string name;
  int bits = 0, group = 0;
  bool feedback = false;                ///< False: rounded to nearest.
  uint64_t inputs = 0;                  ///< Rows that went into its products.
  double error = 0, error_nearest = 0;  ///< Shares of the outputs' squares (FeedbackResult); 0 where not measured.
};

struct CalibrationReport {
  std::vector<QuantizedTensor> tensors;
  uint64_t sequences = 0, tokens = 0;                              ///< Of the calibration's text.
  uint64_t nearest_for_want_of_inputs = 0, nearest_as_better = 0;  ///< Weights that got no feedback, and why.
};

/// The group for rows of `cols` weights, or 0 if there is none.
int group_for(int64_t cols, int group);

/// Quantizes every linear layer but the routers, and the embeddings and the head if so set. `text` is needed for
/// feedback alone. Experts that saw fewer rows than a quarter of their width are rounded to nearest, and so is what
/// lies outside the layers. Throws Error where no group fits, a weight is no finite number, or the calibration's inputs
/// are none.
CalibrationReport quantize_model(model::DecoderModel& model, const Sequences& text, const WeightSettings& settings,
                                 ProgressSink& sink);

}  // namespace moru::optimize
