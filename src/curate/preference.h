// Which of several copies of a document is kept.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/config.h"
#include "core/json.h"
#include "data/document.h"

namespace moru::curate {

/// What speaks for one copy: of two, the one with the smaller rank is kept. Of fixed size, so that ranks can be sorted
/// outside memory.
struct Rank {
  std::array<uint64_t, 4> marks{};  ///< In the declared order; smaller is better.
  uint64_t index = 0;               ///< Number in the input: collecting writes documents in the order of their paths.

  bool operator<(const Rank& other) const { return std::tie(marks, index) < std::tie(other.marks, other.index); }
};

/// The declared order, from a rule's `prefer:` list. Marks:
///   licence  permissive, then another known one, then unknown
///   quality  the greater measure "quality", if a rule has measured it
///   age      the older file
///   length   the longer text
/// The default is licence, quality, age. Length decides next, and then the place in the collection.
class Preference {
 public:
  /// Throws Error for an unknown mark.
  explicit Preference(const Config& rule);
  Rank rank(uint64_t index, const data::Document& document) const;
  Json to_json() const;

 private:
  enum class Mark { licence, quality, age, length };
  static uint64_t value(Mark mark, const data::Document& document);
  std::vector<std::string> names_;
  std::vector<Mark> marks_;
};

/// 0: an SPDX expression that permits nearly all (MIT, Apache-2.0, CC-BY-4.0, …); 1: another; 2: unknown or none. Of
/// "A OR B" the better counts, of "A AND B" the worse.
int licence_class(std::string_view expression);

/// Hash of the title without regard to case and space; 0 if it has none.
uint64_t title_hash(const data::Document& document);

}  // namespace moru::curate
