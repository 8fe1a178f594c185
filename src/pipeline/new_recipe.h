// A first recipe for someone's own documents: looks at the folder, then writes what a newcomer can read and change.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace moru::pipeline {

/// What lies in a folder.
struct Survey {
  struct Count {
    uint64_t files = 0, bytes = 0;
  };
  std::filesystem::path folder;
  std::map<std::string, Count> readable;     ///< By extractor ("html").
  std::map<std::string, Count> unreadable;   ///< By ending (".docx"), or by why a file cannot be read.
  std::map<std::string, uint64_t> licences;  ///< Of the readable files: SPDX expression, or "unknown".
  uint64_t files() const;
  uint64_t bytes() const;
};

/// Throws Error if the folder is missing or holds nothing that can be read.
Survey survey(const std::filesystem::path& folder);

/// For the terminal.
std::string survey_text(const Survey& survey);

/// A commented recipe in the user's language. `folder`: as it is to stand in the recipe. Sizes follow the amount of
/// text.
std::string recipe_text(const Survey& survey, const std::string& name, const std::string& folder);

}  // namespace moru::pipeline
