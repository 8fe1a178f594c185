#include "text/tokenizer_json_document.h"

#include <simdjson.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/language.h"

namespace moru::text {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

/// The value as JSON; the parser's own limit bounds the depth.
Json json_of(const element& value) {
  switch (value.type()) {
    case element_type::ARRAY: {
      Json list = Json::array();
      for (const element item : simdjson::dom::array(value)) list.push_back(json_of(item));
      return list;
    }
    case element_type::OBJECT: {
      Json object = Json::object();
      for (const auto& [key, item] : simdjson::dom::object(value)) object[std::string(key)] = json_of(item);
      return object;
    }
    case element_type::STRING:
      return std::string(std::string_view(value));
    case element_type::INT64:
      return int64_t(value) >= 0 ? Json(static_cast<uint64_t>(int64_t(value))) : Json(int64_t(value));
    case element_type::UINT64:
      return uint64_t(value);
    case element_type::DOUBLE:
      return double(value);
    case element_type::BOOL:
      return bool(value);
    case element_type::NULL_VALUE:
      break;
  }
  return nullptr;
}

/// The same without the members that take(key, value) takes.
Json json_without(const element& value, const std::function<bool(std::string_view, const element&)>& take) {
  if (!value.is_object()) return json_of(value);
  Json object = Json::object();
  for (const auto& [key, item] : simdjson::dom::object(value))
    if (!take(key, item)) object[std::string(key)] = json_of(item);
  return object;
}

TokenizerJsonDocument::Merge merge_of(const element& item) {
  if (item.is_string()) {  // The older form: "left right"
    const std::string_view both = item;
    const size_t space = both.find(' ');
    if (space == std::string_view::npos) return {};
    return {both.substr(0, space), both.substr(space + 1), true};
  }
  if (!item.is_array()) return {};
  const simdjson::dom::array pair = item;
  if (pair.size() != 2 || !pair.at(0).is_string() || !pair.at(1).is_string()) return {};
  return {pair.at(0).get_string().value_unsafe(), pair.at(1).get_string().value_unsafe(), true};
}

}  // namespace

struct TokenizerJsonDocument::Parsed {
  simdjson::dom::parser parser;
};

TokenizerJsonDocument::TokenizerJsonDocument(std::string_view text, std::string_view place)
    : parsed_(std::make_unique<Parsed>()), root_(std::make_unique<Json>()) {
  // Lone surrogates, which this parser lets through, and errors, for which it knows no place, are the other's to tell.
  if (text.find("\\ud") != std::string_view::npos || text.find("\\uD") != std::string_view::npos)
    static_cast<void>(parse_json(text, place));
  element document;
  if (parsed_->parser.parse(text.data(), text.size()).get(document) != simdjson::SUCCESS) {
    static_cast<void>(parse_json(text, place));
    throw Error(std::string(place),
                std::string(tr("a number out of range, or values too deep within each other",
                               "범위를 벗어난 수가 있거나 값이 너무 깊이 들어 있습니다")),
                std::string(tr("use an undamaged tokenizer.json", "손상되지 않은 tokenizer.json을 쓰세요")));
  }
  element vocabulary, merges;
  const auto of_model = [&](std::string_view key, const element& value) {
    if (key == "vocab") {
      vocabulary = value;
      has_vocabulary_ = value.is_object();
    } else if (key == "merges") {
      merges = value;
      has_merges_ = value.is_array();
    } else {
      return false;
    }
    return true;
  };
  Json model;
  bool has_model = false;
  *root_ = json_without(document, [&](std::string_view key, const element& value) {
    if (key != "model") return false;
    has_model = true;
    has_vocabulary_ = has_merges_ = false;
    model = json_without(value, of_model);
    return true;
  });
  if (has_model) (*root_)["model"] = std::move(model);
  if (has_vocabulary_) {
    const simdjson::dom::object object = vocabulary;
    vocabulary_.reserve(object.size());
    for (const auto& [key, value] : object) {
      Entry& entry = vocabulary_.emplace_back(Entry{key});
      entry.is_whole = value.get(entry.id) == simdjson::SUCCESS;
    }
  }
  if (has_merges_) {
    const simdjson::dom::array array = merges;
    merges_.reserve(array.size());
    for (const element item : array) merges_.push_back(merge_of(item));
  }
}

TokenizerJsonDocument::~TokenizerJsonDocument() = default;

}  // namespace moru::text
