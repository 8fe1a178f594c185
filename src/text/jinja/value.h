// Values of the template language, with Python's meaning.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "text/marked_text.h"

namespace moru::text::jinja {

/// What is wrong in a template or with what it was given; the interpreter adds the line.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Value;
class Interpreter;
struct Arguments;
using List = std::vector<Value>;

/// Something with attributes of its own that may be called: a macro, a loop, a namespace, a method.
class Object {
 public:
  virtual ~Object() = default;
  virtual std::string_view type() const = 0;
  /// Undefined if there is none of that name.
  virtual Value attribute(const std::string& name) const;
  /// False if it cannot be set.
  virtual bool set_attribute(const std::string& name, Value value);
  /// Lets go of all attributes that were set: objects may hold each other in a ring.
  virtual void forget() {}
  /// Throws Failure if it cannot be called.
  virtual Value call(Interpreter& interpreter, const Arguments& arguments);
};

/// Keeps the order in which keys were put in.
struct Dict;

/// Python's None, bool, int (64 bits), float, str, list, tuple and dict, Jinja's undefined, and objects. Copies share
/// what they hold; nothing is ever changed in place but namespaces. A str knows which of its characters came from the
/// conversation; it is made of plain bytes only by written(), so that none are passed off as the template's.
class Value {
 public:
  struct None {};
  struct Undefined {
    std::shared_ptr<const std::string> name;  ///< What was asked for, for errors; may be nullptr.
  };
  struct Sequence {
    std::shared_ptr<const List> items;
    bool tuple = false;
  };
  using String = std::shared_ptr<const MarkedText>;
  using DictPointer = std::shared_ptr<const Dict>;
  using ObjectPointer = std::shared_ptr<Object>;

  Value() : data_(Undefined{}) {}
  Value(const Value&) = default;
  Value(Value&&) = default;
  Value& operator=(const Value&) = default;
  Value& operator=(Value&&) = default;
  /// A template may nest values as deep as it has steps: what they hold is let go of one after the other, not by
  /// recursion.
  ~Value() {
    if (is_sequence() || is_dict() || is_object()) let_go();
  }
  Value(None) : data_(None{}) {}
  Value(bool b) : data_(b) {}
  Value(int64_t i) : data_(i) {}
  Value(int i) : data_(static_cast<int64_t>(i)) {}
  Value(double d) : data_(d) {}
  Value(MarkedText s) : data_(std::make_shared<const MarkedText>(std::move(s))) {}
  Value(const char* s) : Value(MarkedText::written(s)) {}
  Value(List items) : data_(Sequence{std::make_shared<const List>(std::move(items)), false}) {}
  Value(Dict items);
  Value(ObjectPointer object) : data_(std::move(object)) {}
  static Value written(std::string s) { return MarkedText::written(std::move(s)); }
  static Value undefined(std::string name);
  static Value tuple(List items);
  /// Objects keep their order of keys. `origin`: of its strings and keys.
  static Value from_json(const nlohmann::ordered_json& json, Origin origin);

  bool is_undefined() const { return std::holds_alternative<Undefined>(data_); }
  bool is_none() const { return std::holds_alternative<None>(data_); }
  bool is_bool() const { return std::holds_alternative<bool>(data_); }
  bool is_int() const { return std::holds_alternative<int64_t>(data_); }
  bool is_float() const { return std::holds_alternative<double>(data_); }
  /// Python counts True and False as numbers.
  bool is_number() const { return is_int() || is_float() || is_bool(); }
  bool is_string() const { return std::holds_alternative<String>(data_); }
  bool is_sequence() const { return std::holds_alternative<Sequence>(data_); }
  bool is_tuple() const { return is_sequence() && std::get<Sequence>(data_).tuple; }
  bool is_dict() const { return std::holds_alternative<DictPointer>(data_); }
  bool is_object() const { return std::holds_alternative<ObjectPointer>(data_); }

  const MarkedText& text() const { return *std::get<String>(data_); }
  /// The bytes of a str, to look at.
  const std::string& string() const { return text().bytes(); }
  const List& list() const { return *std::get<Sequence>(data_).items; }
  const Dict& dict() const { return *std::get<DictPointer>(data_); }
  const ObjectPointer& object() const { return std::get<ObjectPointer>(data_); }
  /// Of a number. The integer of a float is cut.
  int64_t integer() const;
  double real() const;
  /// What undefined was asked for.
  std::string undefined_name() const;

  bool truth() const;
  /// "str", "int", "dict", …, for errors.
  std::string_view type() const;

 private:
  using Data = std::variant<Undefined, None, bool, int64_t, double, String, Sequence, DictPointer, ObjectPointer>;
  void let_go();

  Data data_;
};

struct Dict {
  std::vector<std::pair<Value, Value>> items;
  /// nullptr if the key is not there.
  const Value* find(const Value& key) const;
  const Value* find(std::string_view key) const;
  void set(Value key, Value value);
};

/// What a call is given.
struct Arguments {
  List positional;
  std::vector<std::pair<MarkedText, Value>> named;
  const Value* find(std::string_view name) const;
  /// The argument at a position or of a name; else `otherwise`.
  Value get(size_t position, std::string_view name, Value otherwise = {}) const;
};

/// Python's == and <. Throws Failure for types that have no order.
bool equal(const Value& a, const Value& b);
bool less(const Value& a, const Value& b);
/// Python's `in`.
bool contains(const Value& container, const Value& item);

/// Python's str() and repr().
MarkedText to_text(const Value& value);
MarkedText repr(const Value& value);
/// The bytes of str(), to look at: what is made of them must be stained by hand.
std::string to_string(const Value& value);
/// Python's json.dumps(value, ensure_ascii=False, indent=…); no indent if < 0.
MarkedText to_json(const Value& value, int indent, const MarkedText& item_separator, const MarkedText& key_separator,
                   bool sort_keys);

/// The items that a loop goes through: of a list, the characters of a string, the keys of a dict. Throws Failure for
/// what cannot be looped over; undefined is empty.
List items_of(const Value& value);

}  // namespace moru::text::jinja
