#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "core/error.h"

namespace moru::cli {
namespace {

constexpr Register kCommands[] = {
    register_serve,
    register_chat,
    register_bench,
};

}  // namespace

int run(int argc, char** argv) {
  CLI::App app{"Moru: documents in, served expert model out, every token with a source and a licence."};
  app.require_subcommand(1);
  std::function<int()> chosen;
  for (const Register add : kCommands) add(app, chosen);
  CLI11_PARSE(app, argc, argv);
  try {
    return chosen ? chosen() : 2;
  } catch (const Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}

}  // namespace moru::cli
