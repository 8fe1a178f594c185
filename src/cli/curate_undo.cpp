// moru curate undo: takes decisions of curating back, by the document's id.
#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/curate_commands.h"
#include "core/error.h"
#include "core/language.h"
#include "curate/overrides.h"
#include "ledger/ledger.h"
#include "pipeline/trace.h"
#include "pipeline/workspace.h"

namespace moru::cli {
namespace {

struct Arguments {
  std::string what, workspace, file, note;
  std::vector<std::string> rules;
  bool back = false;
};

int undo(const Arguments& arguments) {
  const pipeline::Workspace workspace =
      arguments.workspace.empty() ? pipeline::Workspace::find(".") : pipeline::Workspace(arguments.workspace);
  const std::filesystem::path file =
      arguments.file.empty() ? workspace.folder() / curate::kOverridesFile : std::filesystem::path(arguments.file);
  const ledger::Ledger ledger = ledger::Ledger::open_read_only(workspace.ledger());
  const std::string document = pipeline::resolve(ledger, arguments.what);

  std::set<std::string> rules(arguments.rules.begin(), arguments.rules.end());
  if (arguments.back) {
    const size_t lines = curate::Overrides::remove(file, document, rules);
    fmt::print("{}\n", fmt::format(fmt::runtime(tr("{} taken out of {}", "{1}에서 {0}개 지움")), lines, file.string()));
    return 0;
  }
  std::set<std::string> decided;
  for (const ledger::Decision& decision : ledger.decisions(document)) {
    if (decision.rule.starts_with("collect/")) continue;
    if (decision.action == "undone") continue;
    decided.insert(decision.rule);
    if (!rules.empty() && !rules.contains(decision.rule)) continue;
    fmt::print("{}  {}: {} {} ({} {}) {}\n", document.substr(0, 12), decision.rule, decision.action, decision.value,
               tr("limit", "한계"), decision.limit, decision.detail);
  }
  for (const std::string& rule : rules)
    if (!decided.contains(rule))
      throw Error(document.substr(0, 12),
                  fmt::format(fmt::runtime(tr("the rule \"{}\" decided nothing about it",
                                              "\"{}\" 규칙은 이 문서에 대해 아무것도 정하지 않았습니다")),
                              rule),
                  fmt::format(fmt::runtime(tr("it was decided on by: {}", "이 문서를 다룬 규칙: {}")),
                              decided.empty() ? std::string(tr("no rule", "없음"))
                                              : fmt::format("{}", fmt::join(decided, ", "))));
  if (decided.empty())
    throw Error(
        document.substr(0, 12),
        std::string(tr("no rule of curating dropped or changed it", "정제 규칙이 빼거나 바꾼 적이 없는 문서입니다")),
        std::string(tr("look where it is: moru trace ID", "어디에 있는지 보세요: moru trace ID")));
  const std::set<std::string>& undone = rules.empty() ? decided : rules;
  const size_t lines = curate::Overrides::add(file, document, undone, arguments.note);
  fmt::print("{}\n",
             fmt::format(
                 fmt::runtime(tr("{} written to {}; the next `moru build` leaves the document to {} as it is",
                                 "{1}에 {0}개를 적었습니다. 다음 `moru build`에서 {2} 규칙은 이 문서를 그대로 둡니다")),
                 lines, file.string(), fmt::join(undone, ", ")));
  return 0;
}

}  // namespace

void register_curate_undo(CLI::App& curate, std::function<int()>& run) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = curate.add_subcommand(
      "undo", std::string(tr("Take decisions on a document back: the next build keeps it, or keeps it unchanged",
                             "문서에 대한 결정을 되돌리기: 다음 빌드부터 그대로 둡니다")));
  command
      ->add_option("id", arguments->what,
                   std::string(tr("The document: its id or the beginning of it, or its file's name",
                                  "문서: id(앞부분만도 됨)나 파일 이름")))
      ->required();
  command->add_option(
      "--rule", arguments->rules,
      std::string(tr("Only this rule's decision (default: every rule's)", "이 규칙의 결정만 (기본: 모두)")));
  command->add_option("--note", arguments->note, std::string(tr("Why, for whoever reads the file", "까닭을 적어 둠")));
  command->add_flag("--back", arguments->back,
                    std::string(tr("Let the rules decide again", "되돌린 것을 다시 규칙에 맡김")));
  command->add_option("--file", arguments->file,
                      std::string(tr("The file (default: overrides.jsonl in the workspace)",
                                     "적을 파일 (기본: 작업 공간의 overrides.jsonl)")));
  command->add_option("--workspace", arguments->workspace,
                      std::string(tr("The workspace (default: the one around the current folder)",
                                     "작업 공간 (기본: 현재 폴더가 든 것)")));
  command->callback([arguments, &run] { run = [arguments] { return undo(*arguments); }; });
}

}  // namespace moru::cli
