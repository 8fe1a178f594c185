#include "pipeline/recipe.h"

#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/language.h"

namespace moru::pipeline {
namespace {

/// A name becomes a model's id in the API and part of file names.
void check_name(const std::string& name, const std::string& place) {
  const auto allowed = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.' || c >= 0x80;
  };
  if (!name.empty() && name.size() <= 100 && name[0] != '.' && std::ranges::all_of(name, allowed)) return;
  throw Error(
      place,
      fmt::format(fmt::runtime(tr("\"{}\" cannot be a model's name", "\"{}\"은(는) 모델 이름으로 쓸 수 없습니다")),
                  name),
      std::string(tr("use letters, digits, '-', '_' and '.', at most 100 bytes, not beginning with '.'",
                     "글자, 숫자, '-', '_', '.'만 100바이트까지 쓰고 '.'으로 시작하지 마세요")));
}

}  // namespace

Recipe Recipe::load(const fs::path& file) {
  if (fs::is_directory(file))
    throw Error(file.string(), std::string(tr("this is a folder, not a recipe", "레시피가 아니라 폴더입니다")),
                fmt::format("{}: {}", tr("give the file", "파일을 지정하세요"), (file / "recipe.yaml").string()));
  Recipe recipe;
  recipe.file = file;
  const std::string text = read_file(file);
  recipe.sha256 = moru::sha256(text);
  const Config config = Config::parse(text, file.string());
  const fs::path base = file.has_parent_path() ? file.parent_path() : fs::path(".");
  recipe.name = config.text("name", fs::absolute(file).lexically_normal().parent_path().filename().string());
  check_name(recipe.name, config.place("name"));
  recipe.output.folder = config.section("output").text("folder", "model");
  const RecipeFile origin{recipe.name, base, recipe.sha256};
  for (const MakeStep make : all_steps()) recipe.steps.push_back(make(config, origin));
  config.finish();
  return recipe;
}

const Step& Recipe::step(std::string_view step_name) const {
  std::vector<std::string_view> names;
  for (const auto& step : steps) {
    if (step->name() == step_name) return *step;
    names.push_back(step->name());
  }
  throw Error("--until", fmt::format(fmt::runtime(tr("there is no step \"{}\"", "\"{}\" 단계는 없습니다")), step_name),
              fmt::format("{}: {}", tr("the steps are", "단계 목록"), fmt::join(names, ", ")));
}

}  // namespace moru::pipeline
