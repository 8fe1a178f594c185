#include <CLI/CLI.hpp>
#include <chrono>

#include "cli/commands.h"
#include "core/language.h"
#include "core/threads.h"
#include "tensor/elementwise.h"
#include "tensor/matmul.h"

namespace moru::cli {
namespace {

/// Bytes a second read from memory: the best of a few passes over an array that no cache holds.
double memory_rate() {
  const tensor::Tensor array = tensor::Tensor::zeros(tensor::DType::f32, {int64_t{256} << 20});
  double best = 0;
  for (int round = 0; round < 5; ++round) {
    const auto start = std::chrono::steady_clock::now();
    tensor::sum_of_squares(array);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    best = std::max(best, static_cast<double>(array.bytes()) / seconds);
  }
  return best;
}

int peak(int rounds) {
  fmt::print("{}: {}\n", tr("threads", "스레드"), processor_count());
  fmt::print("{}: {}\n", tr("matrix products run on", "행렬곱에 쓰는 명령"), tensor::matmul_instruction_set());
  for (const tensor::DType type : {tensor::DType::bf16, tensor::DType::f32})
    fmt::print("{:<5}{:>9.1f} GFLOP/s\n", name_of(type), tensor::measure_peak(type, rounds) / 1e9);
  fmt::print("{}: {:.1f} GB/s\n", tr("memory, read", "메모리 읽기"), memory_rate() / 1e9);
  return 0;
}

}  // namespace

void register_bench(CLI::App& app, std::function<int()>& run) {
  CLI::App* bench = app.add_subcommand("bench", std::string(tr("measures this machine", "이 기계를 측정합니다")));
  bench->require_subcommand(1);
  CLI::App* command = bench->add_subcommand(
      "peak", std::string(tr("the rate of matrix products, which training is measured against, and of memory",
                             "학습 속도의 기준이 되는 행렬곱 속도와 메모리 속도")));
  const auto rounds = std::make_shared<int>(20);
  command
      ->add_option(
          "--rounds", *rounds,
          std::string(tr("timings of each shape; the best counts", "모양마다 재는 횟수. 가장 빠른 것을 씁니다")))
      ->check(CLI::Range(1, 1000));
  command->callback([&run, rounds] { run = [rounds] { return peak(*rounds); }; });
}

}  // namespace moru::cli
