// Python's two ways to put values into a text.
#include "text/jinja/interpreter.h"

namespace moru::text::jinja {

MarkedText brace_format(const Interpreter& interpreter, const MarkedText& format, const Arguments& given) {
  const std::string& text = format.bytes();
  MarkedText out;
  size_t next = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c == '{' || c == '}') && i + 1 < text.size() && text[i + 1] == c) {
      out.append(format, i, i + 1);
      ++i;
      continue;
    }
    if (c == '}') throw Failure("Single '}' encountered in format string");
    if (c != '{') {
      out.append(format, i, i + 1);
      continue;
    }
    const size_t end = text.find('}', i);
    if (end == std::string::npos) throw Failure("expected '}' before end of string");
    std::string field = text.substr(i + 1, end - i - 1), how;
    i = end;
    if (const size_t colon = field.find(':'); colon != std::string::npos) {
      how = field.substr(colon + 1);
      field.resize(colon);
    }
    bool as_repr = false;
    if (const size_t mark = field.find('!'); mark != std::string::npos) {
      as_repr = field.substr(mark + 1) == "r";
      field.resize(mark);
    }
    Value value;
    if (field.empty() || field.find_first_not_of("0123456789") == std::string::npos) {
      const size_t index = field.empty() ? next++ : static_cast<size_t>(std::strtoull(field.c_str(), nullptr, 10));
      if (index >= given.positional.size()) throw Failure("Replacement index out of range for positional args tuple");
      value = given.positional[index];
    } else {
      const Value* named = given.find(field);
      if (named == nullptr) throw Failure(fmt::format("no argument '{}' for the format", field));
      value = *named;
    }
    MarkedText shown = as_repr ? repr(value) : to_text(value);
    if (!how.empty()) {
      if (how.find_first_of("{}") != std::string::npos || how.size() > 16) throw Failure("no such format");
      try {
        const auto pattern = "{:" + how + "}";
        if (value.is_float() && !as_repr)
          shown = MarkedText::written(fmt::format(fmt::runtime(pattern), value.real()));
        else if (value.is_number() && !as_repr && how.find_first_of("eEfFgG%") != std::string::npos)
          shown = MarkedText::written(fmt::format(fmt::runtime(pattern), value.real()));
        else if (value.is_int() && !as_repr)
          shown = MarkedText::written(fmt::format(fmt::runtime(pattern), value.integer()));
        else
          shown = shown.made_into(fmt::format(fmt::runtime(pattern), shown.bytes()));
      } catch (const fmt::format_error& error) {
        throw Failure(std::string("no such format: ") + error.what());
      }
    }
    interpreter.append(out, shown);
  }
  return out;
}

MarkedText percent_format(const MarkedText& text, const Value& values) {
  const List items = values.is_tuple() ? values.list() : List{values};
  const std::string_view format = text.bytes();
  MarkedText out;
  size_t next = 0;
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') {
      out.append(text, i, i + 1);
      continue;
    }
    if (++i >= format.size()) throw Failure("incomplete format");
    if (format[i] == '%') {
      out.append(text, i, i + 1);
      continue;
    }
    std::string flags;
    while (i < format.size() && std::string_view("-+ 0#.123456789").find(format[i]) != std::string_view::npos)
      flags += format[i++];
    if (i >= format.size() || flags.size() > 8) throw Failure("incomplete format");
    if (next >= items.size()) throw Failure("not enough arguments for format string");
    const Value& value = items[next++];
    const char kind = format[i];
    char number[512];
    int length = 0;
    Origin origin = Origin::written;
    if (kind == 's' || kind == 'r') {
      const MarkedText shown = kind == 's' ? to_text(value) : repr(value);
      if (flags.empty()) {
        out.append(shown);
        continue;
      }
      length = std::snprintf(number, sizeof number, ("%" + flags + "s").c_str(), shown.bytes().c_str());
      origin = shown.stain();
    } else if (kind == 'd' || kind == 'i' || kind == 'x' || kind == 'X' || kind == 'o') {
      if (!value.is_number())
        throw Failure(fmt::format("%{} format: a number is required, not {}", kind, value.type()));
      length = std::snprintf(number, sizeof number, ("%" + flags + "l" + (kind == 'i' ? 'd' : kind)).c_str(),
                             value.integer());
    } else if (kind == 'f' || kind == 'F' || kind == 'e' || kind == 'E' || kind == 'g' || kind == 'G') {
      if (!value.is_number()) throw Failure(fmt::format("must be real number, not {}", value.type()));
      length = std::snprintf(number, sizeof number, ("%" + flags + kind).c_str(), value.real());
    } else {
      throw Failure(fmt::format("unsupported format character '{}'", kind));
    }
    if (length < 0 || static_cast<size_t>(length) >= sizeof number) throw Failure("a formatted value is too long");
    out.append({number, static_cast<size_t>(length)}, origin);
  }
  if (values.is_tuple() && next < items.size()) throw Failure("not all arguments converted during string formatting");
  return out;
}

}  // namespace moru::text::jinja
