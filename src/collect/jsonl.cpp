// JSON Lines: one document a line.
#include <nlohmann/json.hpp>

#include "collect/encoding.h"
#include "collect/extractor.h"
#include "core/error.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr size_t kMaxMetadata = 32,
                 kMaxMetadataBytes = 256;  // of other members: enough for dates, addresses and authors
constexpr int kMaxNesting = 64;            // JSON's reader calls itself

/// The member named by the recipe, or the first of the usual names that holds a text.
std::string text_member(const Json& object, const std::string& given, std::initializer_list<std::string_view> usual,
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

Json parse_line(const std::string& text, data::Range range) {
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
  if (!json.is_object()) throw Unreadable("not-json", "the line is not an object", range);
  return json;
}

data::Document read_line(std::string_view bytes, data::Range range, const FolderSource& source) {
  const Decoded decoded = decode(bytes, {}, range.begin);
  const Json object = parse_line(decoded.text, range);
  std::string text_key, title_key, id_key;
  const std::string text = text_member(object, source.text_field, {"text", "content", "body", "document"}, text_key);
  const std::string title = text_member(object, source.title_field, {"title", "name", "headline"}, title_key);
  const std::string id = text_member(object, source.id_field, {"id", "doc_id", "uuid"}, id_key);
  if (text_key.empty() || !object.contains(text_key))
    throw Unreadable("no-text-field", fmt::format("no member \"{}\"", text_key.empty() ? "text" : text_key), range);
  data::Document document = plain_text_document(text, title);
  if (document.blocks.size() <= (document.title.empty() ? 0U : 1U))
    throw Unreadable("no-text", fmt::format("\"{}\" is empty", text_key), range);
  if (!id.empty() && id.size() <= kMaxMetadataBytes) document.metadata["id"] = id;
  for (const auto& [key, value] : object.items()) {
    if (document.metadata.size() >= kMaxMetadata) break;
    if (key == text_key || key == title_key || key == id_key || key.size() > kMaxMetadataBytes) continue;
    std::string shown = value.is_string()                          ? value.get<std::string>()
                        : value.is_primitive() && !value.is_null() ? value.dump()
                                                                   : "";
    if (!shown.empty() && shown.size() <= kMaxMetadataBytes) document.metadata.emplace(key, std::move(shown));
  }
  document.source.range = range;
  return document;
}

}  // namespace

void extract_jsonl(const Input& input, Output& output) {
  const std::string_view bytes = input.bytes;
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF"))
    throw Unreadable("invalid-encoding", "JSON Lines must be UTF-8 (RFC 8259), this is UTF-16", {0, 2});
  size_t begin = input.part.begin;
  if (begin == 0 && bytes.starts_with("\xEF\xBB\xBF")) begin = 3;
  if (begin > 0 && bytes[begin - 1] != '\n' && begin != 3)
    begin = std::min(bytes.find('\n', begin), bytes.size() - 1) + 1;
  while (begin < std::min<size_t>(input.part.end, bytes.size())) {
    const size_t end = std::min(bytes.find('\n', begin), bytes.size());
    const std::string_view line = bytes.substr(begin, end - begin);
    const data::Range range{begin, end};
    begin = end + 1;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    try {
      output.documents.push_back(read_line(line, range, input.source));
    } catch (const Unreadable& problem) {
      output.set_aside.emplace_back(problem.reason(), problem.what(), range);
    }
  }
}

}  // namespace moru::collect
