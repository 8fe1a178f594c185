#include "tensor/matmul.h"

#include <omp.h>

#include <chrono>
#include <dnnl.hpp>

#include "tensor/elementwise.h"
#include "tensor/matmul_amx.h"
#include "tensor/matmul_backend.h"

namespace moru::tensor {
namespace {

using Dims = dnnl::memory::dims;

dnnl::memory::data_type dnnl_type(DType type) {
  return type == DType::bf16 ? dnnl::memory::data_type::bf16 : dnnl::memory::data_type::f32;
}

const dnnl::engine& cpu() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

dnnl::memory::desc describe(const Matrix& m) {
  return {Dims{m.rows, m.cols}, dnnl_type(m.type), Dims{m.row_stride, m.col_stride}};
}

struct Key {
  std::array<int64_t, 13> values;
  auto operator<=>(const Key&) const = default;
};

Key key_of(const Matrix& a, const Matrix& b, const Matrix& c, bool accumulate) {
  return {{a.rows, a.cols, b.cols, a.row_stride, a.col_stride, b.row_stride, b.col_stride, c.row_stride,
           static_cast<int64_t>(a.type), static_cast<int64_t>(b.type), static_cast<int64_t>(c.type), accumulate ? 1 : 0,
           omp_in_parallel() != 0 ? 1 : omp_get_max_threads()}};
}

dnnl::matmul make_product(const Matrix& a, const Matrix& b, const Matrix& c, bool accumulate) {
  dnnl::primitive_attr attributes;
  if (accumulate) {
    dnnl::post_ops add;
    add.append_sum(1.0F);
    attributes.set_post_ops(add);
  }
#if DNNL_VERSION_MAJOR >= 3
  return dnnl::matmul({cpu(), describe(a), describe(b), describe(c), attributes});
#else
  return dnnl::matmul({dnnl::matmul::desc(describe(a), describe(b), describe(c)), attributes, cpu()});
#endif
}

constexpr size_t kPrimitives = 4096;  // ragged batches make many shapes; past this the oldest knowledge is dropped

/// Prepared products, kept by thread: oneDNN's primitives share scratch memory and may not run twice at once.
const dnnl::matmul& prepared(const Matrix& a, const Matrix& b, const Matrix& c, bool accumulate) {
  thread_local std::map<Key, dnnl::matmul> cache;
  const Key key = key_of(a, b, c, accumulate);
  const auto it = cache.find(key);
  if (it != cache.end()) return it->second;
  if (cache.size() >= kPrimitives) cache.clear();
  return cache.emplace(key, make_product(a, b, c, accumulate)).first->second;
}

Matrix widened(const Matrix& m, Tensor& storage) {
  const bool by_columns = m.row_stride == 1 && m.col_stride != 1;
  const Matrix source = by_columns ? m.transposed() : m;
  storage = Tensor(DType::f32, {source.rows, source.cols});
  for (int64_t r = 0; r < source.rows; ++r)
    widen(static_cast<const Bf16*>(source.data) + r * source.row_stride, storage.data<float>() + r * source.cols,
          source.cols);
  return by_columns ? Matrix(storage).transposed() : Matrix(storage);
}

/// bf16 products on a processor without them: the same rounded inputs, multiplied as floats.
void matmul_widened(const Matrix& a, const Matrix& b, const Matrix& c, bool accumulate) {
  Tensor a_storage, b_storage;
  const Matrix wide_a = widened(a, a_storage);
  const Matrix wide_b = widened(b, b_storage);
  if (c.type == DType::f32) return matmul(wide_a, wide_b, c, accumulate);
  const Tensor sum(DType::f32, {c.rows, c.cols});
  matmul(wide_a, wide_b, sum);
  for (int64_t r = 0; r < c.rows; ++r) {
    Bf16* out = static_cast<Bf16*>(c.data) + r * c.row_stride;
    float* row = sum.data<float>() + r * c.cols;
    if (accumulate)
      for (int64_t i = 0; i < c.cols; ++i) row[i] += to_float(out[i]);
    narrow(row, out, c.cols);
  }
}

// Batches are ragged and experts get any number of rows, but preparing a product of a new shape costs more than
// running it: rows are taken in whole steps, and what is left is padded with zeros to a power of two.
constexpr int64_t kRaggedStep = 64;

void run(const Matrix& a, const Matrix& b, const Matrix& c, bool accumulate) {
  thread_local dnnl::stream stream(cpu());
  const dnnl::matmul& product = prepared(a, b, c, accumulate);
  product.execute(stream, {{DNNL_ARG_SRC, dnnl::memory(describe(a), cpu(), a.data)},
                           {DNNL_ARG_WEIGHTS, dnnl::memory(describe(b), cpu(), b.data)},
                           {DNNL_ARG_DST, dnnl::memory(describe(c), cpu(), c.data)}});
  stream.wait();
}

/// The matrix's rows, then zeros up to `rows`. Columns of the matrix must lie side by side.
Tensor padded_rows(const Matrix& m, int64_t rows) {
  const Tensor out(m.type, {rows, m.cols});
  const size_t bytes = static_cast<size_t>(m.cols) * size_of(m.type);
  for (int64_t r = 0; r < m.rows; ++r)
    std::memcpy(static_cast<std::byte*>(out.raw()) + static_cast<size_t>(r) * bytes, m.row_range(r, r + 1).data, bytes);
  out.slice(m.rows, rows).fill_zero();
  return out;
}

int64_t power_of_two(int64_t n) {
  int64_t p = 1;
  while (p < n) p *= 2;
  return p;
}

void run_last_rows(const Matrix& a, const Matrix& b, const Matrix& c, bool accumulate) {
  const int64_t rows = power_of_two(a.rows);
  if (rows == a.rows) return run(a, b, c, accumulate);
  const Tensor left = padded_rows(a, rows);
  const Tensor out = accumulate ? padded_rows(c, rows) : Tensor(c.type, {rows, c.cols});
  run(left, b, out, accumulate);
  const size_t bytes = static_cast<size_t>(c.cols) * size_of(c.type);
  for (int64_t r = 0; r < c.rows; ++r)
    std::memcpy(c.row_range(r, r + 1).data, static_cast<const std::byte*>(out.raw()) + static_cast<size_t>(r) * bytes,
                bytes);
}

void sum_over_rows(const Matrix& a, const Matrix& b, const Matrix& c, bool accumulate) {
  if (b.col_stride != 1) return run(a, b, c, accumulate);  // no gradient: nothing to gain from padding
  const int64_t whole = a.cols / kRaggedStep * kRaggedStep;
  if (whole > 0) run(a.col_range(0, whole), b.row_range(0, whole), c, accumulate);
  if (whole == a.cols) return;
  const int64_t rows = power_of_two(a.cols - whole);
  const Tensor left = padded_rows(a.transposed().row_range(whole, a.cols), rows);
  const Tensor right = padded_rows(b.row_range(whole, b.rows), rows);
  run(Matrix(left).transposed(), right, c, accumulate || whole > 0);
}

void fill_zero(const Matrix& c) {
  for (int64_t r = 0; r < c.rows; ++r)
    std::memset(c.row_range(r, r + 1).data, 0, static_cast<size_t>(c.cols) * size_of(c.type));
}

}  // namespace

Matrix Matrix::row_range(int64_t begin, int64_t end) const {
  Matrix m = *this;
  m.data = static_cast<std::byte*>(data) + static_cast<size_t>(begin * row_stride) * size_of(type);
  m.rows = end - begin;
  return m;
}

Matrix Matrix::col_range(int64_t begin, int64_t end) const {
  return transposed().row_range(begin, end).transposed();
}

// With fewer rows, columns or terms most of a tile would be padding, and oneDNN is faster
// (bench/tensor_matmul_bench.cpp).
constexpr int64_t kLeastForTiles = 16;

bool amx_available() {
  static const bool available = dnnl::get_effective_cpu_isa() >= dnnl::cpu_isa::avx512_core_amx && amx_supported();
  return available;
}

void matmul_on(Backend backend, const Matrix& a, const Matrix& b, const Matrix& c, bool accumulate) {
  assert(a.cols == b.rows && a.rows == c.rows && b.cols == c.cols && a.type == b.type && c.col_stride == 1);
  if (c.rows == 0 || c.cols == 0) return;
  if (a.cols == 0) {
    if (!accumulate) fill_zero(c);
    return;
  }
  const bool whole_tiles = std::min({c.rows, c.cols, a.cols}) >= kLeastForTiles;
  if (backend == Backend::best && a.type == DType::bf16 && whole_tiles && amx_available())
    return matmul_amx(a, b, c, accumulate);
  if (a.type == DType::bf16 && !has_bf16_products()) return matmul_widened(a, b, c, accumulate);
  // Gradients of weights sum over the batch's rows, everything else has them as its own rows.
  if (a.row_stride == 1 && a.col_stride != 1) return sum_over_rows(a, b, c, accumulate);
  const int64_t whole = a.rows / kRaggedStep * kRaggedStep;
  if (whole > 0) run(a.row_range(0, whole), b, c.row_range(0, whole), accumulate);
  if (whole < a.rows) run_last_rows(a.row_range(whole, a.rows), b, c.row_range(whole, c.rows), accumulate);
}

void matmul(const Matrix& a, const Matrix& b, const Matrix& c, bool accumulate) {
  matmul_on(Backend::best, a, b, c, accumulate);
}

bool has_bf16_products() {
  // From AVX-512 on oneDNN has bf16 products (emulated where the instruction is missing); below it has none.
  static const bool has = dnnl::get_effective_cpu_isa() >= dnnl::cpu_isa::avx512_core &&
                          dnnl::get_effective_cpu_isa() != dnnl::cpu_isa::avx2_vnni;
  return has;
}

std::string matmul_instruction_set() {
  switch (dnnl::get_effective_cpu_isa()) {
    case dnnl::cpu_isa::avx512_core_amx:
      return "AMX bf16";
    case dnnl::cpu_isa::avx512_core_bf16:
      return "AVX-512 bf16";
    case dnnl::cpu_isa::avx512_core_vnni:
    case dnnl::cpu_isa::avx512_core:
      return "AVX-512";
    case dnnl::cpu_isa::avx2_vnni:
    case dnnl::cpu_isa::avx2:
      return "AVX2";
    case dnnl::cpu_isa::avx:
      return "AVX";
    case dnnl::cpu_isa::sse41:
      return "SSE4.1";
    default:
      return has_bf16_products() ? "AVX-512 with bf16" : "generic";
  }
}

double measure_peak(DType type, int rounds) {
  // Large enough that packing is noise, small enough that a round takes milliseconds; the best shape is the peak.
  constexpr std::array<std::array<int64_t, 3>, 3> kShapes = {
      {{2048, 2048, 2048}, {4096, 1024, 1024}, {8192, 512, 1024}}};
  double best = 0;
  for (const auto& [m, n, k] : kShapes) {
    const Tensor a = Tensor::zeros(type, {m, k});
    const Tensor b = Tensor::zeros(type, {k, n});
    const Tensor c(DType::f32, {m, n});
    matmul(a, b, c);
    for (int round = 0; round < rounds; ++round) {
      const auto start = std::chrono::steady_clock::now();
      matmul(a, b, c);
      const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      best = std::max(best, 2.0 * static_cast<double>(m * n * k) / seconds);
    }
  }
  return best;
}

}  // namespace moru::tensor
