// Products with quantized weights beside bf16 at few and many rows. The weights of one run do not fit in a cache, as
// when a model decodes; bytes/s are those of the weights, and the rate of plain reading stands beside.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <omp.h>

#include "core/random.h"
#include "tensor/elementwise.h"
#include "tensor/matmul.h"
#include "tensor/quantized_kernel.h"

namespace {

using namespace moru::tensor;

constexpr uint64_t kTotalBytes = 256 << 20;  // of weights, in as many matrices as it takes

Tensor random_bf16(int64_t rows, int64_t cols) {
  Tensor t(DType::bf16, {rows, cols});
  moru::Random random(1);
  for (Bf16& value : t.span<Bf16>()) value = to_bf16(static_cast<float>(random.uniform() - 0.5));
  return t;
}

struct Shape {
  int64_t out, in;
};

/// Matrices of one kind, of which each product takes the next.
template <class Weight>
struct Weights {
  std::vector<Weight> all;
  size_t next = 0;
  const Weight& take() {
    next = (next + 1) % all.size();
    return all[next];
  }
};

void report(benchmark::State& state, int64_t rows, const Shape& s, uint64_t weight_bytes) {
  state.counters["OP/s"] =
      benchmark::Counter(2.0 * static_cast<double>(rows * s.out * s.in), benchmark::Counter::kIsIterationInvariantRate);
  state.counters["bytes/s"] =
      benchmark::Counter(static_cast<double>(weight_bytes), benchmark::Counter::kIsIterationInvariantRate);
}

void measure_bf16(benchmark::State& state, int64_t rows, const Shape& s) {
  Weights<Tensor> weights;
  const Tensor w = random_bf16(s.out, s.in);
  for (uint64_t i = 0; i < std::max<uint64_t>(1, kTotalBytes / w.bytes()); ++i) weights.all.push_back(w.clone());
  const Tensor x = random_bf16(rows, s.in), y(DType::bf16, {rows, s.out});
  for ([[maybe_unused]] auto _ : state) matmul(x, Matrix(weights.take()).transposed(), y);
  report(state, rows, s, w.bytes());
}

void measure_quantized(benchmark::State& state, QuantizedKernel kernel, int bits, int group, int64_t rows,
                       const Shape& s) {
  Weights<QuantizedWeight> weights;
  const QuantizedWeight w = quantize(random_bf16(s.out, s.in), bits, group);
  for (uint64_t i = 0; i < std::max<uint64_t>(1, kTotalBytes / w.bytes()); ++i) {
    weights.all.push_back(w);
    weights.all.back().codes = w.codes.clone();
    weights.all.back().scales = w.scales.clone();
  }
  const Tensor x = random_bf16(rows, s.in), y(DType::bf16, {rows, s.out});
  for ([[maybe_unused]] auto _ : state) matmul_quantized_on(kernel, x, weights.take(), y);
  report(state, rows, s, w.bytes());
}

void measure_memory(benchmark::State& state) {
  const Tensor array = Tensor::zeros(DType::f32, {static_cast<int64_t>(kTotalBytes / 4)});
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(sum_of_squares(array));
  state.counters["bytes/s"] =
      benchmark::Counter(static_cast<double>(array.bytes()), benchmark::Counter::kIsIterationInvariantRate);
}

const bool registered = [] {
  constexpr Shape kShapes[] = {{1536, 576}, {2048, 2048}};
  constexpr int64_t kRows[] = {1, 2, 4, 8, 16, 64, 512};
  benchmark::RegisterBenchmark("memory", measure_memory)->UseRealTime();
  for (const Shape& s : kShapes) {
    for (const int64_t m : kRows) {
      const std::string shape = fmt::format("{:3} x {} x {}", m, s.out, s.in);
      benchmark::RegisterBenchmark(("bf16 " + shape).c_str(), [=](benchmark::State& state) {
        measure_bf16(state, m, s);
      })->UseRealTime();
      for (const auto& [bits, group] : {std::pair{8, 64}, {4, 64}, {4, 32}})
        for (const QuantizedKernel kernel : quantized_kernels())
          if (kernel != QuantizedKernel::portable)
            benchmark::RegisterBenchmark(fmt::format("{} bit/{} {} {}", bits, group, shape, name_of(kernel)).c_str(),
                                         [=, bits = bits, group = group](benchmark::State& state) {
                                           measure_quantized(state, kernel, bits, group, m, s);
                                         })
                ->UseRealTime();
    }
  }
  return true;
}();

}  // namespace
