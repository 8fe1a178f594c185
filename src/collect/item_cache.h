// The items of a plan whose results the last run left.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "collect/plan.h"
#include "collect/result_cache.h"
#include "core/sandbox.h"

namespace moru::collect {

class ItemCache {
 public:
  ItemCache(const Options& options, const Plan& plan);

  bool knows(size_t item) const { return known_[item]; }
  /// The items that must be read, in order.
  std::vector<size_t> unknown() const;
  /// Calls `use` with each piece of a known item's result, in order.
  void for_each_piece(size_t item, const std::function<void(const std::string& text)>& use);
  /// Takes the pieces of an item's result as they come, item after item. An item that did not end well is not kept:
  /// another machine's memory and time end elsewhere.
  void learn(size_t item, const SandboxResult& result);
  /// Throws away what this run did not use; counts the files.
  Unchanged finish();

 private:
  void close();
  const Plan& plan_;
  std::string place_;
  ResultCache cache_;
  std::vector<std::string> keys_;
  std::vector<bool> known_;
  std::vector<uint32_t> pieces_;  // of a known item that has several, else 1
  size_t learning_ = SIZE_MAX;
  bool good_ = true;
  uint32_t given_ = 0;
  std::string held_;  // the last piece
};

}  // namespace moru::collect
