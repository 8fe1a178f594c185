// moru inspect: what a model's configuration amounts to, before a byte of its weights is fetched.
#include "model/inspect.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "core/language.h"

namespace moru::cli {

void register_inspect(CLI::App& app, std::function<int()>& run) {
  struct Arguments {
    std::string path;
    bool json = false;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "inspect", std::string(tr("Count a model's parameters, tensors, bytes and cache from its configuration",
                                "설정만 보고 모델의 매개변수, 텐서, 바이트, 캐시를 세기")));
  command
      ->add_option(
          "model", arguments->path,
          std::string(tr("A config.json, a model folder, or a .gguf file", "config.json, 모델 폴더, 또는 .gguf 파일")))
      ->required();
  command->add_flag("--json", arguments->json, std::string(tr("As JSON, complete", "JSON으로, 빠짐없이")));
  command->callback([arguments, &run] {
    run = [arguments] {
      const model::Inspection inspection = model::inspect(std::filesystem::path(arguments->path));
      fmt::print("{}", arguments->json ? dump_json(to_json(inspection), 1) + "\n" : inspection_text(inspection));
      return 0;
    };
  });
}

}  // namespace moru::cli
