#include "tensor/autograd.h"

#include "tensor/elementwise.h"

namespace moru::tensor {

void Variable::add_gradient(const Tensor& gradient) const {
  if (!node_->gradient) {
    node_->gradient = gradient;
  } else if (node_->gradient.unique()) {
    accumulate(gradient, node_->gradient);
  } else {
    const Tensor sum = Tensor::empty_like(gradient);
    add(node_->gradient, gradient, sum);
    node_->gradient = sum;
  }
}

void Tape::backward() {
  while (!steps_.empty()) {
    const std::function<void()> step = std::move(steps_.back());
    steps_.pop_back();
    step();
  }
}

}  // namespace moru::tensor
