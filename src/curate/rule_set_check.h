// Named rule sets, one after another, on texts that are no documents yet.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config.h"

namespace moru::curate {

/// What a chain of rule sets says of a text.
struct CheckResult {
  std::string_view rule;    ///< The set that it failed; empty if it is kept.
  std::string_view reason;  ///< As the dialect's own tool names it; empty if it is kept.
  double value = 0, limit = 0;
  size_t lines_dropped = 0;  ///< By c4-quality, of a text that is kept.

  bool kept() const { return reason.empty(); }
};

/// Rule sets by name, with one dialect, language and splitter. Immutable: one chain serves all threads.
class RuleChain {
 public:
  /// `names`: of rule_names(), or of chain_names(). `settings`: dialect, language, words, and any limit of the rules
  /// named; what none of them knows is an error. Throws Error, with the nearest name, for a name that is unknown.
  RuleChain(const std::vector<std::string>& names, const Config& settings);
  ~RuleChain();
  RuleChain(RuleChain&&) noexcept;

  /// Sets in the order given; c4-quality's changes reach those after it.
  CheckResult check(std::string_view text) const;
  size_t size() const;

  static std::vector<std::string> rule_names();
  /// "fineweb" and "fineweb-2": their filters without URLs and language, in their order.
  static std::vector<std::string> chain_names();

 private:
  struct Link;
  std::vector<Link> links_;
};

}  // namespace moru::curate
