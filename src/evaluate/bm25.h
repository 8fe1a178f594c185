// Okapi BM25 over an inverted index in memory.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "evaluate/terms.h"

namespace moru::evaluate {

/// Robertson and Zaragoza 2009, "The probabilistic relevance framework: BM25 and beyond", equation 3.15, with
/// k1 = 1.2 and b = 0.75 and log(1 + (N - n + 0.5) / (n + 0.5)) for a term's weight, which is never negative.
class Bm25Index {
 public:
  struct Parameters {
    double k1 = 1.2;
    double b = 0.75;
  };
  struct Hit {
    uint32_t entry = 0;
    double score = 0;
  };

  /// Adds an entry and returns its number, 0, 1, …
  uint32_t add(std::span<const Term> terms);
  /// After the last add() and before the first best().
  void finish(const Parameters& parameters);
  void finish() { finish(Parameters{}); }

  size_t size() const { return lengths_.size(); }

  /// Room for one search after another; a thread has its own.
  struct Scratch {
    std::vector<float> scores;
    std::vector<uint32_t> touched;
  };
  /// The entry with the highest score; the earliest of equals; none if no term is known. A repeated term counts as
  /// often.
  std::optional<Hit> best(std::span<const Term> query, Scratch& scratch) const;

 private:
  struct Posting {
    uint32_t entry;
    uint32_t count;  // how often the term stands in the entry
  };
  std::unordered_map<Term, uint32_t> term_numbers_;
  // By entry while adding; by term afterwards.
  std::vector<std::pair<uint32_t, Posting>> added_;
  std::vector<uint32_t> lengths_;
  std::vector<uint64_t> first_;  // where a term's postings begin
  std::vector<uint32_t> entries_;
  std::vector<float> weights_;  // what one occurrence of the term in a query adds to the entry's score
};

}  // namespace moru::evaluate
