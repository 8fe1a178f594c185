// Jinja's filters on lists and dicts.
#include "text/jinja/filters.h"
#include "text/unicode.h"

namespace moru::text::jinja {
namespace {

/// An attribute by a path such as "function.name" or "0".
Value by_path(const Value& value, const Value& path) {
  if (path.is_int()) return item_of(value, path);
  Value found = value;
  const std::string text = to_string(path);
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find('.', begin), text.size());
    const std::string part = text.substr(begin, end - begin);
    const bool number = !part.empty() && part.find_first_not_of("0123456789") == std::string::npos && part.size() < 10;
    // Jinja takes items before attributes here.
    found = number ? item_of(found, static_cast<int64_t>(std::stoll(part))) : item_of(found, Value::written(part));
    begin = end + 1;
  }
  return found;
}

Arguments rest_of(const Arguments& given, size_t from) {
  Arguments rest;
  for (size_t i = from; i < given.positional.size(); ++i) rest.positional.push_back(given.positional[i]);
  rest.named = given.named;
  return rest;
}

/// select, reject, selectattr, rejectattr.
Value chosen(Interpreter& interpreter, const Value& value, const Arguments& given, bool attribute, bool wanted) {
  const size_t first = attribute ? 1 : 0;
  if (attribute && given.positional.empty()) throw Failure("the filter needs an attribute's name");
  List items;
  for (const Value& item : items_of(value)) {
    const Value judged = attribute ? by_path(item, given.positional[0]) : item;
    const bool passes = given.positional.size() > first
                            ? interpreter.test(to_string(given.positional[first]), judged, rest_of(given, first + 1))
                            : judged.truth();
    if (passes == wanted) items.push_back(item);
  }
  return items;
}
Value select(Interpreter& i, const Value& v, const Arguments& a) {
  return chosen(i, v, a, false, true);
}
Value reject(Interpreter& i, const Value& v, const Arguments& a) {
  return chosen(i, v, a, false, false);
}
Value selectattr(Interpreter& i, const Value& v, const Arguments& a) {
  return chosen(i, v, a, true, true);
}
Value rejectattr(Interpreter& i, const Value& v, const Arguments& a) {
  return chosen(i, v, a, true, false);
}

Value map(Interpreter& interpreter, const Value& value, const Arguments& given) {
  List items;
  const Value* attribute = given.find("attribute");
  const Value* otherwise = given.find("default");
  if (attribute == nullptr && given.positional.empty()) throw Failure("map needs a filter or an attribute");
  for (const Value& item : items_of(value)) {
    if (attribute == nullptr) {
      items.push_back(interpreter.filter(to_string(given.positional[0]), item, rest_of(given, 1)));
      continue;
    }
    Value found = by_path(item, *attribute);
    items.push_back(found.is_undefined() && otherwise != nullptr ? *otherwise : found);
  }
  return items;
}

Value length(Interpreter&, const Value& value, const Arguments&) {
  if (value.is_string()) return static_cast<int64_t>(count_code_points(value.string()));
  if (value.is_sequence()) return static_cast<int64_t>(value.list().size());
  if (value.is_dict()) return static_cast<int64_t>(value.dict().items.size());
  if (value.is_undefined()) return 0;
  throw Failure(fmt::format("object of type '{}' has no len()", value.type()));
}
Value first(Interpreter&, const Value& value, const Arguments&) {
  const List items = items_of(value);
  return items.empty() ? Value::undefined("No first item, sequence was empty.") : items.front();
}
Value last(Interpreter&, const Value& value, const Arguments&) {
  const List items = items_of(value);
  return items.empty() ? Value::undefined("No last item, sequence was empty.") : items.back();
}
Value list(Interpreter&, const Value& value, const Arguments&) {
  return items_of(value);
}
Value reverse(Interpreter&, const Value& value, const Arguments&) {
  List items = items_of(value);
  std::ranges::reverse(items);
  if (!value.is_string()) return items;
  MarkedText text;
  for (const Value& item : items) text.append(item.text());
  return text;
}

Value join(Interpreter& interpreter, const Value& value, const Arguments& given) {
  const MarkedText separator = to_text(given.get(0, "d", ""));
  const Value attribute = given.get(1, "attribute", Value::None{});
  MarkedText out;
  bool is_first = true;
  for (const Value& item : items_of(value)) {
    if (!std::exchange(is_first, false)) interpreter.append(out, separator);
    interpreter.append(out, to_text(attribute.is_none() ? item : by_path(item, attribute)));
  }
  return out;
}

Value items(Interpreter&, const Value& value, const Arguments&) {
  List pairs;
  if (value.is_undefined()) return pairs;
  if (!value.is_dict()) throw Failure("Can only get item pairs from a mapping.");
  for (const auto& [key, item] : value.dict().items) pairs.push_back(Value::tuple({key, item}));
  return pairs;
}

/// What is compared where case does not count.
Value folded(const Value& value, bool case_sensitive) {
  return value.is_string() && !case_sensitive ? lower_of(value.text()) : value;
}

void sort_by(List& values, const std::vector<Value>& keys, bool reversed) {
  std::vector<size_t> order(values.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(
      order, [&](size_t a, size_t b) { return reversed ? less(keys[b], keys[a]) : less(keys[a], keys[b]); });
  List sorted;
  for (const size_t i : order) sorted.push_back(values[i]);
  values = std::move(sorted);
}

Value sort(Interpreter&, const Value& value, const Arguments& given) {
  List values = items_of(value);
  const bool case_sensitive = given.get(1, "case_sensitive", false).truth();
  const Value attribute = given.get(2, "attribute", Value::None{});
  std::vector<Value> keys;
  for (const Value& item : values)
    keys.push_back(folded(attribute.is_none() ? item : by_path(item, attribute), case_sensitive));
  sort_by(values, keys, given.get(0, "reverse", false).truth());
  return values;
}
Value dictsort(Interpreter&, const Value& value, const Arguments& given) {
  if (!value.is_dict()) throw Failure("dictsort wants a dict");
  const bool by_value = to_string(given.get(1, "by", "key")) == "value";
  List pairs;
  std::vector<Value> keys;
  for (const auto& [key, item] : value.dict().items) {
    pairs.push_back(Value::tuple({key, item}));
    keys.push_back(folded(by_value ? item : key, given.get(0, "case_sensitive", false).truth()));
  }
  sort_by(pairs, keys, given.get(2, "reverse", false).truth());
  return pairs;
}
Value unique(Interpreter&, const Value& value, const Arguments& given) {
  const bool case_sensitive = given.get(0, "case_sensitive", false).truth();
  const Value attribute = given.get(1, "attribute", Value::None{});
  List kept, seen;
  for (const Value& item : items_of(value)) {
    Value key = folded(attribute.is_none() ? item : by_path(item, attribute), case_sensitive);
    if (std::ranges::any_of(seen, [&](const Value& old) { return equal(old, key); })) continue;
    seen.push_back(std::move(key));
    kept.push_back(item);
  }
  return kept;
}
Value groupby(Interpreter&, const Value& value, const Arguments& given) {
  const Value attribute = given.get(0, "attribute");
  List values = items_of(value);
  std::vector<Value> keys;
  for (const Value& item : values) keys.push_back(folded(by_path(item, attribute), false));
  sort_by(values, keys, false);
  List groups, group;
  for (size_t i = 0; i < values.size(); ++i) {
    group.push_back(values[i]);
    const Value key = by_path(values[i], attribute);
    if (i + 1 < values.size() && equal(folded(key, false), folded(by_path(values[i + 1], attribute), false))) continue;
    groups.push_back(Value::tuple({by_path(group.front(), attribute), group}));
    group.clear();
  }
  return groups;
}
Value batch(Interpreter&, const Value& value, const Arguments& given) {
  const int64_t count = given.get(0, "linecount").integer();
  if (count < 1) throw Failure("batch wants a positive number");
  const Value fill = given.get(1, "fill_with", Value::None{});
  List batches, one;
  for (const Value& item : items_of(value)) {
    one.push_back(item);
    if (static_cast<int64_t>(one.size()) == count) batches.emplace_back(std::exchange(one, {}));
  }
  if (!one.empty()) {
    if (!fill.is_none() && count < 100'000) one.resize(static_cast<size_t>(count), fill);
    batches.emplace_back(std::move(one));
  }
  return batches;
}

Value extreme(const Value& value, const Arguments& given, bool greatest) {
  const bool case_sensitive = given.get(0, "case_sensitive", false).truth();
  const Value attribute = given.get(1, "attribute", Value::None{});
  const auto key = [&](const Value& item) {
    return folded(attribute.is_none() ? item : by_path(item, attribute), case_sensitive);
  };
  const List values = items_of(value);
  if (values.empty()) return Value::undefined("No aggregated item, sequence was empty.");
  const Value* best = &values.front();
  for (const Value& item : values)
    if (greatest ? less(key(*best), key(item)) : less(key(item), key(*best))) best = &item;
  return *best;
}
Value smallest(Interpreter&, const Value& value, const Arguments& given) {
  return extreme(value, given, false);
}
Value greatest(Interpreter&, const Value& value, const Arguments& given) {
  return extreme(value, given, true);
}
Value sum(Interpreter&, const Value& value, const Arguments& given) {
  const Value attribute = given.get(0, "attribute", Value::None{});
  Value total = given.get(1, "start", 0);
  for (const Value& item : items_of(value)) {
    const Value number = attribute.is_none() ? item : by_path(item, attribute);
    if (!number.is_number() || !total.is_number()) throw Failure("sum wants numbers");
    int64_t whole = 0;
    if (number.is_float() || total.is_float()) {
      total = total.real() + number.real();
    } else if (__builtin_add_overflow(total.integer(), number.integer(), &whole)) {
      throw Failure("a number is too large");
    } else {
      total = whole;
    }
  }
  return total;
}
Value attr(Interpreter&, const Value& value, const Arguments& given) {
  const std::string name = to_string(given.get(0, "name"));
  // Attributes only: what is an item of a dict is none.
  return value.is_object() ? value.object()->attribute(name) : Value::undefined(name);
}

constexpr FilterEntry kFilters[] = {
    {"select", select},   {"reject", reject}, {"selectattr", selectattr}, {"rejectattr", rejectattr},
    {"map", map},         {"length", length}, {"count", length},          {"first", first},
    {"last", last},       {"list", list},     {"reverse", reverse},       {"join", join},
    {"items", items},     {"sort", sort},     {"dictsort", dictsort},     {"unique", unique},
    {"groupby", groupby}, {"batch", batch},   {"min", smallest},          {"max", greatest},
    {"sum", sum},         {"attr", attr},
};

}  // namespace

std::span<const FilterEntry> list_filters() {
  return kFilters;
}

}  // namespace moru::text::jinja
