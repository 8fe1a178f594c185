// "is …": Jinja's tests.
#include "text/jinja/interpreter.h"
#include "text/unicode.h"

namespace moru::text::jinja {
namespace {

const Value& argument(const Arguments& given) {
  if (given.positional.empty()) throw Failure("the test needs an argument");
  return given.positional[0];
}

int64_t whole(const Value& value) {
  if (!value.is_number()) throw Failure(fmt::format("a number is wanted, not '{}'", value.type()));
  return value.integer();
}

bool all_letters(const Value& value, bool upper) {
  if (!value.is_string()) return false;
  const std::string& text = value.string();
  bool any = false;
  for (size_t i = 0; i < text.size();) {
    const char32_t c = next_code_point(text, i);
    std::string one;
    append_utf8(one, c);
    if (is_upper(c)) {
      if (!upper) return false;
      any = true;
    } else if (is_letter(c) && text::upper(one) != one) {
      if (upper) return false;
      any = true;
    }
  }
  return any;
}

struct Entry {
  std::string_view name;
  Test test;
};

constexpr Entry kTests[] = {
    {"defined", [](Interpreter&, const Value& v, const Arguments&) { return !v.is_undefined(); }},
    {"undefined", [](Interpreter&, const Value& v, const Arguments&) { return v.is_undefined(); }},
    {"none", [](Interpreter&, const Value& v, const Arguments&) { return v.is_none(); }},
    {"boolean", [](Interpreter&, const Value& v, const Arguments&) { return v.is_bool(); }},
    {"true", [](Interpreter&, const Value& v, const Arguments&) { return v.is_bool() && v.truth(); }},
    {"false", [](Interpreter&, const Value& v, const Arguments&) { return v.is_bool() && !v.truth(); }},
    {"integer", [](Interpreter&, const Value& v, const Arguments&) { return v.is_int(); }},
    {"float", [](Interpreter&, const Value& v, const Arguments&) { return v.is_float(); }},
    {"number", [](Interpreter&, const Value& v, const Arguments&) { return v.is_number(); }},
    {"string", [](Interpreter&, const Value& v, const Arguments&) { return v.is_string(); }},
    {"mapping", [](Interpreter&, const Value& v, const Arguments&) { return v.is_dict(); }},
    // Jinja asks for len() and an index by number or key: a dict passes.
    {"sequence", [](Interpreter&, const Value& v,
                    const Arguments&) { return v.is_string() || v.is_sequence() || v.is_dict() || v.is_undefined(); }},
    {"iterable", [](Interpreter&, const Value& v,
                    const Arguments&) { return v.is_string() || v.is_sequence() || v.is_dict() || v.is_undefined(); }},
    {"callable", [](Interpreter&, const Value& v, const Arguments&) { return v.is_object(); }},
    {"even", [](Interpreter&, const Value& v, const Arguments&) { return whole(v) % 2 == 0; }},
    {"odd", [](Interpreter&, const Value& v, const Arguments&) { return whole(v) % 2 != 0; }},
    {"divisibleby",
     [](Interpreter&, const Value& v, const Arguments& a) {
       const int64_t by = whole(argument(a));
       if (by == 0) throw Failure("division by zero");
       return by == -1 || whole(v) % by == 0;
     }},
    {"lower", [](Interpreter&, const Value& v, const Arguments&) { return all_letters(v, false); }},
    {"upper", [](Interpreter&, const Value& v, const Arguments&) { return all_letters(v, true); }},
    {"sameas", [](Interpreter&, const Value& v,
                  const Arguments& a) { return v.type() == argument(a).type() && equal(v, argument(a)); }},
    {"in", [](Interpreter&, const Value& v, const Arguments& a) { return contains(argument(a), v); }},
    {"filter", [](Interpreter&, const Value& v,
                  const Arguments&) { return v.is_string() && find_filter(v.string()) != nullptr; }},
    {"test",
     [](Interpreter&, const Value& v, const Arguments&) { return v.is_string() && find_test(v.string()) != nullptr; }},
    {"eq", [](Interpreter&, const Value& v, const Arguments& a) { return equal(v, argument(a)); }},
    {"equalto", [](Interpreter&, const Value& v, const Arguments& a) { return equal(v, argument(a)); }},
    {"==", [](Interpreter&, const Value& v, const Arguments& a) { return equal(v, argument(a)); }},
    {"ne", [](Interpreter&, const Value& v, const Arguments& a) { return !equal(v, argument(a)); }},
    {"!=", [](Interpreter&, const Value& v, const Arguments& a) { return !equal(v, argument(a)); }},
    {"lt", [](Interpreter&, const Value& v, const Arguments& a) { return less(v, argument(a)); }},
    {"lessthan", [](Interpreter&, const Value& v, const Arguments& a) { return less(v, argument(a)); }},
    {"<", [](Interpreter&, const Value& v, const Arguments& a) { return less(v, argument(a)); }},
    {"le", [](Interpreter&, const Value& v, const Arguments& a) { return !less(argument(a), v); }},
    {"<=", [](Interpreter&, const Value& v, const Arguments& a) { return !less(argument(a), v); }},
    {"gt", [](Interpreter&, const Value& v, const Arguments& a) { return less(argument(a), v); }},
    {"greaterthan", [](Interpreter&, const Value& v, const Arguments& a) { return less(argument(a), v); }},
    {">", [](Interpreter&, const Value& v, const Arguments& a) { return less(argument(a), v); }},
    {"ge", [](Interpreter&, const Value& v, const Arguments& a) { return !less(v, argument(a)); }},
    {">=", [](Interpreter&, const Value& v, const Arguments& a) { return !less(v, argument(a)); }},
};

}  // namespace

Test find_test(std::string_view name) {
  for (const Entry& entry : kTests)
    if (entry.name == name) return entry.test;
  return nullptr;
}

}  // namespace moru::text::jinja
