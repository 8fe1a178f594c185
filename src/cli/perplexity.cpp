// moru perplexity MODEL FILE...
#include "evaluate/perplexity.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "core/file.h"
#include "core/json.h"
#include "core/language.h"
#include "infer/model_folder.h"

namespace moru::cli {
namespace {

struct Arguments {
  std::string model;
  std::vector<std::string> files;
  evaluate::PerplexityOptions options;
  bool json = false;
};

Json as_json(const evaluate::Perplexity& p) {
  const auto interval = [](const std::optional<evaluate::Interval>& i) {
    return i ? Json::array({i->low, i->high}) : Json();
  };
  return {{"perplexity", p.perplexity},
          {"perplexity_interval", interval(p.perplexity_interval)},
          {"bits_per_byte", p.bits_per_byte},
          {"bits_per_byte_interval", interval(p.bits_per_byte_interval)},
          {"nats_per_token", p.nats_per_token},
          {"tokens", p.tokens},
          {"bytes", p.bytes},
          {"texts", p.texts},
          {"windows", p.blocks},
          {"context", p.context},
          {"stride", p.stride}};
}

int measure(Arguments arguments, bool stride_given) {
  std::vector<std::string> texts;
  for (const std::string& file : arguments.files) texts.push_back(read_file(file));
  const infer::ModelFolder folder = infer::open_model_folder(arguments.model);
  if (!stride_given) arguments.options.stride = std::max<size_t>(1, arguments.options.context / 2);
  TerminalProgress progress;
  const evaluate::Perplexity result =
      evaluate::perplexity(*folder.model, folder.tokenizer, texts, arguments.options, progress);
  fmt::print("{}", arguments.json ? dump_json(as_json(result)) + "\n" : evaluate::perplexity_text(result));
  return 0;
}

}  // namespace

void register_perplexity(CLI::App& app, std::function<int()>& run) {
  CLI::App* command =
      app.add_subcommand("perplexity", std::string(tr("how well a model predicts texts: perplexity and bits per byte",
                                                      "모델이 글을 얼마나 잘 예측하는지: 혼란도와 바이트당 비트")));
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("model", arguments->model, std::string(tr("the model", "모델")))->required();
  command
      ->add_option("files", arguments->files,
                   std::string(tr("text files, each read by itself", "글 파일. 파일마다 따로 읽습니다")))
      ->required();
  command
      ->add_option("--context", arguments->options.context, std::string(tr("tokens of a window", "창 하나의 토큰 수")))
      ->capture_default_str();
  CLI::Option* stride =
      command->add_option("--stride", arguments->options.stride,
                          std::string(tr("tokens by which windows advance; half a window if not given",
                                         "창을 옮기는 토큰 수. 없으면 창의 절반")));
  command->add_flag("--json", arguments->json, std::string(tr("print JSON", "JSON으로 출력")));
  command->callback([&run, arguments, stride] {
    const bool given = stride->count() > 0;
    run = [arguments, given] { return measure(*arguments, given); };
  });
}

}  // namespace moru::cli
