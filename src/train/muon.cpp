#include "train/muon.h"

#include <cmath>

#include "tensor/elementwise.h"
#include "tensor/matmul.h"

namespace moru::train {
namespace {

using tensor::DType;
using tensor::Matrix;
using tensor::Tensor;

// The polynomial's coefficients as its authors tuned them: steep at zero, so that five rounds suffice.
constexpr float kA = 3.4445F, kB = -4.7750F, kC = 2.0315F;

}  // namespace

Tensor orthogonalise(const Tensor& matrix, int iterations) {
  const int64_t rows = matrix.rows(), cols = matrix.cols();
  const bool tall = rows > cols;
  const int64_t m = std::min(rows, cols), n = std::max(rows, cols);
  const DType type = tensor::has_bf16_products() ? DType::bf16 : DType::f32;
  double squares = 0;
  for (const float x : matrix.span<float>()) squares += static_cast<double>(x) * x;
  const auto factor = static_cast<float>(1.0 / (std::sqrt(squares) + 1e-7));
  const Tensor start(DType::f32, {m, n});
  for (int64_t i = 0; i < m; ++i)
    for (int64_t j = 0; j < n; ++j)
      start.data<float>()[i * n + j] =
          factor * (tall ? matrix.data<float>()[j * m + i] : matrix.data<float>()[i * n + j]);
  Tensor x(type, {m, n}), next(type, {m, n});
  const Tensor a(type, {m, m}), b(type, {m, m});
  convert(start, x);
  for (int i = 0; i < iterations; ++i) {
    matmul(x, Matrix(x).transposed(), a);
    // b := kB a + kC a a, by scaling a once on the way in: (kB/kC I + a) a kC.
    matmul(a, a, b);
    tensor::blend(b, kC, a, kB, b);
    matmul(b, x, next);
    tensor::blend(next, 1.0F, x, kA, next);
    std::swap(x, next);
  }
  const Tensor result = Tensor::empty_like(matrix);
  const Tensor wide = to_f32(x);
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < cols; ++j)
      result.data<float>()[i * cols + j] = tall ? wide.data<float>()[j * n + i] : wide.data<float>()[i * n + j];
  return result;
}

void muon_step(const Muon& settings, float learning_rate, float weight_decay, float gradient_scale,
               const Tensor& gradient, const Tensor& momentum, const Tensor& master) {
  const Tensor update = Tensor::empty_like(gradient);
  const std::span<const float> g = gradient.span<float>();
  const std::span<float> buffer = momentum.span<float>(), u = update.span<float>(), w = master.span<float>();
  for (size_t i = 0; i < g.size(); ++i) {
    const float scaled = g[i] * gradient_scale;
    buffer[i] = settings.momentum * buffer[i] + scaled;
    u[i] = scaled + settings.momentum * buffer[i];
  }
  const Tensor direction = orthogonalise(update, settings.iterations);
  const float rate = learning_rate * 0.2F * std::sqrt(static_cast<float>(std::max(master.rows(), master.cols())));
  const std::span<const float> o = direction.span<float>();
  for (size_t i = 0; i < w.size(); ++i) w[i] -= learning_rate * weight_decay * w[i] + rate * o[i];
}

}  // namespace moru::train
