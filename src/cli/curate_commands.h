// The subcommands of `moru curate`: one file curate_NAME.cpp each, one line in the list of curate.cpp.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace moru::cli {

void register_curate_check(CLI::App& curate, std::function<int()>& run);
void register_curate_train_classifier(CLI::App& curate, std::function<int()>& run);
void register_curate_risk(CLI::App& curate, std::function<int()>& run);
void register_curate_fit(CLI::App& curate, std::function<int()>& run);
void register_curate_undo(CLI::App& curate, std::function<int()>& run);
void register_curate_train_language_model(CLI::App& curate, std::function<int()>& run);

}  // namespace moru::cli
