// A step of training the layout of SmolLM2-135M, full and with LoRA, on 2,048 packed tokens in bf16: tokens a second,
// the share of the machine's matrix peak, and the process's peak memory. train_peer.py runs it beside PyTorch.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include "core/random.h"
#include "model/decoder.h"
#include "model/lora.h"
#include "smollm2.h"
#include "tensor/matmul.h"
#include "train/optimizer.h"

namespace moru {
namespace {

constexpr int kTokens = 2048, kSequence = 512;

void smollm2_step(benchmark::State& state) {
  const bool lora = state.range(0) != 0;
  const model::ModelConfig config = bench::smollm2_135m();
  model::DecoderModel model(config, tensor::DType::bf16);
  model.initialise(1);
  const std::vector<model::Part> parts = model.parts();
  std::vector<train::TrainedTensor> trained;
  if (lora) {
    model::attach_adapters(parts, {.rank = 16, .alpha = 32, .targets = {}, .dropout = 0}, tensor::DType::bf16, 1);
    for (const model::NamedAdapter& named : model::adapters_of(parts))
      for (tensor::Factor* factor : {&named.adapter->a, &named.adapter->b}) {
        factor->gradient = tensor::Tensor::zeros(tensor::DType::f32, {factor->value.rows(), factor->value.cols()});
        trained.push_back({named.module, factor->value, factor->gradient, {}, true});
      }
  }
  const train::OptimizerSettings adamw{.muon = false, .weight_decay = 0, .clip = 1};
  train::Optimizer optimizer = lora ? train::Optimizer(std::move(trained), adamw) : train::Optimizer(model, adamw);

  std::vector<int32_t> tokens, positions, targets, starts = {0};
  Random random(1);
  for (int i = 0; i < kTokens; ++i) {
    tokens.push_back(static_cast<int32_t>(random.below(49152)));
    targets.push_back(static_cast<int32_t>(random.below(49152)));
    positions.push_back(i % kSequence);
    if ((i + 1) % kSequence == 0) starts.push_back(i + 1);
  }
  const std::vector<float> weights(tokens.size(), 1.0F);
  const double peak = tensor::measure_peak(tensor::DType::bf16);
  const auto step = [&] {
    optimizer.clear_gradients();
    tensor::Tape tape;
    const tensor::Variable normed =
        model.final_norm(&tape, model.hidden(&tape, {tokens, positions, starts, nullptr, {}}));
    model.loss(&tape, normed, targets, weights);
    tape.backward();
    optimizer.step(1e-4, 1.0 / kTokens);
  };
  step();  // as train_peer.py does: memory is asked for here
  for (auto _ : state) step();
  // Of the matrices: two operations forward, as many for the inputs' gradients and, where they learn, for the weights'.
  const double rate = static_cast<double>(state.iterations()) * kTokens;
  const double flops = (lora ? 4.0 : 6.0) * static_cast<double>(config.active_parameters()) * rate;
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  state.counters["tokens/s"] = benchmark::Counter(rate, benchmark::Counter::kIsRate);
  state.counters["of_peak"] = benchmark::Counter(flops / peak, benchmark::Counter::kIsRate);
  state.counters["peak_GFLOP/s"] = peak / 1e9;
  state.counters["peak_MB"] = static_cast<double>(usage.ru_maxrss) / 1024;
  state.SetLabel(tensor::matmul_instruction_set());
}
BENCHMARK(smollm2_step)
    ->ArgName("lora")
    ->MeasureProcessCPUTime()
    ->Arg(0)
    ->Arg(1)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(4);

}  // namespace
}  // namespace moru
