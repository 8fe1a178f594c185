// Collecting: files in, documents with structure, source and licence out.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "collect/source.h"
#include "core/config.h"
#include "core/progress.h"
#include "data/dataset.h"

namespace moru::collect {

struct Options {
  std::vector<Source> sources;
  uint64_t max_file_bytes = uint64_t{256} << 20;  ///< A larger file is set aside.
  double seconds_per_file = 20;                   ///< Limit of the child process that parses.
  uint64_t memory_per_worker = uint64_t{1} << 30;
  uint64_t cache_bytes = uint64_t{8} << 30;  ///< About the most that the results kept for the next run may take.
  /// A folder for what is remembered between runs: fetched files, hashes, results. Empty: nothing is, and sources that
  /// are not on this machine have no files.
  std::filesystem::path store;
};

/// Reads the recipe's `collect:` list and its `collect_limits:`. Relative folders are relative to `base`. Throws Error,
/// with the recipe's line, for a folder that is not there, a licence that is no SPDX expression, two sources of one
/// name, a password.
/// `key`: of the list of sources.
Options read_options(const Config& recipe, const std::filesystem::path& base, std::string_view key = "collect");
/// All that decides the result, for the artefact's key.
Json to_json(const Options& options);
/// A hash over path, size and content of every file that would be read: what the step's input is. Writes nothing.
std::string input_hash(const Options& options);
/// Brings the files of remote sources into the store (unless `offline`), remembers the hashes of all files there, and
/// returns input_hash(). Throws Error for a source that has no file.
std::string gather(const Options& options, bool offline, ProgressSink& sink);

/// Files that were not read since nobody had written to them, and those that were.
struct Unchanged {
  uint64_t known = 0, read = 0;
};

struct Report {
  uint64_t files = 0, documents = 0, set_aside = 0;
  Json facts;           ///< Counts by extractor, licence and reason.
  Unchanged unchanged;  ///< Files whose results the store had, and files that were parsed.
};

/// Writes documents in byte order of source name and path. What cannot be read is written to `set_aside` (decision/1,
/// rule "collect/REASON") and counted; it never stops the run. Finishes both datasets. Throws Error if a source has no
/// file that its globs choose. The bytes do not depend on how many workers there are. Call it while no other thread of
/// the process holds locks (it forks; core/sandbox.h). Reasons: too-large, leaves-folder, not-a-file, unreadable,
/// unknown-format, invalid-encoding, binary, no-text, not-json, no-text-field, parser-failed, parser-crashed,
/// time-limit, memory-limit, output-limit; missing (sources/files.cpp), those of fetching (fetch_store.h); damaged,
/// encrypted, archive-limit (zip_package.h, archive.cpp); xml-entities, xml-depth, xml-size (xml_reader.h);
/// distribution-document (hwp.cpp); scanned, program-missing (pdf.cpp, ocr.cpp).
Report collect(const Options& options, data::DatasetWriter& documents, data::DatasetWriter& set_aside,
               ProgressSink& progress);

}  // namespace moru::collect
