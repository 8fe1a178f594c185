// A step of training, as examples/office-expert does it: tokens a second, and the share of the machine's matrix peak
// that 6 x active parameters x tokens/s is.
#include <benchmark/benchmark.h>

#include "core/random.h"
#include "model/decoder.h"
#include "tensor/matmul.h"
#include "tensor/ops.h"
#include "train/optimizer.h"

namespace moru {
namespace {

model::ModelConfig office_expert() {
  model::ModelConfig c;
  c.vocabulary = 8192;
  c.hidden = 256;
  c.layers = 4;
  c.heads = 4;
  c.kv_heads = 2;
  c.head_dim = 32;
  c.intermediate = 768;
  c.moe_intermediate = 192;
  c.experts = 8;
  c.experts_per_token = 2;
  c.sliding_window = 64;
  c.max_positions = 512;
  c.mtp_layers = 0;
  c.sliding = {true, true, true, false};
  c.sparse = {false, true, true, true};
  return c;
}

/// Sequences of 64 random tokens, packed to 8,192 rows.
void training_step(benchmark::State& state) {
  const model::ModelConfig config = office_expert();
  const tensor::DType type = state.range(0) == 0 ? tensor::DType::f32 : tensor::DType::bf16;
  model::DecoderModel model(config, type);
  model.initialise(1);
  train::Optimizer optimizer(model, {});
  std::vector<int32_t> tokens, positions, targets, starts = {0};
  Random random(1);
  for (int i = 0; i < 8192; ++i) {
    tokens.push_back(static_cast<int32_t>(random.below(8192)));
    targets.push_back(static_cast<int32_t>(random.below(8192)));
    positions.push_back(i % 64);
    if (i % 64 == 63) starts.push_back(i + 1);
  }
  const std::vector<float> weights(tokens.size(), 1.0F);
  const double peak = tensor::measure_peak(type);
  std::vector<std::vector<int64_t>> loads;
  for (auto _ : state) {
    optimizer.clear_gradients();
    tensor::Tape tape;
    const tensor::Variable hidden =
        model.final_norm(&tape, model.hidden(&tape, {tokens, positions, starts, nullptr, {}}, {1e-4F, &loads}));
    tensor::linear_cross_entropy(&tape, hidden, model.head(), targets, weights);
    tape.backward();
    optimizer.step(1e-3, 1.0 / 8192);
  }
  const double rate = static_cast<double>(state.iterations()) * 8192;
  const double flops = 6.0 * static_cast<double>(config.active_parameters()) * rate;
  state.counters["tokens/s"] = benchmark::Counter(rate, benchmark::Counter::kIsRate);
  state.counters["FLOP/s"] = benchmark::Counter(flops, benchmark::Counter::kIsRate);
  state.counters["of_peak"] = benchmark::Counter(flops / peak, benchmark::Counter::kIsRate);
  state.SetLabel(tensor::matmul_instruction_set());
}
BENCHMARK(training_step)
    ->ArgName("bf16")
    ->Arg(1)
    ->Arg(0)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond)
    ->MinTime(5)
    ->MinWarmUpTime(3);

}  // namespace
}  // namespace moru
