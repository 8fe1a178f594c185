// Gradient: the sum of a parameter's gradients over the parts of a batch.
#pragma once

#include <memory>

#include "tensor/matmul.h"
#include "tensor/tensor.h"

namespace moru::tensor {

/// A handle, as Tensor is: copies share the sum. Clearing it writes nothing: the first product after it overwrites,
/// where adding to zeros would read and write the memory once more each.
class Gradient {
 public:
  Gradient() = default;
  Gradient(const Tensor& sum)  // NOLINT: a tensor is a sum of itself
      : state_(sum ? std::make_shared<State>(State{sum, false}) : nullptr) {}
  explicit operator bool() const { return state_ != nullptr; }

  /// The sum, ready to be read and added to; empty if there is none.
  const Tensor& sum() const;
  operator const Tensor&() const { return sum(); }  // NOLINT: read as a tensor
  void clear() const { state_->cleared = true; }
  /// sum += a · b; a: [rows, n], b: [n, cols].
  void add_product(const Matrix& a, const Matrix& b) const;

 private:
  struct State {
    Tensor sum;
    bool cleared;  ///< Zero, whatever memory holds.
  };
  std::shared_ptr<State> state_;
};

}  // namespace moru::tensor
