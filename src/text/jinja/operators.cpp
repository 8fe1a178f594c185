// Python's arithmetic.
#include <cmath>

#include "text/jinja/interpreter.h"

namespace moru::text::jinja {
namespace {

int64_t wrapped(int64_t (*operation)(int64_t, int64_t, bool&), int64_t a, int64_t b) {
  bool overflow = false;
  const int64_t result = operation(a, b, overflow);
  if (overflow) throw Failure("a number is too large");
  return result;
}
int64_t add(int64_t a, int64_t b, bool& overflow) {
  int64_t result = 0;
  overflow = __builtin_add_overflow(a, b, &result);
  return result;
}
int64_t subtract(int64_t a, int64_t b, bool& overflow) {
  int64_t result = 0;
  overflow = __builtin_sub_overflow(a, b, &result);
  return result;
}
int64_t multiply(int64_t a, int64_t b, bool& overflow) {
  int64_t result = 0;
  overflow = __builtin_mul_overflow(a, b, &result);
  return result;
}

[[noreturn]] void no_operator(const std::string& sign, const Value& a, const Value& b) {
  for (const Value* value : {&a, &b})
    if (value->is_undefined()) throw Failure(fmt::format("'{}' is undefined", value->undefined_name()));
  throw Failure(fmt::format("unsupported operand type(s) for {}: '{}' and '{}'", sign, a.type(), b.type()));
}

Value repeated(const Interpreter& interpreter, const Value& value, int64_t times) {
  const auto count = static_cast<uint64_t>(std::max<int64_t>(times, 0));
  if (value.is_string()) {
    const MarkedText& text = value.text();
    if (!text.empty() && count > interpreter.limits().bytes / text.size()) interpreter.check_size(UINT64_MAX);
    MarkedText out;
    for (uint64_t i = 0; i < count && !text.empty(); ++i) out.append(text);
    return out;
  }
  const uint64_t size = value.list().size();
  if (size > 0 && count > interpreter.limits().bytes / 16 / size) interpreter.check_size(UINT64_MAX);
  List items;
  for (uint64_t i = 0; i < count && size > 0; ++i) items.insert(items.end(), value.list().begin(), value.list().end());
  return value.is_tuple() ? Value::tuple(std::move(items)) : Value(std::move(items));
}

}  // namespace

Value arithmetic(const Interpreter& interpreter, const std::string& sign, const Value& a, const Value& b) {
  const bool numbers = a.is_number() && b.is_number();
  const bool real = numbers && (a.is_float() || b.is_float());
  switch (sign[0]) {
    case '+':
      if (real) return a.real() + b.real();
      if (numbers) return wrapped(add, a.integer(), b.integer());
      if (a.is_string() && b.is_string()) {
        MarkedText joined = a.text();
        interpreter.append(joined, b.text());
        return joined;
      }
      if (a.is_sequence() && b.is_sequence() && a.is_tuple() == b.is_tuple()) {
        List items = a.list();
        items.insert(items.end(), b.list().begin(), b.list().end());
        return a.is_tuple() ? Value::tuple(std::move(items)) : Value(std::move(items));
      }
      break;
    case '-':
      if (real) return a.real() - b.real();
      if (numbers) return wrapped(subtract, a.integer(), b.integer());
      break;
    case '*':
      if (sign == "**") {
        if (!numbers) break;
        if (real || b.integer() < 0) return std::pow(a.real(), b.real());
        int64_t result = 1;
        for (int64_t i = 0; i < b.integer(); ++i) {
          result = wrapped(multiply, result, a.integer());
          if (result == 0 || (result == 1 && a.integer() == 1)) break;
          if (i > 4096) break;  // only of -1
        }
        if (a.integer() == -1) result = b.integer() % 2 == 0 ? 1 : -1;
        return result;
      }
      if (real) return a.real() * b.real();
      if (numbers) return wrapped(multiply, a.integer(), b.integer());
      if ((a.is_string() || a.is_sequence()) && (b.is_int() || b.is_bool()))
        return repeated(interpreter, a, b.integer());
      if ((b.is_string() || b.is_sequence()) && (a.is_int() || a.is_bool()))
        return repeated(interpreter, b, a.integer());
      break;
    case '/':
    case '%':
      if (sign == "%" && a.is_string()) return percent_format(a.text(), b);
      if (!numbers) break;
      if (b.real() == 0) throw Failure("division by zero");
      if (sign == "/") return a.real() / b.real();
      if (real) {
        const double quotient = std::floor(a.real() / b.real());
        return sign == "//" ? quotient : a.real() - quotient * b.real();
      } else {
        if (b.integer() == -1) return sign == "//" ? Value(wrapped(subtract, 0, a.integer())) : Value(0);
        int64_t quotient = a.integer() / b.integer(), rest = a.integer() % b.integer();
        if (rest != 0 && (rest < 0) != (b.integer() < 0)) {
          --quotient;
          rest += b.integer();
        }
        return sign == "//" ? quotient : rest;
      }
    default:
      break;
  }
  no_operator(sign, a, b);
}

Value unary(const std::string& sign, const Value& value) {
  if (sign == "not") return !value.truth();
  if (!value.is_number()) no_operator("unary " + sign, value, value);
  if (value.is_float()) return sign == "-" ? -value.real() : value.real();
  return sign == "-" ? wrapped(subtract, 0, value.integer()) : value.integer();
}

}  // namespace moru::text::jinja
