#include "tensor/matmul.h"

#include <omp.h>

#include <cmath>

#include "tensor/every_target.h"

namespace moru::tensor {
namespace {

/// Compares c with a·b (+ before) in double.
void expect_product(const Tensor& a, bool a_transposed, const Tensor& b, bool b_transposed, const Tensor& before,
                    const Tensor& c) {
  const int64_t m = c.rows(), n = c.cols(), k = a_transposed ? a.rows() : a.cols();
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < n; ++j) {
      double sum = before ? element(before, i * n + j) : 0.0, size = 1;
      for (int64_t p = 0; p < k; ++p) {
        const double product = static_cast<double>(element(a, a_transposed ? p * m + i : i * k + p)) *
                               element(b, b_transposed ? j * k + p : p * n + j);
        sum += product;
        size += product * product;
      }
      ASSERT_NEAR(element(c, i * n + j), sum, rounding(c.dtype()) * (std::abs(sum) + std::sqrt(size)))
          << m << "x" << k << "x" << n;
    }
  }
}

struct Types {
  DType in, out;
};

class MatmulTest : public ::testing::TestWithParam<Types> {};

TEST_P(MatmulTest, AnyNumberOfRows) {
  for (const int64_t m : {1, 2, 3, 63, 64, 65, 130}) {
    for (const auto& [k, n] : {std::pair{24, 40}, {33, 17}, {1, 1}}) {
      const Tensor a = random_of(GetParam().in, {m, k}, 1), b = random_of(GetParam().in, {n, k}, 2),
                   plain = random_of(GetParam().in, {k, n}, 3), c = random_of(GetParam().out, {m, n}, 4),
                   before = c.clone();
      matmul(a, Matrix(b).transposed(), c, true);
      expect_product(a, false, b, true, before, c);
      matmul(a, Matrix(b).transposed(), c);
      expect_product(a, false, b, true, Tensor(), c);
      matmul(a, plain, c);
      expect_product(a, false, plain, false, Tensor(), c);
    }
  }
}

TEST_P(MatmulTest, SumsOverAnyNumberOfRows) {
  for (const int64_t rows : {1, 3, 64, 65, 130}) {
    const Tensor a = random_of(GetParam().in, {rows, 19}, 1), b = random_of(GetParam().in, {rows, 23}, 2),
                 c = random_of(GetParam().out, {19, 23}, 3), before = c.clone();
    matmul(Matrix(a).transposed(), b, c, true);
    expect_product(a, true, b, false, before, c);
    matmul(Matrix(a).transposed(), b, c);
    expect_product(a, true, b, false, Tensor(), c);
  }
}

TEST_P(MatmulTest, PartsOfMatrices) {
  const Tensor a = random_of(GetParam().in, {20, 32}, 1), b = random_of(GetParam().in, {40, 32}, 2),
               c(GetParam().out, {20, 40}), whole(GetParam().out, {20, 40});
  matmul(a, Matrix(b).transposed(), whole);
  matmul(a, Matrix(b.slice(0, 15)).transposed(), Matrix(c).col_range(0, 15));
  matmul(a, Matrix(b).transposed().col_range(15, 40), Matrix(c).col_range(15, 40));
  for (int64_t i = 0; i < c.size(); ++i) ASSERT_NEAR(element(c, i), element(whole, i), 1e-2);
  expect_product(a, false, b, true, Tensor(), c);
}

TEST_P(MatmulTest, InsideAParallelRegionEachThreadMultipliesByItself) {
  const Tensor b = random_of(GetParam().in, {24, 32}, 2);
  std::vector<Tensor> a, c;
  for (int t = 0; t < 4; ++t) {
    a.push_back(random_of(GetParam().in, {10 + t, 32}, static_cast<uint64_t>(t) + 5));
    c.emplace_back(GetParam().out, std::initializer_list<int64_t>{10 + t, 24});
  }
#pragma omp parallel for num_threads(2)
  for (size_t t = 0; t < 4; ++t) matmul(a[t], Matrix(b).transposed(), c[t]);
  for (size_t t = 0; t < 4; ++t) expect_product(a[t], false, b, true, Tensor(), c[t]);
}

TEST_P(MatmulTest, NoRowsNoWork) {
  const Tensor a(GetParam().in, {0, 8}), b = random_of(GetParam().in, {8, 8}, 1), c(GetParam().out, {0, 8});
  matmul(a, b, c);
}

std::string types_name(const ::testing::TestParamInfo<Types>& given) {
  return fmt::format("{}To{}", name_of(given.param.in), name_of(given.param.out));
}
INSTANTIATE_TEST_SUITE_P(Of, MatmulTest,
                         ::testing::Values(Types{DType::f32, DType::f32}, Types{DType::bf16, DType::bf16},
                                           Types{DType::bf16, DType::f32}),
                         types_name);

TEST(MatmulInstructionSet, IsNamed) {
  EXPECT_FALSE(matmul_instruction_set().empty());
}

}  // namespace
}  // namespace moru::tensor
