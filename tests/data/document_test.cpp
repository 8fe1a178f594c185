#include "data/document.h"

#include <nlohmann/json.hpp>

#include "core/error.h"

namespace moru::data {
namespace {

Document example() {
  Document d;
  d.title = "셀 병합";
  d.text = "셀 병합\n첫째 단계";
  d.blocks.push_back({.kind = BlockKind::title, .range = {0, 10}, .level = 0, .mark = {}, .cells = {}, .role = {}});
  d.blocks.push_back(
      {.kind = BlockKind::list_item, .range = {11, 24}, .level = 1, .mark = "1", .cells = {}, .role = "step"});
  d.blocks.push_back(
      {.kind = BlockKind::table, .range = {0, 3}, .level = 0, .mark = {}, .cells = {{"셀"}}, .role = {}});
  d.source = {"file:///a.html", "abc", {0, 100}, "html/1", "2026-01-01T00:00:00Z", ""};
  d.licence = {"MPL-2.0", "recipe"};
  d.language = "ko";
  d.measures["characters"] = 9;
  d.metadata["keywords"] = "셀";
  d.id = document_id(d);
  return d;
}

TEST(Document, SurvivesTheWayThroughJson) {
  const Document d = example();
  const Document back = document_from_json(to_json(d), "x");
  EXPECT_EQ(to_json(back), to_json(d));
  EXPECT_EQ(back.id, document_id(back));
  EXPECT_EQ(back.slice(back.blocks[0].range), "셀 병합");
  EXPECT_EQ(back.blocks[1].mark, "1");
  EXPECT_EQ(back.blocks[2].cells[0][0], "셀");
}

TEST(Document, TheIdDependsOnSourceAndText) {
  Document d = example();
  d.source.uri += "2";
  EXPECT_NE(document_id(d), example().id);
  d = example();
  d.text += ".";
  EXPECT_NE(document_id(d), example().id);
  d = example();
  d.language = "en";
  EXPECT_EQ(document_id(d), example().id) << "measurements do not change what a document is";
}

TEST(Document, DamagedRecordsAreErrorsThatNameThePlace) {
  const auto expect_error = [](const Json& json) {
    try {
      document_from_json(json, "00000.jsonl.zst:3");
      ADD_FAILURE() << "no error: " << dump_json(json);
    } catch (const Error& error) {
      EXPECT_EQ(error.place(), "00000.jsonl.zst:3");
    }
  };
  expect_error(Json::array());
  for (const char* key : {"id", "title", "text", "blocks", "source", "licence", "language"}) {
    Json json = to_json(example());
    json.erase(key);
    expect_error(json);
    json[key] = 7;
    expect_error(json);
  }
  Json json = to_json(example());
  json["blocks"][0]["range"] = {0, 1000};
  expect_error(json);
  json["blocks"][0]["range"] = {5, 2};
  expect_error(json);
  json["blocks"][0]["range"] = Json::array();
  expect_error(json);
  // What no field of a record holds is neither rounded nor turned around.
  for (const Json& number : {Json(7.1e120), Json(-1), Json(0.5), Json(true)}) {
    json["blocks"][0]["range"] = {0, number};
    expect_error(json);
  }
  json = to_json(example());
  json["blocks"][0]["page"] = int64_t{1} << 40;
  expect_error(json);
  json["blocks"][0]["kind"] = "poem";
  expect_error(json);
}

TEST(Document, BlockKindsHaveNames) {
  for (const BlockKind kind : {BlockKind::title, BlockKind::heading, BlockKind::paragraph, BlockKind::list_item,
                               BlockKind::table, BlockKind::code, BlockKind::caption})
    EXPECT_EQ(block_kind(name_of(kind), "x"), kind);
}

}  // namespace
}  // namespace moru::data
