#include "optimize/error_feedback.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/random.h"
#include "optimize/factor.h"
#include "tensor/matmul.h"

namespace moru::optimize {
namespace {

using tensor::DType;
using tensor::Matrix;
using tensor::Tensor;

Tensor normal(int64_t rows, int64_t cols, uint64_t seed) {
  Tensor t(DType::f32, {rows, cols});
  Random random(seed);
  for (float& x : t.span<float>()) x = static_cast<float>(random.normal());
  return t;
}

/// Sum of x xᵀ of inputs that are mixed and of very different sizes, as activations are.
Tensor hessian_of(int64_t k, uint64_t seed, int64_t rows = 0) {
  const Tensor mix = normal(k, k, seed), z = normal(rows == 0 ? 4 * k : rows, k, seed + 1), h(DType::f32, {k, k});
  for (int64_t i = 0; i < k; ++i)
    for (int64_t j = 0; j < k; ++j) mix.data<float>()[i * k + j] *= std::exp(0.5F * static_cast<float>(j % 5));
  const Tensor x(DType::f32, {z.rows(), k});
  matmul(z, mix, x);
  matmul(Matrix(x).transposed(), x, h);
  return h;
}

TEST(Factor, CholeskyMultipliesBack) {
  for (const int64_t k : {1, 5, 64, 65, 200}) {
    const Tensor h = hessian_of(k, 7), l = h.clone(), product(DType::f32, {k, k});
    ASSERT_TRUE(cholesky(l));
    for (int64_t r = 0; r < k; ++r)
      for (int64_t c = r + 1; c < k; ++c) ASSERT_EQ(l.data<float>()[r * k + c], 0.0F);
    matmul(l, Matrix(l).transposed(), product);
    for (int64_t i = 0; i < h.size(); ++i) {
      const double scale =
          std::sqrt(static_cast<double>(h.data<float>()[i / k * (k + 1)]) * h.data<float>()[i % k * (k + 1)]);
      ASSERT_NEAR(product.data<float>()[i], h.data<float>()[i], 1e-4 * scale) << k;
    }
  }
}

TEST(Factor, TheUpperFactorIsThatOfTheInverse) {
  for (const int64_t k : {1, 5, 64, 130}) {
    const Tensor h = hessian_of(k, 9);
    for (int64_t i = 0; i < k; ++i) h.data<float>()[i * (k + 1)] *= 1.1F;
    const Tensor u = upper_factor_of_inverse(h), inverse(DType::f32, {k, k}), product(DType::f32, {k, k});
    ASSERT_TRUE(static_cast<bool>(u));
    for (int64_t r = 0; r < k; ++r)
      for (int64_t c = 0; c < r; ++c) ASSERT_EQ(u.data<float>()[r * k + c], 0.0F);
    matmul(Matrix(u).transposed(), u, inverse);
    matmul(inverse, h, product);
    for (int64_t i = 0; i < h.size(); ++i) ASSERT_NEAR(product.data<float>()[i], i / k == i % k ? 1.0 : 0.0, 2e-2) << k;
  }
}

TEST(Factor, AMatrixThatIsNotPositiveIsNoProduct) {
  const Tensor h = hessian_of(70, 3);
  h.data<float>()[66 * 71] = -1;
  EXPECT_FALSE(cholesky(h.clone()));
  EXPECT_FALSE(static_cast<bool>(upper_factor_of_inverse(h)));
}

/// The same algorithm told plainly, in double, with the inverse updated column by column (Frantar et al., algorithm 1
/// without blocks): errors of the two must be alike.
double plain_error(const Tensor& w, const Tensor& hessian, const FeedbackSettings& s) {
  const int64_t k = w.cols(), n = w.rows();
  std::vector<double> h(static_cast<size_t>(k * k)), inverse(h.size());
  double mean = 0;
  for (int64_t i = 0; i < k; ++i) mean += hessian.data<float>()[i * k + i] / static_cast<double>(k);
  for (int64_t i = 0; i < k * k; ++i) {
    h[static_cast<size_t>(i)] = hessian.data<float>()[i] + (i / k == i % k ? s.damping * mean : 0);
    inverse[static_cast<size_t>(i)] = i / k == i % k ? 1 : 0;
  }
  std::vector<double> a = h;
  const auto at = [k](std::vector<double>& m, int64_t r, int64_t c) -> double& {
    return m[static_cast<size_t>(r * k + c)];
  };
  for (int64_t p = 0; p < k; ++p) {  // Gauss and Jordan; positive definite, so no pivoting
    const double pivot = at(a, p, p);
    for (int64_t c = 0; c < k; ++c) {
      at(a, p, c) /= pivot;
      at(inverse, p, c) /= pivot;
    }
    for (int64_t r = 0; r < k; ++r) {
      const double factor = at(a, r, p);
      if (r == p || factor == 0) continue;
      for (int64_t c = 0; c < k; ++c) {
        at(a, r, c) -= factor * at(a, p, c);
        at(inverse, r, c) -= factor * at(inverse, p, c);
      }
    }
  }
  std::vector<std::vector<float>> left(static_cast<size_t>(n)), scales(left.size());
  std::vector<std::vector<double>> error(left.size(), std::vector<double>(static_cast<size_t>(k)));
  for (int64_t r = 0; r < n; ++r)
    left[static_cast<size_t>(r)].assign(w.data<float>() + r * k, w.data<float>() + (r + 1) * k);
  for (int64_t i = 0; i < k; ++i) {
    const double pivot = at(inverse, i, i);
    for (int64_t r = 0; r < n; ++r) {
      std::vector<float>& row = left[static_cast<size_t>(r)];
      if (i % s.group == 0) {
        std::vector<float> importance;
        for (int64_t j = i; j < i + s.group; ++j) importance.push_back(1);
        scales[static_cast<size_t>(r)].push_back(
            to_float(tensor::best_scale(row.data() + i, importance.data(), s.group, s.bits)));
      }
      const float scale = scales[static_cast<size_t>(r)].back();
      const double value =
          tensor::nearest_code(row[static_cast<size_t>(i)], scale, s.bits) * static_cast<double>(scale);
      const double e = (row[static_cast<size_t>(i)] - value) / pivot;
      error[static_cast<size_t>(r)][static_cast<size_t>(i)] = w.data<float>()[r * k + i] - value;
      for (int64_t j = i + 1; j < k; ++j) row[static_cast<size_t>(j)] -= static_cast<float>(e * at(inverse, i, j));
    }
    std::vector<double> line(static_cast<size_t>(k));
    for (int64_t c = 0; c < k; ++c) line[static_cast<size_t>(c)] = at(inverse, i, c);
    for (int64_t r = i; r < k; ++r)
      for (int64_t c = i; c < k; ++c)
        at(inverse, r, c) -= line[static_cast<size_t>(r)] * line[static_cast<size_t>(c)] / pivot;
  }
  double sum = 0, size = 0;
  for (int64_t r = 0; r < n; ++r)
    for (int64_t i = 0; i < k; ++i)
      for (int64_t j = 0; j < k; ++j) {
        const std::vector<double>& e = error[static_cast<size_t>(r)];
        const double hij = hessian.data<float>()[i * k + j];
        sum += e[static_cast<size_t>(i)] * hij * e[static_cast<size_t>(j)];
        size += static_cast<double>(w.data<float>()[r * k + i]) * hij * w.data<float>()[r * k + j];
      }
  return sum / size;
}

TEST(ErrorFeedback, BeatsPlainRoundingByMuchAndAgreesWithThePlainAlgorithm) {
  const Tensor w = normal(24, 160, 4), h = hessian_of(160, 5);
  for (const int group : {32, 80, 160}) {
    const FeedbackSettings s{4, group, 0.01, false};
    const FeedbackResult r = round_with_feedback(w, h, s);
    EXPECT_TRUE(r.feedback);
    EXPECT_LT(r.error, 0.5 * r.error_nearest) << group;
    // Not worse; better for choosing scales by what errors cost.
    EXPECT_LT(r.error, 1.02 * plain_error(w, h, s)) << group;
    EXPECT_GT(r.error, 0.6 * plain_error(w, h, s)) << group;
  }
}

TEST(ErrorFeedback, OrderByActivationKeepsGroupsInPlace) {
  const Tensor w = normal(24, 128, 4), h = hessian_of(128, 6);
  const FeedbackResult r = round_with_feedback(w, h, {4, 32, 0.01, true});
  EXPECT_TRUE(r.feedback);
  EXPECT_LT(r.error, 0.6 * r.error_nearest);
  // Each weight is still near its own code: columns went back to where they were.
  double error = 0, size = 0;
  for (int64_t i = 0; i < w.size(); ++i) {
    const float value = static_cast<float>(r.rows.codes.data<int8_t>()[i]) *
                        to_float(r.rows.scales.data<tensor::Bf16>()[i / 128 * 4 + i % 128 / 32]);
    error += std::pow(value - w.data<float>()[i], 2);
    size += std::pow(w.data<float>()[i], 2);
  }
  EXPECT_LT(error / size, 0.1);
}

TEST(ErrorFeedback, IndependentInputsLeaveNothingToFeedBack) {
  const Tensor w = normal(8, 64, 4), h = Tensor::zeros(DType::f32, {64, 64});
  for (int64_t i = 0; i < 64; ++i) h.data<float>()[i * 65] = 3;
  const FeedbackResult r = round_with_feedback(w, h, {4, 32, 0.01, false});
  EXPECT_NEAR(r.error, r.error_nearest, 1e-6);
}

TEST(ErrorFeedback, FewInputsAndDeadOnesAreNoObstacle) {
  const Tensor w = normal(8, 96, 4), h = hessian_of(96, 5, 10);  // of rank 10
  for (int64_t i = 0; i < 96; ++i) h.data<float>()[i * 96 + 7] = h.data<float>()[7 * 96 + i] = 0;
  const FeedbackResult r = round_with_feedback(w, h, {4, 32, 0.01, false});
  EXPECT_TRUE(std::isfinite(r.error));
  EXPECT_LE(r.error, r.error_nearest);
  const FeedbackResult none = round_with_feedback(w, Tensor::zeros(DType::f32, {96, 96}), {8, 32, 0.01, false});
  EXPECT_EQ(none.rows.codes.rows(), 8);
}

}  // namespace
}  // namespace moru::optimize
