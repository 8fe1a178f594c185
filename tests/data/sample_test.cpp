#include "data/sample.h"

#include <nlohmann/json.hpp>

#include "core/error.h"

namespace moru::data {
namespace {

Sample example() {
  Sample s;
  s.messages = {{"user", "셀을 병합하려면?"}, {"assistant", "서식 - 병합을 고릅니다."}};
  s.origins = {{"abc", {3, 40}}};
  s.generator = "how-to/1";
  s.topic = "셀 병합";
  s.phrasing = "how/2";
  s.held_out = true;
  s.id = sample_id(s);
  return s;
}

TEST(Sample, SurvivesTheWayThroughJson) {
  const Sample back = sample_from_json(to_json(example()), "x");
  EXPECT_EQ(to_json(back), to_json(example()));
  EXPECT_EQ(back.messages, example().messages);
  EXPECT_TRUE(back.held_out);
  EXPECT_EQ(sample_id(back), back.id);
  Sample text;
  text.kind = SampleKind::text;
  text.text = "글";
  text.generator = "text/1";
  EXPECT_EQ(sample_from_json(to_json(text), "x").text, "글");
}

TEST(Sample, TheIdDependsOnContentAndOrigin) {
  Sample s = example();
  s.messages[1].content += "!";
  EXPECT_NE(sample_id(s), example().id);
  s = example();
  s.origins[0].range.end = 41;
  EXPECT_NE(sample_id(s), example().id);
}

TEST(Sample, DamagedRecordsAreErrorsThatNameThePlace) {
  const auto expect_error = [](const Json& json) {
    try {
      sample_from_json(json, "00000.jsonl.zst:3");
      ADD_FAILURE() << "no error: " << dump_json(json);
    } catch (const Error& error) {
      EXPECT_EQ(error.place(), "00000.jsonl.zst:3");
    }
  };
  for (const char* key : {"id", "kind", "messages", "origins", "generator"}) {
    Json json = to_json(example());
    json.erase(key);
    expect_error(json);
    json[key] = 7;
    expect_error(json);
  }
  Json json = to_json(example());
  json["kind"] = "poem";
  expect_error(json);
  json = to_json(example());
  json["origins"][0]["range"] = {40, 3};
  expect_error(json);
  json["origins"][0]["range"] = {0, 7.1e120};
  expect_error(json);
}

}  // namespace
}  // namespace moru::data
