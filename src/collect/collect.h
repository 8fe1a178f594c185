// Collecting: files in, documents with structure, source and licence out.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/config.h"
#include "core/progress.h"
#include "data/dataset.h"

namespace moru::collect {

/// One folder of the recipe's `collect:` list.
struct FolderSource {
  std::string name;                 ///< Name in URIs and reports; the folder's own name if not given.
  std::filesystem::path folder;
  std::vector<std::string> include = {"**"};  ///< Globs over the path in the folder; ** crosses folders.
  std::vector<std::string> exclude;
  std::string licence;              ///< SPDX expression; empty: look beside the files (LICENSE, COPYING, copyright).
  std::string licence_file;         ///< Where the licence is stated, if not beside the files.
};

struct Options {
  std::vector<FolderSource> sources;
  uint64_t max_file_bytes = uint64_t{256} << 20;  ///< A larger file is set aside.
  double seconds_per_file = 20;                   ///< Limit of the child process that parses.
  uint64_t memory_per_worker = uint64_t{1} << 30;
};

/// Reads the recipe's `collect:` list. Relative folders are relative to `base`.
Options read_options(const Config& recipe, const std::filesystem::path& base);
/// All that decides the result, for the artefact's key.
Json to_json(const Options& options);
/// A hash over path, size and content of every file that would be read: what the step's input is.
std::string input_hash(const Options& options);

struct Report {
  uint64_t files = 0, documents = 0, set_aside = 0;
  Json facts;  ///< Counts by extractor, licence and reason.
};

/// Writes documents in byte order of source name and path. What cannot be read is written to `set_aside` with its
/// reason and counted; it never stops the run. Finishes both datasets.
Report collect(const Options& options, data::DatasetWriter& documents, data::DatasetWriter& set_aside, ProgressSink& progress);

}  // namespace moru::collect
