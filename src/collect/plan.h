// What will be read: every chosen file of every source, with its licence, cut into items of work.
#pragma once

#include <string>
#include <vector>

#include "collect/collect.h"
#include "collect/extractor.h"
#include "collect/files.h"
#include "core/sandbox.h"
#include "data/document.h"

namespace moru::collect {

struct PlannedFile {
  const FolderSource* source = nullptr;
  FoundFile file;
  const Extractor* extractor = nullptr;  ///< nullptr where file.problem is set.
  data::Licence licence;
  std::string uri;   ///< The source's name and the path in it; bytes that are not UTF-8 as "%XX".
  std::string hash;  ///< SHA-256, where it is known.
};

/// A file, or a part of a large file that is read by line.
struct Item {
  size_t file = 0;
  data::Range part;
};

struct Plan {
  std::vector<PlannedFile> files;
  std::vector<Item> items;  ///< In order of the files.
  uint64_t licence_files = 0;
};

/// Throws Error, with the recipe's line, for a source whose globs choose no file. Files that are too large or of no
/// known format have file.problem set; no file is opened.
Plan make_plan(const Options& options);

/// Does an item's work: an AnswerWriter's text. Members of a container that streams are spawned, as requests for
/// read_members(). `hash` is the file's SHA-256; empty: it is taken here, if the extractor does not stream.
std::string read_item(const Plan& plan, const Item& item, const std::string& hash, SandboxStream& stream);
/// Reads a batch of members: one piece each, an AnswerWriter's text.
void read_members(const Plan& plan, std::string_view request, SandboxStream& stream);

}  // namespace moru::collect
