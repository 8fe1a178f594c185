// Recipe: one YAML file that says how a model is made. Read strictly: an unknown key is an error with its line.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "pipeline/step.h"

namespace moru::pipeline {

/// Where the finished model goes.
struct Output {
  std::filesystem::path folder;  ///< Relative ones are relative to the workspace.
};

struct Recipe {
  std::string name;
  std::filesystem::path file;
  std::string sha256;  ///< Of the file's text.
  Output output;
  std::vector<std::unique_ptr<Step>> steps;

  /// Throws Error naming the file and line of what is wrong.
  static Recipe load(const std::filesystem::path& file);
  /// Throws Error listing the steps if there is none of that name.
  const Step& step(std::string_view step_name) const;
};

}  // namespace moru::pipeline
