// Values as text: Python's str() and repr(), and JSON. Characters keep their origin.
#include "text/jinja/value.h"
#include "text/unicode.h"

namespace moru::text::jinja {
namespace {

/// A value as deep as this is taken for a mistake: printing one takes the stack.
constexpr int kMaxDepth = 100;

/// As Python prints a float: the shortest digits that read back, with a point.
std::string float_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  std::string text = fmt::format("{}", value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

/// Python prints what str.isprintable() says of; the rest is escaped.
bool is_printable(char32_t c) {
  if (c == U' ') return true;
  if (c < 0x20 || (c >= 0x7F && c < 0xA0) || is_space(c) || is_invisible(c)) return false;
  return !(c >= 0xD800 && c <= 0xF8FF) && c != 0xAD && c < 0xF0000 && c != kReplacement + 1;
}

/// Calls one(code point, its bytes, where it came from) for each character.
template <class One>
void for_each_character(const MarkedText& text, One one) {
  const std::string_view bytes = text.bytes();
  size_t range = 0;
  for (size_t i = 0; i < bytes.size();) {
    const size_t begin = i;
    const char32_t c = next_code_point(bytes, i);
    while (range < text.ranges().size() && text.ranges()[range].end <= begin) ++range;
    const bool inside = range < text.ranges().size() && text.ranges()[range].begin <= begin;
    one(c, bytes.substr(begin, i - begin), inside ? text.ranges()[range].origin : Origin::written);
  }
}

void append_repr(const MarkedText& text, MarkedText& out) {
  const bool single = text.bytes().find('\'') != std::string::npos;
  const char quote = single && text.bytes().find('"') == std::string::npos ? '"' : '\'';
  out.append(std::string_view(&quote, 1));
  for_each_character(text, [&](char32_t c, std::string_view bytes, Origin origin) {
    if (c == static_cast<unsigned char>(quote) || c == U'\\') {
      out.append("\\", origin);
      out.append(bytes, origin);
    } else if (c == U'\n') {
      out.append("\\n", origin);
    } else if (c == U'\r') {
      out.append("\\r", origin);
    } else if (c == U'\t') {
      out.append("\\t", origin);
    } else if (is_printable(c)) {
      out.append(bytes, origin);
    } else if (c < 0x100) {
      out.append(fmt::format("\\x{:02x}", static_cast<uint32_t>(c)), origin);
    } else if (c < 0x10000) {
      out.append(fmt::format("\\u{:04x}", static_cast<uint32_t>(c)), origin);
    } else {
      out.append(fmt::format("\\U{:08x}", static_cast<uint32_t>(c)), origin);
    }
  });
  out.append(std::string_view(&quote, 1));
}

void append_repr(const Value& value, MarkedText& out, int depth) {
  if (depth > kMaxDepth) throw Failure("a value is nested too deeply");
  if (value.is_string()) return append_repr(value.text(), out);
  if (value.is_sequence()) {
    out.append(value.is_tuple() ? "(" : "[");
    for (size_t i = 0; i < value.list().size(); ++i) {
      if (i > 0) out.append(", ");
      append_repr(value.list()[i], out, depth + 1);
    }
    if (value.is_tuple() && value.list().size() == 1) out.append(",");
    out.append(value.is_tuple() ? ")" : "]");
    return;
  }
  if (value.is_dict()) {
    out.append("{");
    bool first = true;
    for (const auto& [key, item] : value.dict().items) {
      if (!std::exchange(first, false)) out.append(", ");
      append_repr(key, out, depth + 1);
      out.append(": ");
      append_repr(item, out, depth + 1);
    }
    out.append("}");
    return;
  }
  out.append(value.is_undefined() ? MarkedText::written("Undefined") : to_text(value));
}

void append_json_string(const MarkedText& text, MarkedText& out) {
  out.append("\"");
  for_each_character(text, [&](char32_t c, std::string_view bytes, Origin origin) {
    switch (c) {
      case '"':
        return out.append("\\\"", origin);
      case '\\':
        return out.append("\\\\", origin);
      case '\n':
        return out.append("\\n", origin);
      case '\r':
        return out.append("\\r", origin);
      case '\t':
        return out.append("\\t", origin);
      case '\b':
        return out.append("\\b", origin);
      case '\f':
        return out.append("\\f", origin);
      default:
        if (c < 0x20) return out.append(fmt::format("\\u{:04x}", static_cast<uint32_t>(c)), origin);
        out.append(bytes, origin);
    }
  });
  out.append("\"");
}

struct JsonStyle {
  int indent;
  const MarkedText &item, &key;
  bool sort;
};

/// json.dumps turns the keys that JSON has into strings.
MarkedText json_key(const Value& key) {
  if (key.is_bool()) return MarkedText::written(key.truth() ? "true" : "false");
  if (key.is_none()) return MarkedText::written("null");
  if (key.is_string() || key.is_number()) return to_text(key);
  throw Failure(fmt::format("keys must be str, int, float, bool or None, not {}", key.type()));
}

void append_json(const Value& value, const JsonStyle& style, MarkedText& out, int depth) {
  if (depth > kMaxDepth) throw Failure("a value is nested too deeply");
  const auto line = [&](int level) {
    if (style.indent >= 0) out.append('\n' + std::string(static_cast<size_t>(style.indent * level), ' '));
  };
  if (value.is_none()) {
    out.append("null");
  } else if (value.is_bool()) {
    out.append(value.truth() ? "true" : "false");
  } else if (value.is_int()) {
    out.append(fmt::format("{}", value.integer()));
  } else if (value.is_float()) {
    const double number = value.real();
    out.append(std::isnan(number)   ? "NaN"
               : std::isinf(number) ? (number > 0 ? "Infinity" : "-Infinity")
                                    : float_text(number));
  } else if (value.is_string()) {
    append_json_string(value.text(), out);
  } else if (value.is_sequence()) {
    out.append("[");
    for (size_t i = 0; i < value.list().size(); ++i) {
      if (i > 0) out.append(style.item);
      line(depth + 1);
      append_json(value.list()[i], style, out, depth + 1);
    }
    if (!value.list().empty()) line(depth);
    out.append("]");
  } else if (value.is_dict()) {
    std::vector<std::pair<MarkedText, const Value*>> items;
    for (const auto& [key, item] : value.dict().items) items.emplace_back(json_key(key), &item);
    if (style.sort)
      std::ranges::stable_sort(items, {}, [](const auto& item) -> const std::string& { return item.first.bytes(); });
    out.append("{");
    for (size_t i = 0; i < items.size(); ++i) {
      if (i > 0) out.append(style.item);
      line(depth + 1);
      append_json_string(items[i].first, out);
      out.append(style.key);
      append_json(*items[i].second, style, out, depth + 1);
    }
    if (!items.empty()) line(depth);
    out.append("}");
  } else {
    throw Failure(fmt::format("Object of type {} is not JSON serializable", value.type()));
  }
}

}  // namespace

MarkedText to_text(const Value& value) {
  if (value.is_string()) return value.text();
  if (value.is_undefined()) return {};
  if (value.is_none()) return MarkedText::written("None");
  if (value.is_bool()) return MarkedText::written(value.truth() ? "True" : "False");
  if (value.is_int()) return MarkedText::written(fmt::format("{}", value.integer()));
  if (value.is_float()) return MarkedText::written(float_text(value.real()));
  if (value.is_object()) return MarkedText::written(fmt::format("<{}>", value.type()));
  return repr(value);
}

std::string to_string(const Value& value) {
  return value.is_string() ? value.string() : to_text(value).bytes();
}

MarkedText repr(const Value& value) {
  MarkedText out;
  append_repr(value, out, 0);
  return out;
}

MarkedText to_json(const Value& value, int indent, const MarkedText& item_separator, const MarkedText& key_separator,
                   bool sort_keys) {
  MarkedText out;
  append_json(value, {indent, item_separator, key_separator, sort_keys}, out, 0);
  return out;
}

}  // namespace moru::text::jinja
