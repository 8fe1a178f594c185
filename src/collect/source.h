// A source: one entry of the recipe's `collect:` list.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace moru::collect {

/// What a recipe says about how files are read, whatever the source.
struct ExtractSettings {
  bool hwp_distribution = false;  ///< Read HWP distribution documents, whose author restricted copying and printing.
  bool ocr = false;               ///< Read scanned pages with Tesseract.
  std::string ocr_languages = "kor+eng";
  uint64_t archive_entries = 1'000'000;         ///< Most entries of an archive, those of archives in it included.
  uint64_t archive_bytes = uint64_t{64} << 30;  ///< Most bytes that an archive may unpack to.
  double archive_ratio = 200;                   ///< Most bytes unpacked for one packed, once 1 MiB came out.
  int archive_depth = 4;                        ///< Archives in archives.
  /// Globs over a member's path in its archive; `exclude` of the source holds for it too.
  std::vector<std::string> members = {"**"};
  uint64_t member_bytes = uint64_t{256} << 20;  ///< A larger member is set aside: collect_limits.max_file_bytes.
  double seconds = 20;                          ///< For one page of a scan: collect_limits.seconds_per_file.
};

class Origin;

/// One entry of the recipe's `collect:` list: what all kinds of sources share.
struct Source {
  std::string name;  ///< Name in URIs and reports; the folder's own name if not given.
  /// Where its files come from (origin.h). None: the folder.
  std::shared_ptr<const Origin> origin;
  /// Licences are looked for beside its files and above them up to this folder. Empty for sources elsewhere.
  std::filesystem::path folder;
  /// Globs over the path in the folder: ** crosses folders, * and ? do not. Hidden files need a pattern that names
  /// them.
  std::vector<std::string> include = {"**"};
  std::vector<std::string> exclude;
  std::string licence;       ///< SPDX expression; empty: look beside the files (LICENSE, COPYING, copyright).
  std::string licence_file;  ///< Where the licence is stated, if not beside the files.
  /// Members of a JSONL line; empty: the first of the usual names that is there (text, content, body; title, name; id).
  std::string text_field, title_field, id_field;
  ExtractSettings extract;
  std::string place;  ///< "recipe.yaml:LINE", for errors.
};

using FolderSource = Source;

}  // namespace moru::collect
