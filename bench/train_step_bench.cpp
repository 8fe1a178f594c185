// A step of training, as examples/office-expert does it: tokens a second, and the share of the machine's matrix peak
// that 6 x active parameters x tokens/s is.
#include <benchmark/benchmark.h>

#include "core/random.h"
#include "model/decoder.h"
#include "smollm2.h"
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

/// Steps on `rows` random tokens in sequences of `length`, packed.
void train_steps(benchmark::State& state, const model::ModelConfig& config, const train::OptimizerSettings& settings,
                 int rows, int length) {
  const tensor::DType type = state.range(0) == 0 ? tensor::DType::f32 : tensor::DType::bf16;
  model::DecoderModel model(config, type);
  model.initialise(1);
  train::Optimizer optimizer(model, settings);
  std::vector<int32_t> tokens, positions, targets, starts = {0};
  Random random(1);
  for (int i = 0; i < rows; ++i) {
    tokens.push_back(static_cast<int32_t>(random.below(8192)));
    targets.push_back(static_cast<int32_t>(random.below(8192)));
    positions.push_back(i % length);
    if (i % length == length - 1) starts.push_back(i + 1);
  }
  const std::vector<float> weights(tokens.size(), 1.0F);
  const double peak = tensor::measure_peak(type);
  std::vector<std::vector<int64_t>> loads;
  for (auto _ : state) {
    optimizer.clear_gradients();
    tensor::Tape tape;
    const tensor::Variable hidden =
        model.final_norm(&tape, model.hidden(&tape, {tokens, positions, starts, nullptr, {}}, {1e-4F, &loads}));
    model.loss(&tape, hidden, targets, weights);
    tape.backward();
    optimizer.step(1e-3, 1.0 / rows);
  }
  const double rate = static_cast<double>(state.iterations()) * rows;
  const double flops = 6.0 * static_cast<double>(config.active_parameters()) * rate;
  state.counters["tokens/s"] = benchmark::Counter(rate, benchmark::Counter::kIsRate);
  state.counters["FLOP/s"] = benchmark::Counter(flops, benchmark::Counter::kIsRate);
  state.counters["of_peak"] = benchmark::Counter(flops / peak, benchmark::Counter::kIsRate);
  state.SetLabel(tensor::matmul_instruction_set());
}

void training_step(benchmark::State& state) {
  train_steps(state, office_expert(), {}, 8192, 64);
}
BENCHMARK(training_step)
    ->ArgName("bf16")
    ->Arg(1)
    ->Arg(0)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond)
    ->MinTime(5)
    ->MinWarmUpTime(3);

/// A full fine-tuning step of SmolLM2-135M: 2,048 packed tokens, sequences of 256, AdamW.
void smollm2_training_step(benchmark::State& state) {
  train_steps(state, bench::smollm2_135m(), {false, 0.0, 1.0}, 2048, 256);
}
BENCHMARK(smollm2_training_step)->ArgName("bf16")->Arg(1)->UseRealTime()->Unit(benchmark::kMillisecond)->Iterations(8);

}  // namespace
}  // namespace moru
