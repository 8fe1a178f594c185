// A source: a folder of files to collect.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace moru::collect {

/// One folder of the recipe's `collect:` list.
struct FolderSource {
  std::string name;  ///< Name in URIs and reports; the folder's own name if not given.
  std::filesystem::path folder;
  /// Globs over the path in the folder: ** crosses folders, * and ? do not. Hidden files need a pattern that names
  /// them.
  std::vector<std::string> include = {"**"};
  std::vector<std::string> exclude;
  std::string licence;       ///< SPDX expression; empty: look beside the files (LICENSE, COPYING, copyright).
  std::string licence_file;  ///< Where the licence is stated, if not beside the files.
  /// Members of a JSONL line; empty: the first of the usual names that is there (text, content, body; title, name; id).
  std::string text_field, title_field, id_field;
  std::string place;  ///< "recipe.yaml:LINE", for errors.
};

}  // namespace moru::collect
