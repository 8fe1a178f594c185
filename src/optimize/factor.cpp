#include "optimize/factor.h"

#include <cmath>
#include <vector>

#include "tensor/matmul.h"
#include "tensor/parallel.h"

namespace moru::optimize {
namespace {

using tensor::DType;
using tensor::Matrix;
using tensor::Tensor;

constexpr int64_t kBlock = 64;

float* row(const Tensor& t, int64_t r) {
  return t.data<float>() + r * t.cols();
}

/// Rows and columns [begin, end) of `a`, in double.
bool factor_block(const Tensor& a, int64_t begin, int64_t end) {
  for (int64_t i = begin; i < end; ++i) {
    for (int64_t j = begin; j <= i; ++j) {
      double sum = row(a, i)[j];
      for (int64_t p = begin; p < j; ++p) sum -= static_cast<double>(row(a, i)[p]) * row(a, j)[p];
      if (i != j) {
        row(a, i)[j] = static_cast<float>(sum / row(a, j)[j]);
        continue;
      }
      if (!(sum > 0) || !std::isfinite(sum)) return false;
      row(a, i)[i] = static_cast<float>(std::sqrt(sum));
    }
    for (int64_t j = i + 1; j < end; ++j) row(a, i)[j] = 0;
  }
  return true;
}

/// The rows below the block: x with x · blockᵀ = what is there.
void solve_below(const Tensor& a, int64_t begin, int64_t end) {
  tensor::share_rows(a.rows() - end, 16, [&](int64_t first, int64_t last, int) {
    for (int64_t r = end + first; r < end + last; ++r)
      for (int64_t j = begin; j < end; ++j) {
        double sum = row(a, r)[j];
        for (int64_t p = begin; p < j; ++p) sum -= static_cast<double>(row(a, r)[p]) * row(a, j)[p];
        row(a, r)[j] = static_cast<float>(sum / row(a, j)[j]);
      }
  });
}

Tensor negated(const Matrix& m) {
  const Tensor out(DType::f32, {m.rows, m.cols});
  for (int64_t r = 0; r < m.rows; ++r)
    for (int64_t c = 0; c < m.cols; ++c) row(out, r)[c] = -static_cast<const float*>(m.data)[r * m.row_stride + c];
  return out;
}

/// As `t` with rows and columns in the opposite order.
Tensor turned(const Tensor& t) {
  const Tensor out = Tensor::empty_like(t);
  for (int64_t i = 0; i < t.size(); ++i) out.data<float>()[i] = t.data<float>()[t.size() - 1 - i];
  return out;
}

}  // namespace

bool cholesky(const Tensor& a) {
  const int64_t k = a.rows();
  for (int64_t begin = 0; begin < k; begin += kBlock) {
    const int64_t end = std::min(k, begin + kBlock);
    if (!factor_block(a, begin, end)) return false;
    if (end == k) break;
    solve_below(a, begin, end);
    // What is right of the block and below: less the product of the solved rows with themselves. The part above the
    // diagonal comes along and is cleared at last.
    const Matrix left = Matrix(a).row_range(end, k).col_range(begin, end);
    const Tensor minus = negated(left);
    matmul(minus, left.transposed(), Matrix(a).row_range(end, k).col_range(end, k), true);
  }
  for (int64_t r = 0; r < k; ++r) std::fill(row(a, r) + r + 1, row(a, r) + k, 0.0F);
  return true;
}

Tensor inverse_of_lower(const Tensor& lower) {
  const int64_t k = lower.rows();
  const Tensor inverse = Tensor::zeros(DType::f32, {k, k});
  for (int64_t begin = 0; begin < k; begin += kBlock) {
    const int64_t end = std::min(k, begin + kBlock), n = end - begin;
    // Rows of the block: D⁻¹ (I - L left of it · the inverse above).
    const Matrix target = Matrix(inverse).row_range(begin, end).col_range(0, end);
    if (begin > 0) {
      const Tensor minus = negated(Matrix(lower).row_range(begin, end).col_range(0, begin));
      matmul(minus, Matrix(inverse).row_range(0, begin).col_range(0, begin), target.col_range(0, begin));
    }
    for (int64_t i = 0; i < n; ++i) row(inverse, begin + i)[begin + i] = 1;
    tensor::share_rows(end, 64, [&](int64_t first, int64_t last, int) {
      std::vector<double> sums(static_cast<size_t>(last - first));
      for (int64_t i = begin; i < end; ++i) {
        for (int64_t c = first; c < last; ++c) sums[static_cast<size_t>(c - first)] = row(inverse, i)[c];
        for (int64_t p = begin; p < i; ++p) {
          const double factor = row(lower, i)[p];
          for (int64_t c = first; c < last; ++c) sums[static_cast<size_t>(c - first)] -= factor * row(inverse, p)[c];
        }
        for (int64_t c = first; c < last; ++c)
          row(inverse, i)[c] = static_cast<float>(sums[static_cast<size_t>(c - first)] / row(lower, i)[i]);
      }
    });
  }
  return inverse;
}

Tensor upper_factor_of_inverse(const Tensor& h) {
  // With both orders turned, h = L Lᵀ becomes h = R Rᵀ with R upper triangular; then inverse(h) = (R⁻¹)ᵀ R⁻¹.
  const Tensor a = turned(h);
  if (!cholesky(a)) return {};
  return turned(inverse_of_lower(a));
}

}  // namespace moru::optimize
