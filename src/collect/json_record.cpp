#include "collect/json_record.h"

#include <nlohmann/json.hpp>

#include "collect/extractor.h"

namespace moru::collect {
namespace {

constexpr size_t kMaxMetadata = 32,
                 kMaxMetadataBytes = 256;  // of other members: enough for dates, addresses and authors
constexpr int kMaxNesting = 64;            // JSON's reader calls itself

/// The member named by the recipe, or the first of the usual names that holds a text.
std::string text_member(const Json& object, const std::string& given, std::span<const std::string_view> usual,
                        std::string& name) {
  const auto value = [&](std::string_view key) -> std::optional<std::string> {
    const auto it = object.find(std::string(key));
    if (it == object.end()) return std::nullopt;
    if (it->is_string()) return it->get<std::string>();
    if (it->is_number()) return it->dump();
    return std::nullopt;
  };
  if (!given.empty()) {
    name = given;
    return value(given).value_or("");
  }
  for (const std::string_view key : usual) {
    if (auto text = value(key)) {
      name = key;
      return *text;
    }
  }
  return {};
}

Json parse_object(const std::string& text, data::Range range) {
  int depth = 0;
  bool too_deep = false;
  const Json::parser_callback_t watch = [&](int, Json::parse_event_t event, Json&) {
    using Event = Json::parse_event_t;
    if (event == Event::object_start || event == Event::array_start) too_deep = ++depth > kMaxNesting || too_deep;
    if (event == Event::object_end || event == Event::array_end) --depth;
    return !too_deep;
  };
  Json json;
  try {
    json = Json::parse(text, watch);
  } catch (const Json::exception& e) {
    const auto* parse_error = dynamic_cast<const Json::parse_error*>(&e);
    const uint64_t at = range.begin + (parse_error != nullptr && parse_error->byte > 0 ? parse_error->byte - 1 : 0);
    throw Unreadable("not-json", fmt::format("byte {}", at), range);
  }
  if (too_deep) throw Unreadable("not-json", "nested too deep", range);
  if (!json.is_object()) throw Unreadable("not-json", "not an object", range);
  return json;
}

}  // namespace

void add_metadata(data::Document& document, const std::string& key, std::string value) {
  if (document.metadata.size() >= kMaxMetadata || key.empty() || key.size() > kMaxMetadataBytes) return;
  if (!value.empty() && value.size() <= kMaxMetadataBytes) document.metadata.emplace(key, std::move(value));
}

data::Document json_record(const std::string& text_of_object, data::Range range, const FolderSource& source) {
  const Json object = parse_object(text_of_object, range);
  std::string text_key, title_key, id_key;
  const std::string text = text_member(object, source.text_field, kTextNames, text_key);
  const std::string title = text_member(object, source.title_field, kTitleNames, title_key);
  const std::string id = text_member(object, source.id_field, kIdNames, id_key);
  if (text_key.empty() || !object.contains(text_key))
    throw Unreadable("no-text-field", fmt::format("no member \"{}\"", text_key.empty() ? "text" : text_key), range);
  data::Document document = plain_text_document(text, title);
  if (document.blocks.size() <= (document.title.empty() ? 0U : 1U))
    throw Unreadable("no-text", fmt::format("\"{}\" is empty", text_key), range);
  if (!id.empty() && id.size() <= kMaxMetadataBytes) document.metadata["id"] = id;
  for (const auto& [key, value] : object.items()) {
    if (key == text_key || key == title_key || key == id_key) continue;
    add_metadata(document, key,
                 value.is_string()                          ? value.get<std::string>()
                 : value.is_primitive() && !value.is_null() ? value.dump()
                                                            : "");
  }
  document.source.range = range;
  return document;
}

}  // namespace moru::collect
