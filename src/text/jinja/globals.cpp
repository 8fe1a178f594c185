// Functions that every template has.
#include <ctime>
#include <utility>

#include "text/jinja/interpreter.h"

namespace moru::text::jinja {
namespace {

constexpr int64_t kMaxRange = 100'000;  // Jinja's sandbox has the same limit

class Namespace final : public Object {
 public:
  explicit Namespace(Dict items) : items_(std::move(items)) {}
  std::string_view type() const override { return "Namespace"; }
  Value attribute(const std::string& name) const override {
    const Value* value = items_.find(std::string_view(name));
    return value == nullptr ? Object::attribute(name) : *value;
  }
  bool set_attribute(const std::string& name, Value value) override {
    items_.set(Value::written(name), std::move(value));
    return true;
  }
  void forget() override { const Dict gone = std::exchange(items_, {}); }

 private:
  Dict items_;
};

/// cycler("odd", "even"): next(), current, reset().
class Cycler final : public Object, public std::enable_shared_from_this<Cycler> {
 public:
  explicit Cycler(List items) : items_(std::move(items)) {}
  std::string_view type() const override { return "Cycler"; }
  Value attribute(const std::string& name) const override {
    if (name == "current") return items_[at_];
    if (name != "next" && name != "reset") return Object::attribute(name);
    return std::shared_ptr<Object>(
        std::make_shared<Step>(std::const_pointer_cast<Cycler>(shared_from_this()), name == "next"));
  }

 private:
  class Step final : public Object {
   public:
    Step(std::shared_ptr<Cycler> cycler, bool forward) : cycler_(std::move(cycler)), forward_(forward) {}
    std::string_view type() const override { return "method"; }
    Value call(Interpreter&, const Arguments&) override {
      if (!forward_) {
        cycler_->at_ = 0;
        return Value::None{};
      }
      Value value = cycler_->items_[cycler_->at_];
      cycler_->at_ = (cycler_->at_ + 1) % cycler_->items_.size();
      return value;
    }

   private:
    std::shared_ptr<Cycler> cycler_;
    bool forward_;
  };
  List items_;
  size_t at_ = 0;
};

/// joiner(", "): nothing the first time, the separator after that.
class Joiner final : public Object {
 public:
  explicit Joiner(Value separator) : separator_(std::move(separator)) {}
  std::string_view type() const override { return "Joiner"; }
  Value call(Interpreter&, const Arguments&) override { return std::exchange(used_, true) ? separator_ : Value(""); }

 private:
  Value separator_;
  bool used_ = false;
};

Value range(Interpreter&, const Arguments& given) {
  std::array<int64_t, 3> numbers = {0, 0, 1};
  const size_t count = given.positional.size();
  if (count < 1 || count > 3) throw Failure("range expected 1 to 3 arguments");
  for (size_t i = 0; i < count; ++i) {
    if (!given.positional[i].is_int() && !given.positional[i].is_bool())
      throw Failure(fmt::format("'{}' object cannot be interpreted as an integer", given.positional[i].type()));
    numbers[count == 1 ? 1 : i] = given.positional[i].integer();
  }
  const auto [begin, end, step] = numbers;
  if (step == 0) throw Failure("range() arg 3 must not be zero");
  List items;
  for (int64_t i = begin; step > 0 ? i < end : i > end;) {
    if (static_cast<int64_t>(items.size()) >= kMaxRange) throw Failure("range too big");
    items.emplace_back(i);
    if (__builtin_add_overflow(i, step, &i)) break;
  }
  return items;
}

Dict merged(const Arguments& given) {
  Dict items;
  for (const Value& value : given.positional) {
    if (value.is_dict()) {
      for (const auto& [key, item] : value.dict().items) items.set(key, item);
    } else {
      for (const Value& pair : items_of(value)) {
        const List parts = items_of(pair);
        if (parts.size() != 2) throw Failure("dict() needs pairs of key and value");
        items.set(parts[0], parts[1]);
      }
    }
  }
  for (const auto& [key, item] : given.named) items.set(key, item);
  return items;
}

Value make_dict(Interpreter&, const Arguments& given) {
  return merged(given);
}
Value make_namespace(Interpreter& interpreter, const Arguments& given) {
  const std::shared_ptr<Object> made = std::make_shared<Namespace>(merged(given));
  interpreter.keep(made);
  return made;
}
Value make_cycler(Interpreter&, const Arguments& given) {
  if (given.positional.empty()) throw Failure("at least one item has to be provided");
  return std::shared_ptr<Object>(std::make_shared<Cycler>(given.positional));
}
Value make_joiner(Interpreter&, const Arguments& given) {
  return std::shared_ptr<Object>(std::make_shared<Joiner>(given.get(0, "sep", ", ")));
}

Value raise_exception(Interpreter&, const Arguments& given) {
  throw Refusal(to_string(given.get(0, "message")));
}

Value strftime_now(Interpreter& interpreter, const Arguments& given) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(interpreter.limits().now());
  std::tm local{};
  ::localtime_r(&seconds, &local);
  const MarkedText format = to_text(given.get(0, "format"));
  if (format.empty()) return "";
  std::string text(256 + format.size() * 8, '\0');
  text.resize(std::strftime(text.data(), text.size(), format.bytes().c_str(), &local));
  return format.made_into(std::move(text));
}

}  // namespace

Value find_global(std::string_view name) {
  struct Entry {
    std::string_view name;
    Function::Body body;
  };
  static constexpr Entry kFunctions[] = {
      {"range", range},
      {"dict", make_dict},
      {"namespace", make_namespace},
      {"cycler", make_cycler},
      {"joiner", make_joiner},
      {"raise_exception", raise_exception},
      {"strftime_now", strftime_now},
  };
  for (const Entry& entry : kFunctions)
    if (entry.name == name) return std::shared_ptr<Object>(std::make_shared<Function>(entry.body));
  return {};
}

}  // namespace moru::text::jinja
