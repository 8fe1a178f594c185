// moru curate check: the verdict of named rules on files, their raw text as it stands.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/curate_commands.h"
#include "core/error.h"
#include "core/file.h"
#include "core/json.h"
#include "core/language.h"
#include "core/threads.h"
#include "curate/gopher.h"
#include "text/unicode.h"

namespace moru::cli {
namespace {

struct Arguments {
  std::string rules = "gopher-repetition";
  std::vector<std::string> files;
  bool json = false;
};

struct Line {
  std::string path, verdict;
  double value = 0, limit = 0;
  std::string problem;
};

Line check(const std::string& path) {
  Line line{path, "keep", 0, 0, {}};
  try {
    const curate::Repetition measured = curate::measure_repetition(text::repair_utf8(read_file(path)));
    const std::tuple<const char*, double, double> checks[] = {
        {"dup_para_frac", measured.duplicate_paragraphs, 0.3},
        {"dup_para_char_frac", measured.duplicate_paragraph_characters, 0.2},
        {"dup_line_frac", measured.duplicate_lines, 0.3},
        {"dup_line_char_frac", measured.duplicate_line_characters, 0.2},
        {"top_2_gram", measured.top_gram[0], 0.2},
        {"top_3_gram", measured.top_gram[1], 0.18},
        {"top_4_gram", measured.top_gram[2], 0.16},
        {"duplicated_5_n_grams", measured.repeated_gram[0], 0.15},
        {"duplicated_6_n_grams", measured.repeated_gram[1], 0.14},
        {"duplicated_7_n_grams", measured.repeated_gram[2], 0.13},
        {"duplicated_8_n_grams", measured.repeated_gram[3], 0.12},
        {"duplicated_9_n_grams", measured.repeated_gram[4], 0.11},
        {"duplicated_10_n_grams", measured.repeated_gram[5], 0.1},
    };
    for (const auto& [reason, value, limit] : checks) {
      if (value <= limit) continue;
      line.verdict = reason;
      line.value = value;
      line.limit = limit;
      break;
    }
  } catch (const Error& error) {
    line.verdict = "error";
    line.problem = error.problem();
  }
  return line;
}

int check(const Arguments& arguments) {
  std::vector<Line> lines(arguments.files.size());
  parallel_for(lines.size(), [&](size_t i) { lines[i] = check(arguments.files[i]); });
  int status = 0;
  for (const Line& line : lines) {
    if (line.verdict == "error") status = 1;
    if (arguments.json)
      fmt::print(
          "{}\n",
          dump_json({{"path", line.path}, {"verdict", line.verdict}, {"value", line.value}, {"limit", line.limit}}));
    else
      fmt::print("{}  {}  {:g}  {:g}\n", line.path, line.verdict, line.value, line.limit);
  }
  return status;
}

}  // namespace

void register_curate_check(CLI::App& app, std::function<int()>& run) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "check", std::string(tr("What a rule set says of files", "규칙 모음이 파일을 어떻게 판정하는지 보기")));
  command->add_option("--rules", arguments->rules, std::string(tr("The rules", "규칙")))
      ->check(CLI::IsMember({"gopher-repetition"}))
      ->required();
  command->add_flag("--json", arguments->json, std::string(tr("One line of JSON a file", "파일마다 JSON 한 줄")));
  command->add_option("files", arguments->files, std::string(tr("The files", "파일")))->required();
  command->callback([arguments, &run] { run = [arguments] { return check(*arguments); }; });
}

}  // namespace moru::cli
