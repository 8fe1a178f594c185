// Named rule sets: lists of limits on what is measured in a text, as the field's tools define them.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/config.h"
#include "core/json.h"
#include "curate/dialect.h"
#include "curate/text_view.h"

namespace moru::curate {

/// One measure of a text and its limit.
struct Check {
  enum class Bound { most, least };

  std::string_view key;     ///< Its name in the recipe; empty: not the user's to set.
  std::string_view reason;  ///< Its name in decisions, as the tool whose dialect it is names it.
  Bound bound = Bound::most;
  double limit = 0;
  double highest = 1;  ///< The largest limit that may be given.
  bool off_at_zero = true;

  bool off() const { return off_at_zero && limit == 0; }
  bool passes(double value) const { return bound == Bound::most ? value <= limit : value >= limit; }
};

/// A text that failed: the first check that it did not pass.
struct Failure {
  std::string_view reason, key;
  double value = 0, limit = 0;
};

/// A rule set in one dialect with its limits. Immutable.
class RuleSet {
 public:
  virtual ~RuleSet() = default;
  RuleSet(const RuleSet&) = delete;
  RuleSet& operator=(const RuleSet&) = delete;

  /// In the order in which they are made.
  std::span<const Check> checks() const { return checks_; }
  /// Limits and settings by key.
  Json parameters() const;
  /// The first check that the text fails.
  std::optional<Failure> judge(TextView& text) const;
  /// What every check measures in the text, whatever its limit: a finite number for each of checks(), in their order,
  /// NaN where a check does not apply to the text (no 4-gram in three words).
  std::vector<double> values(TextView& text) const;

 protected:
  /// Who is told what was measured.
  class Watcher {
   public:
    virtual ~Watcher() = default;
    /// Whether a check matters; what does not need not be measured.
    virtual bool wants(size_t check) const = 0;
    /// False: no more is wanted.
    virtual bool found(size_t check, double value) = 0;

    /// Measures a check that is wanted and tells of it. False: no more is wanted.
    template <class Measure>
    bool see(size_t check, const Measure& value) {
      return !wants(check) || found(check, static_cast<double>(value()));
    }
  };
  /// Tells the watcher of every check that it wants, in order.
  virtual void measure(TextView& text, Watcher& watcher) const = 0;

  /// Settings that are no limits, by key.
  virtual void add_settings(Json& /*parameters*/) const {}

  /// Takes the checks, with the limits that the section gives instead.
  RuleSet(std::span<const Check> checks, const Config& section);

 private:
  std::vector<Check> checks_;
};

/// A kind of rule set: which dialects it has, what they check and who makes it.
struct RuleSetKind {
  std::string_view name;  ///< "gopher_repetition"; the command line writes "gopher-repetition".
  std::vector<Dialect> dialects;
  bool has_settings;  ///< Whether `dialect`, `language` and `words` mean anything to it.
  std::span<const Check> (*checks)(Dialect dialect, LimitLanguage language);
  std::unique_ptr<RuleSet> (*make)(const RuleSetSettings& settings, const Config& section);
};

/// What there is, by name.
const RuleSetKind& gopher_repetition_kind();
const RuleSetKind& gopher_quality_kind();
const RuleSetKind& c4_paragraph_kind();
const RuleSetKind& fineweb_quality_kind();

/// The share of `part` in `whole`; 0 if there is no whole.
inline double share(size_t part, size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

/// The set that a section asks for. Throws Error for a limit that has no meaning in the dialect.
std::unique_ptr<RuleSet> make_rule_set(const RuleSetKind& kind, const RuleSetSettings& settings, const Config& section);

}  // namespace moru::curate
