// What is known of the corpus after curating.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "curate/curate.h"
#include "data/document.h"

namespace moru::curate {

/// Counts over the kept documents, and what the rules counted.
class Tally {
 public:
  /// What is measured of a document; on any thread.
  struct Measured {
    uint64_t characters = 0;
  };
  static Measured measure(const data::Document& document);
  void keep(const data::Document& document, const Measured& measured);
  void count(std::string_view rule, const std::map<std::string, uint64_t>& counts);

  /// {documents, characters, bytes, languages: {code: {documents, characters}}, licences: {id: documents}, lengths:
  /// quantiles of characters, funnel: [{rule, in, dropped, changed, out}], counts: {rule: {name: number}}}. The same
  /// bytes in every language of the user.
  Json facts(const std::vector<FunnelRow>& funnel) const;

 private:
  struct Share {
    uint64_t documents = 0, characters = 0;
  };
  std::map<std::string, Share> languages_;
  std::map<std::string, uint64_t> licences_;
  std::map<std::string, std::map<std::string, uint64_t>> counts_;
  /// How many documents have a length: exact up to 2047, above to within a thousandth.
  std::map<uint64_t, uint64_t> lengths_;
  uint64_t documents_ = 0, shortest_ = UINT64_MAX, longest_ = 0;
  uint64_t bytes_ = 0, characters_ = 0;
};

}  // namespace moru::curate
