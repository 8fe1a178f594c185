// Automatic differentiation by a tape: ops run at once and, when there is a tape, record their way back on it.
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "tensor/tensor.h"

namespace moru::tensor {

/// A tensor in a computation, with the gradient of the loss by it once backward() has passed. Copies share both.
class Variable {
 public:
  Variable() = default;
  explicit Variable(Tensor value) : node_(std::make_shared<Node>(Node{std::move(value), {}})) {}
  explicit operator bool() const { return node_ != nullptr; }
  const Tensor& value() const { return node_->value; }

  /// The gradient so far; empty if nothing was added.
  const Tensor& gradient() const { return node_->gradient; }
  /// The gradient if it may be added to in place (there is one and nobody else holds it), else empty.
  Tensor gradient_in_place() const { return node_->gradient && node_->gradient.unique() ? node_->gradient : Tensor(); }
  /// Adds to the gradient; keeps `gradient` itself if it is the first.
  void add_gradient(const Tensor& gradient) const;
  /// Takes the gradient out: an op that has used its output's gradient needs it no more.
  Tensor take_gradient() const { return std::exchange(node_->gradient, Tensor()); }

 private:
  struct Node {
    Tensor value, gradient;
  };
  std::shared_ptr<Node> node_;
};

class Tape {
 public:
  /// `backward` is called once, after those recorded later.
  void record(std::function<void()> backward) { steps_.push_back(std::move(backward)); }
  /// Runs the way back and forgets it, freeing what each step kept as it goes.
  void backward();
  bool empty() const { return steps_.empty(); }

 private:
  std::vector<std::function<void()>> steps_;
};

}  // namespace moru::tensor
