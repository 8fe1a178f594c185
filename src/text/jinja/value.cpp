#include "text/jinja/value.h"

#include <nlohmann/json.hpp>

#include "text/jinja/interpreter.h"
#include "text/unicode.h"

namespace moru::text::jinja {
namespace {

/// A value as deep as this is taken for a mistake: printing one takes the stack.
constexpr int kMaxDepth = 100;

Value from_json_at(const nlohmann::ordered_json& json, Origin origin, int depth) {
  if (depth > kMaxDepth) throw Failure("a value is nested too deeply");
  switch (json.type()) {
    case nlohmann::ordered_json::value_t::boolean:
      return json.get<bool>();
    case nlohmann::ordered_json::value_t::number_integer:
      return json.get<int64_t>();
    case nlohmann::ordered_json::value_t::number_unsigned:
      if (json.get<uint64_t>() > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) return json.get<double>();
      return json.get<int64_t>();
    case nlohmann::ordered_json::value_t::number_float:
      return json.get<double>();
    case nlohmann::ordered_json::value_t::string:
      return MarkedText(json.get<std::string>(), origin);
    case nlohmann::ordered_json::value_t::array: {
      List list;
      for (const auto& item : json) list.push_back(from_json_at(item, origin, depth + 1));
      return list;
    }
    case nlohmann::ordered_json::value_t::object: {
      Dict dict;
      for (const auto& [key, value] : json.items())
        dict.items.emplace_back(MarkedText(key, origin), from_json_at(value, origin, depth + 1));
      return dict;
    }
    default:
      return Value::None{};
  }
}

bool equal_at(const Value& a, const Value& b, int depth) {
  if (depth > kMaxDepth) throw Failure("a value is nested too deeply");
  if (a.is_number() && b.is_number())
    return a.is_float() || b.is_float() ? a.real() == b.real() : a.integer() == b.integer();
  if (a.is_string() && b.is_string()) return a.string() == b.string();
  if (a.is_none() || b.is_none()) return a.is_none() && b.is_none();
  if (a.is_undefined() || b.is_undefined()) return a.is_undefined() && b.is_undefined();
  if (a.is_sequence() && b.is_sequence())
    return a.is_tuple() == b.is_tuple() && std::ranges::equal(a.list(), b.list(), [&](const Value& x, const Value& y) {
             return equal_at(x, y, depth + 1);
           });
  if (a.is_dict() && b.is_dict()) {
    if (a.dict().items.size() != b.dict().items.size()) return false;
    return std::ranges::all_of(a.dict().items, [&](const auto& item) {
      const Value* other = b.dict().find(item.first);
      return other != nullptr && equal_at(item.second, *other, depth + 1);
    });
  }
  return a.is_object() && b.is_object() && a.object() == b.object();
}

}  // namespace

Value Object::attribute(const std::string& name) const {
  return Value::undefined(name);
}
bool Object::set_attribute(const std::string&, Value) {
  return false;
}
Value Object::call(Interpreter&, const Arguments&) {
  throw Failure(fmt::format("'{}' object is not callable", type()));
}

Value::Value(Dict items) : data_(std::make_shared<const Dict>(std::move(items))) {}

void Value::let_go() {
  // Of the outermost value that this thread is letting go of: what the values within hold.
  thread_local std::vector<Data>* waiting = nullptr;
  if (waiting != nullptr) {
    waiting->push_back(std::move(data_));
    return;
  }
  std::vector<Data> all;
  waiting = &all;
  all.push_back(std::move(data_));
  while (!all.empty()) {
    const Data next = std::move(all.back());
    all.pop_back();
  }
  waiting = nullptr;
}

Value Value::undefined(std::string name) {
  Value value;
  value.data_ = Undefined{std::make_shared<const std::string>(std::move(name))};
  return value;
}
Value Value::tuple(List items) {
  Value value;
  value.data_ = Sequence{std::make_shared<const List>(std::move(items)), true};
  return value;
}
Value Value::from_json(const nlohmann::ordered_json& json, Origin origin) {
  return from_json_at(json, origin, 0);
}

int64_t Value::integer() const {
  if (const auto* b = std::get_if<bool>(&data_)) return *b ? 1 : 0;
  if (const auto* d = std::get_if<double>(&data_)) {
    if (!(std::abs(*d) < 9.2e18)) throw Failure("a number is too large for an integer");
    return static_cast<int64_t>(*d);
  }
  return std::get<int64_t>(data_);
}
double Value::real() const {
  if (const auto* d = std::get_if<double>(&data_)) return *d;
  return static_cast<double>(integer());
}
std::string Value::undefined_name() const {
  const auto& name = std::get<Undefined>(data_).name;
  return name == nullptr ? std::string() : *name;
}

bool Value::truth() const {
  if (is_undefined() || is_none()) return false;
  if (is_float()) return real() != 0;
  if (is_number()) return integer() != 0;
  if (is_string()) return !string().empty();
  if (is_sequence()) return !list().empty();
  if (is_dict()) return !dict().items.empty();
  return true;
}

std::string_view Value::type() const {
  if (is_undefined()) return "Undefined";
  if (is_none()) return "NoneType";
  if (is_bool()) return "bool";
  if (is_int()) return "int";
  if (is_float()) return "float";
  if (is_string()) return "str";
  if (is_sequence()) return is_tuple() ? "tuple" : "list";
  if (is_dict()) return "dict";
  return object()->type();
}

const Value* Dict::find(const Value& key) const {
  for (const auto& [name, value] : items)
    if (equal(name, key)) return &value;
  return nullptr;
}
const Value* Dict::find(std::string_view key) const {
  for (const auto& [name, value] : items)
    if (name.is_string() && name.string() == key) return &value;
  return nullptr;
}
void Dict::set(Value key, Value value) {
  for (auto& [name, old] : items)
    if (equal(name, key)) {
      old = std::move(value);
      return;
    }
  items.emplace_back(std::move(key), std::move(value));
}

const Value* Arguments::find(std::string_view name) const {
  for (const auto& [key, value] : named)
    if (key.bytes() == name) return &value;
  return nullptr;
}
Value Arguments::get(size_t position, std::string_view name, Value otherwise) const {
  if (position < positional.size()) return positional[position];
  const Value* value = find(name);
  return value == nullptr ? std::move(otherwise) : *value;
}

bool equal(const Value& a, const Value& b) {
  return equal_at(a, b, 0);
}

bool less(const Value& a, const Value& b) {
  if (a.is_number() && b.is_number())
    return a.is_float() || b.is_float() ? a.real() < b.real() : a.integer() < b.integer();
  if (a.is_string() && b.is_string()) return a.string() < b.string();  // UTF-8 sorts as code points do
  if (a.is_sequence() && b.is_sequence() && a.is_tuple() == b.is_tuple()) {
    for (size_t i = 0; i < std::min(a.list().size(), b.list().size()); ++i)
      if (!equal(a.list()[i], b.list()[i])) return less(a.list()[i], b.list()[i]);
    return a.list().size() < b.list().size();
  }
  if (a.is_undefined() || b.is_undefined())
    throw Failure(fmt::format("'{}' is undefined", (a.is_undefined() ? a : b).undefined_name()));
  throw Failure(fmt::format("'<' not supported between instances of '{}' and '{}'", a.type(), b.type()));
}

bool contains(const Value& container, const Value& item) {
  if (container.is_string()) {
    if (!item.is_string())
      throw Failure(fmt::format("'in <string>' requires string as left operand, not {}", item.type()));
    return container.string().find(item.string()) != std::string::npos;
  }
  if (container.is_dict()) return container.dict().find(item) != nullptr;
  if (container.is_undefined()) return false;
  if (!container.is_sequence()) throw Failure(fmt::format("argument of type '{}' is not iterable", container.type()));
  return std::ranges::any_of(container.list(), [&](const Value& value) { return equal(value, item); });
}

List items_of(const Value& value) {
  if (value.is_sequence()) return value.list();
  List items;
  if (value.is_undefined()) return items;
  if (value.is_dict()) {
    for (const auto& [key, item] : value.dict().items) items.push_back(key);
    return items;
  }
  if (value.is_string()) {
    const MarkedText& text = value.text();
    for (size_t i = 0; i < text.size();) {
      const size_t begin = i;
      next_code_point(text.bytes(), i);
      items.emplace_back(text.substr(begin, i - begin));
    }
    return items;
  }
  throw Failure(fmt::format("'{}' object is not iterable", value.type()));
}

}  // namespace moru::text::jinja
