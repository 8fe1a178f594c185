// moru curate check: the verdict of named rule sets on files, on their raw text as it stands.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/curate_commands.h"
#include "core/error.h"
#include "core/file.h"
#include "core/json.h"
#include "core/language.h"
#include "core/threads.h"
#include "curate/rule_set_check.h"
#include "text/unicode.h"

namespace moru::cli {
namespace {

struct Arguments {
  std::vector<std::string> rules, files, limits;
  std::string language, words, dialect;
  bool json = false;
};

struct Line {
  curate::CheckResult result;
  std::string problem;  ///< Why the file could not be read; empty if it was.
};

/// What the options say, as a section of a recipe would.
std::string settings_of(const Arguments& arguments) {
  std::string yaml;
  const auto add = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) yaml += fmt::format("{}: {}\n", key, value);
  };
  add("dialect", arguments.dialect);
  add("language", arguments.language);
  add("words", arguments.words);
  for (const std::string& limit : arguments.limits) {
    const size_t equals = limit.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == limit.size())
      throw Error("--set",
                  fmt::format(fmt::runtime(tr("\"{}\" is not KEY=VALUE", "\"{}\"은(는) 키=값 꼴이 아닙니다")), limit),
                  std::string(tr("write it as --set top_2_gram=0.3", "--set top_2_gram=0.3처럼 적으세요")));
    add(limit.substr(0, equals), limit.substr(equals + 1));
  }
  return yaml;
}

Json to_json(const Arguments& arguments, const std::string& path, const Line& line) {
  Json json = {{"path", path}, {"value", nullptr}, {"limit", nullptr}};
  if (!line.problem.empty()) {
    json["verdict"] = "error";
    json["problem"] = line.problem;
    return json;
  }
  const curate::CheckResult& result = line.result;
  json["verdict"] = result.kept() ? "keep" : result.reason;
  if (result.kept()) {
    if (result.lines_dropped > 0) json["lines_dropped"] = result.lines_dropped;
    return json;
  }
  json["value"] = result.value;
  json["limit"] = result.limit;
  // One set is named by whoever asked.
  if (arguments.rules.size() > 1) json["rule"] = result.rule;
  return json;
}

std::string padded(std::string_view text, size_t width) {
  const size_t columns = text::display_width(text);
  return std::string(text) + std::string(width > columns ? width - columns : 0, ' ');
}

/// One row a file, then how many were kept and why the others were not.
std::string table(const Arguments& arguments, const std::vector<Line>& lines) {
  const auto verdict = [](const Line& line) -> std::string {
    if (!line.problem.empty()) return std::string(tr("error", "오류"));
    return line.result.kept() ? std::string(tr("keep", "유지")) : std::string(line.result.reason);
  };
  size_t width = 0;
  std::map<std::string, size_t> sums;
  for (const Line& line : lines) {
    width = std::max(width, text::display_width(verdict(line)));
    ++sums[verdict(line)];
  }
  std::string out;
  for (size_t i = 0; i < lines.size(); ++i) {
    const Line& line = lines[i];
    std::string detail;
    if (!line.problem.empty())
      detail = line.problem;
    else if (!line.result.kept())
      detail = fmt::format(fmt::runtime(tr("{:.6g} (limit {:g})", "{:.6g} (한도 {:g})")), line.result.value,
                           line.result.limit);
    else if (line.result.lines_dropped > 0)
      detail = fmt::format(fmt::runtime(tr("{} lines dropped", "{}줄 삭제")), line.result.lines_dropped);
    out += fmt::format("{}  {}  {}\n", padded(verdict(line), width), padded(detail, 24), arguments.files[i]);
  }
  std::vector<std::pair<std::string, size_t>> order(sums.begin(), sums.end());
  std::ranges::stable_sort(order, [](const auto& a, const auto& b) { return a.second > b.second; });
  out += "\n";
  for (const auto& [name, count] : order)
    out += fmt::format("{}  {:>8}  {:5.1f} %\n", padded(name, width), count,
                       100 * static_cast<double>(count) / static_cast<double>(lines.size()));
  return out;
}

int check(const Arguments& arguments) {
  const curate::RuleChain chain(arguments.rules, Config::parse(settings_of(arguments), "moru curate check"));
  std::vector<Line> lines(arguments.files.size());
  parallel_for(lines.size(), [&](size_t i) {
    try {
      lines[i].result = chain.check(read_file(arguments.files[i]));
    } catch (const Error& error) {
      lines[i].problem = error.problem();
    }
  });
  if (arguments.json) {
    std::string out;
    for (size_t i = 0; i < lines.size(); ++i) out += dump_json(to_json(arguments, arguments.files[i], lines[i])) + "\n";
    fmt::print("{}", out);
  } else {
    fmt::print("{}", table(arguments, lines));
  }
  return std::ranges::all_of(lines, [](const Line& line) { return line.problem.empty(); }) ? 0 : 1;
}

}  // namespace

void register_curate_check(CLI::App& app, std::function<int()>& run) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "check", std::string(tr("What named rule sets say of files, on their text as it stands",
                              "이름난 규칙 모음이 파일을, 적힌 그대로의 글로, 어떻게 판정하는지 보기")));
  command
      ->add_option(
          "--rules", arguments->rules,
          fmt::format(
              fmt::runtime(tr("One or more, with commas: {}; or a chain: {}", "하나 이상, 쉼표로: {}. 또는 묶음: {}")),
              fmt::join(curate::RuleChain::rule_names(), ", "), fmt::join(curate::RuleChain::chain_names(), ", ")))
      ->delimiter(',')
      ->allow_extra_args(false)
      ->required();
  command->add_option("--language", arguments->language,
                      std::string(tr("Whose limits: eng_Latn (default) or kor_Hang, which takes FineWeb-2's",
                                     "어느 언어의 한도: eng_Latn(기본), kor_Hang(FineWeb-2의 한도)")));
  command->add_option("--words", arguments->words,
                      std::string(tr("What a word is: whitespace (default), unicode or morpheme",
                                     "단어의 뜻: whitespace(기본), unicode, morpheme")));
  command->add_option("--dialect", arguments->dialect,
                      std::string(tr("Whose meaning: datatrove (default), dolma, dclm or nemo-curator",
                                     "누구의 뜻: datatrove(기본), dolma, dclm, nemo-curator")));
  command
      ->add_option("--set", arguments->limits,
                   std::string(tr("A limit of your own, as in a recipe's section: KEY=VALUE; may be repeated",
                                  "레시피에서처럼 직접 주는 한도: 키=값. 여러 번 쓸 수 있습니다")))
      ->allow_extra_args(false);
  command->add_flag("--json", arguments->json,
                    std::string(tr("One line of JSON a file: path, verdict, value, limit",
                                   "파일마다 JSON 한 줄: path, verdict, value, limit")));
  command->add_option("files", arguments->files, std::string(tr("The files", "파일")))->required();
  command->callback([arguments, &run] { run = [arguments] { return check(*arguments); }; });
}

}  // namespace moru::cli
