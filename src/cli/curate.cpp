// moru curate: what can be asked and done around curating, outside a build.
#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/curate_commands.h"
#include "core/language.h"

namespace moru::cli {
namespace {

constexpr Register kSubcommands[] = {
    register_curate_check,
    register_curate_fit,
    register_curate_risk,
    register_curate_undo,
    register_curate_train_language_model,
    register_curate_train_classifier,
};

}  // namespace

void register_curate(CLI::App& app, std::function<int()>& run) {
  CLI::App* curate = app.add_subcommand("curate", std::string(tr("Rules of curating: try them, fit them, undo them",
                                                                 "정제 규칙: 시험하고 맞추고 되돌리기")));
  curate->require_subcommand(1);
  for (const Register add : kSubcommands) add(*curate, run);
}

}  // namespace moru::cli
