// For the corpus report: a sample of what was measured against each limit, and the documents next to it.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/json.h"
#include "curate/spread.h"

namespace moru::curate {

/// Documents are chosen by a hash of their ids, so that the sample does not depend on threads nor on the order.
class LimitSamples {
 public:
  /// `documents`: how many there are, of which about 2,000 are looked at.
  explicit LimitSamples(uint64_t documents);

  bool chosen(const std::string& document) const;
  /// What a rule measured on a chosen document, and the document as an example. In order of the input.
  void add(const std::string& rule, const std::vector<Quantity>& quantities, const Example& example);
  /// [{rule, key, …}] as Spread::to_json() gives it, in order of rule and key.
  Json facts() const;

 private:
  double share_;
  std::vector<std::pair<std::string, std::string>> order_;
  std::map<std::pair<std::string, std::string>, Spread> spreads_;
};

}  // namespace moru::curate
