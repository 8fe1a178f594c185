#include "tensor/gradient.h"

#include <utility>

namespace moru::tensor {

const Tensor& Gradient::sum() const {
  static const Tensor none;
  if (state_ == nullptr) return none;
  if (std::exchange(state_->cleared, false)) state_->sum.fill_zero();
  return state_->sum;
}

void Gradient::add_product(const Matrix& a, const Matrix& b) const {
  matmul(a, b, state_->sum, !std::exchange(state_->cleared, false));
}

}  // namespace moru::tensor
