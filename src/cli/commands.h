// The commands: one file each, one line of registration in cli.cpp.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace moru::cli {

/// Adds its subcommand to `app`; when that was chosen, `exit_code` holds the result after `run` is called.
using Register = void (*)(CLI::App& app, std::function<int()>& run);

void register_build(CLI::App& app, std::function<int()>& run);
void register_init(CLI::App& app, std::function<int()>& run);
void register_chat(CLI::App& app, std::function<int()>& run);
void register_serve(CLI::App& app, std::function<int()>& run);
void register_trace(CLI::App& app, std::function<int()>& run);
void register_bench(CLI::App& app, std::function<int()>& run);
void register_convert(CLI::App& app, std::function<int()>& run);
void register_quantize(CLI::App& app, std::function<int()>& run);
void register_curate(CLI::App& app, std::function<int()>& run);
void register_perplexity(CLI::App& app, std::function<int()>& run);
void register_inspect(CLI::App& app, std::function<int()>& run);

/// The whole program. Returns the exit status: 0 done, 1 an error the user can mend, 2 wrong arguments.
int run(int argc, char** argv);

}  // namespace moru::cli
