// Winnowing (Schleimer, Wilkerson and Aiken, "Winnowing: local algorithms for document fingerprinting", 2003): a sparse
// choice of places in a text that is the same wherever the same bytes stand.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace moru::curate {

/// The hash of the `gram` bytes that begin at `position`.
struct Anchor {
  uint64_t hash = 0, position = 0;
  bool operator==(const Anchor&) const = default;
};

/// What windows of `length` bytes are known by: each has as its anchor the least hash of `gram` bytes within it, the
/// last of equal ones. Two windows of the same bytes have the same anchor at the same place.
class Winnowing {
 public:
  /// `length` >= 4.
  explicit Winnowing(size_t length);
  size_t length() const { return length_; }
  size_t gram() const { return gram_; }

  /// The anchors of all windows of the text, each once, in order.
  std::vector<Anchor> anchors(std::string_view text) const;
  /// The anchor's hash for the window that begins at each byte; size() - length() + 1 of them.
  std::vector<uint64_t> window_hashes(std::string_view text) const;

 private:
  template <class Use>
  void for_each_window(std::string_view text, Use use) const;
  size_t length_, gram_;
  uint64_t leaving_ = 1;  ///< What a byte counts when it leaves the gram.
};

}  // namespace moru::curate
