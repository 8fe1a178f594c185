// moru init: a first recipe for a folder of documents.
#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "core/error.h"
#include "core/file.h"
#include "core/language.h"
#include "pipeline/new_recipe.h"
#include "pipeline/recipe.h"

namespace moru::cli {
namespace {

struct Arguments {
  std::string folder, from;
};

/// How the recipe names the documents: relative if they lie in or beside its folder, so that both can be moved
/// together.
std::string folder_in_recipe(const fs::path& recipe_folder, const fs::path& documents) {
  const fs::path relative = documents.lexically_relative(recipe_folder);
  const std::string text = relative.generic_string();
  return relative.empty() || text.starts_with("../../") ? documents.string() : text;
}

int init(const Arguments& arguments, const std::string& program) {
  const auto whole = [](const std::string& text) {
    const fs::path path = fs::absolute(text).lexically_normal();
    return path.has_filename() ? path : path.parent_path();  // without the slash at the end
  };
  const fs::path folder = whole(arguments.folder), documents = whole(arguments.from);
  const fs::path file = folder / "recipe.yaml";
  if (fs::exists(file))
    throw Error(file.string(), std::string(tr("there is a recipe already", "이미 레시피가 있습니다")),
                std::string(tr("edit it, or give another folder; nothing is overwritten",
                               "그것을 고치거나 다른 폴더를 주세요. 덮어쓰지 않습니다")));
  const pipeline::Survey survey = pipeline::survey(documents);
  std::string name = folder.filename().string();
  for (char& c : name)
    if (static_cast<unsigned char>(c) < 0x80 && std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-' &&
        c != '_' && c != '.')
      c = '-';
  const std::string text = pipeline::recipe_text(survey, name, folder_in_recipe(folder, documents));
  make_directories(folder);
  write_file_atomic(file, text);
  pipeline::Recipe::load(file);  // what we write, we read
  fmt::print("{}\n{}: {}\n\n{}\n  {} build {}\n", pipeline::survey_text(survey),
             tr("recipe written", "레시피를 썼습니다"), file.string(),
             tr("Read it, change what you like, and run:", "읽어 보고 고칠 것을 고친 다음 실행하세요:"), program,
             (fs::path(arguments.folder) / "recipe.yaml").string());
  return 0;
}

}  // namespace

void register_init(CLI::App& app, std::function<int()>& run) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "init", std::string(tr("Write a first recipe for a folder of documents", "문서 폴더에 맞는 첫 레시피 쓰기")));
  command
      ->add_option("folder", arguments->folder,
                   std::string(tr("Folder to make, for the recipe and the model", "레시피와 모델을 둘 새 폴더")))
      ->required();
  command->add_option("--from", arguments->from, std::string(tr("Folder with the documents", "문서가 든 폴더")))
      ->required();
  command->callback([arguments, &app, &run] { run = [arguments, &app] { return init(*arguments, app.get_name()); }; });
}

}  // namespace moru::cli
