// Where the values of a JSON text stand, without building them.
#pragma once

#include <functional>
#include <string_view>

#include "data/document.h"

namespace moru::collect {

enum class JsonKind { object, array, string, other };

/// Walks the values right inside an object or array. Structure is checked, numbers and literals are not.
class JsonScanner {
 public:
  /// Works on bytes of UTF-8 and of encodings whose characters hold no brackets, quotes or backslashes: CP949, EUC.
  explicit JsonScanner(std::string_view text) : text_(text) {}

  /// The first value at or after `at`, white space skipped. Throws Unreadable("not-json") where there is none, it does
  /// not end, or it is nested deeper than 64.
  data::Range value(size_t at) const;
  JsonKind kind(data::Range value) const;
  /// Calls use(key, value) for the members of an object (the key's undecoded content), or use({}, value) for the
  /// elements of an array. Stops when `use` says false.
  void inside(data::Range container, const std::function<bool(std::string_view key, data::Range value)>& use) const;

 private:
  size_t skip_space(size_t at) const;
  size_t end_of_string(size_t at) const;

  std::string_view text_;
};

}  // namespace moru::collect
