// moru curate risk: how much personal data may be left in a corpus, and a list for a person to judge.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/curate_commands.h"
#include "core/file.h"
#include "core/language.h"
#include "core/progress.h"
#include "curate/personal_data_judgement.h"
#include "pipeline/build.h"

namespace moru::cli {
namespace {

struct Arguments {
  std::string recipe, workspace, corpus, list, labels;
  uint64_t sample = 400, seed = 7;
  bool json = false;
};

fs::path corpus_of(const Arguments& arguments, ProgressSink& progress) {
  if (!arguments.corpus.empty()) return arguments.corpus;
  const pipeline::Recipe recipe = pipeline::Recipe::load(arguments.recipe);
  const fs::path beside = recipe.file.has_parent_path() ? recipe.file.parent_path() : fs::path(".");
  const pipeline::Workspace workspace(arguments.workspace.empty() ? beside : fs::path(arguments.workspace));
  return pipeline::build(recipe, workspace, {.until = "curate"}, progress).steps.back().artefact.folder / "corpus";
}

int risk(const Arguments& arguments) {
  // Labels with a mistake are told before the work.
  const curate::RiskLabels labels =
      arguments.labels.empty() ? curate::RiskLabels() : curate::read_risk_labels(arguments.labels);
  TerminalProgress progress;
  const data::DatasetReader corpus(corpus_of(arguments, progress), data::kDocumentSchema);
  const curate::RiskDraw draw = curate::draw_risk_sample(corpus, arguments.sample, arguments.seed, progress);
  const curate::RiskEstimate estimate = curate::estimate_risk(draw.sample, draw.population, labels);
  if (!arguments.list.empty()) write_file_atomic(arguments.list, curate::risk_list(corpus, draw.sample));
  if (arguments.json)
    fmt::print("{}\n", dump_json(curate::to_json(estimate), 1));
  else
    fmt::print("{}", curate::risk_text(estimate));
  return 0;
}

}  // namespace

void register_curate_risk(CLI::App& curate, std::function<int()>& run) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = curate.add_subcommand(
      "risk", std::string(tr("Estimate how much personal data is left, on a sample that a person can judge",
                             "개인정보가 얼마나 남았는지, 사람이 판정할 수 있는 표본으로 추정하기")));
  CLI::Option* recipe = command->add_option("recipe", arguments->recipe, std::string(tr("The recipe", "레시피")));
  command
      ->add_option(
          "--corpus", arguments->corpus,
          std::string(tr("A folder of documents instead of the recipe's corpus", "레시피의 말뭉치 대신 쓸 문서 폴더")))
      ->excludes(recipe);
  command->add_option("--sample", arguments->sample, std::string(tr("Documents to draw", "뽑을 문서 수")))
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  command->add_option("--seed", arguments->seed, std::string(tr("Of the draw", "뽑기의 씨앗값")))
      ->capture_default_str();
  command->add_option("--list", arguments->list,
                      std::string(tr("Write what was found to this file, for a person to judge (in the clear)",
                                     "찾은 것을 사람이 판정하도록 이 파일에 적음 (가리지 않은 채)")));
  command->add_option(
      "--labels", arguments->labels,
      std::string(tr("That file with yes or no in its first column", "첫 칸에 yes나 no를 적은 그 파일")));
  command->add_flag("--json", arguments->json, std::string(tr("As JSON", "JSON으로")));
  command->add_option(
      "--workspace", arguments->workspace,
      std::string(tr("The workspace (default: the recipe's folder)", "작업 공간 (기본: 레시피가 있는 폴더)")));
  command->callback([arguments, recipe, &run] {
    if (recipe->empty() && arguments->corpus.empty())
      throw CLI::RequiredError(std::string(tr("a recipe or --corpus", "레시피나 --corpus")));
    run = [arguments] { return risk(*arguments); };
  });
}

}  // namespace moru::cli
