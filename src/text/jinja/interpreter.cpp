#include "text/jinja/interpreter.h"

#include "text/unicode.h"

namespace moru::text::jinja {
namespace {

class Macro final : public Object {
 public:
  Macro(const Node& node, ScopePointer scope) : node_(node), scope_(std::move(scope)) {}
  std::string_view type() const override { return "macro"; }
  Value attribute(const std::string& name) const override {
    return name == "name" ? Value::written(node_.text) : Object::attribute(name);
  }

  Value call(Interpreter& interpreter, const Arguments& arguments) override {
    const Interpreter::Deeper deeper(interpreter);
    const auto scope = std::make_shared<Scope>();
    scope->parent = scope_;
    const size_t parameters = node_.names.size(), defaults = node_.children.size() - 1;
    for (size_t i = 0; i < parameters; ++i) {
      const std::string& name = node_.names[i];
      if (i < arguments.positional.size()) {
        scope->set(name, arguments.positional[i]);
      } else if (const Value* given = arguments.find(name)) {
        scope->set(name, *given);
      } else if (i + defaults >= parameters) {
        scope->set(name, interpreter.evaluate(*node_.children[1 + i + defaults - parameters], scope));
      } else {
        scope->set(name, Value::undefined(name));
      }
    }
    List rest;
    for (size_t i = parameters; i < arguments.positional.size(); ++i) rest.push_back(arguments.positional[i]);
    Dict named;
    for (const auto& [name, value] : arguments.named) {
      if (std::ranges::find(node_.names, name.bytes()) != node_.names.end()) continue;
      if (name.bytes() == "caller")
        scope->set(name.bytes(), value);
      else
        named.set(name, value);
    }
    scope->set("varargs", Value::tuple(std::move(rest)));
    scope->set("kwargs", std::move(named));
    MarkedText out;
    interpreter.run(*node_.children[0], scope, out);
    return out;
  }

 private:
  const Node& node_;
  ScopePointer scope_;
};

}  // namespace

const Value* Scope::find(std::string_view name) const {
  for (const Scope* scope = this; scope != nullptr; scope = scope->parent.get())
    for (const auto& [key, value] : scope->names)
      if (key == name) return &value;
  return nullptr;
}
void Scope::set(const std::string& name, Value value) {
  for (auto& [key, old] : names)
    if (key == name) {
      old = std::move(value);
      return;
    }
  names.emplace_back(name, std::move(value));
}

Interpreter::Deeper::Deeper(Interpreter& interpreter) : interpreter_(interpreter) {
  if (++interpreter_.depth_ > interpreter_.limits_.depth) {
    --interpreter_.depth_;
    throw Failure("calls are nested too deeply");
  }
}

Interpreter::Interpreter(const Limits& limits)
    : limits_(limits), end_(std::chrono::steady_clock::now() + limits.time) {}

Interpreter::~Interpreter() {
  for (const ScopePointer& scope : kept_) scope->names.clear();
  for (const std::weak_ptr<Object>& object : changeable_)
    if (const auto there = object.lock()) there->forget();
}

MarkedText Interpreter::render(const Node& root, Dict variables) {
  const auto scope = std::make_shared<Scope>();
  keep(scope);
  for (auto& [name, value] : variables.items)
    if (name.is_string()) scope->set(name.string(), std::move(value));
  MarkedText out;
  run(root, scope, out);
  return out;
}

void Interpreter::step(const Node& node) {
  line_ = node.line;
  if (++steps_ > limits_.steps) throw Failure("the template takes too many steps");
  if (steps_ % 1024 == 0 && std::chrono::steady_clock::now() > end_) throw Failure("the template takes too long");
}

void Interpreter::check_size(uint64_t bytes) const {
  if (bytes > limits_.bytes) throw Failure("the template makes too long a text");
}
void Interpreter::append(MarkedText& out, const MarkedText& text) const {
  check_size(out.size() + text.size());
  out.append(text);
}
void Interpreter::append(MarkedText& out, std::string_view written) const {
  check_size(out.size() + written.size());
  out.append(written);
}

Interpreter::Flow Interpreter::run(const Node& node, const ScopePointer& scope, MarkedText& out) {
  step(node);
  switch (node.kind) {
    case NodeKind::output:
      append(out, node.text);
      return Flow::on;
    case NodeKind::print:
      append(out, to_text(evaluate(*node.children[0], scope)));
      return Flow::on;
    case NodeKind::block:
      for (const NodePointer& child : node.children)
        if (const Flow flow = run(*child, scope, out); flow != Flow::on) return flow;
      return Flow::on;
    case NodeKind::branch:
      if (evaluate(*node.children[0], scope).truth()) return run(*node.children[1], scope, out);
      return node.children[2] ? run(*node.children[2], scope, out) : Flow::on;
    case NodeKind::loop:
      run_loop(node, evaluate(*node.children[1], scope), scope, out, 0);
      return Flow::on;
    case NodeKind::assign:
      assign(*node.children[0], evaluate(*node.children[1], scope), scope);
      return Flow::on;
    case NodeKind::assign_body: {
      const auto inner = std::make_shared<Scope>();
      inner->parent = scope;
      MarkedText text;
      const Flow flow = run(*node.children[1], inner, text);
      Value value = std::move(text);
      if (node.children[2]) {
        inner->set(" filtered", value);
        value = evaluate(*node.children[2], inner);
      }
      assign(*node.children[0], std::move(value), scope);
      return flow;
    }
    case NodeKind::macro:
      scope->set(node.text, make_macro(node, scope));
      return Flow::on;
    case NodeKind::call_block: {
      const Value caller = make_macro(*node.children[1], scope);
      append(out, to_text(call_node(*node.children[0], scope, &caller)));
      return Flow::on;
    }
    case NodeKind::filter_block: {
      const auto inner = std::make_shared<Scope>();
      inner->parent = scope;
      MarkedText text;
      const Flow flow = run(*node.children[1], inner, text);
      inner->set(" filtered", std::move(text));
      append(out, to_text(evaluate(*node.children[0], inner)));
      return flow;
    }
    case NodeKind::scope: {
      const auto inner = std::make_shared<Scope>();
      inner->parent = scope;
      for (size_t i = 0; i < node.names.size(); ++i) inner->set(node.names[i], evaluate(*node.children[i + 1], scope));
      return run(*node.children[0], inner, out);
    }
    case NodeKind::leave:
      return Flow::leave;
    case NodeKind::again:
      return Flow::again;
    default:
      throw Failure("not a statement");
  }
}

void Interpreter::assign(const Node& target, Value value, const ScopePointer& scope) {
  if (target.kind == NodeKind::name) return scope->set(target.text, std::move(value));
  if (target.kind == NodeKind::attribute) {
    const Value holder = evaluate(*target.children[0], scope);
    if (!holder.is_object() || !holder.object()->set_attribute(target.text, std::move(value)))
      throw Failure("cannot assign attribute on non-namespace object");
    return;
  }
  const List items = items_of(value);
  if (items.size() != target.children.size())
    throw Failure(fmt::format("cannot unpack {} values into {} names", items.size(), target.children.size()));
  for (size_t i = 0; i < items.size(); ++i) assign(*target.children[i], items[i], scope);
}

Value Interpreter::make_macro(const Node& node, const ScopePointer& scope) {
  keep(scope);
  return std::shared_ptr<Object>(std::make_shared<Macro>(node, scope));
}

Arguments Interpreter::arguments(const Node& node, const ScopePointer& scope) {
  Arguments arguments;
  for (const Node::Argument& argument : node.arguments) {
    Value value = evaluate(*argument.value, scope);
    if (!argument.spread) {
      if (argument.name.empty())
        arguments.positional.push_back(std::move(value));
      else
        arguments.named.emplace_back(MarkedText::written(argument.name), std::move(value));
    } else if (argument.name == "**") {
      if (!value.is_dict()) throw Failure("the argument after ** must be a dict");
      for (const auto& [key, item] : value.dict().items) arguments.named.emplace_back(to_text(key), item);
    } else {
      for (Value& item : items_of(value)) arguments.positional.push_back(std::move(item));
    }
  }
  return arguments;
}

Value Interpreter::name(const Node& node, const ScopePointer& scope) const {
  if (const Value* value = scope->find(node.text)) return *value;
  Value global = find_global(node.text);
  return global.is_undefined() ? Value::undefined(node.text) : global;
}

Value Interpreter::call(const Value& function, const Arguments& given) {
  if (function.is_undefined()) throw Failure(fmt::format("'{}' is undefined", function.undefined_name()));
  if (!function.is_object()) throw Failure(fmt::format("'{}' object is not callable", function.type()));
  return function.object()->call(*this, given);
}

Value Interpreter::call_node(const Node& node, const ScopePointer& scope, const Value* caller) {
  const Node& callee = *node.children[0];
  Value holder;
  const bool method = callee.kind == NodeKind::attribute;
  if (method) holder = evaluate(*callee.children[0], scope);
  Arguments given;
  if (method && has_method(holder, callee.text)) {
    given = arguments(node, scope);
    line_ = node.line;
    return call_method(*this, holder, callee.text, given);
  }
  const Value function = method ? attribute_of(holder, callee.text) : evaluate(callee, scope);
  given = arguments(node, scope);
  if (caller != nullptr) given.named.emplace_back(MarkedText::written("caller"), *caller);
  line_ = node.line;
  return call(function, given);
}

Value Interpreter::evaluate(const Node& node, const ScopePointer& scope) {
  step(node);
  switch (node.kind) {
    case NodeKind::constant:
      return node.value;
    case NodeKind::name:
      return name(node, scope);
    case NodeKind::list:
    case NodeKind::tuple: {
      List items;
      for (const NodePointer& child : node.children) items.push_back(evaluate(*child, scope));
      return node.kind == NodeKind::list ? Value(std::move(items)) : Value::tuple(std::move(items));
    }
    case NodeKind::dict: {
      Dict dict;
      for (size_t i = 0; i + 1 < node.children.size(); i += 2)
        dict.set(evaluate(*node.children[i], scope), evaluate(*node.children[i + 1], scope));
      return dict;
    }
    case NodeKind::attribute:
      return attribute_of(evaluate(*node.children[0], scope), node.text);
    case NodeKind::subscript: {
      const Value holder = evaluate(*node.children[0], scope);
      return item_of(holder, evaluate(*node.children[1], scope));
    }
    case NodeKind::slice:
      return slice(node, scope);
    case NodeKind::call:
      return call_node(node, scope, nullptr);
    case NodeKind::filter: {
      const Value* filtered = scope->find(" filtered");
      const Value value = node.children[0] ? evaluate(*node.children[0], scope) : (filtered ? *filtered : Value());
      const Arguments given = arguments(node, scope);
      line_ = node.line;
      return filter(node.text, value, given);
    }
    case NodeKind::test:
    case NodeKind::negate_test: {
      const Value value = evaluate(*node.children[0], scope);
      return test(node.text, value, arguments(node, scope)) == (node.kind == NodeKind::test);
    }
    case NodeKind::unary: {
      const Value value = evaluate(*node.children[0], scope);
      return unary(node.text, value);
    }
    case NodeKind::binary:
      return binary(node, scope);
    case NodeKind::compare:
      return compare(node, scope);
    case NodeKind::condition:
      if (evaluate(*node.children[1], scope).truth()) return evaluate(*node.children[0], scope);
      return node.children[2] ? evaluate(*node.children[2], scope) : Value();
    default:
      throw Failure("not an expression");
  }
}

Value Interpreter::binary(const Node& node, const ScopePointer& scope) {
  Value left = evaluate(*node.children[0], scope);
  if (node.text == "and") return left.truth() ? evaluate(*node.children[1], scope) : left;
  if (node.text == "or") return left.truth() ? left : evaluate(*node.children[1], scope);
  const Value right = evaluate(*node.children[1], scope);
  line_ = node.line;
  if (node.text == "~") {
    MarkedText joined = to_text(left);
    append(joined, to_text(right));
    return joined;
  }
  return arithmetic(*this, node.text, left, right);
}

Value Interpreter::compare(const Node& node, const ScopePointer& scope) {
  Value left = evaluate(*node.children[0], scope);
  for (size_t i = 0; i < node.names.size(); ++i) {
    Value right = evaluate(*node.children[i + 1], scope);
    const std::string& sign = node.names[i];
    line_ = node.line;
    bool holds = false;
    if (sign == "==") holds = equal(left, right);
    if (sign == "!=") holds = !equal(left, right);
    if (sign == "<") holds = less(left, right);
    if (sign == ">") holds = less(right, left);
    if (sign == "<=") holds = less(left, right) || equal(left, right);
    if (sign == ">=") holds = less(right, left) || equal(left, right);
    if (sign == "in") holds = contains(right, left);
    if (sign == "not in") holds = !contains(right, left);
    if (!holds) return false;
    left = std::move(right);
  }
  return true;
}

Value Interpreter::slice(const Node& node, const ScopePointer& scope) {
  const Value value = evaluate(*node.children[0], scope);
  const auto bound = [&](size_t i) -> std::optional<int64_t> {
    if (!node.children[i]) return std::nullopt;
    const Value given = evaluate(*node.children[i], scope);
    if (given.is_none()) return std::nullopt;
    if (!given.is_int() && !given.is_bool()) throw Failure("slice indices must be integers or None");
    return given.integer();
  };
  const auto from = bound(1), to = bound(2);
  const int64_t stride = bound(3).value_or(1);
  if (stride == 0) throw Failure("slice step cannot be zero");
  if (value.is_undefined()) throw Failure(fmt::format("'{}' is undefined", value.undefined_name()));
  if (!value.is_string() && !value.is_sequence())
    throw Failure(fmt::format("'{}' object cannot be sliced", value.type()));
  const List items = items_of(value);
  const auto size = static_cast<int64_t>(items.size());
  const auto clamp = [&](std::optional<int64_t> given, int64_t otherwise) {
    if (!given) return otherwise;
    const int64_t at = *given < 0 ? *given + size : *given;
    return stride > 0 ? std::clamp<int64_t>(at, 0, size) : std::clamp<int64_t>(at, -1, size - 1);
  };
  const int64_t begin = clamp(from, stride > 0 ? 0 : size - 1), end = clamp(to, stride > 0 ? size : -1);
  List taken;
  for (int64_t i = begin; stride > 0 ? i < end : i > end;) {
    taken.push_back(items[static_cast<size_t>(i)]);
    if (__builtin_add_overflow(i, stride, &i)) break;
  }
  if (value.is_string()) {
    MarkedText text;
    for (const Value& item : taken) text.append(item.text());
    return text;
  }
  return value.is_tuple() ? Value::tuple(std::move(taken)) : Value(std::move(taken));
}

Value Interpreter::filter(const std::string& filter_name, const Value& value, const Arguments& given) {
  const Filter found = find_filter(filter_name);
  if (found == nullptr) throw Failure(fmt::format("no filter named '{}'", filter_name));
  const Deeper deeper(*this);
  return found(*this, value, given);
}

bool Interpreter::test(const std::string& test_name, const Value& value, const Arguments& given) {
  const Test found = find_test(test_name);
  if (found == nullptr) throw Failure(fmt::format("no test named '{}'", test_name));
  return found(*this, value, given);
}

}  // namespace moru::text::jinja
