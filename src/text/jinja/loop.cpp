// for: the loop variable and the body's run.
#include "text/jinja/interpreter.h"

namespace moru::text::jinja {
namespace {

/// {{ loop.… }}, and loop(items) in a recursive one.
class Loop final : public Object {
 public:
  Loop(const Node& node, ScopePointer scope, List items, int depth)
      : node_(node), scope_(std::move(scope)), items_(std::move(items)), depth_(depth) {}

  std::string_view type() const override { return "loop"; }
  const List& items() const { return items_; }
  void at(size_t index) { index_ = index; }

  Value attribute(const std::string& name) const override {
    const auto index = static_cast<int64_t>(index_), size = static_cast<int64_t>(items_.size());
    if (name == "index") return index + 1;
    if (name == "index0") return index;
    if (name == "revindex") return size - index;
    if (name == "revindex0") return size - index - 1;
    if (name == "first") return index == 0;
    if (name == "last") return index + 1 == size;
    if (name == "length") return size;
    if (name == "depth") return depth_ + 1;
    if (name == "depth0") return depth_;
    if (name == "previtem") return index > 0 ? items_[index_ - 1] : Value::undefined("there is no previous item");
    if (name == "nextitem") return index + 1 < size ? items_[index_ + 1] : Value::undefined("there is no next item");
    if (name == "cycle")
      return method([](Loop& loop, const Arguments& given) {
        if (given.positional.empty()) throw Failure("no items for cycling given");
        return given.positional[loop.index_ % given.positional.size()];
      });
    if (name == "changed")
      return method([](Loop& loop, const Arguments& given) -> Value {
        const Value now = Value::tuple(given.positional);
        const bool changed = !loop.last_ || !equal(*loop.last_, now);
        loop.last_ = now;
        return changed;
      });
    return Object::attribute(name);
  }

  Value call(Interpreter& interpreter, const Arguments& given) override {
    if (node_.text != "recursive") throw Failure("the loop must be marked \"recursive\" to be called");
    if (given.positional.size() != 1) throw Failure("loop() takes the items of the next level");
    const Interpreter::Deeper deeper(interpreter);
    MarkedText out;
    interpreter.run_loop(node_, given.positional[0], scope_, out, depth_ + 1);
    return out;
  }

 private:
  using Body = Value (*)(Loop&, const Arguments&);
  class Method final : public Object {
   public:
    Method(Loop& loop, Body body) : loop_(loop), body_(body) {}
    std::string_view type() const override { return "method"; }
    Value call(Interpreter&, const Arguments& given) override { return body_(loop_, given); }

   private:
    Loop& loop_;
    Body body_;
  };
  Value method(Body body) const {
    return std::shared_ptr<Object>(std::make_shared<Method>(const_cast<Loop&>(*this), body));
  }

  const Node& node_;
  ScopePointer scope_;
  List items_;
  int depth_;
  size_t index_ = 0;
  std::optional<Value> last_;
};

}  // namespace

void Interpreter::run_loop(const Node& node, const Value& items, const ScopePointer& scope, MarkedText& out,
                           int depth) {
  List wanted = items_of(items);
  if (node.children[2]) {
    List chosen;
    for (Value& item : wanted) {
      const auto inner = std::make_shared<Scope>();
      inner->parent = scope;
      assign(*node.children[0], item, inner);
      if (evaluate(*node.children[2], inner).truth()) chosen.push_back(std::move(item));
    }
    wanted = std::move(chosen);
  }
  if (wanted.empty()) {
    if (node.children[4]) run(*node.children[4], scope, out);
    return;
  }
  const auto loop = std::make_shared<Loop>(node, scope, std::move(wanted), depth);
  for (size_t i = 0; i < loop->items().size(); ++i) {
    loop->at(i);
    // Each round has names of its own: what the body sets is gone in the next.
    const auto inner = std::make_shared<Scope>();
    inner->parent = scope;
    inner->set("loop", std::static_pointer_cast<Object>(loop));
    assign(*node.children[0], loop->items()[i], inner);
    if (run(*node.children[3], inner, out) == Flow::leave) break;
  }
}

}  // namespace moru::text::jinja
