// Disjoint sets with path halving; the smallest member is the root, so that the outcome does not depend on the order.
#pragma once

#include <cstddef>
#include <numeric>
#include <vector>

namespace moru::curate {

class UnionFind {
 public:
  explicit UnionFind(size_t size) : parent_(size) { std::iota(parent_.begin(), parent_.end(), size_t{0}); }

  size_t find(size_t x) {
    while (parent_[x] != x) {
      parent_[x] = parent_[parent_[x]];
      x = parent_[x];
    }
    return x;
  }
  void unite(size_t a, size_t b) {
    a = find(a);
    b = find(b);
    if (a < b) parent_[b] = a;
    if (b < a) parent_[a] = b;
  }

 private:
  std::vector<size_t> parent_;
};

}  // namespace moru::curate
