// Disjoint sets with path halving; the smallest member is the root, so that the outcome does not depend on the order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

namespace moru::curate {

/// Four bytes a member: up to 2^32 of them.
class UnionFind {
 public:
  explicit UnionFind(size_t size) : parent_(size) { std::iota(parent_.begin(), parent_.end(), uint32_t{0}); }

  size_t size() const { return parent_.size(); }
  uint32_t find(size_t member) {
    auto x = static_cast<uint32_t>(member);
    while (parent_[x] != x) {
      parent_[x] = parent_[parent_[x]];
      x = parent_[x];
    }
    return x;
  }
  void unite(size_t a, size_t b) {
    const uint32_t x = find(a);
    const uint32_t y = find(b);
    if (x < y) parent_[y] = x;
    if (y < x) parent_[x] = y;
  }

 private:
  std::vector<uint32_t> parent_;
};

}  // namespace moru::curate
