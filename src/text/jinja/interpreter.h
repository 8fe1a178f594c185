// Runs a parsed template within limits.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "text/jinja/syntax.h"
#include "text/jinja/value.h"

namespace moru::text::jinja {

/// What a template may use: it comes with a model that somebody else made.
struct Limits {
  uint64_t steps = 50'000'000;          ///< Nodes visited.
  uint64_t bytes = uint64_t{64} << 20;  ///< Of the output, and of any one string made on the way.
  std::chrono::milliseconds time{10'000};
  int depth = 100;                                                                              ///< Calls within calls.
  std::function<std::chrono::system_clock::time_point()> now = std::chrono::system_clock::now;  ///< For strftime_now().
};

/// raise_exception("…"): the template refuses the conversation.
class Refusal : public Failure {
 public:
  using Failure::Failure;
};

/// Names of a block; a macro keeps those around it.
struct Scope {
  std::shared_ptr<Scope> parent;
  std::vector<std::pair<std::string, Value>> names;

  const Value* find(std::string_view name) const;
  void set(const std::string& name, Value value);
};
using ScopePointer = std::shared_ptr<Scope>;

class Interpreter {
 public:
  explicit Interpreter(const Limits& limits);
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;
  ~Interpreter();

  /// The template's text. Throws Failure; line() is where it was.
  MarkedText render(const Node& root, Dict variables);
  int line() const { return line_; }

  // For macros, loops, filters and functions.
  enum class Flow { on, leave, again };
  Flow run(const Node& node, const ScopePointer& scope, MarkedText& out);
  Value evaluate(const Node& node, const ScopePointer& scope);
  Value call(const Value& function, const Arguments& arguments);
  Value filter(const std::string& name, const Value& value, const Arguments& arguments);
  bool test(const std::string& name, const Value& value, const Arguments& arguments);
  /// Throws Failure where a text would be too long.
  void check_size(uint64_t bytes) const;
  void append(MarkedText& out, const MarkedText& text) const;
  /// Text of the template's own.
  void append(MarkedText& out, std::string_view written) const;
  /// A loop over `items`, one level deeper for a recursive one.
  void run_loop(const Node& node, const Value& items, const ScopePointer& scope, MarkedText& out, int depth);
  void keep(const ScopePointer& scope) { kept_.push_back(scope); }
  void keep(const std::shared_ptr<Object>& object) { changeable_.push_back(object); }
  const Limits& limits() const { return limits_; }

  /// Counts a call within a call.
  class Deeper {
   public:
    explicit Deeper(Interpreter& interpreter);
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;
    ~Deeper() { --interpreter_.depth_; }

   private:
    Interpreter& interpreter_;
  };

 private:
  void step(const Node& node);
  void assign(const Node& target, Value value, const ScopePointer& scope);
  Arguments arguments(const Node& node, const ScopePointer& scope);
  Value binary(const Node& node, const ScopePointer& scope);
  Value compare(const Node& node, const ScopePointer& scope);
  Value slice(const Node& node, const ScopePointer& scope);
  Value name(const Node& node, const ScopePointer& scope) const;
  Value call_node(const Node& node, const ScopePointer& scope, const Value* caller);
  Value make_macro(const Node& node, const ScopePointer& scope);

  const Limits& limits_;
  std::chrono::steady_clock::time_point end_;
  uint64_t steps_ = 0;
  int depth_ = 0;
  int line_ = 0;
  std::vector<ScopePointer> kept_;                 ///< Scopes with macros, which point back at them.
  std::vector<std::weak_ptr<Object>> changeable_;  ///< Namespaces, which may come to hold themselves.
};

// methods.cpp
/// Jinja's value.name: a method of the type, or an item of a dict.
Value attribute_of(const Value& value, const std::string& name);
/// Jinja's value[key].
Value item_of(const Value& value, const Value& key);
bool has_method(const Value& value, std::string_view name);
Value call_method(Interpreter& interpreter, const Value& value, const std::string& name, const Arguments& arguments);

// operators.cpp
/// + - * / // % **
Value arithmetic(const Interpreter& interpreter, const std::string& sign, const Value& a, const Value& b);
/// "-", "+" and "not" before a value.
Value unary(const std::string& sign, const Value& value);

// formats.cpp
/// Python's "%s" % values.
MarkedText percent_format(const MarkedText& format, const Value& values);
/// str.format(): {}, {0}, {name}, with a conversion (!r, !s) and a format that both Python and fmt know.
MarkedText brace_format(const Interpreter& interpreter, const MarkedText& format, const Arguments& given);

// filters.cpp, tests.cpp, globals.cpp
using Filter = Value (*)(Interpreter&, const Value&, const Arguments&);
using Test = bool (*)(Interpreter&, const Value&, const Arguments&);
/// nullptr if there is none of that name.
Filter find_filter(std::string_view name);
Test find_test(std::string_view name);
/// range, dict, namespace, cycler, joiner, raise_exception, strftime_now; Undefined for another name.
Value find_global(std::string_view name);

/// A function given by a pointer.
class Function final : public Object {
 public:
  using Body = Value (*)(Interpreter&, const Arguments&);
  explicit Function(Body body) : body_(body) {}
  std::string_view type() const override { return "function"; }
  Value call(Interpreter& interpreter, const Arguments& arguments) override { return body_(interpreter, arguments); }

 private:
  Body body_;
};

}  // namespace moru::text::jinja
