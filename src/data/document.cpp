#include "data/document.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/hash.h"
#include "core/json_whole.h"
#include "core/language.h"

namespace moru::data {
namespace {

constexpr std::array<std::string_view, 7> kKindNames = {"title", "heading", "paragraph", "list_item",
                                                        "table", "code",    "caption"};

Json range_json(Range range) {
  return Json::array({range.begin, range.end});
}

}  // namespace

std::string_view name_of(BlockKind kind) {
  return kKindNames.at(static_cast<size_t>(kind));
}

BlockKind block_kind(std::string_view name, std::string_view place) {
  const auto it = std::ranges::find(kKindNames, name);
  if (it == kKindNames.end())
    throw Error(std::string(place),
                fmt::format(fmt::runtime(tr("unknown block kind \"{}\"", "알 수 없는 블록 종류 \"{}\"")), name),
                std::string(tr("the file was written by another version; make it again",
                               "다른 버전이 쓴 파일입니다. 다시 만드세요")));
  return static_cast<BlockKind>(it - kKindNames.begin());
}

std::string document_id(const Document& d) {
  return sha256(fmt::format("{}\n{}\n{} {}\n{}", d.source.uri, d.source.file_hash, d.source.range.begin,
                            d.source.range.end, d.text));
}

Json to_json(const Document& d) {
  Json blocks = Json::array();
  for (const Block& b : d.blocks) {
    Json block = {{"kind", name_of(b.kind)}, {"range", range_json(b.range)}};
    if (b.level != 0) block["level"] = b.level;
    if (!b.mark.empty()) block["mark"] = b.mark;
    if (!b.cells.empty()) block["cells"] = b.cells;
    if (!b.role.empty()) block["role"] = b.role;
    if (b.page != 0) block["page"] = b.page;
    if (b.paragraph != 0) block["paragraph"] = b.paragraph;
    blocks.push_back(std::move(block));
  }
  Json json = {{"id", d.id},
               {"title", d.title},
               {"text", d.text},
               {"blocks", std::move(blocks)},
               {"source",
                {{"uri", d.source.uri},
                 {"file_hash", d.source.file_hash},
                 {"range", range_json(d.source.range)},
                 {"collector", d.source.collector},
                 {"modified", d.source.modified}}},
               {"licence", {{"id", d.licence.id}, {"evidence", d.licence.evidence}}},
               {"language", d.language}};
  if (!d.source.member.empty()) json["source"]["member"] = d.source.member;
  if (!d.measures.empty()) json["measures"] = d.measures;
  if (!d.metadata.empty()) json["metadata"] = d.metadata;
  return json;
}

Document document_from_json(const Json& json, std::string_view place) {
  try {
    Document d;
    json.at("id").get_to(d.id);
    json.at("title").get_to(d.title);
    json.at("text").get_to(d.text);
    const auto range_of = [&](const Json& value, uint64_t limit) {
      const Range range{natural_number(value.at(0)), natural_number(value.at(1))};
      if (range.begin > range.end || range.end > limit) throw Json::other_error::create(502, "range", &value);
      return range;
    };
    const auto number = [](const Json& item, const char* key) {
      constexpr int kMost = std::numeric_limits<int>::max();
      return item.contains(key) ? static_cast<int>(whole_number(item.at(key), -kMost - 1, kMost)) : 0;
    };
    for (const Json& item : json.at("blocks")) {
      Block& b = d.blocks.emplace_back();
      b.kind = block_kind(item.at("kind").get<std::string>(), place);
      b.range = range_of(item.at("range"), d.text.size());
      b.level = number(item, "level");
      b.mark = item.value("mark", "");
      b.role = item.value("role", "");
      b.page = number(item, "page");
      b.paragraph = number(item, "paragraph");
      if (item.contains("cells")) item.at("cells").get_to(b.cells);
    }
    const Json& source = json.at("source");
    source.at("uri").get_to(d.source.uri);
    source.at("file_hash").get_to(d.source.file_hash);
    d.source.range = range_of(source.at("range"), std::numeric_limits<uint64_t>::max());
    source.at("collector").get_to(d.source.collector);
    source.at("modified").get_to(d.source.modified);
    d.source.member = source.value("member", "");
    json.at("licence").at("id").get_to(d.licence.id);
    json.at("licence").at("evidence").get_to(d.licence.evidence);
    json.at("language").get_to(d.language);
    if (json.contains("measures")) json.at("measures").get_to(d.measures);
    if (json.contains("metadata")) json.at("metadata").get_to(d.metadata);
    return d;
  } catch (const Json::exception& e) {
    throw Error(std::string(place),
                fmt::format("{}: {}", tr("not a document record", "문서 레코드가 아닙니다"), e.what()),
                std::string(tr("the dataset is damaged; delete it and run again",
                               "데이터셋이 손상되었습니다. 지우고 다시 실행하세요")));
  }
}

}  // namespace moru::data
