#include "data/sample.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/hash.h"
#include "core/json_whole.h"
#include "core/language.h"

namespace moru::data {
namespace {

Json content_json(const Sample& s) {
  Json json = {{"kind", s.kind == SampleKind::text ? "text" : "chat"}};
  if (s.kind == SampleKind::text) {
    json["text"] = s.text;
  } else {
    Json messages = Json::array();
    for (const Message& m : s.messages) messages.push_back({{"role", m.role}, {"content", m.content}});
    json["messages"] = std::move(messages);
  }
  Json origins = Json::array();
  for (const Origin& o : s.origins)
    origins.push_back({{"document", o.document}, {"range", Json::array({o.range.begin, o.range.end})}});
  json["origins"] = std::move(origins);
  return json;
}

}  // namespace

std::string sample_id(const Sample& sample) {
  return sha256(dump_json(content_json(sample)));
}

Json to_json(const Sample& s) {
  Json json = content_json(s);
  json["id"] = s.id;
  json["generator"] = s.generator;
  if (!s.topic.empty()) json["topic"] = s.topic;
  if (!s.phrasing.empty()) json["phrasing"] = s.phrasing;
  if (s.held_out) json["held_out"] = true;
  return json;
}

Sample sample_from_json(const Json& json, std::string_view place) {
  try {
    Sample s;
    json.at("id").get_to(s.id);
    const std::string kind = json.at("kind").get<std::string>();
    if (kind != "text" && kind != "chat") throw Json::other_error::create(502, "kind", &json);
    s.kind = kind == "text" ? SampleKind::text : SampleKind::chat;
    if (s.kind == SampleKind::text) json.at("text").get_to(s.text);
    if (s.kind == SampleKind::chat)
      for (const Json& m : json.at("messages"))
        s.messages.push_back({m.at("role").get<std::string>(), m.at("content").get<std::string>()});
    for (const Json& o : json.at("origins")) {
      const Range range{natural_number(o.at("range").at(0)), natural_number(o.at("range").at(1))};
      if (range.begin > range.end) throw Json::other_error::create(502, "range", &o);
      s.origins.push_back({o.at("document").get<std::string>(), range});
    }
    json.at("generator").get_to(s.generator);
    s.topic = json.value("topic", "");
    s.phrasing = json.value("phrasing", "");
    s.held_out = json.value("held_out", false);
    return s;
  } catch (const Json::exception& e) {
    throw Error(std::string(place),
                fmt::format("{}: {}", tr("not a sample record", "표본 레코드가 아닙니다"), e.what()),
                std::string(tr("the dataset is damaged; delete it and run again",
                               "데이터셋이 손상되었습니다. 지우고 다시 실행하세요")));
  }
}

}  // namespace moru::data
