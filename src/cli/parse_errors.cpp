#include "cli/parse_errors.h"

#include <CLI/CLI.hpp>
#include <optional>

#include "core/language.h"
#include "core/nearest.h"

namespace moru::cli {
namespace {

/// A message of CLI11 (Error.hpp and Validators.hpp of its version 2) with {} where it names something; in Korean {0},
/// {1}, … stand for these in their order.
struct Message {
  std::string_view english;
  const char* korean;
};

// The first that fits counts, so what is more general comes later.
constexpr Message kMessages[] = {
    {"The following argument was not expected: {}", "모르는 인자입니다: {0}"},
    {"The following arguments were not expected: {}", "모르는 인자입니다: {0}"},
    {"A subcommand is required", "명령이 빠졌습니다"},
    {"{} is required", "꼭 있어야 하는데 빠졌습니다: {0}"},
    {"Could not convert: {} = {}", "{0}: 값 \"{1}\"을(를) 읽을 수 없습니다"},
    {"The value {} is not an allowed value for {}", "{1}: 값 \"{0}\"은(는) 쓸 수 없습니다"},
    {"Expected exactly {} arguments to {}, got {}", "{1}: 값이 {0}개 있어야 하는데 {2}개입니다"},
    {"Expected at least {} arguments to {}, got {}", "{1}: 값이 {0}개 이상 있어야 하는데 {2}개입니다"},
    {"{} was given a disallowed flag override", "{0}: 값을 받지 않습니다"},
    {"{}: {} required {} missing", "{0}: 값이 빠졌습니다 ({2})"},
    {"{}: At least {} required but received {}", "{0}: 값이 {1}개 이상 있어야 하는데 {2}개입니다"},
    {"{}: At Most {} required but received {}", "{0}: 값은 {1}개까지인데 {2}개입니다"},
    {"{}: too many inputs for a flag", "{0}: 값을 받지 않습니다"},
    {"{}: Should be true/false or a number", "{0}: true나 false, 또는 수를 적으세요"},
    {"{}: Value {} not in range {} to {}", "{0}: \"{1}\"은(는) {2}에서 {3} 사이가 아닙니다"},
    {"{}: Value {} could not be converted to {}", "{0}: 값 \"{1}\"을(를) 읽을 수 없습니다"},
    {"{}: Value {} could not be converted", "{0}: 값 \"{1}\"을(를) 읽을 수 없습니다"},
    {"{}: {} unit not recognized. Allowed values: {}", "{0}: \"{1}\"은(는) 모르는 단위입니다. 쓸 수 있는 단위: {2}"},
    {"{}: {} multiplied by {} factor would cause number overflow{}", "{0}: 값이 너무 큽니다: {1} {2}"},
    {"{}: Input is empty", "{0}: 값이 비었습니다"},
    {"{}: {} not in {}", "{0}: \"{1}\"은(는) 쓸 수 없습니다. 쓸 수 있는 값: {2}"},
    {"{} requires {}", "{0}은(는) {1}와(과) 함께 써야 합니다"},
    {"{} excludes {}", "{0}은(는) {1}와(과) 함께 쓸 수 없습니다"},
};

/// What stands in the form's places, each as short as it can be but the last; nothing if the text is of another form.
std::optional<std::vector<std::string_view>> places_of(std::string_view form, std::string_view text) {
  std::vector<std::string_view> places;
  for (bool first = true;; first = false) {
    const size_t hole = form.find("{}");
    const std::string_view words = form.substr(0, hole);
    const bool last = hole == std::string_view::npos;
    if (first) {
      if (!text.starts_with(words)) return std::nullopt;
      text.remove_prefix(words.size());
    } else {
      // A form that ends in a place ends in no words; what is left is that place's.
      const size_t at = !last ? text.find(words) : text.ends_with(words) ? text.size() - words.size() : text.npos;
      if (at == text.npos) return std::nullopt;
      places.push_back(text.substr(0, at));
      text.remove_prefix(at + words.size());
    }
    if (last) return text.empty() ? std::optional(places) : std::nullopt;
    form.remove_prefix(hole + 2);
  }
}

std::string filled(std::string_view form, const std::vector<std::string_view>& places) {
  std::string out;
  for (size_t i = 0; i < form.size(); ++i) {
    if (form[i] != '{') {
      out += form[i];
      continue;
    }
    out += places.at(static_cast<size_t>(form[i + 1] - '0'));
    i += 2;
  }
  return out;
}

/// As it is if it says something that has no translation here.
std::string in_korean(std::string_view message) {
  for (const Message& form : kMessages)
    if (const auto places = places_of(form.english, message)) return filled(form.korean, *places);
  return std::string(message);
}

/// The command that the call reached: "moru curate check".
std::string path_of(const CLI::App*& app) {
  std::string path = "moru";
  while (!app->get_subcommands().empty()) {
    app = app->get_subcommands().back();
    path += ' ' + app->get_name();
  }
  return path;
}

std::string commands_of(const CLI::App& app) {
  std::string names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    names += (names.empty() ? "" : ", ") + command->get_name();
  return names;
}

/// The command or option that the first word which nothing knows may stand for; empty if there is none.
std::string nearest_of(const CLI::App& app) {
  const std::vector<std::string> unknown = app.remaining();
  if (unknown.empty()) return {};
  std::vector<std::string> known;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    known.push_back(command->get_name());
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  return nearest_name(unknown.front(), known);
}

/// The parser misses a command before it looks at what stood in its place.
std::string problem_of(const CLI::App& app, const CLI::Error& error) {
  std::string message = error.what();
  if (message == "A subcommand is required") {
    const std::vector<std::string> unknown = app.remaining();
    if (!unknown.empty() && unknown.front().starts_with('-')) {
      message = "The following argument was not expected: " + unknown.front();
    } else {
      const std::string problem = unknown.empty() ? std::string(tr("a command is missing", "명령이 빠졌습니다"))
                                  : ui_language() == UiLanguage::korean
                                      ? "\"" + unknown.front() + "\" 명령은 없습니다"
                                      : "there is no command \"" + unknown.front() + "\"";
      return problem + std::string(tr("; there are: ", ". 쓸 수 있는 명령: ")) + commands_of(app);
    }
  }
  return ui_language() == UiLanguage::korean ? in_korean(message) : message;
}

}  // namespace

std::string parse_error_text(const CLI::App* app, const CLI::Error& error) {
  const std::string path = path_of(app);
  const std::string near = nearest_of(*app);
  const std::string meant =
      near.empty() ? ""
                   : fmt::format(fmt::runtime(tr("did you mean \"{}\"? ", "\"{}\"을(를) 쓰려던 것인가요? ")), near);
  return fmt::format(
      fmt::runtime(tr("{}\n  mend: {}see \"{} --help\"\n", "{}\n  해결: {}\"{} --help\"에서 쓰는 법을 보세요\n")),
      problem_of(*app, error), meant, path);
}

}  // namespace moru::cli
