// Methods and items of Python's built-in types.
#include "text/jinja/filters.h"
#include "text/unicode.h"

namespace moru::text::jinja {
namespace {

bool is_white(char32_t c) {
  return is_space(c) || (c >= 0x1C && c <= 0x1F);
}

const MarkedText& text_argument(const Arguments& given, size_t position, std::string_view name, const Value& holder) {
  const Value* value = position < given.positional.size() ? &given.positional[position] : given.find(name);
  if (value == nullptr || !value->is_string())
    throw Failure(fmt::format("a str is wanted, not '{}'", value == nullptr ? holder.type() : value->type()));
  return value->text();
}

Value split(const MarkedText& marked, const Value& separator, int64_t most, bool from_right) {
  const std::string& text = marked.bytes();
  List parts;
  if (separator.is_none() || separator.is_undefined()) {
    std::vector<std::pair<size_t, size_t>> words;
    size_t begin = std::string::npos;
    for (size_t i = 0; i < text.size();) {
      const size_t at = i;
      const bool white = is_white(next_code_point(text, i));
      if (!white && begin == std::string::npos) begin = at;
      if (white && begin != std::string::npos) words.emplace_back(std::exchange(begin, std::string::npos), at);
    }
    if (begin != std::string::npos) words.emplace_back(begin, text.size());
    const auto count = static_cast<int64_t>(words.size());
    if (most >= 0 && count > most + 1 && !from_right) {
      words.resize(static_cast<size_t>(most) + 1);
      words.back().second = strip(marked, {}, false, true).size();
    } else if (most >= 0 && count > most + 1) {
      words.erase(words.begin(), words.begin() + static_cast<ptrdiff_t>(count - most - 1));
      words.front().first = text.size() - strip(marked, {}, true, false).size();
    }
    for (const auto& [from, to] : words) parts.emplace_back(marked.substr(from, to - from));
    return parts;
  }
  if (!separator.is_string()) throw Failure(fmt::format("must be str or None, not {}", separator.type()));
  const std::string& mark = separator.string();
  if (mark.empty()) throw Failure("empty separator");
  if (from_right) {
    size_t end = text.size();
    while (most < 0 || static_cast<int64_t>(parts.size()) < most) {
      const size_t at = end < mark.size() ? std::string::npos : text.rfind(mark, end - mark.size());
      if (at == std::string::npos) break;
      parts.emplace_back(marked.substr(at + mark.size(), end - at - mark.size()));
      end = at;
    }
    parts.emplace_back(marked.substr(0, end));
    std::ranges::reverse(parts);
    return parts;
  }
  size_t begin = 0;
  while (most < 0 || static_cast<int64_t>(parts.size()) < most) {
    const size_t at = text.find(mark, begin);
    if (at == std::string::npos) break;
    parts.emplace_back(marked.substr(begin, at - begin));
    begin = at + mark.size();
  }
  parts.emplace_back(marked.substr(begin));
  return parts;
}

bool begins_or_ends(const std::string& text, const Value& with, bool begins) {
  if (with.is_tuple())
    return std::ranges::any_of(with.list(), [&](const Value& one) { return begins_or_ends(text, one, begins); });
  if (!with.is_string()) throw Failure(fmt::format("a str or a tuple of str is wanted, not {}", with.type()));
  return begins ? text.starts_with(with.string()) : text.ends_with(with.string());
}

int64_t found_at(const std::string& text, const std::string& piece, bool last) {
  const size_t at = last ? text.rfind(piece) : text.find(piece);
  return at == std::string::npos ? -1 : static_cast<int64_t>(count_code_points(std::string_view(text).substr(0, at)));
}

std::string swapped(std::string_view text, bool title) {
  std::string out;
  bool inside = false;
  for (size_t i = 0; i < text.size();) {
    const size_t at = i;
    const char32_t c = next_code_point(text, i);
    const std::string_view one = text.substr(at, i - at);
    if (title) {
      out += is_letter(c) ? (inside ? lower(one) : upper(one)) : std::string(one);
      inside = is_letter(c);
    } else {
      out += is_upper(c) ? lower(one) : upper(one);
    }
  }
  return out;
}

bool every(const std::string& text, bool (*holds)(char32_t)) {
  if (text.empty()) return false;
  for (size_t i = 0; i < text.size();)
    if (!holds(next_code_point(text, i))) return false;
  return true;
}

Value padded(const Interpreter& interpreter, const MarkedText& text, const std::string& name, const Arguments& given) {
  const int64_t width = given.get(0, "width", 0).integer();
  const MarkedText fill = name == "zfill" ? MarkedText::written("0") : to_text(given.get(1, "fillchar", " "));
  const auto size = static_cast<int64_t>(count_code_points(text.bytes()));
  if (width <= size) return text;
  interpreter.check_size(text.size() + static_cast<uint64_t>(width) * fill.size());
  const int64_t space = width - size;
  int64_t left = 0;
  if (name == "rjust" || name == "zfill") left = space;
  if (name == "center") left = space / 2 + (space & width & 1);
  const bool sign = name == "zfill" && !text.empty() && (text.bytes()[0] == '-' || text.bytes()[0] == '+');
  MarkedText out = text.substr(0, sign ? 1 : 0);
  for (int64_t i = 0; i < left; ++i) out.append(fill);
  out.append(text, sign ? 1 : 0, text.size());
  for (int64_t i = left; i < space; ++i) out.append(fill);
  return out;
}

constexpr std::string_view kStringMethods[] = {
    "strip",   "lstrip",  "rstrip",    "split",     "rsplit",       "splitlines",   "startswith", "endswith",
    "replace", "upper",   "lower",     "title",     "capitalize",   "swapcase",     "casefold",   "find",
    "rfind",   "index",   "count",     "join",      "format",       "isdigit",      "isnumeric",  "isalpha",
    "isalnum", "isspace", "isupper",   "islower",   "removeprefix", "removesuffix", "zfill",      "ljust",
    "rjust",   "center",  "partition", "rpartition"};
constexpr std::string_view kDictMethods[] = {"get", "items", "keys", "values", "copy"};
constexpr std::string_view kListMethods[] = {"index", "count", "copy"};
// Jinja's sandbox forbids what would change its arguments.
constexpr std::string_view kForbidden[] = {"append", "extend",  "insert", "pop",        "remove", "clear",
                                           "sort",   "reverse", "update", "setdefault", "popitem"};

Value call_string(Interpreter& interpreter, const Value& holder, const std::string& name, const Arguments& given) {
  const MarkedText& marked = holder.text();
  const std::string& text = marked.bytes();
  if (name == "strip") return strip(marked, given.get(0, "chars"), true, true);
  if (name == "lstrip") return strip(marked, given.get(0, "chars"), true, false);
  if (name == "rstrip") return strip(marked, given.get(0, "chars"), false, true);
  if (name == "split" || name == "rsplit")
    return split(marked, given.get(0, "sep", Value::None{}), given.get(1, "maxsplit", -1).integer(), name == "rsplit");
  if (name == "splitlines") {
    const bool keep = given.get(0, "keepends", false).truth();
    List lines;
    size_t begin = 0;
    for (size_t i = 0; i < text.size();) {
      const size_t at = i;
      const char32_t c = next_code_point(text, i);
      if (!(c >= 0x0A && c <= 0x0D) && !(c >= 0x1C && c <= 0x1E) && c != 0x85 && c != 0x2028 && c != 0x2029) continue;
      if (c == U'\r' && i < text.size() && text[i] == '\n') ++i;
      lines.emplace_back(marked.substr(begin, (keep ? i : at) - begin));
      begin = i;
    }
    if (begin < text.size()) lines.emplace_back(marked.substr(begin));
    return lines;
  }
  if (name == "startswith" || name == "endswith")
    return begins_or_ends(text, given.get(0, "prefix"), name == "startswith");
  if (name == "replace")
    return replaced(interpreter, marked, text_argument(given, 0, "old", holder).bytes(),
                    text_argument(given, 1, "new", holder), given.get(2, "count", -1).integer());
  if (name == "upper") return upper_of(marked);
  if (name == "lower" || name == "casefold") return lower_of(marked);
  if (name == "title" || name == "swapcase") return marked.made_into(swapped(text, name == "title"));
  if (name == "capitalize") return marked.made_into(capitalized(text));
  if (name == "find") return found_at(text, text_argument(given, 0, "sub", holder).bytes(), false);
  if (name == "rfind") return found_at(text, text_argument(given, 0, "sub", holder).bytes(), true);
  if (name == "index") {
    const int64_t at = found_at(text, text_argument(given, 0, "sub", holder).bytes(), false);
    if (at < 0) throw Failure("substring not found");
    return at;
  }
  if (name == "count") {
    const std::string& piece = text_argument(given, 0, "sub", holder).bytes();
    if (piece.empty()) return static_cast<int64_t>(count_code_points(text)) + 1;
    int64_t count = 0;
    for (size_t at = 0; (at = text.find(piece, at)) != std::string::npos; at += piece.size()) ++count;
    return count;
  }
  if (name == "join") {
    MarkedText out;
    bool first = true;
    for (const Value& item : items_of(given.get(0, "iterable"))) {
      if (!item.is_string()) throw Failure(fmt::format("sequence item: expected str instance, {} found", item.type()));
      if (!std::exchange(first, false)) interpreter.append(out, marked);
      interpreter.append(out, item.text());
    }
    return out;
  }
  if (name == "format") return brace_format(interpreter, marked, given);
  if (name == "isdigit" || name == "isnumeric") return every(text, is_digit);
  if (name == "isalpha") return every(text, is_letter);
  if (name == "isalnum") return every(text, [](char32_t c) { return is_letter(c) || is_number(c); });
  if (name == "isspace") return every(text, is_white);
  if (name == "isupper") return upper(text) == text && lower(text) != text;
  if (name == "islower") return lower(text) == text && upper(text) != text;
  if (name == "removeprefix") {
    const std::string& piece = text_argument(given, 0, "prefix", holder).bytes();
    return text.starts_with(piece) ? marked.substr(piece.size()) : marked;
  }
  if (name == "removesuffix") {
    const std::string& piece = text_argument(given, 0, "suffix", holder).bytes();
    return text.ends_with(piece) ? marked.substr(0, text.size() - piece.size()) : marked;
  }
  if (name == "partition" || name == "rpartition") {
    const std::string& piece = text_argument(given, 0, "sep", holder).bytes();
    if (piece.empty()) throw Failure("empty separator");
    const size_t at = name == "partition" ? text.find(piece) : text.rfind(piece);
    if (at == std::string::npos)
      return name == "partition" ? Value::tuple({marked, "", ""}) : Value::tuple({"", "", marked});
    return Value::tuple({marked.substr(0, at), marked.substr(at, piece.size()), marked.substr(at + piece.size())});
  }
  return padded(interpreter, marked, name, given);
}

}  // namespace

MarkedText strip(const MarkedText& marked, const Value& characters, bool left, bool right) {
  const std::string_view text = marked.bytes();
  std::u32string set;
  const bool white = characters.is_undefined() || characters.is_none();
  if (!white) {
    const std::string given = to_string(characters);
    for (size_t i = 0; i < given.size();) set += next_code_point(given, i);
  }
  const auto goes = [&](char32_t c) { return white ? is_white(c) : set.find(c) != std::u32string::npos; };
  size_t begin = 0, end = text.size();
  while (left && begin < end) {
    size_t next = begin;
    if (!goes(next_code_point(text, next))) break;
    begin = next;
  }
  while (right && end > begin) {
    const size_t previous = previous_boundary(text, end);
    size_t at = previous;
    if (!goes(next_code_point(text, at))) break;
    end = previous;
  }
  return marked.substr(begin, end - begin);
}

MarkedText replaced(const Interpreter& interpreter, const MarkedText& text, std::string_view old,
                    const MarkedText& with, int64_t count) {
  const std::string_view bytes = text.bytes();
  MarkedText out;
  if (old.empty()) {  // between all characters
    int64_t done = 0;
    for (size_t i = 0; i < bytes.size();) {
      if (count < 0 || done++ < count) interpreter.append(out, with);
      const size_t at = i;
      next_code_point(bytes, i);
      out.append(text, at, i);
    }
    if (count < 0 || done < count) out.append(with);
    return out;
  }
  size_t begin = 0;
  for (int64_t done = 0; count < 0 || done < count; ++done) {
    const size_t at = bytes.find(old, begin);
    if (at == std::string_view::npos) break;
    out.append(text, begin, at);
    interpreter.append(out, with);
    begin = at + old.size();
  }
  out.append(text, begin, text.size());
  return out;
}

std::string capitalized(std::string_view text) {
  if (text.empty()) return {};
  size_t end = 0;
  next_code_point(text, end);
  return upper(text.substr(0, end)) + lower(text.substr(end));
}

Value lower_of(const MarkedText& text) {
  return text.made_into(lower(text.bytes()));
}
Value upper_of(const MarkedText& text) {
  return text.made_into(upper(text.bytes()));
}

bool has_method(const Value& value, std::string_view name) {
  const auto among = [&](std::span<const std::string_view> names) {
    return std::ranges::find(names, name) != names.end();
  };
  if (value.is_string()) return among(kStringMethods);
  if (value.is_dict()) return among(kDictMethods) || among(kForbidden);
  if (value.is_sequence()) return among(kListMethods) || among(kForbidden);
  return false;
}

Value call_method(Interpreter& interpreter, const Value& value, const std::string& name, const Arguments& given) {
  if (value.is_string()) return call_string(interpreter, value, name, given);
  if (name == "copy") return value;
  if (std::ranges::find(kForbidden, name) != std::end(kForbidden))
    throw Failure(fmt::format("'{}' would change its {}: a template may not", name, value.type()));
  if (value.is_dict()) {
    List items;
    if (name == "get") {
      const Value* found = value.dict().find(given.get(0, "key"));
      return found != nullptr ? *found : given.get(1, "default", Value::None{});
    }
    for (const auto& [key, item] : value.dict().items)
      items.push_back(name == "items" ? Value::tuple({key, item}) : name == "keys" ? key : item);
    return items;
  }
  int64_t count = 0;
  for (size_t i = 0; i < value.list().size(); ++i) {
    if (!equal(value.list()[i], given.get(0, "value"))) continue;
    if (name == "index") return static_cast<int64_t>(i);
    ++count;
  }
  if (name == "index") throw Failure("the value is not in the list");
  return count;
}

Value attribute_of(const Value& value, const std::string& name) {
  if (value.is_undefined()) throw Failure(fmt::format("'{}' is undefined", value.undefined_name()));
  if (value.is_object()) return value.object()->attribute(name);
  if (value.is_dict() && !has_method(value, name))
    if (const Value* found = value.dict().find(std::string_view(name))) return *found;
  if (has_method(value, name)) {
    class Bound final : public Object {
     public:
      Bound(Value holder, std::string method) : holder_(std::move(holder)), method_(std::move(method)) {}
      std::string_view type() const override { return "method"; }
      Value call(Interpreter& interpreter, const Arguments& given) override {
        return call_method(interpreter, holder_, method_, given);
      }

     private:
      Value holder_;
      std::string method_;
    };
    return std::shared_ptr<Object>(std::make_shared<Bound>(value, name));
  }
  return Value::undefined(fmt::format("{} object has no attribute '{}'", value.type(), name));
}

Value item_of(const Value& value, const Value& key) {
  if (value.is_undefined()) throw Failure(fmt::format("'{}' is undefined", value.undefined_name()));
  if (value.is_dict()) {
    if (const Value* found = value.dict().find(key)) return *found;
    return key.is_string() ? attribute_of(value, key.string()) : Value::undefined(to_string(key));
  }
  if ((value.is_sequence() || value.is_string()) && (key.is_int() || key.is_bool())) {
    const List items = items_of(value);
    int64_t index = key.integer();
    if (index < 0) index += static_cast<int64_t>(items.size());
    if (index < 0 || index >= static_cast<int64_t>(items.size()))
      return Value::undefined(fmt::format("{} object has no element {}", value.type(), to_string(key)));
    return items[static_cast<size_t>(index)];
  }
  if (key.is_string()) return attribute_of(value, key.string());
  return Value::undefined(to_string(key));
}

}  // namespace moru::text::jinja
