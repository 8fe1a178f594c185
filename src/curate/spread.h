// How a number is spread over documents, and which documents stand next to its limit.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/json.h"
#include "curate/rule.h"

namespace moru::curate {

/// A document as a report shows it.
struct Example {
  double value = 0;
  std::string document, title, uri, text;  ///< `text`: its beginning.
};

/// An example of a document: at most 240 characters of its text, one line.
Example example_of(const Item& item, double value);
Json to_json(const Example& example);

/// Values of one quantity, with the examples nearest to the limit on both sides. Deterministic for a given order.
class Spread {
 public:
  Spread(bool most, double limit, bool off, size_t examples)
      : most_(most), limit_(limit), off_(off), examples_(examples) {}

  void add(double value) { values_.push_back(static_cast<float>(value)); }
  /// Whether an example of this value would be among the nearest: making one costs.
  bool wants(double value) const;
  void add_example(Example example);

  bool most() const { return most_; }
  double limit() const { return limit_; }
  bool off() const { return off_; }
  size_t count() const { return values_.size(); }
  /// The limit is rounded as values() are, or 0.8 itself would be over 0.8.
  bool passes(double value) const { return !is_beyond(static_cast<float>(value), limit_); }
  const std::vector<float>& values() const { return values_; }
  /// How many of the values are beyond `bound`.
  uint64_t beyond(double bound) const;

  /// {bound, limit, off, count, beyond, quantiles: [[q, value]], histogram: {from, to, logarithmic, bins}, kept,
  /// taken}.
  Json to_json() const;

 private:
  bool is_beyond(float value, double bound) const {
    return most_ ? value > static_cast<float>(bound) : value < static_cast<float>(bound);
  }

  bool most_;
  double limit_;
  bool off_;
  size_t examples_;
  std::vector<float> values_;
  std::vector<Example> within_, beyond_;  ///< Nearest first.
};

}  // namespace moru::curate
