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
  const Source* source = nullptr;
  FoundFile file;
  const Extractor* extractor = nullptr;  ///< nullptr where file.problem is set.
  data::Licence licence;
  std::string uri;   ///< Its own, or the source's name and the path in it; bytes that are not UTF-8 as "%XX".
  std::string hash;  ///< SHA-256; empty until hash_files(), and for what cannot be read.
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

/// Throws Error, with the recipe's line, for a source that has no files. Files that are too large or of no known format
/// have file.problem set: the first bytes of every file are looked at.
Plan make_plan(const Options& options);

/// Fills the files' hashes. What options.store remembers of files that nobody has written to since is not read again.
/// `remember`: keep what was found out there.
Unchanged hash_files(const Options& options, Plan& plan, bool remember, ProgressSink& sink);

/// Does an item's work: an AnswerWriter's text. Members of a container that streams are spawned, as requests for
/// read_members().
std::string read_item(const Plan& plan, const Item& item, SandboxStream& stream);
/// Reads a batch of members: one piece each, an AnswerWriter's text.
void read_members(const Plan& plan, std::string_view request, SandboxStream& stream);

/// The settings of a source that extractors see.
Json extract_settings_json(const Source& source);

/// A hash of all that decides what read_item() and its parts return.
std::string item_key(const Options& options, const Plan& plan, const Item& item);

}  // namespace moru::collect
