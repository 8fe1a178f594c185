#include "optimize/error_feedback.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "optimize/factor.h"
#include "tensor/matmul.h"
#include "tensor/parallel.h"

namespace moru::optimize {
namespace {

using tensor::Bf16;
using tensor::DType;
using tensor::Matrix;
using tensor::QuantizedRows;
using tensor::Tensor;

using Order = std::vector<int64_t>;

Order order_of(const Tensor& hessian, bool by_activation) {
  const int64_t k = hessian.rows();
  Order order(static_cast<size_t>(k));
  std::iota(order.begin(), order.end(), 0);
  const float* h = hessian.data<float>();
  if (by_activation) std::ranges::stable_sort(order, [&](int64_t a, int64_t b) { return h[a * k + a] > h[b * k + b]; });
  return order;
}

Tensor columns_in(const Tensor& t, const Order& order) {
  const Tensor out = Tensor::empty_like(t);
  const int64_t k = t.cols();
  for (int64_t r = 0; r < t.rows(); ++r)
    for (int64_t i = 0; i < k; ++i)
      out.data<float>()[r * k + i] = t.data<float>()[r * k + order[static_cast<size_t>(i)]];
  return out;
}

Tensor rows_in(const Tensor& t, const Order& order) {
  const Tensor out = Tensor::empty_like(t);
  for (int64_t r = 0; r < t.rows(); ++r)
    std::copy_n(t.data<float>() + order[static_cast<size_t>(r)] * t.cols(), t.cols(), out.data<float>() + r * t.cols());
  return out;
}

/// The factor of the inverse of the damped Hessian. Inputs that are always zero get a one: their weights matter to
/// nothing and touch no other.
Tensor damped_factor(const Tensor& hessian, double& damping) {
  const int64_t k = hessian.rows();
  double mean = 0;
  for (int64_t i = 0; i < k; ++i) mean += hessian.data<float>()[i * k + i] / static_cast<double>(k);
  if (mean <= 0) mean = 1;
  for (;; damping *= 10) {
    const Tensor damped = hessian.clone();
    for (int64_t i = 0; i < k; ++i) {
      float& diagonal = damped.data<float>()[i * k + i];
      diagonal = static_cast<float>((diagonal <= 0 ? mean : diagonal) + damping * mean);
    }
    if (Tensor factor = upper_factor_of_inverse(damped)) return factor;
  }
}

/// tr(E H Eᵀ) for E = weight - codes * scales (or E = weight if there are none).
double output_error(const Tensor& weight, const QuantizedRows* q, const Tensor& hessian) {
  const int64_t n = weight.rows(), k = weight.cols();
  const Tensor e = weight.clone(), product(DType::f32, {n, k});
  if (q != nullptr) {
    const int64_t groups = q->scales.cols();
    for (int64_t i = 0; i < e.size(); ++i)
      e.data<float>()[i] -= static_cast<float>(q->codes.data<int8_t>()[i]) *
                            to_float(q->scales.data<Bf16>()[i / k * groups + i % k / (k / groups)]);
  }
  matmul(e, hessian, product);
  double sum = 0;
  for (int64_t i = 0; i < e.size(); ++i) sum += static_cast<double>(e.data<float>()[i]) * product.data<float>()[i];
  return sum;
}

/// One matrix on its way: columns in the order in which they are rounded.
class Rounding {
 public:
  Rounding(const Tensor& weight, const Tensor& hessian, const FeedbackSettings& s, double& damping)
      : settings_(s),
        order_(order_of(hessian, s.activation_order)),
        weight_(columns_in(weight, order_)),
        factor_(damped_factor(rows_in(columns_in(hessian, order_), order_), damping)),
        n_(weight.rows()),
        k_(weight.cols()),
        rows_{Tensor(DType::i8, {n_, k_}), Tensor(DType::bf16, {n_, k_ / s.group})} {
    for (int64_t i = 0; i < k_; ++i) {
      const float pivot = factor_.data<float>()[i * k_ + i];
      importance_.push_back(1 / (pivot * pivot));  // what a rounding error of this column costs at the least
    }
    if (!s.activation_order) return;
    std::vector<float> natural(static_cast<size_t>(k_));
    for (size_t i = 0; i < order_.size(); ++i) natural[static_cast<size_t>(order_[i])] = importance_[i];
    tensor::share_rows(n_, 4, [&](int64_t begin, int64_t end, int) {
      for (int64_t r = begin; r < end; ++r)
        for (int64_t g = 0; g < k_ / s.group; ++g)
          choose_scale(weight.data<float>() + r * k_ + g * s.group, natural.data() + g * s.group, r, g);
    });
  }

  QuantizedRows run() {
    // A whole number of groups at a time, so that all of a group's weights are up to date when its scale is chosen.
    const int64_t block = std::min(k_, settings_.group * std::max<int64_t>(1, kBlock / settings_.group));
    for (int64_t begin = 0; begin < k_; begin += block) {
      const int64_t end = std::min(k_, begin + block);
      const Tensor errors(DType::f32, {n_, end - begin});
      tensor::share_rows(n_, 4, [&](int64_t first, int64_t last, int) {
        for (int64_t r = first; r < last; ++r) round_row(r, begin, end, errors.data<float>() + r * (end - begin));
      });
      if (end < k_)
        matmul(errors, Matrix(factor_).row_range(begin, end).col_range(end, k_), Matrix(weight_).col_range(end, k_),
               true);
    }
    return rows_;
  }

 private:
  static constexpr int64_t kBlock = 128;

  void choose_scale(const float* weights, const float* importance, int64_t r, int64_t g) {
    rows_.scales.data<Bf16>()[r * (k_ / settings_.group) + g] =
        tensor::best_scale(weights, importance, settings_.group, settings_.bits);
  }

  /// `errors`: minus each column's rounding error over its pivot.
  void round_row(int64_t r, int64_t begin, int64_t end, float* errors) {
    float* w = weight_.data<float>() + r * k_;
    for (int64_t i = begin; i < end; ++i) {
      const int64_t column = order_[static_cast<size_t>(i)], g = column / settings_.group;
      if (!settings_.activation_order && i % settings_.group == 0) choose_scale(w + i, importance_.data() + i, r, g);
      const float scale = to_float(rows_.scales.data<Bf16>()[r * (k_ / settings_.group) + g]);
      const int8_t code = tensor::nearest_code(w[i], scale, settings_.bits);
      rows_.codes.data<int8_t>()[r * k_ + column] = code;
      const float* u = factor_.data<float>() + i * k_;
      const float error = (static_cast<float>(code) * scale - w[i]) / u[i];
      errors[i - begin] = error;
      for (int64_t j = i + 1; j < end; ++j) w[j] += error * u[j];
    }
  }

  const FeedbackSettings& settings_;
  const Order order_;
  const Tensor weight_, factor_;
  const int64_t n_, k_;
  QuantizedRows rows_;
  std::vector<float> importance_;
};

}  // namespace

FeedbackResult round_with_feedback(const Tensor& weight, const Tensor& hessian, const FeedbackSettings& settings) {
  const Tensor w = to_f32(weight);
  FeedbackResult result;
  result.damping = settings.damping;
  result.rows = Rounding(w, hessian, settings, result.damping).run();
  const QuantizedRows nearest = tensor::round_to_nearest(weight, settings.bits, settings.group);
  const double size = std::max(output_error(w, nullptr, hessian), 1e-30);
  result.error = output_error(w, &result.rows, hessian) / size;
  result.error_nearest = output_error(w, &nearest, hessian) / size;
  if (result.error_nearest < result.error) {
    result.rows = nearest;
    result.error = result.error_nearest;
    result.feedback = false;
  }
  return result;
}

}  // namespace moru::optimize
