// "| …": Jinja's filters on texts, numbers and JSON. Those on lists are in filters_lists.cpp.
#include "text/jinja/filters.h"

#include <cerrno>
#include <cmath>
#include <cstdlib>

#include "text/unicode.h"

namespace moru::text::jinja {
namespace {

Value tojson(Interpreter&, const Value& value, const Arguments& given) {
  // As the Hugging Face library gives it to chat templates: json.dumps, with non-ASCII kept.
  const Value indent = given.get(0, "indent", Value::None{});
  const Value* separators = given.find("separators");
  const Value* sort = given.find("sort_keys");
  const bool indented = indent.is_int();
  MarkedText item = MarkedText::written(indented ? "," : ", "), key = MarkedText::written(": ");
  if (separators != nullptr && separators->is_sequence() && separators->list().size() == 2) {
    item = to_text(separators->list()[0]);
    key = to_text(separators->list()[1]);
  }
  if (indented && (indent.integer() < 0 || indent.integer() > 64)) throw Failure("tojson: no such indent");
  return to_json(value, indented ? static_cast<int>(indent.integer()) : -1, item, key,
                 sort != nullptr && sort->truth());
}

Value trim(Interpreter&, const Value& value, const Arguments& given) {
  return strip(to_text(value), given.get(0, "chars"), true, true);
}
Value lower_case(Interpreter&, const Value& value, const Arguments&) {
  return lower_of(to_text(value));
}
Value upper_case(Interpreter&, const Value& value, const Arguments&) {
  return upper_of(to_text(value));
}
Value title_case(Interpreter&, const Value& value, const Arguments&) {
  // Jinja's words end at white space, hyphens and opening brackets, not at apostrophes as str.title()'s do.
  const MarkedText text = to_text(value);
  std::string out, word;
  const auto flush = [&] { out += capitalized(std::exchange(word, {})); };
  for (const char c : text.bytes()) {
    if (std::string_view("- \t\n\r\f\v({[<").find(c) == std::string_view::npos) {
      word += c;
    } else {
      flush();
      out += c;
    }
  }
  flush();
  return text.made_into(std::move(out));
}
Value capitalize(Interpreter&, const Value& value, const Arguments&) {
  const MarkedText text = to_text(value);
  return text.made_into(capitalized(text.bytes()));
}
Value string(Interpreter&, const Value& value, const Arguments&) {
  return to_text(value);
}
Value replace(Interpreter& interpreter, const Value& value, const Arguments& given) {
  const Value count = given.get(2, "count", Value::None{});
  return replaced(interpreter, to_text(value), to_string(given.get(0, "old")), to_text(given.get(1, "new")),
                  count.is_int() ? count.integer() : -1);
}

/// Jinja's indent: every line but the first, and blank ones, by a width.
Value indent(Interpreter& interpreter, const Value& value, const Arguments& given) {
  const Value width = given.get(0, "width", 4);
  const bool first = given.get(1, "first", false).truth(), blank = given.get(2, "blank", false).truth();
  const int64_t columns = width.is_string() ? 0 : width.integer();
  if (columns < 0 || columns > 1000) throw Failure("indent: no such width");
  const MarkedText space =
      width.is_string() ? width.text() : MarkedText::written(std::string(static_cast<size_t>(columns), ' '));
  const MarkedText text = to_text(value);
  MarkedText out;
  if (first) out = space;
  for (size_t begin = 0;;) {
    const size_t end = std::min(text.bytes().find('\n', begin), text.size());
    if (begin > 0 && (blank || end > begin)) interpreter.append(out, space);
    interpreter.append(out, text.substr(begin, end - begin));
    if (end == text.size()) return out;
    out.append(text, end, end + 1);
    begin = end + 1;
  }
}

Value escape(Interpreter&, const Value& value, const Arguments&) {
  const MarkedText text = to_text(value);
  std::string out;
  for (const char c : text.bytes()) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&#34;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return text.made_into(std::move(out));
}
Value same(Interpreter&, const Value& value, const Arguments&) {
  return value;
}
Value format(Interpreter&, const Value& value, const Arguments& given) {
  return percent_format(to_text(value), Value::tuple(given.positional));
}
Value wordcount(Interpreter&, const Value& value, const Arguments&) {
  int64_t words = 0;
  for_each_word(to_string(value), [&](std::string_view) { ++words; });
  return words;
}

Value integer(Interpreter&, const Value& value, const Arguments& given) {
  const Value otherwise = given.get(0, "default", 0);
  if (value.is_number()) return value.integer();
  if (!value.is_string()) return otherwise;
  const std::string text = strip(value.text(), {}, true, true).bytes();
  char* end = nullptr;
  errno = 0;
  const long long number = std::strtoll(text.c_str(), &end, 10);
  if (!text.empty() && *end == '\0' && errno == 0) return static_cast<int64_t>(number);
  const double real = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !(std::abs(real) < 9.2e18)) return otherwise;
  return static_cast<int64_t>(real);
}
Value real(Interpreter&, const Value& value, const Arguments& given) {
  const Value otherwise = given.get(0, "default", 0.0);
  if (value.is_number()) return value.real();
  if (!value.is_string()) return otherwise;
  const std::string text = strip(value.text(), {}, true, true).bytes();
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  return text.empty() || *end != '\0' ? otherwise : Value(number);
}
Value absolute(Interpreter&, const Value& value, const Arguments&) {
  if (value.is_float()) return std::abs(value.real());
  if (!value.is_number()) throw Failure(fmt::format("bad operand type for abs(): '{}'", value.type()));
  if (value.integer() == std::numeric_limits<int64_t>::min()) throw Failure("a number is too large");
  return std::abs(value.integer());
}
Value rounded(Interpreter&, const Value& value, const Arguments& given) {
  if (!value.is_number()) throw Failure(fmt::format("a number is wanted, not '{}'", value.type()));
  const int64_t digits = given.get(0, "precision", 0).integer();
  if (digits < -300 || digits > 300) throw Failure("round: no such precision");
  const std::string method = to_string(given.get(1, "method", "common"));
  const double scale = std::pow(10.0, static_cast<double>(digits));
  if (method == "ceil") return std::ceil(value.real() * scale) / scale;
  if (method == "floor") return std::floor(value.real() * scale) / scale;
  if (method != "common") throw Failure("method must be common, ceil or floor");
  if (digits > 22) return value.real();
  // Python rounds the decimal digits, halves to even; so does printf.
  if (digits >= 0) return std::strtod(fmt::format("{:.{}f}", value.real(), digits).c_str(), nullptr);
  return std::nearbyint(value.real() * scale) / scale;
}
Value otherwise(Interpreter&, const Value& value, const Arguments& given) {
  const bool also_false = given.get(1, "boolean", false).truth();
  if (value.is_undefined() || (also_false && !value.truth())) return given.get(0, "default_value", "");
  return value;
}

constexpr FilterEntry kFilters[] = {
    {"tojson", tojson},    {"trim", trim},         {"lower", lower_case},
    {"upper", upper_case}, {"title", title_case},  {"capitalize", capitalize},
    {"string", string},    {"replace", replace},   {"indent", indent},
    {"escape", escape},    {"e", escape},          {"forceescape", escape},
    {"safe", same},        {"format", format},     {"wordcount", wordcount},
    {"int", integer},      {"float", real},        {"abs", absolute},
    {"round", rounded},    {"default", otherwise}, {"d", otherwise},
};

}  // namespace

Filter find_filter(std::string_view name) {
  for (const std::span<const FilterEntry> entries : {std::span<const FilterEntry>(kFilters), list_filters()})
    for (const FilterEntry& entry : entries)
      if (entry.name == name) return entry.filter;
  return nullptr;
}

}  // namespace moru::text::jinja
