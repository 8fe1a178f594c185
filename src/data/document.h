// Document: what collecting makes and curating reads. Its text, its structure, where it came from and who may use it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"

namespace moru::data {

/// Bytes [begin, end) of a text in UTF-8.
struct Range {
  uint64_t begin = 0;
  uint64_t end = 0;
  bool operator==(const Range&) const = default;
};

enum class BlockKind { title, heading, paragraph, list_item, table, code, caption };

std::string_view name_of(BlockKind kind);
/// Throws Error for an unknown name.
BlockKind block_kind(std::string_view name, std::string_view place);

/// One piece of a document's structure; `range` is its bytes in Document::text.
struct Block {
  BlockKind kind = BlockKind::paragraph;
  Range range;
  /// heading: 1 … 6; list_item: depth from 1; paragraph: depth of the list item that it continues; else 0.
  int level = 0;
  /// list_item: "1", "2", … if its list is numbered, "-" if not. code: its language, if given. Else empty.
  std::string mark;
  /// table: cells by row, as they stand in the text. Else empty.
  std::vector<std::vector<std::string>> cells;
  /// What the block is for, where the format says so; else empty. From the block's own markup:
  ///   "how_to_get"  where a command is found: menu paths, toolbar buttons, keys (a caption block is the section's
  ///   label) "step"        an item of a numbered list that tells how to do a task; `mark` is its number "icon" the
  ///   name beside a picture of a button (a caption block); where the sentence before it
  ///                 breaks off ("On the Standard bar, click"), the name is joined to that instead
  ///   "note", "tip", "warning"  set off from the running text
  ///   "summary"     begins with the sentence that says what the thing named by the heading above does
  /// or, where it has none of these, from the section that it stands in (the section's heading block carries it too):
  ///   "syntax", "parameters", "returns", "errors", "example"
  std::string role;
  int page = 0;       ///< Page, slide or sheet of the source, from 1; 0 where the format has none.
  int paragraph = 0;  ///< Number of the paragraph in the source, from 1, as the format counts; 0 where it does not.
};

/// Where a document came from.
struct Source {
  std::string uri;        ///< "file:///…", or the name of the source and the path in it.
  std::string file_hash;  ///< SHA-256 of the whole file.
  Range range;            ///< Bytes of the file, where the document is a part of it (JSONL); else 0 … size.
  std::string collector;  ///< Extractor and version ("html/1").
  std::string modified;   ///< The file's own time, ISO 8601 UTC. When it was collected stands in the ledger.
  std::string member =
      {};  ///< Inside a container: "reports/a.hwp", "inner.zip!/b.txt"; else empty. The URI ends in it.
};

/// Who may use a document, and how that is known.
struct Licence {
  std::string id;        ///< SPDX expression ("MPL-2.0"), or "unknown".
  std::string evidence;  ///< "recipe", or the file and line that says so.
};

/// id = SHA-256 of source URI, file hash, range and text: the same page found twice keeps two ids, so that each can be
/// traced.
struct Document {
  std::string id;
  std::string title;
  std::string text;
  std::vector<Block> blocks;
  Source source;
  Licence licence;
  std::string language;                         ///< ISO 639-1, "und" if unknown. Filled by curating.
  std::map<std::string, double> measures;       ///< Numbers that filters measured.
  std::map<std::string, std::string> metadata;  ///< What the format itself carries (keywords, menu path, front matter).

  std::string_view slice(Range range) const {
    return std::string_view(text).substr(range.begin, range.end - range.begin);
  }
};

/// The id that belongs to a document's present source and text.
std::string document_id(const Document& document);

Json to_json(const Document& document);
/// Throws Error naming `place` if a member is missing or of another type, or a range runs past the text.
Document document_from_json(const Json& json, std::string_view place);

}  // namespace moru::data
