#include "model/convert.h"

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "core/language.h"
#include "core/progress.h"

namespace moru::cli {
namespace {

std::string megabytes(uint64_t bytes) {
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

int convert(const model::ConvertOptions& options) {
  TerminalProgress sink;
  const model::ConvertReport report = model::convert_model(options, sink);
  std::string types;
  for (const auto& [type, count] : report.by_type)
    types += fmt::format("{}{} {}", types.empty() ? "" : ", ", count, type);
  fmt::print("{}\n", options.output.string());
  fmt::print(fmt::runtime(tr("  {}: {} parameters in {} tensors ({})\n", "  {}: 파라미터 {}개, 텐서 {}개 ({})\n")),
             report.model_type, report.parameters, report.tensors, types);
  fmt::print(fmt::runtime(tr("  {} -> {}, {} file(s) of weights\n", "  {} -> {}, 가중치 파일 {}개\n")),
             megabytes(report.input_bytes), megabytes(report.output_bytes), report.files);
  if (report.loss.squares > 0)
    fmt::print(fmt::runtime(tr("  error of the weights in blocks: {:.2f} % of their size (root mean square)\n",
                               "  블록 형식 가중치의 오차: 크기의 {:.2f} % (제곱평균제곱근)\n")),
               100 * report.loss.relative());
  if (report.few_bits > 0 && report.loss.kept == report.few_bits)
    fmt::print("{}", tr("  the weights in few bits keep their codes and scales, all of them\n",
                        "  적은 비트의 가중치가 코드와 스케일을 모두 그대로 지닙니다\n"));
  else if (report.few_bits > 0)
    fmt::print(
        fmt::runtime(tr("  of {} weights in few bits {} keep their codes and scales; the others were written anew "
                        "from what the codes stand for: what quantizing lost stays lost\n",
                        "  적은 비트의 가중치 {}개 가운데 {}개는 코드와 스케일을 그대로 지닙니다. 나머지는 코드가 "
                        "뜻하는 값으로 새로 썼습니다. 양자화하며 잃은 것은 돌아오지 않습니다\n")),
        report.few_bits, report.loss.kept);
  if (!report.carried.empty())
    fmt::print(fmt::runtime(tr("  with {}\n", "  함께: {}\n")), fmt::join(report.carried, ", "));
  fmt::print(fmt::runtime(tr("  from weights of SHA-256 {}\n", "  원본 가중치 SHA-256 {}\n")), report.source_hash);
  return 0;
}

}  // namespace

void register_convert(CLI::App& app, std::function<int()>& run) {
  const auto options = std::make_shared<model::ConvertOptions>();
  CLI::App* command = app.add_subcommand(
      "convert", std::string(tr("Turn a model folder into a GGUF file or back, or into another element type",
                                "모델 폴더를 GGUF 파일로, GGUF 파일을 폴더로, 또는 다른 원소 형식으로 바꿉니다")));
  command
      ->add_option("input", options->input,
                   std::string(tr("Model folder, or .gguf file (of a split one, the first)",
                                  "모델 폴더 또는 .gguf 파일(나뉜 것은 첫 파일)")))
      ->required();
  command
      ->add_option("output", options->output,
                   std::string(tr("A .gguf file, or a folder to make", ".gguf 파일 또는 새로 만들 폴더")))
      ->required();
  command
      ->add_option("--type", options->type,
                   std::string(tr("f32, f16, bf16; in GGUF also q8_0, q4_0, q4_k (default: the input's, else bf16)",
                                  "f32, f16, bf16. GGUF는 q8_0, q4_0, q4_k도 (기본: 입력과 같거나 bf16)")))
      ->check(CLI::IsMember({"f32", "f16", "bf16", "q8_0", "q4_0", "q4_k"}, CLI::ignore_case));
  command
      ->add_option("--shard-size", options->shard_size,
                   std::string(tr("Most bytes of a safetensors file (such as 2GB)",
                                  "safetensors 파일 하나의 최대 크기 (예: 2GB)")))
      ->transform(CLI::AsSizeValue(true))
      ->capture_default_str();
  command->callback([options, &run] { run = [options] { return convert(*options); }; });
}

}  // namespace moru::cli
