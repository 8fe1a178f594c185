// moru trace: where something comes from, and what was made of it.
#include "pipeline/trace.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "core/error.h"
#include "core/file.h"
#include "core/language.h"
#include "pipeline/workspace.h"

namespace moru::cli {
namespace {

struct Arguments {
  std::string what, workspace;
  bool json = false, all = false, down = false;
};

/// The workspace that was named, or the one that the given path or the current folder lies in.
pipeline::Workspace workspace_of(const Arguments& arguments) {
  if (!arguments.workspace.empty()) return pipeline::Workspace(arguments.workspace);
  if (fs::exists(arguments.what)) return pipeline::Workspace::find(arguments.what);
  return pipeline::Workspace::find(".");
}

int trace(const Arguments& arguments) {
  Json found;
  if (fs::is_regular_file(fs::path(arguments.what) / "bom.json") && !arguments.down) {
    // A published model says all by itself, also on a machine that has no workspace.
    found = pipeline::trace_model(arguments.what);
  } else {
    const ledger::Ledger ledger = ledger::Ledger::open_read_only(workspace_of(arguments).ledger());
    const std::string id = pipeline::resolve(ledger, arguments.what);
    found = arguments.down ? pipeline::trace_down(ledger, id) : pipeline::trace_up(ledger, id);
  }
  fmt::print("{}{}", arguments.json ? dump_json(found, 1) : pipeline::trace_text(found, arguments.all),
             arguments.json ? "\n" : "");
  return 0;
}

}  // namespace

void register_trace(CLI::App& app, std::function<int()>& run) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "trace", std::string(tr("Walk a sample, document, artefact or model back to its files and licences",
                              "표본, 문서, 산출물, 모델을 원본 파일과 라이선스까지 거슬러 보기")));
  command
      ->add_option("id", arguments->what,
                   std::string(tr("An id or its beginning, a model folder, an artefact's folder, or a file's name",
                                  "id(앞부분만도 됨), 모델 폴더, 산출물 폴더, 또는 파일 이름")))
      ->required();
  command->add_flag("--down", arguments->down,
                    std::string(tr("What was made of it, instead", "반대로, 이것으로 만든 것")));
  command->add_flag("--json", arguments->json, std::string(tr("As JSON, complete", "JSON으로, 빠짐없이")));
  command->add_flag("--all", arguments->all,
                    std::string(tr("List everything, not only examples", "예만이 아니라 모두 나열")));
  command->add_option("--workspace", arguments->workspace,
                      std::string(tr("The workspace (default: the one around the path or the current folder)",
                                     "작업 공간 (기본: 그 경로나 현재 폴더가 든 것)")));
  command->callback([arguments, &run] { run = [arguments] { return trace(*arguments); }; });
}

}  // namespace moru::cli
