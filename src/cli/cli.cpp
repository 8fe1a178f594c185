#include <CLI/CLI.hpp>
#include <exception>

#include "cli/commands.h"
#include "cli/parse_errors.h"
#include "core/error.h"
#include "core/language.h"
#include "core/version.h"

namespace moru::cli {
namespace {

constexpr Register kCommands[] = {
    register_build,   register_init,   register_trace,      register_chat,    register_serve,    register_bench,
    register_convert, register_curate, register_perplexity, register_inspect, register_quantize,
};

}  // namespace

int run(int argc, char** argv) {
  CLI::App app{std::string(tr("Moru: documents in, served expert model out, every token with a source and a licence.",
                              "모루: 문서를 넣으면 전문가 모델이 나오고, 모든 토큰에 출처와 라이선스가 남습니다."))};
  app.require_subcommand(1);
  app.failure_message(parse_error_text);
  app.set_version_flag("--version", fmt::format("moru {}", version()));
  std::function<int()> chosen;
  for (const Register add : kCommands) add(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help and version are no errors; any other is 2, so that a script can tell a wrong call from a failed one.
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    return chosen ? chosen() : 2;
  } catch (const Error& error) {
    fmt::print(stderr, "{}\n", error.what());
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "{}\n",
               tr("out of memory\n  mend: close other programs, or make the recipe's model or batch smaller",
                  "메모리가 모자랍니다\n  해결: 다른 프로그램을 닫거나 레시피의 모델이나 배치를 줄이세요"));
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}\n", tr("internal error", "내부 오류"), error.what());
  }
  return 1;
}

}  // namespace moru::cli
