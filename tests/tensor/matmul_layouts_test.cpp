// Matrix products against sums in double. Without AMX the same products run on oneDNN.
#include <omp.h>

#include <cmath>

#include "core/random.h"
#include "tensor/matmul.h"
#include "tensor/matmul_amx.h"
#include "tensor/matmul_backend.h"

namespace moru::tensor {
namespace {

constexpr uint16_t kGuard = 0x7FC1;  // a NaN: poisons every sum that reads it

/// A matrix inside a larger buffer of guards, its rows (or columns, if `by_columns`) `gap` elements apart.
struct Guarded {
  std::vector<uint16_t> half;
  std::vector<float> full;
  Matrix matrix;

  Guarded(DType type, int64_t rows, int64_t cols, int64_t gap, bool by_columns, uint64_t seed) {
    const int64_t lines = by_columns ? cols : rows, length = by_columns ? rows : cols, stride = length + gap;
    constexpr int64_t kMargin = 3;  // odd: nothing is aligned
    const auto size = static_cast<size_t>(2 * kMargin + std::max<int64_t>(0, lines * stride));
    Random random(seed);
    if (type == DType::bf16)
      half.assign(size, kGuard);
    else
      full.assign(size, std::nanf(""));
    for (int64_t i = 0; i < lines; ++i)
      for (int64_t j = 0; j < length; ++j) {
        const auto at = static_cast<size_t>(kMargin + i * stride + j);
        const auto value = static_cast<float>(random.normal());
        if (type == DType::bf16)
          half[at] = to_bf16(value).bits;
        else
          full[at] = value;
      }
    matrix.data = type == DType::bf16 ? static_cast<void*>(half.data() + kMargin) : full.data() + kMargin;
    matrix.type = type;
    matrix.rows = lines, matrix.cols = length, matrix.row_stride = stride;
    if (by_columns) matrix = matrix.transposed();
  }
  /// The elements that belong to no row of the matrix (stored row by row), as bits.
  std::vector<uint32_t> around() const {
    std::vector<uint32_t> bits;
    const auto size = static_cast<int64_t>(std::max(half.size(), full.size()));
    for (int64_t i = 0; i < size; ++i) {
      const int64_t from = i - 3;
      if (from >= 0 && from / matrix.row_stride < matrix.rows && from % matrix.row_stride < matrix.cols) continue;
      uint32_t value = 0;
      if (half.empty())
        std::memcpy(&value, &full[static_cast<size_t>(i)], sizeof value);
      else
        value = half[static_cast<size_t>(i)];
      bits.push_back(value);
    }
    return bits;
  }
};

double at(const Matrix& m, int64_t row, int64_t col) {
  const int64_t i = row * m.row_stride + col * m.col_stride;
  return m.type == DType::bf16 ? static_cast<double>(to_float(static_cast<const Bf16*>(m.data)[i]))
                               : static_cast<double>(static_cast<const float*>(m.data)[i]);
}

struct Case {
  int64_t m, n, k;
  bool left_by_columns = false, right_by_columns = false;
  DType out = DType::bf16;
  bool accumulate = false;
  int64_t gap = 0;
  DType in = DType::bf16;
};

std::string describe(const Case& c) {
  return fmt::format("{}x{}x{} {} {} {} {} gap {}", c.m, c.n, c.k, c.left_by_columns ? "left'" : "left",
                     c.right_by_columns ? "right'" : "right", c.out == DType::bf16 ? "bf16" : "f32",
                     c.accumulate ? "+=" : "=", c.gap);
}

using Multiply = void (*)(const Matrix&, const Matrix&, const Matrix&, bool);

void check(const Case& p, Multiply multiply) {
  const Guarded a(p.in, p.m, p.k, p.gap, p.left_by_columns, 1);
  const Guarded b(p.in, p.k, p.n, p.gap, p.right_by_columns, 2);
  const Guarded c(p.out, p.m, p.n, p.gap, false, 3);
  const Guarded before = c;
  const auto around = c.around();
  multiply(a.matrix, b.matrix, c.matrix, p.accumulate);
  ASSERT_EQ(c.around(), around) << "written outside the matrix";
  for (int64_t i = 0; i < p.m; ++i)
    for (int64_t j = 0; j < p.n; ++j) {
      double sum = 0, size = 0;
      if (p.accumulate) {
        const auto offset = static_cast<size_t>(3 + i * c.matrix.row_stride + j);
        sum = p.out == DType::bf16 ? static_cast<double>(to_float(Bf16{before.half[offset]})) : before.full[offset];
        size = std::abs(sum);
      }
      for (int64_t k = 0; k < p.k; ++k) {
        const double term = at(a.matrix, i, k) * at(b.matrix, k, j);
        sum += term;
        size += std::abs(term);
      }
      // Sums in float lose at most a few units of 2^-24 of what was summed; bf16 keeps 8 bits of the result.
      // oneDNN sums over ragged rows in two parts, and bf16 is rounded after each.
      const bool two_parts = p.left_by_columns && !amx_available();
      const double rounding = std::abs(sum) * 0x1.02p-8 + (two_parts ? size * 0x1p-8 : 0);
      const double tolerance = size * 2e-6 + (p.out == DType::bf16 ? rounding : 0);
      ASSERT_NEAR(at(c.matrix, i, j), sum, tolerance) << "at " << i << ", " << j;
    }
}

/// By matmul(); and by its kernel for AMX where there is one, of which matmul() spares the thinnest products.
void check(const Case& p) {
  SCOPED_TRACE(describe(p));
  check(p, matmul);
  if (amx_available() && p.in == DType::bf16) check(p, matmul_amx);
}

/// In every layout, onto every kind of result.
void check_all(int64_t m, int64_t n, int64_t k, int64_t gap) {
  for (const bool left : {false, true})
    for (const bool right : {false, true})
      for (const DType out : {DType::bf16, DType::f32})
        for (const bool accumulate : {false, true}) check({m, n, k, left, right, out, accumulate, gap});
}

TEST(MatmulLayouts, OneOfEverything) {
  check_all(1, 1, 1, 0);
  check_all(1, 1, 1, 5);
}

TEST(MatmulLayouts, AllTailsOfRows) {
  for (const int64_t m : {1, 2, 15, 16, 17, 31, 32, 33, 47, 48, 49, 63, 64, 65}) check_all(m, 32, 32, 0);
}

TEST(MatmulLayouts, AllTailsOfColumns) {
  for (const int64_t n : {1, 2, 15, 16, 17, 31, 32, 33, 47, 48, 49, 63, 64, 65}) check_all(32, n, 32, 0);
}

TEST(MatmulLayouts, AllTailsOfDepth) {
  for (const int64_t k : {1, 2, 3, 15, 16, 17, 30, 31, 32, 33, 34, 63, 64, 65, 95, 97}) check_all(32, 32, k, 0);
}

TEST(MatmulLayouts, TailsTogetherWithStrides) {
  for (const int64_t size : {7, 19, 37, 70})
    for (const int64_t gap : {1, 7}) check_all(size, size + 3, size + 12, gap);
}

TEST(MatmulLayouts, RandomSizes) {
  Random random(11);
  for (int i = 0; i < 60; ++i) {
    const auto size = [&random](uint64_t most) { return static_cast<int64_t>(1 + random.below(most)); };
    check({size(150), size(150), size(150), random.below(2) == 0, random.below(2) == 0,
           random.below(2) == 0 ? DType::bf16 : DType::f32, random.below(2) == 0,
           static_cast<int64_t>(random.below(9))});
  }
}

// Past the sizes at which a product is done in blocks: of the depth (512), the rows (512) and the columns (640, 1024).
TEST(MatmulLayouts, BlocksOfDepth) {
  for (const int64_t k : {511, 512, 513, 1024, 1100}) check_all(40, 33, k, 0);
  // Deeper than what is packed at once, over more rows and columns than sums wait for.
  check_all(33, 40, 2100, 0);
  check({520, 36, 2100, true, false, DType::f32, true});
  check({36, 330, 2100, false, true, DType::bf16, false});
  check({136, 1030, 600, true, false, DType::f32, true});
}

TEST(MatmulLayouts, BlocksOfRows) {
  check({1100, 40, 70, true, false, DType::f32, true});
  check({1100, 20, 520, true, false, DType::f32, true});
  check({1100, 20, 520, false, true, DType::bf16, false});
}

TEST(MatmulLayouts, BlocksOfColumns) {
  check({40, 2100, 70, false, true, DType::bf16, false});
  check({40, 2100, 70, false, false, DType::f32, true});
  check({20, 600, 520, true, false, DType::f32, true});
  check({20, 600, 520, false, false, DType::bf16, true});
}

// Results that go past the caches, streams that are packed ahead in several parts, sums that wait for more depth: by
// rows in small parts none of this happens, and on AMX each element is summed in the same order.
TEST(MatmulLayouts, LargeProductsAreTheirSmallParts) {
  constexpr int64_t kRows = 97;
  for (const auto& [m, n, k] : {std::array<int64_t, 3>{2100, 1024, 40},
                                {4300, 40, 1024},
                                {2060, 64, 2048},
                                {600, 700, 3000},
                                {560, 1300, 2200}})
    for (const bool left_by_columns : {false, true})
      for (const DType type : {DType::bf16, DType::f32}) {
        SCOPED_TRACE(describe({m, n, k, left_by_columns, true, type}));
        const Guarded a(DType::bf16, m, k, 0, left_by_columns, 8), b(DType::bf16, k, n, 0, true, 9);
        const Tensor whole(type, {m, n}), parts(type, {m, n});
        matmul(a.matrix, b.matrix, whole);
        for (int64_t row = 0; row < m; row += kRows)
          matmul(a.matrix.row_range(row, std::min(m, row + kRows)), b.matrix,
                 Matrix(parts).row_range(row, std::min(m, row + kRows)));
        if (amx_available()) {
          EXPECT_EQ(std::memcmp(whole.raw(), parts.raw(), whole.bytes()), 0);
          continue;
        }
        const Tensor one = to_f32(whole), other = to_f32(parts);
        for (int64_t i = 0; i < one.size(); ++i)
          ASSERT_NEAR(one.data<float>()[i], other.data<float>()[i], 0.02 * std::sqrt(static_cast<double>(k)));
      }
}

TEST(MatmulLayouts, ManyBlocksOfEverySort) {
  check({530, 270, 530, true, false, DType::f32, true, 2});
}

TEST(MatmulLayouts, Floats) {
  for (const int64_t size : {1, 17, 64, 100}) {
    check({size, size + 1, size + 2, false, true, DType::f32, false, 0, DType::f32});
    check({size, size + 1, size + 2, true, false, DType::f32, true, 0, DType::f32});
  }
}

TEST(MatmulLayouts, NothingToSumGivesZeros) {
  const Tensor a(DType::bf16, {3, 1}), b(DType::bf16, {1, 5});
  const Tensor c(DType::f32, {3, 5});
  for (float& value : c.span<float>()) value = 7;
  matmul(Matrix(a).col_range(0, 0), Matrix(b).row_range(0, 0), c, true);
  for (const float value : c.span<float>()) EXPECT_EQ(value, 7.0F);
  matmul(Matrix(a).col_range(0, 0), Matrix(b).row_range(0, 0), c, false);
  for (const float value : c.span<float>()) EXPECT_EQ(value, 0.0F);
}

TEST(MatmulLayouts, RoundsToNearestEven) {
  // 1 + 2^-8 and 1 + 3·2^-8 lie halfway between two bf16 numbers.
  const Tensor a(DType::bf16, {2, 2}), b(DType::bf16, {2, 1}), c(DType::bf16, {2, 1});
  const auto set = [](const Tensor& t, std::initializer_list<float> values) {
    std::transform(values.begin(), values.end(), t.data<Bf16>(), to_bf16);
  };
  set(a, {1, 1, 1, 3});
  set(b, {1, 0x1p-8F});
  matmul(a, b, c);
  EXPECT_EQ(to_float(c.data<Bf16>()[0]), 1.0F);
  EXPECT_EQ(to_float(c.data<Bf16>()[1]), 1.015625F);
}

TEST(MatmulLayouts, InfinityAndNanStay) {
  const Tensor a = Tensor::zeros(DType::bf16, {40, 40}), b = Tensor::zeros(DType::bf16, {40, 40});
  const Tensor c(DType::f32, {40, 40});
  a.data<Bf16>()[5 * 40 + 3] = to_bf16(INFINITY);
  a.data<Bf16>()[7 * 40 + 3] = to_bf16(NAN);
  for (Bf16& value : b.span<Bf16>()) value = to_bf16(2.0F);
  matmul(a, b, c);
  for (int64_t row = 0; row < 40; ++row)
    for (int64_t col = 0; col < 40; ++col) {
      const float value = c.data<float>()[row * 40 + col];
      if (row == 5)
        EXPECT_EQ(value, INFINITY);
      else if (row == 7)
        EXPECT_TRUE(std::isnan(value));
      else
        EXPECT_EQ(value, 0.0F);
    }
}

/// The result's bytes with `threads` threads.
std::vector<float> bits(const Guarded& a, const Guarded& b, int threads) {
  const int before = omp_get_max_threads();
  omp_set_num_threads(threads);
  const Tensor c(DType::f32, {a.matrix.rows, b.matrix.cols});
  matmul(a.matrix, b.matrix, c);
  omp_set_num_threads(before);
  const auto values = c.span<float>();
  return {values.begin(), values.end()};
}

TEST(MatmulLayouts, SameBitsEveryTime) {
  const Guarded a(DType::bf16, 700, 600, 0, true, 4), b(DType::bf16, 600, 300, 0, false, 5);
  const auto first = bits(a, b, omp_get_max_threads());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(bits(a, b, omp_get_max_threads()), first);
}

TEST(MatmulLayouts, AmxIsUsedWhereTheProcessorHasIt) {
  EXPECT_EQ(amx_available(), matmul_instruction_set() == "AMX bf16");
  EXPECT_TRUE(!amx_available() || amx_supported());
}

// On AMX each element is summed in one order, however the work is shared; and inside a parallel region.
TEST(MatmulLayouts, AmxGivesTheSameBitsForAnyThreads) {
  const Guarded a(DType::bf16, 700, 600, 0, true, 4), b(DType::bf16, 600, 300, 0, false, 5);
  const auto one = bits(a, b, 1);
  EXPECT_EQ(one.size(), 700U * 300U);
  if (!amx_available()) return;
  for (const int threads : {2, 3, 8}) EXPECT_EQ(bits(a, b, threads), one);
  std::array<std::vector<float>, 4> inside;
#pragma omp parallel for num_threads(4)
  for (size_t i = 0; i < inside.size(); ++i) inside[i] = bits(a, b, 2);
  for (const auto& result : inside) EXPECT_EQ(result, one);
}

TEST(MatmulLayouts, TheLibraryAgrees) {
  const Guarded a(DType::bf16, 130, 256, 0, false, 6), b(DType::bf16, 256, 96, 0, true, 7);
  const Tensor own(DType::f32, {130, 96}), library(DType::f32, {130, 96});
  matmul(a.matrix, b.matrix, own);
  matmul_on(Backend::library, a.matrix, b.matrix, library);
  for (int64_t i = 0; i < own.size(); ++i) ASSERT_NEAR(own.data<float>()[i], library.data<float>()[i], 1e-3);
}

}  // namespace
}  // namespace moru::tensor
