// Other names: what the documents themselves call their subjects beside their titles, and how often they name each
// other.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "data/document.h"

namespace moru::generate {

/// Counted over the corpus, document by document; asked when all are in.
class OtherNames {
 public:
  void add(const data::Document& document);

  /// Other names of a document's subject: its own file's title, and its index entries ("팩스, 보내기" as "팩스
  /// 보내기"). Only those that no other document has; Korean ones first.
  std::vector<std::string> of(const std::string& document) const;
  /// In how many documents' lists of related subjects this title stands.
  uint64_t mentions(std::string_view title) const;

 private:
  std::map<std::string, std::vector<std::string>> names_;  ///< By document.
  std::map<std::string, uint64_t> documents_;              ///< How many have a name, by fingerprint.
  std::map<std::string, uint64_t> mentions_;
};

}  // namespace moru::generate
