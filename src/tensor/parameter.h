// Parameter: a weight that a model owns. Products do not care how it is held.
#pragma once

#include <string>
#include <vector>

#include "tensor/gradient.h"
#include "tensor/quantized.h"
#include "tensor/tensor.h"

namespace moru::tensor {

struct Parameter;

/// Sees what goes into the products with a parameter: calibration's hook.
class InputObserver {
 public:
  virtual ~InputObserver() = default;
  /// `x`: [T, in] f32 or bf16. Rows of experts may be padded with rows of zeros.
  virtual void see(const Parameter& weight, const Tensor& x) = 0;
};

/// A matrix of an adapter.
struct Factor {
  std::string name;
  Tensor value;
  Gradient gradient;  ///< f32; empty if not trained.
};

/// LoRA (Hu et al., "LoRA: Low-rank adaptation of large language models", 2021, section 4.1): to the outputs
/// [begin, end) of a weight, y += scale · (x aᵀ) bᵀ. Several may stand on one fused weight, each on rows of its own.
struct Adapter {
  Factor a;  ///< [r, in], of the computation's type.
  Factor b;  ///< [end - begin, r].
  int64_t begin = 0, end = 0;
  float scale = 1;    ///< alpha / r
  float dropout = 0;  ///< Share of x's elements that this path leaves out while training; the rest are scaled up.
  uint64_t dropout_seed = 0;  ///< Decides which; a new one each step.
};

struct Parameter {
  std::string name;  ///< As in model.safetensors; fused weights are split when they are saved.
  Tensor value;      ///< [out, in] f32 or bf16, or [d] f32. Empty if held in few bits.
  QuantizedWeight packed;
  Gradient gradient;                   ///< f32, of value's shape; empty if not trained. Ops add to it.
  InputObserver* observer = nullptr;   ///< Told of each product's input; not owned.
  std::vector<Adapter> adapters = {};  ///< Added to the products with it.

  bool quantized() const { return static_cast<bool>(packed); }
  int64_t rows() const { return quantized() ? packed.rows : value.rows(); }
  int64_t cols() const { return quantized() ? packed.cols : value.cols(); }
  uint64_t bytes() const { return quantized() ? packed.bytes() : value.bytes(); }
};

/// out := x · wᵀ, and what its adapters add. x: [T, in]; out: [T, out] of x's type or f32. `training`: adapters drop
/// inputs where they are told to.
void apply(const Tensor& x, const Parameter& weight, const Tensor& out, bool training = false);

}  // namespace moru::tensor
