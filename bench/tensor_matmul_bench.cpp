// Rates of matrix products at the shapes of a training step: oneDNN and what matmul() uses, one after the other.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <omp.h>

#include "core/random.h"
#include "tensor/matmul_backend.h"

namespace {

using namespace moru::tensor;

Tensor random_bf16(int64_t rows, int64_t cols) {
  Tensor t(DType::bf16, {rows, cols});
  moru::Random random(1);
  for (Bf16& value : t.span<Bf16>()) value = to_bf16(static_cast<float>(random.uniform() - 0.5));
  return t;
}

enum class Pass { forward, input_gradient, weight_gradient };
constexpr const char* kPassNames[] = {"y=xW'", "dx=dyW", "dW+=dy'x"};

/// `rows` rows, a weight of [out, in].
struct Shape {
  int64_t rows, out, in;
  int threads;
};

void measure(benchmark::State& state, Backend backend, Pass pass, const Shape& s) {
  omp_set_num_threads(s.threads);
  const Tensor x = random_bf16(s.rows, s.in), w = random_bf16(s.out, s.in), dy = random_bf16(s.rows, s.out);
  const Tensor y(DType::bf16, {s.rows, s.out}), dx(DType::bf16, {s.rows, s.in});
  const Tensor dw = Tensor::zeros(DType::f32, {s.out, s.in});
  for ([[maybe_unused]] auto _ : state) {
    if (pass == Pass::forward) matmul_on(backend, x, Matrix(w).transposed(), y);
    if (pass == Pass::input_gradient) matmul_on(backend, dy, w, dx);
    if (pass == Pass::weight_gradient) matmul_on(backend, Matrix(dy).transposed(), x, dw, true);
  }
  state.counters["FLOP/s"] = benchmark::Counter(2.0 * static_cast<double>(s.rows * s.out * s.in),
                                                benchmark::Counter::kIsIterationInvariantRate);
}

const bool registered = [] {
  constexpr Shape kShapes[] = {{8192, 512, 256, 2}, {8192, 256, 256, 2},  {2048, 384, 256, 1},
                               {2048, 256, 192, 1}, {1024, 8192, 256, 2}, {16, 512, 256, 1},
                               {32, 512, 256, 1},   {64, 384, 256, 1},    {16, 8192, 256, 2}};
  for (const Shape& s : kShapes)
    for (const Pass pass : {Pass::forward, Pass::input_gradient, Pass::weight_gradient})
      for (const Backend backend : {Backend::library, Backend::best})
        benchmark::RegisterBenchmark(
            fmt::format("{:8} {:4}x{:4}x{} threads {} {}", kPassNames[static_cast<int>(pass)], s.rows, s.out, s.in,
                        s.threads, backend == Backend::library ? "oneDNN" : "matmul")
                .c_str(),
            [=](benchmark::State& state) { measure(state, backend, pass, s); })
            ->UseRealTime();
  return true;
}();

}  // namespace
