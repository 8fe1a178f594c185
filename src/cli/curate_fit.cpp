// moru curate fit: limits out of the collection's own distributions, with their cost before anything is dropped.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/curate_commands.h"
#include "core/error.h"
#include "core/file.h"
#include "core/language.h"
#include "core/progress.h"
#include "curate/fit.h"
#include "pipeline/build.h"

namespace moru::cli {
namespace {

struct Arguments {
  std::string recipe, workspace, out;
  curate::FitOptions fit;
  bool json = false, no_examples = false;
};

int fit(const Arguments& arguments) {
  const pipeline::Recipe recipe = pipeline::Recipe::load(arguments.recipe);
  const fs::path beside = recipe.file.has_parent_path() ? recipe.file.parent_path() : fs::path(".");
  const pipeline::Workspace workspace(arguments.workspace.empty() ? beside : fs::path(arguments.workspace));
  TerminalProgress progress;
  const pipeline::BuildReport built = pipeline::build(recipe, workspace, {.until = "collect"}, progress);
  const data::DatasetReader documents(built.steps.back().artefact.folder / "documents", data::kDocumentSchema);
  const curate::Options options(Config::load(recipe.file).section("curate"));
  const curate::FitReport report = curate::fit(documents, options, arguments.fit, progress);
  if (arguments.json) {
    fmt::print("{}\n", dump_json(curate::to_json(report), 1));
  } else {
    fmt::print("{}", curate::fit_text(report, !arguments.no_examples));
  }
  const std::string section = curate::fit_recipe(report);
  if (section.empty()) {
    if (!arguments.json)
      fmt::print("\n{}\n", tr("The recipe's limits suit these documents.", "레시피의 한계가 이 문서에 맞습니다."));
  } else if (!arguments.out.empty()) {
    write_file_atomic(arguments.out, section);
  } else if (!arguments.json) {
    fmt::print("\n{}\n{}",
               tr("To take the proposed limits, write into the recipe:", "제안한 한계를 쓰려면 레시피에 적으세요:"),
               section);
  }
  return 0;
}

}  // namespace

void register_curate_fit(CLI::App& curate, std::function<int()>& run) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = curate.add_subcommand(
      "fit", std::string(tr("Propose limits from your own documents, and say what each would cost",
                            "여러분의 문서에서 한계를 제안하고, 한계마다 빠질 문서를 미리 알려 주기")));
  command->add_option("recipe", arguments->recipe, std::string(tr("The recipe", "레시피")))->required();
  command
      ->add_option("--rules", arguments->fit.rules,
                   std::string(tr("Further rules to try, beside the recipe's: gopher_quality,fineweb_quality …",
                                  "레시피의 규칙 말고 더 시험할 규칙: gopher_quality,fineweb_quality …")))
      ->delimiter(',');
  command
      ->add_option("--take", arguments->fit.take,
                   std::string(tr("Share of the documents that a proposed limit may take",
                                  "제안할 한계가 빼도 되는 문서의 비율")))
      ->check(CLI::Range(0.0, 0.5))
      ->capture_default_str();
  command->add_option(
      "--language", arguments->fit.language,
      std::string(tr("Whose limits these have: eng_Latn or kor_Hang", "그 규칙이 쓸 한계: eng_Latn 또는 kor_Hang")));
  command->add_flag("--tighten", arguments->fit.tighten,
                    std::string(tr("Also tighten limits that take less than that", "그보다 적게 빼는 한계는 더 조임")));
  command
      ->add_option("--examples", arguments->fit.examples,
                   std::string(tr("Examples on each side of a limit", "한계 양쪽의 예 수")))
      ->capture_default_str();
  command
      ->add_option("--sample", arguments->fit.sample,
                   std::string(tr("Measure at most about so many documents", "최대 이만큼의 문서만 잼")))
      ->capture_default_str();
  command->add_flag("--no-examples", arguments->no_examples, std::string(tr("Only the table", "표만")));
  command->add_flag("--json", arguments->json,
                    std::string(tr("As JSON, with curves and examples", "JSON으로, 곡선과 예까지")));
  command->add_option("--out", arguments->out,
                      std::string(tr("Write the proposed section to this file", "제안을 이 파일에 적음")));
  command->add_option(
      "--workspace", arguments->workspace,
      std::string(tr("The workspace (default: the recipe's folder)", "작업 공간 (기본: 레시피가 있는 폴더)")));
  command->callback([arguments, &run] { run = [arguments] { return fit(*arguments); }; });
}

}  // namespace moru::cli
