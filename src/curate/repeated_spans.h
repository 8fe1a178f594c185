// Spans of bytes that stand in two places of a collection, exactly: suffix arrays over what winnowing leaves.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "curate/external_sort.h"
#include "curate/preference.h"
#include "curate/winnowing.h"

namespace moru::curate {

/// Bytes of a document's text that another place says too.
struct RepeatedSpan {
  uint64_t index = 0;  ///< Of the document, as in Rank.
  uint64_t begin = 0, end = 0;
  uint32_t kept = 0;  ///< The document, by its number in the order of add(), that keeps them; it may be the same one.
};

/// Of every run of `length` bytes that stands in several places (Lee et al., "Deduplicating training data makes
/// language models better", 2022) the one in the document of the best rank, at its first place there, is kept; the
/// bytes of the others are repeated. A run that overlaps the one that is kept, as in a row of dashes, is left alone.
///
/// Exact, and bit-identical for any memory and any number of threads: winnowing finds every place that can hold a
/// repeated run (equal runs have equal anchors), and runs are compared byte by byte in suffix arrays, one for each
/// range of anchors that fits into memory. Only of an anchor that stands in more than 20,000 places those past the
/// first 20,000 are compared with the first 1,000 and their neighbours, not with all. Memory: 13 bytes a document
/// beside `resources.memory`; on disk the text once, and 0.3 bytes for each of its bytes.
class RepeatedSpans {
 public:
  RepeatedSpans(size_t length, const Resources& resources);
  const Winnowing& winnowing() const { return winnowing_; }

  /// In ascending order of rank.index. `anchors`: winnowing().anchors(text).
  void add(const Rank& rank, std::string_view text, const std::vector<Anchor>& anchors);
  /// Calls use(span) in ascending order of index and begin, for the documents for which alive(index) is true; the
  /// others have no part. Lets go of all.
  void conclude(const std::function<bool(uint64_t index)>& alive, const std::function<void(const RepeatedSpan&)>& use);

 private:
  struct Place {
    uint64_t hash, offset;  ///< In all texts, one after another.
    uint32_t document, unused = 0;
    bool operator<(const Place& other) const {
      return std::tie(hash, document, offset) < std::tie(other.hash, other.document, other.offset);
    }
  };
  struct Ranked {
    Rank rank;
    uint64_t document;
    bool operator<(const Ranked& other) const { return rank < other.rank; }
  };
  /// A run of windows of one document that are all repeated.
  struct Piece {
    uint64_t begin, end;
    uint32_t document, kept;
    bool operator<(const Piece& other) const {
      return std::tie(document, begin, end, kept) < std::tie(other.document, other.begin, other.end, other.kept);
    }
  };
  struct Chunk {
    uint64_t low = 0, high = 0;  ///< Hashes.
    std::vector<Place> places;
    size_t first =
        0;  ///< So many of the places come before all others, whatever their rank (of a very frequent anchor).
  };
  class ChunkText;

  void order_documents();
  std::vector<Piece> find(Chunk chunk) const;

  Winnowing winnowing_;
  Resources resources_;
  ScratchFile texts_;
  ExternalSort<Place> places_;
  ExternalSort<Ranked> ranks_;
  std::vector<uint64_t> starts_ = {0};
  std::vector<uint32_t> order_;
  ScratchFile indices_;
};

}  // namespace moru::curate
