// What a rule of curating is. A new rule is one file with a make_NAME function and one line in registry.cpp.
#pragma once

#include <limits>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/config.h"
#include "core/json.h"
#include "data/document.h"

namespace moru::curate {

/// A number or a text, as a decision shows it.
using Measure = std::variant<std::monostate, double, std::string>;

/// A piece that a rule took out of a document.
struct Removed {
  std::string field;  ///< "text", "title", or "metadata.KEY".
  data::Range range;  ///< In the field as this rule found it.
  std::string text;
  std::string replacement;
};

/// What a rule decided on one document.
struct Verdict {
  enum class Action { keep, change, drop };
  Action action = Action::keep;
  Measure value, limit;
  std::string detail;  ///< English: what is stored must not depend on the language of who ran it.
  std::vector<Removed> removed;
  std::map<std::string, std::string> members;  ///< Further members of the decision record ("kept").
  std::map<std::string, uint64_t> counts;      ///< Added up over the run for the report.
};

/// A number that a rule measures in a document, and the limit that it sets.
struct Quantity {
  std::string key;  ///< The limit's name in the recipe.
  double value = 0;
  double limit = 0;
  bool most = true;  ///< The value must not be over the limit; else not under it.
  bool off = false;  ///< The limit is switched off.
  double highest = std::numeric_limits<double>::infinity();  ///< The largest limit that a recipe may give.

  bool passes() const { return off || (most ? value <= limit : value >= limit); }
};

/// What a rule notes about a document before it may decide on any.
struct Observation {
  virtual ~Observation() = default;
};

/// A document on its way through the rules.
struct Item {
  uint64_t index = 0;        ///< Its number in the input, from 0.
  std::string collected_id;  ///< Its id as collected: what decisions name it by.
  data::Document document;
};

struct Resources;  // curate/scratch.h

/// One run of a rule. A rule that must see the whole collection first observes every document that reaches it,
/// concludes, and only then applies.
class RuleRun {
 public:
  virtual ~RuleRun() = default;

  /// Called once before all else, with what the run may use.
  virtual void begin(const Resources&) {}

  virtual bool needs_collection() const { return false; }
  /// Called on any thread.
  virtual std::unique_ptr<Observation> observe(const Item&) const { return nullptr; }
  /// Called in the order of the input, on one thread.
  virtual void gather(const Item&, std::unique_ptr<Observation>) {}
  /// `alive[index]`: the documents that reach this rule; a rule clears those that it will drop, so that the rules after
  /// it, which have observed them too, leave them out.
  virtual void conclude(std::vector<bool>& /*alive*/) {}

  /// Decides, and changes the document if that is what it does. Called on any thread, once a document.
  virtual Verdict apply(Item& item) const = 0;

  /// What the rule knows of the whole run at its end, for the report under the rule's name; null if nothing.
  virtual Json facts() const;
};

/// A rule with its limits, read from its section of the recipe.
class Rule {
 public:
  virtual ~Rule() = default;
  /// All that decides the rule's results.
  virtual Json parameters() const = 0;
  /// The limit in a few words, for the funnel, in the user's language.
  virtual std::string limit() const = 0;
  virtual std::unique_ptr<RuleRun> start() const = 0;
  /// All numbers that it compares with limits, for reports and for fitting limits; those that mean nothing for this
  /// document are left out. Called on any thread, before the rule is applied.
  virtual std::vector<Quantity> quantities(const Item&) const { return {}; }
};

/// A rule without memory is its own run.
template <class Derived>
class DocumentRule : public Rule {
 public:
  std::unique_ptr<RuleRun> start() const final {
    struct Run final : RuleRun {
      explicit Run(const Derived& r) : rule(r) {}
      Verdict apply(Item& item) const override { return rule.apply(item); }
      const Derived& rule;
    };
    return std::make_unique<Run>(static_cast<const Derived&>(*this));
  }
};

struct Registration {
  std::string_view name;  ///< Its section in the recipe and its name in decisions.
  std::unique_ptr<Rule> (*make)(const Config& section);
  bool by_default;  ///< If not, it runs only where the recipe has its section.
};

/// All rules, in the order in which they are applied.
std::span<const Registration> registry();

}  // namespace moru::curate
