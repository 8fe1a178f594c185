#include "pipeline/recipe.h"

#include "core/error.h"
#include "core/file.h"
#include "pipeline/plan.h"

namespace moru::pipeline {
namespace {

struct RecipeTest : testing::Test {
  TemporaryDirectory folder;
  RecipeTest() {
    make_directories(folder.path() / "my expert" / "documents");
    write_file_atomic(folder.path() / "my expert" / "documents" / "a.md", "# A\n\nText.\n");
  }
  fs::path write(const std::string& text) const {
    const fs::path file = folder.path() / "my expert" / "recipe.yaml";
    write_file_atomic(file, text);
    return file;
  }
};

TEST_F(RecipeTest, OneFolderIsAWholeRecipe) {
  const Recipe recipe = Recipe::load(write("name: a\ncollect: {folder: documents}\n"));
  EXPECT_EQ(recipe.steps.size(), 8U);
  EXPECT_EQ(recipe.output.folder, "model");
  // Each step reads only steps before it.
  std::vector<std::string> before;
  for (const auto& step : recipe.steps) {
    for (const std::string& input : step->inputs()) EXPECT_NE(std::ranges::find(before, input), before.end()) << input;
    before.emplace_back(step->name());
  }
}

TEST_F(RecipeTest, ANameThatNoModelCanHaveIsAnError) {
  EXPECT_THROW(Recipe::load(write("name: a b\ncollect: {folder: documents}\n")), Error);
  EXPECT_THROW(Recipe::load(write("name: ../x\ncollect: {folder: documents}\n")), Error);
  EXPECT_THROW(Recipe::load(write("collect: {folder: documents}\n")), Error) << "the folder's name has a space";
  EXPECT_EQ(Recipe::load(write("name: 사내규정-1.0\ncollect: {folder: documents}\n")).name, "사내규정-1.0");
}

TEST_F(RecipeTest, WhatChangesNoResultChangesNoKey) {
  const auto parameters = [&](const std::string& text, size_t step) {
    return Recipe::load(write(text)).steps.at(step)->parameters();
  };
  const std::string base = "name: a\ncollect: {folder: documents}\n";
  EXPECT_EQ(parameters(base, 4), parameters(base + "train: {checkpoint_steps: 3}\n", 4));
  EXPECT_NE(parameters(base, 4), parameters(base + "train: {seed: 3}\n", 4));
  EXPECT_EQ(parameters(base, 4), parameters(base + "# a comment\n", 4));
}

TEST_F(RecipeTest, TheDocumentationNamesEveryKey) {
  const std::string page = read_file(fs::path(MORU_SOURCE_DIR) / "docs" / "recipe.md");
  const std::string base = "name: a\ncollect: {folder: documents}\n";
  std::vector<std::string> recipes = {base + "zzzzzzzz: 1\n", "name: a\ncollect: {folder: documents, zzzzzzzz: 1}\n",
                                      base + "generate: {places: [{folder: a, name: b, zzzzzzzz: 1}]}\n"};
  for (const char* section :
       {"collect_limits", "generate", "tokenizer", "train", "optimize", "evaluate", "output", "curate"})
    recipes.push_back(base + section + ": {zzzzzzzz: 1}\n");
  for (const char* section : {"model", "pretrain", "supervise"})
    recipes.push_back(base + "train: {" + section + ": {zzzzzzzz: 1}}\n");
  const Json rules = Recipe::load(write(base)).step("curate").parameters();
  for (const auto& [name, rule] : rules.items())
    if (rule.is_object()) recipes.push_back(base + "curate: {" + name + ": {zzzzzzzz: 1}}\n");
  size_t keys = 0;
  for (const std::string& text : recipes) {
    try {
      Recipe::load(write(text));
      ADD_FAILURE() << "no error for " << text;
    } catch (const Error& error) {
      const std::string mark = "known keys here: ";
      const size_t at = error.mend().find(mark);
      ASSERT_NE(at, std::string::npos) << error.what();
      std::string list = error.mend().substr(at + mark.size()) + ", ";
      for (size_t end; (end = list.find(", ")) != std::string::npos; list.erase(0, end + 2)) {
        EXPECT_NE(page.find("`" + list.substr(0, end) + "`"), std::string::npos)
            << "docs/recipe.md does not name \"" << list.substr(0, end) << '"';
        ++keys;
      }
    }
  }
  EXPECT_GT(keys, 80U);
}

}  // namespace
}  // namespace moru::pipeline
