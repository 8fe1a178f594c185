// Steps of a toy recipe, so that the runner is tested as itself: "words" counts, "total" adds up.
#pragma once

#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "pipeline/recipe.h"

namespace moru::pipeline {

struct ToyStep : Step {
  std::string step_name, text;
  std::vector<std::string> needs;
  int code = 1;
  mutable int runs = 0;
  std::function<void(StepRun&)> before;  ///< Called first thing in run().

  ToyStep(std::string n, std::string t, std::vector<std::string> i)
      : step_name(std::move(n)), text(std::move(t)), needs(std::move(i)) {}
  std::string_view name() const override { return step_name; }
  int version() const override { return code; }
  std::vector<std::string> inputs() const override { return needs; }
  Json parameters() const override { return {{"text", text}}; }
  std::string about() const override { return "toy"; }
  std::string summary(const Artefact& a) const override { return "bytes " + std::to_string(a.bytes()); }
  void run(StepRun& run) const override {
    ++runs;
    if (before) before(run);
    std::string all = text;
    for (const std::string& need : needs) all += read_file(run.input(need).folder / "deep" / "text.txt");
    make_directories(run.out / "deep");
    write_file_atomic(run.out / "deep" / "text.txt", all);
    run.facts = {{"size", all.size()}};
    run.measured = {{"seconds", 0.1}};
  }
};

/// first -> second -> third, and third also reads first.
struct ToyRecipe {
  Recipe recipe;
  ToyStep *first, *second, *third;

  explicit ToyRecipe(const fs::path& folder) {
    recipe.name = "toy";
    recipe.file = folder / "recipe.yaml";
    recipe.sha256 = sha256("toy");
    const auto add = [&](std::string name, std::string text, std::vector<std::string> needs) {
      auto step = std::make_unique<ToyStep>(std::move(name), std::move(text), std::move(needs));
      ToyStep* kept = step.get();
      recipe.steps.push_back(std::move(step));
      return kept;
    };
    first = add("first", "one", {});
    second = add("second", "two", {"first"});
    third = add("third", "three", {"first", "second"});
  }
};

/// Keeps what was said.
struct Ear : SilentProgress {
  std::string heard;
  void say(std::string_view line) override { heard += std::string(line) + "\n"; }
};

}  // namespace moru::pipeline
