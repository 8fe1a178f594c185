// moru build: from a recipe to a model.
#include "pipeline/build.h"

#include <CLI/CLI.hpp>
#include <csignal>

#include "cli/commands.h"
#include "core/error.h"
#include "core/file.h"
#include "core/language.h"
#include "pipeline/show.h"

namespace moru::cli {
namespace {

struct Arguments {
  std::string recipe, workspace, until;
  bool plan = false, offline = false, quiet = false, json = false;
};

Json report_json(const pipeline::BuildReport& report) {
  Json steps = Json::array();
  for (const auto& built : report.steps)
    steps.push_back({{"step", built.step->name()},
                     {"key", built.artefact.key},
                     {"content", built.artefact.content},
                     {"facts", built.artefact.facts},
                     {"made", built.made},
                     {"seconds", built.seconds},
                     {"bytes", built.artefact.bytes()},
                     {"folder", built.artefact.folder.string()}});
  Json json = {{"steps", std::move(steps)}, {"seconds", report.seconds}};
  if (!report.model.empty())
    json["model"] = {{"folder", report.model.string()}, {"id", report.model_id}, {"written", report.model_written}};
  return json;
}

uint64_t folder_bytes(const fs::path& folder) {
  uint64_t bytes = 0;
  for (const fs::path& file : list_files(folder)) bytes += fs::file_size(folder / file);
  return bytes;
}

/// A path as one types it: relative where that is shorter, quoted where the shell would cut it.
std::string typed(const fs::path& path) {
  const std::string relative = fs::proximate(path).string();
  const std::string shorter = relative.size() < path.string().size() ? relative : path.string();
  return shorter.find_first_of(" \t'\"\\$&;()*?<>|`!#~") == std::string::npos ? shorter
                                                                              : fmt::format("\"{}\"", shorter);
}

void print_report(const pipeline::BuildReport& report, const std::string& program) {
  for (const auto& built : report.steps)
    if (const std::string table = built.step->report(built.artefact); !table.empty())
      fmt::print("\n{}\n\n{}", built.step->name(), table);
  fmt::print("\n");
  if (report.model.empty()) {
    const auto& last = report.steps.back();
    fmt::print(fmt::runtime(tr("Made up to \"{}\" in {}: {}\n", "\"{}\"까지 만들었습니다 ({}): {}\n")),
               last.step->name(), pipeline::seconds_text(report.seconds), last.artefact.folder.string());
    return;
  }
  fmt::print(fmt::runtime(tr("Model:  {} ({}), id {}, in {}\n", "모델:   {} ({}), id {}, {}\n")), typed(report.model),
             pipeline::bytes_text(folder_bytes(report.model)), report.model_id.substr(0, 12),
             pipeline::seconds_text(report.seconds));
  if (!report.model_written)
    fmt::print("        {}\n", tr("it stood there already; nothing was built", "이미 있어서 새로 만든 것이 없습니다"));
  if (fs::exists(report.model / "evaluation.md"))
    fmt::print("        {}: {}\n", tr("how it answers, beside the others", "다른 대상과 나란히 본 답변"),
               typed(report.model / "evaluation.md"));
  fmt::print("\n{}\n", tr("Talk to it:", "대화하기:"));
  fmt::print("  {} chat {}\n", program, typed(report.model));
  fmt::print("{}\n", tr("Serve it (OpenAI's API, and a chat page at http://localhost:8080):",
                        "서비스하기 (OpenAI API와 http://localhost:8080 채팅 페이지):"));
  fmt::print("  {} serve {} --port 8080\n", program, typed(report.model));
  fmt::print("{}\n", tr("See where it comes from:", "출처 보기:"));
  fmt::print("  {} trace {}\n", program, typed(report.model));
}

int build(const Arguments& arguments, const std::string& program) {
  // A file-size limit is to come back as an error with a mend, not as a signal.
  std::signal(SIGXFSZ, SIG_IGN);
  const pipeline::Recipe recipe = pipeline::Recipe::load(arguments.recipe);
  const fs::path beside = recipe.file.has_parent_path() ? recipe.file.parent_path() : fs::path(".");
  const pipeline::Workspace workspace(arguments.workspace.empty() ? beside : fs::path(arguments.workspace));
  if (arguments.plan) {
    const auto plan = pipeline::make_plan(recipe, workspace, arguments.until);
    if (arguments.json) {
      fmt::print("{}\n", dump_json(pipeline::plan_json(plan), 1));
    } else {
      fmt::print("{}: {}\n\n{}", recipe.name, tr("the plan", "계획"), pipeline::plan_text(plan));
    }
    return 0;
  }
  SilentProgress silent;
  TerminalProgress terminal(workspace.moru() / "progress.json");
  if (!arguments.quiet && !arguments.json) {
    terminal.say(fmt::format("{}: {}\n", recipe.name, tr("the plan", "계획")));
    std::string plan = pipeline::plan_text(pipeline::make_plan(recipe, workspace, arguments.until));
    terminal.say(plan);
  }
  ProgressSink& progress = arguments.quiet ? static_cast<ProgressSink&>(silent) : terminal;
  const pipeline::BuildReport report =
      pipeline::build(recipe, workspace, {arguments.until, arguments.offline}, progress);
  if (arguments.json) {
    fmt::print("{}\n", dump_json(report_json(report), 1));
  } else {
    print_report(report, program);
  }
  return 0;
}

}  // namespace

void register_build(CLI::App& app, std::function<int()>& run) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      app.add_subcommand("build", std::string(tr("Make what a recipe says: from documents to an evaluated model",
                                                 "레시피대로 만들기: 문서에서 평가된 모델까지")));
  command->add_option("recipe", arguments->recipe, std::string(tr("The recipe (recipe.yaml)", "레시피 (recipe.yaml)")))
      ->required();
  command->add_flag(
      "--offline", arguments->offline,
      std::string(tr("Ask no other machine: use what was fetched from web sites, storage and databases",
                     "다른 컴퓨터에 묻지 않고, 전에 가져온 웹 페이지, 저장소, 데이터베이스 내용을 사용")));
  command->add_flag("--plan", arguments->plan,
                    std::string(tr("Show what would be done and what is done already; change nothing",
                                   "할 일과 이미 된 일을 보여 주고 아무것도 바꾸지 않음")));
  command->add_option("--workspace", arguments->workspace,
                      std::string(tr("Folder for .moru/ and the model (default: the recipe's folder)",
                                     ".moru/와 모델을 둘 폴더 (기본: 레시피의 폴더)")));
  command->add_option("--until", arguments->until, std::string(tr("Stop after this step", "이 단계까지만")));
  command->add_flag("--quiet", arguments->quiet,
                    std::string(tr("No progress, only the result", "진행 표시 없이 결과만")));
  command->add_flag("--json", arguments->json,
                    std::string(tr("The result as JSON on standard output", "결과를 JSON으로 표준 출력에")));
  command->callback([arguments, &app, &run] { run = [arguments, &app] { return build(*arguments, app.get_name()); }; });
}

}  // namespace moru::cli
