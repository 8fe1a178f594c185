// Matrix products. The library behind them (oneDNN) is seen in matmul.cpp alone.
#pragma once

#include <cstdint>
#include <string>

#include "tensor/tensor.h"

namespace moru::tensor {

/// A view of a matrix in memory; strides are in elements. One of them must be 1.
struct Matrix {
  void* data = nullptr;
  DType type = DType::f32;
  int64_t rows = 0, cols = 0;
  int64_t row_stride = 0, col_stride = 1;

  Matrix() = default;
  /// All dimensions but the last are rows.
  Matrix(const Tensor& t)
      : data(t.raw()), type(t.dtype()), rows(t.rows()), cols(t.cols()), row_stride(t.cols()) {}  // NOLINT
  Matrix transposed() const {
    Matrix m = *this;
    std::swap(m.rows, m.cols);
    std::swap(m.row_stride, m.col_stride);
    return m;
  }
  Matrix row_range(int64_t begin, int64_t end) const;
  Matrix col_range(int64_t begin, int64_t end) const;
};

/// c := a·b, or c += a·b. a: [m, k], b: [k, n], c: [m, n] (row-major). a and b have one type; products accumulate in
/// float. Types (a, b → c): f32 → f32; bf16 → bf16 or f32. Called inside a parallel region it runs on the calling
/// thread, else on all. Same inputs, same machine type and thread count: same bits.
void matmul(const Matrix& a, const Matrix& b, const Matrix& c, bool accumulate = false);

/// True if the processor multiplies bf16 itself. If not, bf16 products are done in f32 on rounded inputs.
bool has_bf16_products();

/// What the products run on: "AMX bf16", "AVX-512 bf16", "AVX-512", "AVX2", …
std::string matmul_instruction_set();

/// The rate of matrix products on this machine now: the best of `rounds` timings over a few large shapes, FLOP/s.
double measure_peak(DType type, int rounds = 5);

}  // namespace moru::tensor
